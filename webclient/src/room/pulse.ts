// Whether anything still arrives over a connection. Browsers notice only after seven seconds that nothing does, and not at all
// when somebody has gone from Wi-Fi to mobile while both sides kept their ports.

const silentAfter = 2000;
/** Milliseconds in which a connection that works has brought something. */
const proofTakes = 500;

async function bytesOf(connection: RTCPeerConnection): Promise<number> {
  let bytes = 0;
  (await connection.getStats()).forEach((report: { type: string; bytesReceived?: number }) => {
    if (report.type === "transport" || report.type === "inbound-rtp") bytes += report.bytesReceived ?? 0;
  });
  return bytes;
}

export class Pulse {
  #bytes = -1;
  #since: number;
  #looked: number;

  constructor(private readonly now: () => number) {
    this.#since = this.#looked = now();
  }

  /** Begins to count anew: there is another connection, or it is only now that something is sent. */
  reset(): void {
    this.#bytes = -1;
    this.#since = this.#looked = this.now();
  }

  /** For how long nothing had come at the last look; null when that is not long. */
  get silentFor(): number | null {
    const ms = this.#looked - this.#since;
    return ms >= silentAfter ? ms : null;
  }

  async look(connection: RTCPeerConnection): Promise<void> {
    const bytes = await bytesOf(connection).catch(() => this.#bytes);
    this.#looked = this.now();
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    this.#since = this.#looked;
  }

  /** Whether something comes within half a second. */
  async proves(connection: RTCPeerConnection): Promise<boolean> {
    const before = await bytesOf(connection);
    await new Promise((resolve) => setTimeout(resolve, proofTakes));
    return (await bytesOf(connection)) !== before;
  }
}
