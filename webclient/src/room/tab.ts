// Who this page is to the signaling server: an instance for each load, and a secret of this tab that outlives a reload.

function random(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function newInstance(): string {
  return random();
}

/** The secret of this tab for the room that `entry` leads to; where the browser keeps nothing, one for this page. */
export function deviceOf(entry: string): string {
  const key = `sz-device ${entry}`;
  try {
    const kept = sessionStorage.getItem(key);
    if (kept !== null && /^[A-Za-z0-9_-]{8,64}$/.test(kept)) return kept;
    const fresh = random();
    sessionStorage.setItem(key, fresh);
    return fresh;
  } catch {
    return random();
  }
}
