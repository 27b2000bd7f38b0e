/**
 * Each state in one word, with the tone that it is drawn in. Tones are few on purpose: colour calls
 * for attention, and what runs as it should does not.
 */
import type { MachineStatus, OperatorStatus, OrderStatus, Phase, Priority } from '$lib/live/cards';

/** free: could work. work: does. stop: fault. wait: held up. away: not there. */
export type Tone = 'free' | 'work' | 'stop' | 'wait' | 'away' | 'done';
export interface Word {
  text: string;
  tone: Tone;
}

const MACHINE: Record<MachineStatus, Word> = {
  running: { text: 'Running', tone: 'work' },
  idle: { text: 'Free', tone: 'free' },
  maintenance: { text: 'Maintenance', tone: 'wait' },
  breakdown: { text: 'Breakdown', tone: 'stop' },
  offline: { text: 'Offline', tone: 'away' },
};

const OPERATOR: Record<OperatorStatus, Word> = {
  available: { text: 'Free', tone: 'free' },
  busy: { text: 'Working', tone: 'work' },
  break: { text: 'On break', tone: 'wait' },
  absent: { text: 'Absent', tone: 'away' },
  sick: { text: 'Sick', tone: 'away' },
  vacation: { text: 'On holiday', tone: 'away' },
  offline: { text: 'Off shift', tone: 'away' },
};

const ORDER: Record<OrderStatus, Word> = {
  queued: { text: 'Queued', tone: 'free' },
  assigned: { text: 'Assigned', tone: 'wait' },
  in_progress: { text: 'In progress', tone: 'work' },
  paused: { text: 'Paused', tone: 'wait' },
  completed: { text: 'Completed', tone: 'done' },
  cancelled: { text: 'Cancelled', tone: 'away' },
};

const PHASE: Record<Phase, Word> = {
  booked: { text: 'Booked', tone: 'wait' },
  running: { text: 'Running', tone: 'work' },
  paused: { text: 'Paused', tone: 'wait' },
  ended: { text: 'Ended', tone: 'done' },
};

const PRIORITY: Record<Priority, string> = {
  urgent: 'Urgent',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
};

/** Higher comes first. */
export const PRIORITY_RANK: Record<Priority, number> = { urgent: 3, high: 2, medium: 1, low: 0 };

function look<K extends string>(table: Record<K, Word>, status: string): Word {
  return (table as Record<string, Word>)[status] ?? { text: humane(status), tone: 'away' };
}

/** A machine that is silent is not a machine that stands still. */
export function machineWord(status: string, reason?: string | null): Word {
  if (status === 'offline' && reason === 'no_signal') return { text: 'No signal', tone: 'away' };
  return look(MACHINE, status);
}
export const operatorWord = (status: string): Word => look(OPERATOR, status);
export const orderWord = (status: string): Word => look(ORDER, status);
export const phaseWord = (phase: string): Word => look(PHASE, phase);
export const priorityWord = (priority: string): string =>
  (PRIORITY as Record<string, string>)[priority] ?? humane(priority);

/** `tool_change` → `Tool change`, for codes that nobody has put into words. */
export function humane(code: string): string {
  const words = code.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `12.500` → `12.5`, `300` → `300`. */
export function quantity(decimal: string): string {
  const value = Number(decimal);
  return Number.isFinite(value)
    ? value.toLocaleString('en-GB', { maximumFractionDigits: 3 })
    : decimal;
}

/** Percent as a whole number; not 100 before it is done. */
export function percent(decimal: string): number {
  const value = Number(decimal);
  if (!Number.isFinite(value)) return 0;
  return Math.max(0, Math.min(100, value < 100 ? Math.floor(value) : 100));
}
