/**
 * What the server suggests for what has been chosen by hand, best first; and, when nothing is
 * possible, why. A list stays while one tries its entries: only another question replaces it.
 */
import { untrack } from 'svelte';
import { validate, type NewAllocation } from '$lib/api/calls';
import { inWords, type Refusal } from '$lib/api/problem';
import { bestPerOrder } from '$lib/words/suggestion';
import { suggestions, type PairSurvey, type Sought, type Suggestion } from '$lib/api/suggestions';

const PATIENCE_MS = 150;
/** Of a free person or machine so many pairs are asked for, to have the best of several orders. */
const PAIRS = 100;

export class Suggested {
  items: Suggestion[] = $state.raw([]);
  possible = $state(0);
  /** What speaks against that which was named, whatever it is paired with. */
  refusals: Refusal[] = $state.raw([]);
  /** Why no pair is possible for an order. */
  survey: PairSurvey | null = $state.raw(null);
  trouble: string | null = $state(null);
  state: 'unasked' | 'asking' | 'answered' = $state('unasked');

  constructor(readonly limit = 6) {}

  /** To be run in an effect: the answer stops the asking. */
  ask(sought: Sought | null, explain?: NewAllocation): () => void {
    const abort = new AbortController();
    untrack(() => (this.state = sought ? 'asking' : 'unasked'));
    if (!sought) this.#take([], 0, []);
    const timer = setTimeout(
      () => sought && void this.#ask(sought, explain, abort.signal),
      PATIENCE_MS,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }

  async #ask(sought: Sought, explain: NewAllocation | undefined, signal: AbortSignal) {
    const among = !sought.work_order_id && !sought.allocation_id;
    const limit = among ? PAIRS : this.limit;
    const outcome = await suggestions({ ...sought, limit }, signal);
    if (signal.aborted) return;
    if (outcome.ok) {
      const { items, possible_pairs, refusals } = outcome.value;
      const shown = among ? bestPerOrder(items).slice(0, this.limit) : items;
      this.#take(shown, possible_pairs, refusals);
      if (items.length === 0 && explain) await this.#explain(explain, signal);
    } else {
      this.#take([], 0, outcome.problem.refusals);
      this.trouble = outcome.problem.refusals.length > 0 ? null : inWords(outcome.problem);
    }
    if (!signal.aborted) this.state = 'answered';
  }

  async #explain(body: NewAllocation, signal: AbortSignal) {
    const outcome = await validate(body, signal);
    if (outcome.ok && !signal.aborted) this.survey = outcome.value.pairs ?? null;
  }

  #take(items: Suggestion[], possible: number, refusals: Refusal[]) {
    this.items = items;
    this.possible = possible;
    this.refusals = refusals;
    this.survey = null;
    this.trouble = null;
  }
}
