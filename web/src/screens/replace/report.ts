/**
 * States what a person or machine does, or that a shift is not worked; when work has lost a side by it, who
 * could take over is shown.
 */
import type { StatusChange } from '$lib/api/calls';
import { callOff, type CallOff, type Shift } from '$lib/api/people';
import type { Problem } from '$lib/api/problem';
import type { Hit, Side } from '$lib/api/replacements';
import { report } from '$lib/state/actions.svelte';
import { operatorName } from '$lib/state/names';
import { takeCallOffBack } from '$lib/state/roster';
import { session } from '$lib/state/session.svelte';
import { tell } from '$lib/state/told';
import { replaceWindow } from './state.svelte';

/** What a form asks about a reason; empty where nothing was said. */
export interface Said {
  code: string;
  words: string;
}

export const reasonOf = ({ code, words }: Said) => ({
  ...(code ? { reason_code: code } : {}),
  ...(words.trim() ? { reason_description: words.trim() } : {}),
});

export async function reportStatus(
  side: Side,
  id: string,
  body: StatusChange,
): Promise<Problem | null> {
  const { problem, hit } = await report(side, id, body);
  if (hit.length > 0 && session.may('allocate')) replaceWindow.show({ side, id, hits: hit });
  return problem;
}

/** Who has no shift to be called off from is not there all the same. */
export async function callOffShift(
  id: string,
  hasShift: boolean,
  body: CallOff & { status: string },
): Promise<Problem | null> {
  if (!hasShift) {
    const { shift_id: _, ...rest } = body;
    const { problem, hit } = await report('operator', id, rest);
    if (!problem) showOrClose(id, hit);
    return problem;
  }
  const outcome = await callOff(id, body);
  const undo = outcome.ok ? { undo: () => takeBack(id, outcome.value.shifts) } : {};
  const problem = tell(outcome, { done: `${operatorName(id)} is called off`, ...undo });
  if (outcome.ok) showOrClose(id, outcome.value.hit);
  return problem;
}

/** The window about who could take over goes with it. */
async function takeBack(id: string, shifts: Shift[]): Promise<Problem | null> {
  replaceWindow.close();
  const [shift] = shifts;
  return shift ? takeCallOffBack(id, shift) : null;
}

/** Who has called somebody off sees what that hits, if only that it is nothing. */
function showOrClose(id: string, hits: Hit[]): void {
  if (hits.length > 0) replaceWindow.show({ side: 'operator', id, hits });
  else replaceWindow.close();
}
