/**
 * When a machine's maintenance is due, and what the machine did, in words and shares. Pure.
 */
import type { components } from '$lib/api/schema';
import { date, dayInWords, daysBetween, plantDay } from './calendar';
import type { Word } from './status';
import { moment, nearMoment } from './time';

type Maintenance = components['schemas']['Maintenance'];
type MaintenanceCard = components['schemas']['MaintenanceCard'];
type StatusPeriod = components['schemas']['StatusPeriod'];

/** So many days ahead, or so large a share of the hours, a maintenance is worth a word. */
const SOON_DAYS = 7;
const SOON_SHARE = 0.1;
/** A window stands on the floor so long before it begins. */
const AHEAD_MS = 86_400_000;

/** How a maintenance stands: under way by its plan, overdue, soon, or planned. */
export function maintenanceWord(one: Maintenance, now_ms: number): Word {
  if (one.status === 'completed') return { text: 'Done', tone: 'done' };
  if (one.status === 'cancelled') return { text: 'Called off', tone: 'away' };
  const days = one.due_date ? daysBetween(plantDay(now_ms), one.due_date) : Infinity;
  const hours = one.hours_remaining ?? Infinity;
  if (days < 0 || hours <= 0) return { text: 'Overdue', tone: 'stop' };
  if (isOpen(one, now_ms)) return { text: 'Window is open', tone: 'wait' };
  const few = one.due_after_hours ? one.due_after_hours * SOON_SHARE : 0;
  if (days <= SOON_DAYS || hours <= few) return { text: 'Due soon', tone: 'wait' };
  return { text: 'Planned', tone: 'away' };
}

type Planned = Pick<Maintenance, 'planned_start' | 'planned_end'>;

function isOpen(one: Planned, now_ms: number): boolean {
  if (!one.planned_start || !one.planned_end) return false;
  return Date.parse(one.planned_start) <= now_ms && now_ms < Date.parse(one.planned_end);
}

/** `maintenance from 14:00`, `maintenance until 16:00`; empty if it is far off, or over. */
export function maintenanceAhead(next: MaintenanceCard | null | undefined, now_ms: number): string {
  if (!next || Date.parse(next.planned_end) <= now_ms) return '';
  if (isOpen(next, now_ms)) return `maintenance until ${moment(next.planned_end, now_ms)}`;
  const left_ms = Date.parse(next.planned_start) - now_ms;
  return left_ms <= AHEAD_MS ? `maintenance from ${nearMoment(next.planned_start, now_ms)}` : '';
}

/** Everything that says when: window, last day, running hours, how often. */
export function whenDue(one: Maintenance, now_ms: number): string[] {
  const told: string[] = [];
  const today = plantDay(now_ms);
  if (one.planned_start && one.planned_end)
    told.push(
      `Window ${moment(one.planned_start, now_ms)} to ${moment(one.planned_end, Date.parse(one.planned_start))}`,
    );
  if (one.due_date) {
    const days = daysBetween(today, one.due_date);
    const left = days < 0 ? `${-days} d late` : days > 1 ? `in ${days} d` : '';
    told.push(`Last day ${dayInWords(one.due_date, today)}${left ? ` (${left})` : ''}`);
  }
  if (one.due_after_hours !== null) {
    const left = one.hours_remaining;
    if (left === null) told.push(`After ${one.due_after_hours} running hours`);
    else if (left < 0) told.push(`${-left} running hours over its ${one.due_after_hours}`);
    else told.push(`${left} of ${one.due_after_hours} running hours left`);
  }
  const again = [
    one.interval_days ? `every ${one.interval_days} d` : '',
    one.repeats_by_hours && one.due_after_hours ? `every ${one.due_after_hours} h` : '',
  ].filter(Boolean);
  if (again.length > 0) told.push(`Comes again ${again.join(' or ')}`);
  return told;
}

/** Planned ones by urgency, then what is over, newest first. */
export function byDue(all: readonly Maintenance[], now_ms: number): Maintenance[] {
  const RANK: Record<string, number> = { stop: 0, wait: 1, away: 2, done: 3 };
  const rank = (one: Maintenance) =>
    one.status === 'planned' ? (RANK[maintenanceWord(one, now_ms).tone] ?? 2) : 4;
  const first = (one: Maintenance) =>
    Date.parse(one.planned_start ?? one.due_date ?? '9999-12-31T00:00:00Z');
  return [...all].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (rank(a) === 4 ? b.maintenance_id - a.maintenance_id : first(a) - first(b)),
  );
}

/** Until when a warranty holds, or since when it does not. */
export function warranty(last: string | null, today: string): string | null {
  if (!last) return null;
  return daysBetween(today, last) < 0 ? `ended ${date(last)}` : `until ${date(last)}`;
}

export interface Stretch {
  status: string;
  reason: string | null;
  from_ms: number;
  to_ms: number;
}

/** What a machine did between two instants, oldest first; gaps are left out. */
export function stretches(
  periods: readonly StatusPeriod[],
  from_ms: number,
  to_ms: number,
): Stretch[] {
  return periods
    .map((period) => ({
      status: period.status,
      reason: period.reason_code,
      from_ms: Math.max(from_ms, Date.parse(period.started_at)),
      to_ms: Math.min(to_ms, period.ended_at ? Date.parse(period.ended_at) : to_ms),
    }))
    .filter((stretch) => stretch.to_ms > stretch.from_ms)
    .sort((a, b) => a.from_ms - b.from_ms);
}

/** How long each status lasted in all, the longest first. */
export function totals(all: readonly Stretch[]): { status: string; ms: number }[] {
  const sums = new Map<string, number>();
  for (const { status, from_ms, to_ms } of all)
    sums.set(status, (sums.get(status) ?? 0) + to_ms - from_ms);
  return [...sums].map(([status, ms]) => ({ status, ms })).sort((a, b) => b.ms - a.ms);
}
