/**
 * The one place that talks HTTP: adds the CSRF token, keys writes so that a retry never acts twice,
 * turns every answer into an outcome, and tells when the session is over.
 */
import { readProblem, unreachable, type Outcome } from './problem';

let csrf_token: string | null = null;
let sessionEnded: () => void = () => undefined;

export function useCsrfToken(token: string | null | undefined): void {
  csrf_token = token ?? null;
}

export function onSessionEnded(then: () => void): void {
  sessionEnded = then;
}

type Method = 'GET' | 'POST';

async function attempt<T>(method: Method, path: string, init: RequestInit): Promise<Outcome<T>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`/api/v1${path}`, { method, ...init });
    body = response.status === 204 ? undefined : await response.json();
  } catch {
    return { ok: false, problem: unreachable() };
  }
  if (response.ok) return { ok: true, value: body as T };
  const problem = readProblem(response, body);
  if (response.status === 401 && path !== '/auth/login') sessionEnded();
  return { ok: false, problem };
}

export function get<T>(path: string): Promise<Outcome<T>> {
  return attempt<T>('GET', path, {});
}

/** A question put by POST: changes nothing, so it carries no key. */
export function ask<T>(path: string, body: unknown, signal?: AbortSignal): Promise<Outcome<T>> {
  return attempt<T>('POST', path, { ...written(body), ...(signal ? { signal } : {}) });
}

/** A change. Tried once more under the same key when the answer was lost on the way. */
export async function change<T>(path: string, body: unknown): Promise<Outcome<T>> {
  const init = written(body, { 'idempotency-key': randomKey() });
  const first = await attempt<T>('POST', path, init);
  const lost = !first.ok && (first.problem.status === 0 || first.problem.status === 503);
  return lost ? attempt<T>('POST', path, init) : first;
}

function written(body: unknown, more: Record<string, string> = {}): RequestInit {
  const headers: Record<string, string> = { 'content-type': 'application/json', ...more };
  if (csrf_token) headers['x-csrf-token'] = csrf_token;
  return { headers, body: JSON.stringify(body ?? {}) };
}

/** `crypto.randomUUID` is missing where a plant serves plain HTTP. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
