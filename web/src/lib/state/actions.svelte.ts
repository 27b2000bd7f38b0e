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
import { inWords, type Problem, type Refusal } from '$lib/api/problem';
import type { Hit } from '$lib/api/replacements';
import { machineName, operatorName } from './names';
import { session } from './session.svelte';

const DONE: Record<Verb, string> = {
  start: 'Started',
  pause: 'Paused',
  resume: 'Resumed',
  reassign: 'Reassigned',
  release: 'Released',
  complete: 'Completed',
  cancel: 'Cancelled',
  reschedule: 'Moved',
  undo: 'Taken back:',
};

/** For who may run work and not take a change back: verbs that another verb makes up for. */
const BACK: Partial<Record<Verb, { label: string; verb: Verb }>> = {
  pause: { label: 'Resume', verb: 'resume' },
  resume: { label: 'Pause', verb: 'pause' },
  start: { label: 'Undo', verb: 'release' },
};

export interface Target {
  allocation_id: number;
  work_order_id: string;
}

/** Who asks for the reason when rules object that may be overridden. */
type AskReason = (allocation: Target, verb: Verb, body: object, refusals: Refusal[]) => void;
let askReason: AskReason = () => undefined;

export function onSoftRefusals(ask: AskReason): void {
  askReason = ask;
}

export async function perform(
  allocation: Target,
  verb: Verb,
  body: object = {},
): Promise<Problem | null> {
  const outcome = await act(allocation.allocation_id, verb, body);
  const what = allocation.work_order_id;
  if (!outcome.ok) {
    const { refusals } = outcome.problem;
    if (refusals.some((refusal) => refusal.overridable))
      askReason(allocation, verb, body, refusals);
    else toast.error(`${what} was not changed`, { description: inWords(outcome.problem) });
    return outcome.problem;
  }
  const back = wayBack(verb);
  toast.success(`${DONE[verb]} ${what}`, {
    ...(back
      ? { action: { label: back.label, onClick: () => void perform(allocation, back.verb) } }
      : {}),
  });
  return null;
}

function wayBack(verb: Verb): { label: string; verb: Verb } | undefined {
  if (verb === 'undo') return undefined;
  return session.may('allocate') ? { label: 'Undo', verb: 'undo' } : BACK[verb];
}

export async function allocateNow(body: NewAllocation): Promise<Problem | null> {
  const outcome = await allocate(body);
  if (!outcome.ok) return outcome.problem;
  const allocation = outcome.value;
  const who = [operatorName(allocation.operator_id), machineName(allocation.machine_id)];
  toast.success(
    `${allocation.phase === 'booked' ? 'Booked' : 'Allocated'} ${allocation.work_order_id}`,
    {
      description: who.filter(Boolean).join(' at '),
      action: { label: 'Undo', onClick: () => void perform(allocation, 'undo') },
    },
  );
  return null;
}

export async function report(
  type: 'machine' | 'operator',
  id: string,
  body: StatusChange,
): Promise<{ problem: Problem | null; hit: Hit[] }> {
  const name = type === 'machine' ? machineName(id) : operatorName(id);
  const outcome = await setStatus(type, id, body);
  if (outcome.ok) toast.success(`${name}: status recorded`);
  else toast.error(`${name} was not changed`, { description: inWords(outcome.problem) });
  return outcome.ok
    ? { problem: null, hit: outcome.value.hit }
    : { problem: outcome.problem, hit: [] };
}
