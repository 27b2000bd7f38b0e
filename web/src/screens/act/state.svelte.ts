/**
 * The small dialog that asks what an action still needs to know; one at a time.
 */
import type { Verb } from '$lib/api/calls';
import type { Refusal } from '$lib/api/problem';
import { perform } from '$lib/state/actions.svelte';

export interface Target {
  allocation_id: number;
  work_order_id: string;
}

export type Question =
  | { ask: 'pause'; allocation: Target }
  | { ask: 'release'; allocation: Target }
  | { ask: 'complete'; allocation: Target }
  | { ask: 'reassign'; allocation: Target }
  | { ask: 'override'; allocation: Target; verb: Verb; body: object; refusals: Refusal[] }
  | { ask: 'status'; type: 'machine' | 'operator'; id: string; status: string };

class ActWindow {
  question: Question | null = $state.raw(null);

  ask(question: Question): void {
    this.question = question;
  }

  close(): void {
    this.question = null;
  }

  /** Does it; where only soft rules object, asks for the reason. True when it is done. */
  async attempt(allocation: Target, verb: Verb, body: object = {}): Promise<boolean> {
    const problem = await perform(allocation, verb, body);
    const refusals = problem?.refusals ?? [];
    if (refusals.some((refusal) => refusal.overridable))
      this.question = { ask: 'override', allocation, verb, body, refusals };
    return problem === null;
  }
}

export const actWindow = new ActWindow();
