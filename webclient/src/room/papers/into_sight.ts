// What the other side puts before one comes into sight, wherever one has scrolled to; the focus stays where it is.

export function intoSight(what: Element | undefined): void {
  // Called while it is being put onto the page.
  queueMicrotask(() => what?.scrollIntoView({ block: "start" }));
}
