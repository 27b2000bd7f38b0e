/**
 * What the server answers when it does not do what it was asked (RFC 9457), and what became of a
 * request that got no answer at all.
 */
import type { components } from './schema';

type Schemas = components['schemas'];
export type Refusal = Schemas['Refusal'];
export type FieldError = Schemas['FieldError'];

export interface Problem {
  status: number;
  code: string;
  detail: string;
  refusals: Refusal[];
  errors: FieldError[];
  retry_after_s?: number;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export function unreachable(): Problem {
  return {
    status: 0,
    code: 'unreachable',
    detail: 'The server cannot be reached. Nothing is known to have changed.',
    refusals: [],
    errors: [],
  };
}

export function readProblem(response: Response, body: unknown): Problem {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  const retry = Number(response.headers.get('retry-after'));
  return {
    status: response.status,
    code: given.code ?? 'unexpected',
    detail: given.detail ?? `The server answered ${response.status} ${response.statusText}.`,
    refusals: given.refusals ?? [],
    errors: given.errors ?? [],
    ...(retry > 0 ? { retry_after_s: retry } : {}),
  };
}

/** One sentence for a person, whatever kind of problem it is. */
export function inWords(problem: Problem): string {
  if (problem.refusals.length > 0) return problem.refusals.map((r) => r.message).join(' ');
  if (problem.errors.length > 0) return problem.errors.map((e) => e.message).join(' ');
  if (problem.status === 403) return 'Your role may not do this.';
  if (problem.status === 503) return 'The server is busy or restarting. Try again in a moment.';
  return problem.detail;
}
