/**
 * What a person can do from any screen, each with a word about how it went and a way back where there
 * is one. The screen itself changes when the stream tells, never before.
 */
import { toast } from 'svelte-sonner';
import {
  act,
  allocate,
  setStatus,
  type NewAllocation,
  type StatusChange,
  type Verb,
} from '$lib/api/calls';
import { inWords, type Problem } from '$lib/api/problem';
import { machineName, operatorName } from './names';

const DONE: Record<Verb, string> = {
  start: 'Started',
  pause: 'Paused',
  resume: 'Resumed',
  reassign: 'Reassigned',
  release: 'Released',
  complete: 'Completed',
  cancel: 'Cancelled',
};

/** Verbs that another verb takes back. */
const BACK: Partial<Record<Verb, { label: string; verb: Verb }>> = {
  pause: { label: 'Resume', verb: 'resume' },
  resume: { label: 'Pause', verb: 'pause' },
  start: { label: 'Undo', verb: 'release' },
};

export async function perform(
  allocation: { allocation_id: number; work_order_id: string },
  verb: Verb,
  body: object = {},
): Promise<Problem | null> {
  const outcome = await act(allocation.allocation_id, verb, body);
  const what = allocation.work_order_id;
  if (!outcome.ok) {
    // Refusals that ask for a reason are shown where they can be answered.
    if (!outcome.problem.refusals.some((refusal) => refusal.overridable))
      toast.error(`${what} was not changed`, { description: inWords(outcome.problem) });
    return outcome.problem;
  }
  const back = BACK[verb];
  toast.success(`${DONE[verb]} ${what}`, {
    ...(back
      ? { action: { label: back.label, onClick: () => void perform(allocation, back.verb) } }
      : {}),
  });
  return null;
}

export async function allocateNow(body: NewAllocation): Promise<Problem | null> {
  const outcome = await allocate(body);
  if (!outcome.ok) return outcome.problem;
  const allocation = outcome.value;
  const verb: Verb = allocation.phase === 'booked' ? 'cancel' : 'release';
  const who = [operatorName(allocation.operator_id), machineName(allocation.machine_id)];
  toast.success(
    `${allocation.phase === 'booked' ? 'Booked' : 'Allocated'} ${allocation.work_order_id}`,
    {
      description: who.filter(Boolean).join(' at '),
      action: { label: 'Undo', onClick: () => void perform(allocation, verb) },
    },
  );
  return null;
}

export async function report(
  type: 'machine' | 'operator',
  id: string,
  body: StatusChange,
): Promise<Problem | null> {
  const name = type === 'machine' ? machineName(id) : operatorName(id);
  const outcome = await setStatus(type, id, body);
  if (outcome.ok) toast.success(`${name}: status recorded`);
  else toast.error(`${name} was not changed`, { description: inWords(outcome.problem) });
  return outcome.ok ? null : outcome.problem;
}
