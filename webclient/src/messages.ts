// The messages of the signaling protocol sprechzeit.v1, word for word as in signaling/messages.py, and the check that
// an incoming text is one of them. What is done with a message is said in room/.

export type Role = "host" | "guest" | "recorder";
export type DescriptionKind = "offer" | "answer";
/** As what somebody comes; rights follow the role alone. */
export type Part = "clerk" | "colleague" | "citizen" | "interpreter" | "sign" | "support" | "recorder";
export type EndReason = "host" | "window" | "idle" | "replaced" | "left" | "removed" | "handed-over";

export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

export interface PeerInfo {
  id: string;
  name: string;
  role: Role;
  part: Part;
  polite: boolean;
  instance: string;
  prepared: boolean;
  audio: boolean;
  video: boolean;
  screen: boolean;
}

export interface WaitingGuest {
  id: string;
  name: string;
  position: number;
  since: number;
  connected: boolean;
  instance: string;
  part: Part;
  /** The id of this person's other device in the call, whose place an admission would take; "" when there is none. */
  replaces: string;
}

export interface CandidateFields {
  candidate: string;
  sdp_mid: string | null;
  sdp_m_line_index: number | null;
  username_fragment: string | null;
}

export type ClientMessage =
  | { type: "hello"; ticket: string; instance: string; device?: string }
  | { type: "hello"; resume: string; seen: number; instance: string }
  | { type: "admit"; guest: string }
  | { type: "remove"; guest: string }
  | { type: "send_back"; guest: string }
  | { type: "description"; to: string; kind: DescriptionKind; sdp: string }
  | ({ type: "candidate"; to: string } & CandidateFields)
  | { type: "media"; audio: boolean; video: boolean; screen?: boolean }
  | { type: "leave" }
  | { type: "end" };

export interface Welcome {
  type: "welcome";
  n: number;
  self: string;
  session: string;
  room: string;
  role: Role;
  part: Part;
  name: string;
  state: "waiting" | "admitted";
  position: number;
  opens_at: number;
  closes_at: number;
  ice_servers: IceServer[];
  ice_transport_policy: "all" | "relay";
  resumed: boolean;
}

export interface Snapshot {
  type: "snapshot";
  n: number;
  state: "waiting" | "admitted";
  position: number;
  peers: PeerInfo[];
  guests: WaitingGuest[];
}

export interface ErrorMessage {
  type: "error";
  code: string;
  detail: string;
  of: string;
}

export type ServerMessage =
  | Welcome
  | Snapshot
  | ErrorMessage
  | { type: "waiting"; n: number; position: number }
  | { type: "queue"; n: number; guests: WaitingGuest[] }
  | { type: "admitted"; n: number }
  | { type: "sent-back"; n: number }
  | ({ type: "peer"; n: number } & PeerInfo)
  | { type: "description"; n: number; from: string; kind: DescriptionKind; sdp: string }
  | ({ type: "candidate"; n: number; from: string } & CandidateFields)
  | { type: "media"; n: number; from: string; audio: boolean; video: boolean; screen: boolean }
  | { type: "presence"; n: number; id: string; connected: boolean }
  | { type: "left"; n: number; id: string }
  | { type: "ended"; n: number; reason: EndReason }
  | { type: "moving"; n: number };

type Check = "string" | "number" | "boolean" | "array" | "string?" | "number?" | "boolean?";

const peerFields: Record<string, Check> = {
  id: "string",
  name: "string",
  role: "string",
  part: "string",
  polite: "boolean",
  instance: "string",
  prepared: "boolean",
  audio: "boolean",
  video: "boolean",
  screen: "boolean",
};

const candidateFields: Record<string, Check> = {
  candidate: "string",
  sdp_mid: "string?",
  sdp_m_line_index: "number?",
  username_fragment: "string?",
};

const stateFields: Record<string, Check> = { n: "number", state: "string", position: "number" };

/** Fields that each message of the server must have; fields not named here are passed over. */
export const serverFields: Record<ServerMessage["type"], Record<string, Check>> = {
  welcome: {
    ...stateFields,
    self: "string",
    session: "string",
    room: "string",
    role: "string",
    part: "string",
    name: "string",
    opens_at: "number",
    closes_at: "number",
    ice_servers: "array",
    ice_transport_policy: "string",
    resumed: "boolean",
  },
  snapshot: { ...stateFields, peers: "array", guests: "array" },
  error: { code: "string", detail: "string", of: "string" },
  waiting: { n: "number", position: "number" },
  queue: { n: "number", guests: "array" },
  admitted: { n: "number" },
  "sent-back": { n: "number" },
  peer: { n: "number", ...peerFields },
  description: { n: "number", from: "string", kind: "string", sdp: "string" },
  candidate: { n: "number", from: "string", ...candidateFields },
  media: { n: "number", from: "string", audio: "boolean", video: "boolean", screen: "boolean" },
  presence: { n: "number", id: "string", connected: "boolean" },
  left: { n: "number", id: "string" },
  ended: { n: "number", reason: "string" },
  moving: { n: "number" },
};

/** Fields of what the page sends; hello has two shapes. */
export const clientFields: Record<ClientMessage["type"], Record<string, Check>[]> = {
  hello: [
    { ticket: "string", instance: "string", device: "string?" },
    { resume: "string", seen: "number", instance: "string", device: "string?" },
  ],
  admit: [{ guest: "string" }],
  remove: [{ guest: "string" }],
  send_back: [{ guest: "string" }],
  description: [{ to: "string", kind: "string", sdp: "string" }],
  candidate: [{ to: "string", ...candidateFields }],
  media: [{ audio: "boolean", video: "boolean", screen: "boolean?" }],
  leave: [{}],
  end: [{}],
};

function fits(value: unknown, check: Check): boolean {
  if (check === "array") return Array.isArray(value);
  if (check.endsWith("?"))
    return value === null || value === undefined || typeof value === check.slice(0, -1);
  return typeof value === check;
}

/** Whether `value` has every field of `shape`; `exactly`: and no other. */
export function fitsFields(
  value: Record<string, unknown>,
  shape: Record<string, Check>,
  exactly = false,
): boolean {
  if (exactly && Object.keys(value).some((name) => !Object.hasOwn(shape, name))) return false;
  return Object.entries(shape).every(([name, check]) => fits(value[name], check));
}

/** The message in `text`, or null when it is none that this page knows: a newer server may say more. */
export function parseServerMessage(text: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const message = value as Record<string, unknown>;
  if (typeof message.type !== "string" || !Object.hasOwn(serverFields, message.type)) return null;
  const shape = serverFields[message.type as ServerMessage["type"]];
  return fitsFields(message, shape) ? (value as ServerMessage) : null;
}
