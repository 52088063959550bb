// What signing asks of the server; the answers' shapes are those of /api/openapi.json. The state is always the server's.
import { getJson, postJson, remove } from "../server";
import type { Lines } from "./ink";

export type FormStatus =
  | "prepared"
  | "reading"
  | "code-sent"
  | "signed"
  | "sealed"
  | "refused"
  | "withdrawn"
  | "expired";

export interface Form {
  id: string;
  title: string;
  about: string;
  status: FormStatus;
  version: number;
  hash: string;
  pages: number;
  rows: { label: string; value: string }[];
  sentences: string[];
  signer: string;
  to?: string;
  document?: string;
}

export interface Blank {
  key: string;
  title: string;
  fields: { key: string; label: string; kind: string; required: boolean; value: string }[];
}

export interface Given {
  code: string;
  lines?: Lines;
  name?: string;
}

export function isOpen(form: Form): boolean {
  return form.status === "prepared" || form.status === "reading" || form.status === "code-sent";
}

/** The citizen's side; `base` is the appointment in the API, below the own link. */
export class FormApi {
  constructor(readonly base: string) {}

  all(): Promise<Form[]> {
    return getJson(`${this.base}/forms`) as Promise<Form[]>;
  }

  one(id: string): Promise<Form> {
    return getJson(this.#of(id)) as Promise<Form>;
  }

  async code(form: Form): Promise<void> {
    await postJson(`${this.#of(form.id)}/code`, { version: form.version });
  }

  sign(form: Form, given: Given): Promise<Form> {
    const { version, hash } = form;
    return postJson(`${this.#of(form.id)}/signature`, {
      version,
      hash,
      read: true,
      ...given,
    }) as Promise<Form>;
  }

  async refuse(form: Form): Promise<void> {
    await remove(this.#of(form.id));
  }

  picture(form: Form, page: number): string {
    return `${this.#of(form.id)}/pages/${page}?v=${form.version}`;
  }

  document(form: Form): string {
    return `${this.base}/documents/${form.document ?? ""}`;
  }

  #of(id: string): string {
    return `${this.base}/forms/${encodeURIComponent(id)}`;
  }
}

/** What the clerk's side asks; `base` is the meeting in the office's API. */
export class FormDeskApi {
  constructor(readonly base: string) {}

  all(): Promise<{ to?: string; blanks: Blank[]; forms: Form[] }> {
    return getJson(`${this.base}/forms`) as Promise<{ to?: string; blanks: Blank[]; forms: Form[] }>;
  }

  make(blank: string, fields: Record<string, string>): Promise<Form> {
    return postJson(`${this.base}/forms`, { blank, fields }) as Promise<Form>;
  }

  async withdraw(form: Form): Promise<void> {
    await remove(`${this.base}/forms/${form.id}`);
  }
}
