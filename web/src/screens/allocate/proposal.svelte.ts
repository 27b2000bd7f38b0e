/**
 * What is being put together in the allocate dialog, and what the server's rules say to it while one
 * chooses. Nothing is committed before `commit`.
 */
import { untrack } from 'svelte';
import { validate, type NewAllocation } from '$lib/api/calls';
import { inWords, type Refusal } from '$lib/api/problem';
import type { Sought, Suggestion } from '$lib/api/suggestions';
import { allocateNow } from '$lib/state/actions.svelte';
import { plant } from '$lib/state/plant.svelte';
import { session } from '$lib/state/session.svelte';
import { instantOf } from '$lib/words/calendar';
import type { Draft } from './state.svelte';

export type Side = 'work_order' | 'machine' | 'operator';
export const SIDES: readonly Side[] = ['work_order', 'machine', 'operator'];
const PATIENCE_MS = 120;

type Choice = Record<Side, string | null>;

export class Proposal {
  chosen: Choice = $state({ work_order: null, machine: null, operator: null });
  /** What was chosen by hand: suggestions are made for that. */
  #given: Choice = $state({ work_order: null, machine: null, operator: null });
  /** The suggestion that is being tried. */
  taken: Suggestion | null = $state.raw(null);
  later: string = $state('');
  minutes: number | null = $state(null);
  reason = $state('');
  /** Null as long as nothing was asked or the answer is on its way. */
  refusals: Refusal[] | null = $state.raw(null);
  /** What went wrong otherwise. */
  trouble: string | null = $state(null);
  /** The rules agreed a moment ago and refused the commit: somebody was faster. */
  overtaken = $state(false);
  busy = $state(false);

  constructor(draft: Draft) {
    this.#given.work_order = draft.work_order_id ?? null;
    this.#given.machine = draft.machine_id ?? null;
    this.#given.operator = draft.operator_id ?? null;
    this.chosen = { ...this.#given };
    if (draft.suggestion) this.take(draft.suggestion);
  }

  /** What to ask suggestions for; null when nothing is given, or nothing is left to suggest. */
  get sought(): Sought | null {
    const { work_order, machine, operator } = this.#given;
    const given = [work_order, machine, operator].filter((id) => id !== null).length;
    if (given === 0 || given === 3) return null;
    return {
      ...(work_order ? { work_order_id: work_order } : {}),
      ...(machine ? { machine_id: machine } : {}),
      ...(operator ? { operator_id: operator } : {}),
      ...this.#timing,
    };
  }

  /** What to ask for an explanation of, when nothing is possible: an order that was given. */
  get explained(): NewAllocation | undefined {
    const sought = this.sought;
    const work_order_id = sought?.work_order_id;
    return work_order_id ? { ...sought, work_order_id } : undefined;
  }

  get complete(): boolean {
    const { work_order, machine, operator } = this.chosen;
    return work_order !== null && (machine !== null || operator !== null);
  }

  get body(): NewAllocation {
    const { work_order, machine, operator } = this.chosen;
    return {
      work_order_id: work_order ?? '',
      ...(machine ? { machine_id: machine } : {}),
      ...(operator ? { operator_id: operator } : {}),
      ...this.#timing,
    };
  }

  get #timing() {
    return {
      ...(this.later ? { expected_start_time: instantOf(this.later) } : {}),
      ...(this.minutes ? { expected_duration_minutes: this.minutes } : {}),
    };
  }

  get hard(): Refusal[] {
    return (this.refusals ?? []).filter((refusal) => !refusal.overridable);
  }

  get soft(): Refusal[] {
    return (this.refusals ?? []).filter((refusal) => refusal.overridable);
  }

  get mayCommit(): boolean {
    if (!this.complete || this.refusals === null || this.hard.length > 0 || this.busy) return false;
    return this.soft.length === 0 || (session.may('override') && this.reason.trim() !== '');
  }

  /** Asks whenever a choice changes, or something chosen changes on the floor. To be run in an effect. */
  ask(): () => void {
    const { body, complete } = this;
    for (const side of SIDES) plant.card(side, this.chosen[side]);
    const abort = new AbortController();
    const timer = setTimeout(() => complete && void this.#ask(body, abort.signal), PATIENCE_MS);
    if (!complete) untrack(() => (this.refusals = null));
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }

  async #ask(body: NewAllocation, signal: AbortSignal): Promise<void> {
    const outcome = await validate(body, signal);
    if (signal.aborted) return;
    if (outcome.ok) {
      this.refusals = outcome.value.refusals;
      this.trouble = null;
    } else {
      this.refusals = null;
      this.trouble = inWords(outcome.problem);
    }
  }

  choose(side: Side, id: string | null): void {
    this.chosen[side] = id;
    this.#given[side] = id;
    this.taken = null;
    this.overtaken = false;
  }

  /** Takes what is suggested; what was given by hand stays given. */
  take(suggestion: Suggestion): void {
    this.chosen = {
      work_order: suggestion.work_order_id,
      machine: suggestion.machine_id,
      operator: suggestion.operator_id,
    };
    this.taken = suggestion;
    this.overtaken = false;
  }

  /** True when it is done. */
  async commit(): Promise<boolean> {
    if (!this.mayCommit) return false;
    this.busy = true;
    const reason = this.reason.trim();
    const codes = [...new Set(this.soft.map((refusal) => refusal.code))];
    const overrides = codes.map((code) => ({ code, reason }));
    const problem = await allocateNow({
      ...this.body,
      ...(codes.length ? { overrides } : {}),
      ...(this.taken
        ? { allocation_method: 'ai_suggested', suggestion_score: String(this.taken.score) }
        : {}),
    });
    this.busy = false;
    if (!problem) return true;
    if (problem.refusals.length > 0) {
      this.refusals = problem.refusals;
      this.overtaken = true;
    } else {
      this.trouble = inWords(problem);
    }
    return false;
  }
}
