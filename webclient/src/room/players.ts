// Which stream plays in which of the page's elements: own picture, everybody's picture and sound, shared screens.
import type { OwnDevices } from "./devices";
import type { Playback } from "./playback";
import type { RoomSession } from "./session";

export function players(room: HTMLElement): NodeListOf<HTMLMediaElement> {
  return room.querySelectorAll<HTMLMediaElement>("video, audio");
}

/** After each drawing of the room. What is not admitted has no stream and is not played. */
export function play(
  room: HTMLElement,
  session: RoomSession | null,
  devices: OwnDevices | null,
  playback: Playback,
): void {
  for (const player of players(room)) {
    const { own, peer, sound, screen } = player.dataset;
    if (own !== undefined) playback.show(player, devices?.video ? devices.preview : null);
    if (peer !== undefined) playback.show(player, session?.links.get(peer)?.media ?? null, true);
    if (sound !== undefined) playback.show(player, session?.links.get(sound)?.sound ?? null);
    if (screen !== undefined) playback.show(player, session?.links.get(screen)?.screen ?? null);
  }
}
