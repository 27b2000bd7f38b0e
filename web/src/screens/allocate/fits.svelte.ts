/**
 * Marks the likeliest candidates of a list with what the rules say to them, before one chooses. The
 * answers are shown together, so that a list settles once; they go when the question changes.
 */
import { validate, type NewAllocation } from '$lib/api/calls';
import type { Refusal } from '$lib/api/problem';
import type { Candidate } from './candidates';
import type { Side } from './proposal.svelte';

/** Of a long list, asking goes on until so many are found that fit. */
const ENOUGH = 8;
const AT_ONCE = 4;
const PATIENCE_MS = 200;

/** Rules about how two things go together: they speak about the candidate whichever of them they name. */
const ABOUT_BOTH = new Set([
  'skill_missing',
  'skill_level_too_low',
  'certification_expires',
  'machine_cannot_produce',
]);

export type Fit = { fits: true; why?: string } | { fits: false; why: string; soft: boolean };

export class Fits {
  marks: Record<string, Fit> = $state.raw({});

  /** To be run in an effect: the answer stops the asking. */
  ask(side: Side, candidates: Candidate[], body: (id: string) => NewAllocation): () => void {
    // An answer to another question is worse than none.
    this.marks = {};
    const abort = new AbortController();
    const timer = setTimeout(
      () => void this.#run(side, candidates, body, abort.signal),
      PATIENCE_MS,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }

  /** Those that fit first, those that cannot be last; otherwise as they were. */
  ordered(candidates: Candidate[]): Candidate[] {
    return candidates
      .map((candidate) => ({ candidate, rank: this.#rank(candidate.id) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ candidate }) => candidate);
  }

  #rank(id: string): number {
    const fit = this.marks[id];
    if (!fit) return 2;
    if (fit.fits) return 0;
    return fit.soft ? 1 : 3;
  }

  async #run(
    side: Side,
    candidates: Candidate[],
    body: (id: string) => NewAllocation,
    signal: AbortSignal,
  ): Promise<void> {
    const waiting = candidates.map(({ id }) => id);
    const marks: Record<string, Fit> = {};
    let fitting = 0;
    const askOn = async (): Promise<void> => {
      while (fitting < ENOUGH && !signal.aborted) {
        const id = waiting.shift();
        if (id === undefined) return;
        const outcome = await validate(body(id), signal);
        const fit = outcome.ok ? judge(side, outcome.value.refusals) : null;
        if (fit) marks[id] = fit;
        if (fit?.fits) fitting += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, askOn));
    if (!signal.aborted) this.marks = marks;
  }
}

/** What is wrong with the other choices is said elsewhere, once. */
function judge(side: Side, refusals: Refusal[]): Fit | null {
  if (refusals.length === 0) return { fits: true };
  const own = refusals.filter(
    ({ code, entity_type }) => entity_type === side || ABOUT_BOTH.has(code),
  );
  const worst = own.find((refusal) => !refusal.overridable) ?? own[0];
  return worst ? { fits: false, why: worst.message, soft: worst.overridable } : null;
}
