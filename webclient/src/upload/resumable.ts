// One file on its way to the server in parts (tus 1.0.0, by tus-js-client): goes on by itself after a broken line, and
// after a reload of the page when the same file is chosen again. What is said about it is upload_element.ts.
import { type PreviousUpload, Upload, type UrlStorage } from "tus-js-client";
import { type ProblemReply, problemOf } from "../server";

/** Small enough that a proxy which keeps parts to itself loses little. */
const partBytes = 4 * 1024 * 1024;
const tryAgainAfter = [0, 500, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000];
const prefix = "sz-upload:";

/** Where unfinished uploads are remembered: in this tab alone, because their addresses open the appointment. */
export class TabStorage implements UrlStorage {
  constructor(private readonly storage: Storage) {}

  async findAllUploads(): Promise<PreviousUpload[]> {
    return this.#startingWith(prefix);
  }

  async findUploadsByFingerprint(fingerprint: string): Promise<PreviousUpload[]> {
    return this.#startingWith(`${prefix}${fingerprint}::`);
  }

  async removeUpload(key: string): Promise<void> {
    this.storage.removeItem(key);
  }

  async addUpload(fingerprint: string, upload: PreviousUpload): Promise<string> {
    const key = `${prefix}${fingerprint}::${crypto.randomUUID()}`;
    this.storage.setItem(key, JSON.stringify(upload));
    return key;
  }

  #startingWith(beginning: string): PreviousUpload[] {
    const keys = Object.keys(this.storage).filter((key) => key.startsWith(beginning));
    return keys.flatMap((key) => {
      try {
        const kept = JSON.parse(this.storage.getItem(key) ?? "") as PreviousUpload;
        return [{ ...kept, urlStorageKey: key }];
      } catch {
        return [];
      }
    });
  }
}

/** The same file for the same place: nothing of its content is read for this. */
export function fingerprintOf(
  file: { name: string; size: number; lastModified: number },
  place: string,
): string {
  return [file.name, file.size, file.lastModified, place].join("|");
}

export interface SendingEvents {
  progress(sent: number, total: number): void;
  /** The line is broken; it is tried again by itself. */
  waiting(): void;
  done(): void;
  failed(problem: ProblemReply | null): void;
}

export class ResumableSending {
  #upload: Upload;
  #online = (): void => this.#again();

  constructor(file: File, endpoint: string, item: string, events: SendingEvents) {
    const finish = (): void => removeEventListener("online", this.#online);
    this.#upload = new Upload(file, {
      endpoint,
      chunkSize: partBytes,
      retryDelays: tryAgainAfter,
      metadata: { filename: file.name, item },
      urlStorage: new TabStorage(sessionStorage),
      fingerprint: async () => fingerprintOf(file, `${endpoint}|${item}`),
      removeFingerprintOnSuccess: true,
      onProgress: (sent, total) => events.progress(sent, total ?? file.size),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        const again = status === 0 || status === 409 || status === 423 || status === 460 || status >= 500;
        if (again) events.waiting();
        return again;
      },
      onSuccess: () => {
        finish();
        events.done();
      },
      onError: (error) => {
        finish();
        const answer = "originalResponse" in error ? error.originalResponse : null;
        events.failed(answer ? problemOf(answer.getStatus(), answer.getBody()) : null);
      },
    });
  }

  /** Goes on with what an earlier page of this tab had begun, or begins. */
  async start(): Promise<void> {
    const [before] = await this.#upload.findPreviousUploads();
    if (before !== undefined) this.#upload.resumeFromPreviousUpload(before);
    addEventListener("online", this.#online);
    this.#upload.start();
  }

  /** Stops for good; what the server has is thrown away there. */
  async cancel(): Promise<void> {
    removeEventListener("online", this.#online);
    await this.#upload.abort(true).catch(() => undefined);
  }

  #again(): void {
    // The network is back: nobody waits for the next try.
    void this.#upload.abort(false).then(() => this.#upload.start());
  }
}
