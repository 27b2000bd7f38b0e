/**
 * Marks the likeliest candidates of a list with what the rules say to them, before one chooses. Asked
 * one after the other and forgotten when the question changes.
 */
import { validate, type NewAllocation } from '$lib/api/calls';
import type { Candidate } from './candidates';

const ASKED = 10;

export type Fit = { fits: true } | { fits: false; why: string; soft: boolean };

export class Fits {
  marks: Record<string, Fit> = $state.raw({});

  /** To be run in an effect: the answer stops the asking. */
  ask(candidates: Candidate[], body: (id: string) => NewAllocation | null): () => void {
    const abort = new AbortController();
    this.marks = {};
    const timer = setTimeout(() => void this.#run(candidates, body, abort.signal), 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }

  async #run(
    candidates: Candidate[],
    body: (id: string) => NewAllocation | null,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { id } of candidates.slice(0, ASKED)) {
      const question = body(id);
      if (!question || signal.aborted) return;
      const outcome = await validate(question, signal);
      if (signal.aborted || !outcome.ok) return;
      const { allowed, refusals } = outcome.value;
      const worst = refusals.find((refusal) => !refusal.overridable) ?? refusals[0];
      const fit: Fit =
        allowed || !worst
          ? { fits: true }
          : { fits: false, why: worst.message, soft: worst.overridable };
      this.marks = { ...this.marks, [id]: fit };
    }
  }
}
