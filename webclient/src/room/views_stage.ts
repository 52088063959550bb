// The stage: everybody's picture, shared screens, the own picture, and how good each line is in words under it.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Part } from "../messages";
import { type TextKey, text } from "../texts";
import type { Measuring } from "./measuring";
import type { OwnSide } from "./own_side";
import type { Papers } from "./papers/papers";
import { identityFrame, identityGuide } from "./papers/view_identity";
import { commonView } from "./papers/view_page";
import type { Step } from "./papers/words";
import type { PeerLink } from "./peer_link";
import type { RoomSession } from "./session";
import type { Talk } from "./talk/talk";
import type { TheirLines } from "./their_lines";

export interface StageParts {
  session: RoomSession;
  own: OwnSide;
  measuring: Measuring;
  lines: TheirLines;
  talk: Talk;
  enlarge(peer: string): void;
}

export function partWords(part: Part): string {
  return part === "citizen" || part === "clerk" ? "" : text(`part.${part}`);
}

/** Why there is no picture, or "" when there is one. */
function missingPicture({ own, measuring, lines }: StageParts, link: PeerLink): TextKey | "" {
  if (own.saving) return "room.tile.saved";
  const line = lines.get(link.peer.id);
  if (!link.peer.video) return line === undefined ? "room.tile.novideo" : `room.tile.${line}`;
  return measuring.standsStill(link.peer.id) ? "room.tile.still" : "";
}

function remoteTile(parts: StageParts, link: PeerLink, large: boolean): TemplateResult {
  const { id, name, audio, part } = link.peer;
  const quality = parts.measuring.quality(id);
  const missing = missingPicture(parts, link);
  return html`<figure class="sz-tile sz-tile--remote${large ? " sz-tile--large" : ""}" data-part=${part}>
    <video data-testid="remote-video" data-peer=${id} autoplay playsinline .muted=${true} aria-label=${name}></video>
    <audio data-sound=${id} autoplay></audio>
    ${missing === "" ? nothing : html`<p class="sz-tile__note" data-testid="tile-note">${text(missing)}</p>`}
    <figcaption class="sz-tile__name">
      <span>${name}</span>
      ${partWords(part) === "" ? nothing : html`<span class="sz-tile__part">${partWords(part)}</span>`}
      ${audio ? nothing : html`<span class="sz-tile__flag">${text("room.tile.muted")}</span>`}
      ${
        quality === undefined
          ? nothing
          : html`<span class="sz-tile__flag" data-testid="quality" data-quality=${quality}
              >${text(`quality.${quality}`)}</span
            >`
      }
      ${
        document.pictureInPictureEnabled
          ? html`<button type="button" class="sz-tile__button" data-testid="enlarge"
              @click=${() => parts.enlarge(id)}>${text("room.float")}</button>`
          : nothing
      }
    </figcaption>
  </figure>`;
}

function screenTile(link: PeerLink): TemplateResult {
  const whose = text("room.screen", { name: link.peer.name });
  return html`<figure class="sz-tile sz-tile--screen">
    <video data-testid="screen-video" data-screen=${link.peer.id} autoplay playsinline aria-label=${whose}></video>
    <figcaption class="sz-tile__name"><span>${whose}</span></figcaption>
  </figure>`;
}

function ownTile(own: OwnSide, step: Step | null): TemplateResult {
  const seen = own.devices?.video !== null && own.devices !== null;
  const note = !seen ? text("room.own.none") : own.videoOn ? "" : text("room.own.off");
  const front = own.devices?.video?.getSettings().facingMode !== "environment";
  return html`<figure class="sz-tile sz-tile--own${front ? " sz-tile--mirror" : ""}">
    <video data-testid="own-video" data-own autoplay playsinline .muted=${true} aria-label=${text("room.own")}></video>
    ${note === "" ? nothing : html`<p class="sz-tile__note">${note}</p>`} ${step === null ? nothing : identityFrame(step)}
    <figcaption class="sz-tile__name"><span>${text("room.own")}</span></figcaption>
  </figure>`;
}

/** The picture that is shown large while somebody signs: the interpreter's, else the first guest's or the clerk's. */
function largest(links: PeerLink[]): PeerLink | undefined {
  return links.find(({ peer }) => peer.part === "sign") ?? links[0];
}

/** The clerk looks at a card that is held into the camera. */
function checking({ side, identity }: Papers): boolean {
  return side === "clerk" && identity.step !== null;
}

/** How the own line is, under the pictures; nothing before there is anything to tell. */
function ownLine({ session, own, measuring }: StageParts): TemplateResult | typeof nothing {
  if (session.phase !== "call") return nothing;
  const state = own.saving ? "saving" : own.weak.size > 0 ? "weak" : (measuring.ownQuality ?? "");
  if (state === "") return nothing;
  const words = state === "saving" || state === "weak" ? text(`room.${state}`) : text(`quality.own.${state}`);
  return html`<p class="sz-room__line" data-testid="own-line" data-line-state=${state}>${words}</p>`;
}

export function stage(parts: StageParts): TemplateResult {
  const { session, own } = parts;
  const { papers } = parts.talk;
  const step = papers.side === "citizen" ? papers.identity.step : null;
  const links = session.openLinks;
  const screens = links.filter((link) => link.peer.screen && link.screen !== null);
  const holder = checking(papers) ? links.find(({ peer }) => peer.part === "citizen") : undefined;
  const large = holder ?? (own.signs ? largest(links) : undefined);
  const wide = screens.length > 0 || papers.viewing.shown !== null;
  const layout = step !== null ? "card" : wide ? "screen" : large === undefined ? "even" : "sign";
  return html`<div class="sz-stage-box">
    ${identityGuide(papers, own.videoOn && Boolean(own.devices?.video))} ${commonView(papers)}
    <div class="sz-stage" data-tiles=${links.length} data-layout=${layout}>
      ${repeat(
        screens,
        (link) => `screen ${link.peer.id}`,
        (link) => screenTile(link),
      )}
      ${repeat(
        links,
        (link) => link.peer.id,
        (link) => remoteTile(parts, link, link === large),
      )}
      ${ownTile(own, step)}
    </div>
    ${ownLine(parts)}
  </div>`;
}
