/**
 * The one place that talks HTTP: adds the CSRF token, keys writes so that a retry never acts twice,
 * turns every answer into an outcome, and tells when the session is over. Paths and shapes are those
 * of docs/openapi.json.
 */
import createClient from 'openapi-fetch';
import { readProblem, unreachable, type Outcome } from './problem';
import type { paths } from './schema';

let csrf_token: string | null = null;
let sessionEnded: () => void = () => undefined;

export function useCsrfToken(token: string | null | undefined): void {
  csrf_token = token ?? null;
}

export function onSessionEnded(then: () => void): void {
  sessionEnded = then;
}

export const http = createClient<paths>({ baseUrl: location.origin });

http.use({
  onRequest({ request }) {
    if (request.method !== 'GET' && csrf_token) request.headers.set('x-csrf-token', csrf_token);
    return request;
  },
});

/** What openapi-fetch answers, as far as it matters here. */
interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

export async function settle<T>(asked: Promise<Answer<T>>): Promise<Outcome<T>> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch {
    return { ok: false, problem: unreachable() };
  }
  const { data, error, response } = answer;
  if (response.ok) return { ok: true, value: data as T };
  const signingIn = new URL(response.url).pathname.endsWith('/auth/login');
  if (response.status === 401 && !signingIn) sessionEnded();
  return { ok: false, problem: readProblem(response, error) };
}

type Key = { 'Idempotency-Key': string };

/** A change. Tried once more under the same key when the answer was lost on the way. */
export async function change<T>(ask: (header: Key) => Promise<Answer<T>>): Promise<Outcome<T>> {
  const header = { 'Idempotency-Key': randomKey() };
  const first = await settle(ask(header));
  const lost = !first.ok && (first.problem.status === 0 || first.problem.status === 503);
  return lost ? settle(ask(header)) : first;
}

/** `crypto.randomUUID` is missing where a plant serves plain HTTP. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
