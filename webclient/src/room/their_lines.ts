// What the pages in a call tell each other about their own line: that no picture comes because it is weak, or because
// somebody saves data.
import type { ControlMessage } from "./link_extension";
import type { PeerLink } from "./peer_link";

export class TheirLines {
  #of = new Map<string, "weak" | "saving">();
  #said = "good";
  #to = "";

  get(peer: string): "weak" | "saving" | undefined {
    return this.#of.get(peer);
  }

  clear(): void {
    this.#of.clear();
    this.#said = "good";
    this.#to = "";
  }

  /** Whether `line` is to be told: it has changed, or somebody has come who does not know it. */
  tells(line: "weak" | "saving" | "good", links: PeerLink[]): boolean {
    const to = links
      .map(({ peer }) => peer.instance)
      .sort()
      .join(" ");
    const news = line !== this.#said || (line !== "good" && to !== this.#to);
    [this.#said, this.#to] = [line, to];
    return news;
  }

  /** Takes in what another page says; false when the message is about something else. */
  hear(from: string, message: ControlMessage): boolean {
    if (message.kind !== "line") return false;
    if (message.line === "weak" || message.line === "saving") this.#of.set(from, message.line);
    else this.#of.delete(from);
    return true;
  }
}
