// What happens around the page while somebody is in a room: the network comes and goes, the page is hidden and seen
// again, devices are plugged in. What follows from it is room_element.ts.

export interface Happenings {
  /** `suspect`: open lines may be dead. */
  network(suspect: boolean): void;
  seen(hiddenFor: number): void;
  devices(): void;
  /** Somebody has touched the page: what browsers want before they play sound. */
  touched(): void;
}

interface WithConnection {
  connection?: EventTarget;
}

/** Listens until the returned function is called. */
export function watchSurroundings(happen: Happenings): () => void {
  const over = new AbortController();
  const { signal } = over;
  let hiddenAt: number | null = document.hidden ? performance.now() : null;
  addEventListener("online", () => happen.network(true), { signal });
  (navigator as WithConnection).connection?.addEventListener?.("change", () => happen.network(true), {
    signal,
  });
  const visibility = (): void => {
    if (document.hidden) {
      hiddenAt = performance.now();
      return;
    }
    happen.network(false);
    happen.seen(hiddenAt === null ? 0 : performance.now() - hiddenAt);
    hiddenAt = null;
  };
  document.addEventListener("visibilitychange", visibility, { signal });
  navigator.mediaDevices?.addEventListener?.("devicechange", () => happen.devices(), { signal });
  addEventListener("pointerup", () => happen.touched(), { signal });
  addEventListener("keyup", () => happen.touched(), { signal });
  return () => over.abort();
}
