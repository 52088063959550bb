// Requests of the pages to their own server, with the session's CSRF header and errors as problem+json (RFC 9457).

/** An answer of 400 or more. `code` is the last part of the problem's type, `detail` is meant for the reader. */
export class ProblemReply extends Error {
  constructor(
    readonly status: number,
    readonly problem: Record<string, unknown>,
  ) {
    super(`HTTP ${status}`);
  }

  get code(): string {
    const type = this.problem.type;
    return typeof type === "string" ? (type.split(/[/:#]/).pop() ?? "") : "";
  }

  get detail(): string {
    const { detail, title } = this.problem;
    return typeof detail === "string" ? detail : typeof title === "string" ? title : "";
  }
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

export function problemOf(status: number, text: string): ProblemReply {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem === "object" && problem !== null) {
      return new ProblemReply(status, problem as Record<string, unknown>);
    }
  } catch {
    // An error page of a proxy: the status alone must do.
  }
  return new ProblemReply(status, {});
}

async function reply(response: Response): Promise<unknown> {
  if (!response.ok) throw problemOf(response.status, await response.text());
  return response.status === 204 ? null : response.json();
}

export function post(path: string, body: unknown): Promise<Response> {
  const headers: Record<string, string> = { "Content-Type": "application/json", Accept: "application/json" };
  const token = csrfToken();
  if (token !== "") headers["X-CSRF-Token"] = token;
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export async function postJson(path: string, body: unknown): Promise<unknown> {
  return reply(await post(path, body));
}

export async function remove(path: string): Promise<unknown> {
  const token = csrfToken();
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== "") headers["X-CSRF-Token"] = token;
  return reply(await fetch(path, { method: "DELETE", headers }));
}

export async function getJson(path: string): Promise<unknown> {
  return reply(await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" }));
}
