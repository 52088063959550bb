// Where a page finds the signaling server, and what is spoken there (signaling/PROTOCOL.md).
export const subprotocol = "sprechzeit.v1";

/** The WebSocket address for what the server named: a path, or an address with http(s) or ws(s). */
export function socketAddress(named: string, page: string): string {
  const address = new URL(named, page);
  address.protocol = address.protocol.replace("http", "ws");
  return address.href;
}
