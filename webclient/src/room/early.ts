// Begins what takes longest before anything else of the page is there: camera and microphone, the ticket, the line to the
// server. It is a script of its own, small and without imports once built, read before the style sheet. Who takes up what was
// begun stands in begun.ts.
import { post } from "../server";
import { type Answer, type BegunLine, leave } from "./begun";
import { rememberedChoice } from "./device_choice";
import { openDevices } from "./devices";
import { socketAddress, subprotocol } from "./signaling_address";
import { deviceOf, newInstance } from "./tab";

/** Milliseconds until nobody will come any more who takes up the line. */
const keptFor = 20_000;

async function ask(entry: string): Promise<Answer> {
  const response = await post(entry, {});
  return { status: response.status, text: await response.text() };
}

/** Undefined where the browser forbids it; the rest of the room tells of that. */
function dial(url: string): BegunLine | undefined {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, subprotocol);
  } catch {
    return;
  }
  const line: BegunLine = { socket, url, said: false, taken: false, heard: [] };
  socket.onmessage = (event) => line.heard.push(String(event.data));
  setTimeout(() => {
    if (!line.taken) socket.close();
  }, keptFor);
  return line;
}

/** Says hello as soon as there is a ticket and the line is open; without a ticket nobody is to wait in the line. */
async function enter(
  line: BegunLine,
  answer: Promise<Answer>,
  entry: string,
  instance: string,
): Promise<void> {
  const { socket } = line;
  const opened = new Promise((open) => socket.addEventListener("open", open));
  const { status, text } = await answer.catch(() => ({ status: 0, text: "" }));
  if (status !== 200) {
    socket.close();
    return;
  }
  if (socket.readyState === WebSocket.CONNECTING) await opened;
  if (socket.readyState !== WebSocket.OPEN) return;
  const { ticket } = JSON.parse(text) as { ticket: string };
  line.said = true;
  socket.send(JSON.stringify({ type: "hello", ticket, instance, device: deviceOf(entry) }));
}

/** What goes over the network first: the browser's stores, which say what camera was chosen, make a page wait. */
function begin(entry: string, socket: string): void {
  const instance = newInstance();
  const answer = ask(entry);
  const line = dial(socketAddress(socket, location.href));
  answer.catch(() => undefined);
  leave({ answer, line, instance, devices: openDevices(rememberedChoice()) });
  if (line !== undefined) void enter(line, answer, entry, instance);
}

const { entry, socket } = (document.currentScript as HTMLScriptElement | null)?.dataset ?? {};
if (entry !== undefined && socket !== undefined && "RTCPeerConnection" in window) begin(entry, socket);
