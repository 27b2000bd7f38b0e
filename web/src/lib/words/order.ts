/**
 * What is to be said of an order beyond its state: forecast, inspection, links, log. Pure.
 */
import type { BomLine, Dependency, LogEntry, Successor, WorkOrder } from '$lib/api/order';
import { humane, quantity, type Tone, type Word } from './status';
import { moment, span } from './time';

const MINUTE_MS = 60_000;

/** `Tue 24 Nov 14:05, 40 min late`; null where no end can be told. */
export function forecast(
  order: Pick<WorkOrder, 'expected_end' | 'delay_minutes'>,
  now_ms: number,
): { text: string; late: boolean } | null {
  const { expected_end, delay_minutes } = order;
  if (!expected_end) return null;
  const late = (delay_minutes ?? 0) > 0;
  const lateness = late ? `, ${span((delay_minutes ?? 0) * MINUTE_MS)} late` : ', in time';
  return { text: moment(expected_end, now_ms) + lateness, late };
}

const QUALITY: Record<string, Word> = {
  pending: { text: 'Inspection pending', tone: 'wait' },
  passed: { text: 'Inspected, passed', tone: 'done' },
  failed: { text: 'Inspected, failed', tone: 'stop' },
  waived: { text: 'Inspection waived', tone: 'away' },
};

/** Null where nothing has to be inspected and nothing was. */
export function qualityWord(
  order: Pick<WorkOrder, 'quality_status' | 'quality_inspection_required'>,
): Word | null {
  const { quality_status: status, quality_inspection_required: required } = order;
  if (status) return QUALITY[status] ?? { text: humane(status), tone: 'away' };
  return required ? { text: 'Inspected when done', tone: 'away' } : null;
}

const RULE: Record<string, [before: string, after: string]> = {
  finish_to_start: ['must be finished first', 'starts when this is finished'],
  start_to_start: ['must have started first', 'starts once this has started'],
  finish_to_finish: ['must be finished before this is', 'finishes after this has'],
};

/** `must be finished first, 30 min before; if possible`. */
export function linkWords(link: Dependency, side: 'before' | 'after'): string {
  const words = RULE[link.dependency_type]?.[side === 'before' ? 0 : 1];
  const lag =
    link.lag_minutes === 0
      ? ''
      : `, ${span(Math.abs(link.lag_minutes) * MINUTE_MS)} ${link.lag_minutes > 0 ? 'in between' : 'of overlap'}`;
  return (words ?? humane(link.dependency_type)) + lag + (link.is_mandatory ? '' : '; if possible');
}

/** `starts when this is finished; held up by this`. What is closed waits for nothing any more. */
export function successorWords(one: Successor): string {
  const closed = one.status === 'completed' || one.status === 'cancelled';
  const hold = one.is_held_up ? '; held up by this' : '; free of this';
  return linkWords(one, 'after') + (closed ? '' : hold);
}

const ENTRY: Record<string, Word> = {
  started: { text: 'Started', tone: 'work' },
  paused: { text: 'Paused', tone: 'wait' },
  resumed: { text: 'Resumed', tone: 'work' },
  released: { text: 'Released', tone: 'free' },
  completed: { text: 'Completed', tone: 'done' },
  reopened: { text: 'Opened again', tone: 'work' },
  progress: { text: 'Counted', tone: 'work' },
  milestone: { text: 'Milestone', tone: 'done' },
  issue: { text: 'Issue', tone: 'stop' },
  note: { text: 'Note', tone: 'away' },
};

export const entryWord = (event_type: string): Word =>
  ENTRY[event_type] ?? { text: humane(event_type), tone: 'away' };

/** `+12, 1 rejected, 40 in all`. */
export function entryFigures(entry: LogEntry): string {
  const { quantity_produced: good, quantity_rejected: bad, cumulative_quantity: sum } = entry;
  const signed = (text: string) => (text.startsWith('-') ? `−${text.slice(1)}` : `+${text}`);
  return [
    good && Number(good) !== 0 ? signed(quantity(good)) : '',
    bad && Number(bad) !== 0 ? `${quantity(bad)} rejected` : '',
    sum ? `${quantity(sum)} in all` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** How a line of a bill is covered, in shares of what is required, and what that means. */
export interface Cover {
  consumed: number;
  allocated: number;
  uncovered: string | null;
  tone: Tone;
}

export function cover(line: BomLine): Cover {
  const required = Number(line.quantity_required);
  const share = (text: string) =>
    required > 0 ? Math.min(100, (100 * Number(text)) / required) : 0;
  const missing = Number(line.quantity_uncovered) > 0;
  return {
    consumed: share(line.quantity_consumed),
    allocated: share(line.quantity_allocated),
    uncovered: missing ? quantity(line.quantity_uncovered) : null,
    tone: !missing ? 'work' : line.is_critical ? 'stop' : 'wait',
  };
}
