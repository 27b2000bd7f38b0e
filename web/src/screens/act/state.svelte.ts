/**
 * The small dialog that asks what an action still needs to know; one at a time.
 */
import type { Verb } from '$lib/api/calls';
import type { Refusal } from '$lib/api/problem';
import { onSoftRefusals, perform, type Target } from '$lib/state/actions.svelte';

export type { Target };

export type Question =
  | { ask: 'pause'; allocation: Target }
  | { ask: 'release'; allocation: Target }
  | { ask: 'complete'; allocation: Target }
  | { ask: 'reassign'; allocation: Target }
  | { ask: 'reschedule'; allocation: Target }
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

  /** Does it; where only soft rules object, the reason is asked for. True when it is done. */
  async attempt(allocation: Target, verb: Verb, body: object = {}): Promise<boolean> {
    return (await perform(allocation, verb, body)) === null;
  }
}

export const actWindow = new ActWindow();

onSoftRefusals((allocation, verb, body, refusals) =>
  actWindow.ask({ ask: 'override', allocation, verb, body, refusals }),
);
