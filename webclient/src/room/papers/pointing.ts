// The pointers of both sides on a page they look at together: how often one is told, where each is drawn, when it fades.
// Places are shares of the page, so that they fit every size and zoom.
import type { Place } from "./words";

export interface PointingSurroundings {
  /** Tells the others where this side points; null: nowhere. */
  tell(at: Place | null): void;
  /** Somebody's pointer has come to rest at a place with another name; `name` "" is this side, by its keys. */
  rested(name: string, at: Place): void;
}

interface Pointer {
  at: Place | null;
  name: string;
  moved: number;
}

/** Twenty times a second looks like movement. */
const tellEvery = 50;
const restsAfter = 900;
export const fadesAfter = 6000;

const rows = ["top", "middle", "bottom"] as const;
const columns = ["left", "center", "right"] as const;
export type Spot = `${(typeof rows)[number]}.${(typeof columns)[number]}`;

/** Where that is, in the words one would say. */
export function spotOf({ x, y }: Place): Spot {
  const third = (share: number): 0 | 1 | 2 => (share < 1 / 3 ? 0 : share < 2 / 3 ? 1 : 2);
  return `${rows[third(y)]}.${columns[third(x)]}`;
}

const inside = (share: number): number => Math.min(1, Math.max(0, share));

/** A step of a pointer that is moved by keys; it begins in the middle. */
export function stepped(from: Place | null, key: string, far: boolean): Place | null {
  const by = far ? 0.1 : 0.02;
  const ways: Record<string, [number, number]> = {
    ArrowLeft: [-by, 0],
    ArrowRight: [by, 0],
    ArrowUp: [0, -by],
    ArrowDown: [0, by],
  };
  const way = ways[key];
  if (way === undefined) return null;
  if (from === null) return { x: 0.5, y: 0.5 };
  return { x: inside(from.x + way[0]), y: inside(from.y + way[1]) };
}

export const own = "own";

export class Pointing {
  readonly #pointers = new Map<string, Pointer>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #told = -Infinity;
  #later: ReturnType<typeof setTimeout> | undefined;
  #said = "";

  constructor(
    private readonly around: PointingSurroundings,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get place(): Place | null {
    return this.#pointers.get(own)?.at ?? null;
  }

  /** This side points there; `byKeys`: the place is said too. */
  point(at: Place | null, byKeys = false): void {
    const before = this.place;
    if (before === null && at === null) return;
    this.#set(own, "", at && { x: inside(at.x), y: inside(at.y) }, byKeys);
    const wait = this.#told + tellEvery - this.now();
    clearTimeout(this.#later);
    if (wait <= 0) this.#tell();
    else this.#later = setTimeout(() => this.#tell(), wait);
  }

  hear(id: string, name: string, at: Place | null): void {
    this.#set(id, name, at, true);
  }

  gone(id: string): void {
    this.#pointers.delete(id);
    this.draw();
  }

  /** Another page, or none: nobody points at anything any more. */
  forget(): void {
    this.#pointers.clear();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    clearTimeout(this.#later);
    this.#said = "";
    this.draw();
  }

  /** Puts the pointers of the page where they belong. */
  draw(): void {
    if (typeof document.querySelectorAll !== "function") return;
    for (const mark of document.querySelectorAll<HTMLElement>("[data-pointer]")) {
      const pointer = this.#pointers.get(mark.dataset.pointer ?? "");
      const at = pointer?.at ?? null;
      mark.hidden = at === null;
      if (pointer === undefined || at === null) continue;
      mark.style.left = `${at.x * 100}%`;
      mark.style.top = `${at.y * 100}%`;
      mark.toggleAttribute("data-faded", this.now() - pointer.moved >= fadesAfter);
    }
  }

  #set(id: string, name: string, at: Place | null, speaks: boolean): void {
    this.#pointers.set(id, { at, name, moved: this.now() });
    clearTimeout(this.#timers.get(id));
    if (at !== null)
      this.#timers.set(
        id,
        setTimeout(() => this.#rest(id, speaks), restsAfter),
      );
    this.draw();
  }

  #rest(id: string, speaks: boolean): void {
    const pointer = this.#pointers.get(id);
    if (pointer === undefined || pointer.at === null) return;
    const where = `${id} ${spotOf(pointer.at)}`;
    if (speaks && where !== this.#said) {
      this.#said = where;
      this.around.rested(pointer.name, pointer.at);
    }
    this.#timers.set(
      id,
      setTimeout(() => this.draw(), fadesAfter - restsAfter),
    );
  }

  #tell(): void {
    this.#told = this.now();
    this.around.tell(this.place);
  }
}
