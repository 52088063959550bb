// Keeps how it stands with recording as new as needed, and says to the server what somebody has pressed. It draws nothing.
import { ProblemReply } from "../server";
import type { RecordingApi, Standing } from "./api";
import { lookAfter, type Place } from "./standing";

export class RecordingWatch {
  standing: Standing | null = null;
  /** What was pressed last did not get through. */
  failed = false;
  #place: Place = { here: false, host: false, recorder: false };
  #timer: ReturnType<typeof setTimeout> | undefined;
  // An answer from before something was said must not hide what came of it.
  #turn = 0;

  constructor(
    private readonly api: RecordingApi,
    private readonly changed: () => void,
  ) {}

  get place(): Place {
    return this.#place;
  }

  /** The page has moved: somebody is let in or leaves, the recorder comes or goes. */
  move(place: Place): void {
    const before = this.#place;
    this.#place = place;
    const same = before.here === place.here && before.recorder === place.recorder;
    if (same || !(place.here || before.here)) return;
    this.look();
  }

  /** Asks now how it stands; a page that never was in the call asks nothing. */
  look(): void {
    if (!this.#place.here && this.standing === null) return;
    void this.#ask();
  }

  async answer(agreed: boolean): Promise<void> {
    const version = this.standing?.version ?? "";
    await this.#say(() => this.api.answer(agreed, version));
  }

  async forget(): Promise<void> {
    await this.#say(() => this.api.forget());
  }

  async request(): Promise<void> {
    await this.#say(() => this.api.request());
  }

  async end(): Promise<void> {
    await this.#say(() => this.api.end().then(() => null));
  }

  close(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  async #say(step: () => Promise<Standing | null>): Promise<void> {
    this.#turn += 1;
    clearTimeout(this.#timer);
    let found: Standing | null = null;
    try {
      found = await step();
      this.failed = false;
    } catch (error) {
      // Somebody else was faster; what came of it is what the next look tells.
      this.failed = !(error instanceof ProblemReply && error.status === 409);
    }
    if (found !== null) this.#learn(found);
    else await this.#ask();
  }

  async #ask(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    clearTimeout(this.#timer);
    const found = await this.api.read().catch(() => this.standing);
    if (turn === this.#turn) this.#learn(found);
  }

  #learn(found: Standing | null): void {
    this.standing = found;
    const wait = lookAfter(found, this.#place);
    clearTimeout(this.#timer);
    if (wait !== null) this.#timer = setTimeout(() => void this.#ask(), wait);
    this.changed();
  }
}
