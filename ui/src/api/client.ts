import { serverClock } from "../time/clock";

/** An error response in the format of RFC 9457. `status` 0: the server could not be reached. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly advice: string = "",
    readonly subject: string = "",
  ) {
    super(message);
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Sends a request to the API. Raises `Problem`; without a session, goes to the sign-in page. */
export async function request<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers: {
        accept: "application/json",
        "x-armillary": "1",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, "Cannot reach the server.", "Is it running? armillary server status");
  }
  serverClock.hear(response.headers.get("date"));
  if (response.ok) return (response.status === 204 ? null : await response.json()) as T;
  const problem = await problemOf(response);
  if (problem.status === 401) goSignIn();
  throw problem;
}

/** To the page that signs in, and back here afterwards. */
export function goSignIn(): void {
  if (location.pathname !== "/signin")
    location.assign(`/signin?next=${encodeURIComponent(location.pathname + location.search)}`);
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => request<T>("GET", path, undefined, signal);
export const post = <T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> =>
  request<T>("POST", path, body, signal);
export const put = <T>(path: string, body: unknown): Promise<T> => request<T>("PUT", path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => request<T>("PATCH", path, body);
export const remove = <T>(path: string): Promise<T> => request<T>("DELETE", path);

/** A query string of what is given; undefined and null are left out. */
export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : "";
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as { detail?: string; title?: string; advice?: string; subject?: string };
    return new Problem(response.status, body.detail ?? body.title ?? response.statusText, body.advice, body.subject);
  } catch {
    return new Problem(response.status, `The server returned ${response.status}.`);
  }
}
