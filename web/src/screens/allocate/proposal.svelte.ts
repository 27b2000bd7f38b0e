/**
 * What is being put together in the allocate dialog, and what the server's rules say to it while one
 * chooses. Nothing is committed before `commit`.
 */
import { untrack } from 'svelte';
import { validate, type NewAllocation } from '$lib/api/calls';
import { inWords, type Refusal } from '$lib/api/problem';
import { allocateNow } from '$lib/state/actions.svelte';
import { plant } from '$lib/state/plant.svelte';
import { session } from '$lib/state/session.svelte';
import type { Draft } from './state.svelte';

export type Side = 'work_order' | 'machine' | 'operator';
export const SIDES: readonly Side[] = ['work_order', 'machine', 'operator'];
const PATIENCE_MS = 120;

export class Proposal {
  chosen: Record<Side, string | null> = $state({ work_order: null, machine: null, operator: null });
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
    this.chosen.work_order = draft.work_order_id ?? null;
    this.chosen.machine = draft.machine_id ?? null;
    this.chosen.operator = draft.operator_id ?? null;
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
      ...(this.later ? { expected_start_time: new Date(this.later).toISOString() } : {}),
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
    this.overtaken = false;
  }

  /** True when it is done. */
  async commit(): Promise<boolean> {
    if (!this.mayCommit) return false;
    this.busy = true;
    const reason = this.reason.trim();
    const codes = [...new Set(this.soft.map((refusal) => refusal.code))];
    const overrides = codes.map((code) => ({ code, reason }));
    const problem = await allocateNow({ ...this.body, ...(codes.length ? { overrides } : {}) });
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
