/**
 * Marks the likeliest candidates of a list with what the rules say to them, before one chooses. Asked
 * one after the other and forgotten when the question changes.
 */
import { validate, type NewAllocation } from '$lib/api/calls';
import type { Refusal } from '$lib/api/problem';
import type { Candidate } from './candidates';
import type { Side } from './proposal.svelte';

const ASKED = 10;

/** Rules about how two things go together: they speak about the candidate whichever of them they name. */
const ABOUT_BOTH = new Set([
  'skill_missing',
  'skill_level_too_low',
  'certification_expires',
  'machine_cannot_produce',
  'dependency_unmet',
]);

export type Fit = { fits: true } | { fits: false; why: string; soft: boolean };

export class Fits {
  marks: Record<string, Fit> = $state.raw({});

  /** To be run in an effect: the answer stops the asking. */
  ask(side: Side, candidates: Candidate[], body: (id: string) => NewAllocation): () => void {
    const abort = new AbortController();
    this.marks = {};
    const timer = setTimeout(() => void this.#run(side, candidates, body, abort.signal), 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }

  async #run(
    side: Side,
    candidates: Candidate[],
    body: (id: string) => NewAllocation,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { id } of candidates.slice(0, ASKED)) {
      if (signal.aborted) return;
      const outcome = await validate(body(id), signal);
      if (signal.aborted || !outcome.ok) return;
      const fit = judge(side, outcome.value.refusals);
      if (!fit) continue;
      this.marks = { ...this.marks, [id]: fit };
    }
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
