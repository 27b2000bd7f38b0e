/**
 * What a person can do and when they work, in words: certificates, levels, shifts. Pure.
 */
import type { components } from '$lib/api/schema';
import { clockTime, date, daysBetween } from './calendar';
import type { Word } from './status';
import { moment } from './time';

type Skill = components['schemas']['Skill'];
type Shift = components['schemas']['Shift'];

/** A certificate that ends within so many days is worth a word now. */
const SOON_DAYS = 30;

export const LEVELS = ['Basic', 'Intermediate', 'Advanced', 'Expert'] as const;

/** `Expert (4)`: the word for people, the figure for whoever knows the requirement by it. */
export function levelWord(level: number): string {
  return `${LEVELS[level - 1] ?? 'Level'} (${level})`;
}

/** How long a certificate still holds; it is good through its last day. None for what needs none. */
export function certificateWord(
  skill: Pick<Skill, 'certification_date' | 'certification_expiry'>,
  today: string,
): Word | null {
  const { certification_expiry: last, certification_date: from } = skill;
  if (!last) return from ? { text: 'Certified, without end', tone: 'away' } : null;
  const left = daysBetween(today, last);
  if (left < 0) return { text: `Expired ${date(last)}`, tone: 'stop' };
  if (left === 0) return { text: 'Expires today', tone: 'wait' };
  if (left <= SOON_DAYS)
    return { text: `Expires in ${left} ${left === 1 ? 'day' : 'days'}`, tone: 'wait' };
  return { text: `Valid until ${date(last)}`, tone: 'away' };
}

/** What has run out comes first, then what soon will, then by name. */
export function byUrgency<T extends Pick<Skill, 'skill_name' | 'certification_expiry'>>(
  skills: readonly T[],
  today: string,
): T[] {
  const rank = (skill: T): number => {
    const left = skill.certification_expiry
      ? daysBetween(today, skill.certification_expiry)
      : Infinity;
    return left < 0 ? 0 : left <= SOON_DAYS ? 1 : 2;
  };
  return [...skills].sort(
    (a, b) => rank(a) - rank(b) || a.skill_name.localeCompare(b.skill_name, 'en'),
  );
}

/** `22:00–06:00`, and whether the end lies on the next day. */
export function hours(shift: Pick<Shift, 'start_time' | 'end_time'>): {
  text: string;
  overnight: boolean;
} {
  return {
    text: `${clockTime(shift.start_time)}–${clockTime(shift.end_time)}`,
    overnight: shift.end_time <= shift.start_time,
  };
}

/** A shift is often called `Late`, which alone says something else. */
export const shiftName = (name: string): string => (/shift/i.test(name) ? name : `${name} shift`);

/** `02:00–02:30`, or nothing where the shift has no break. */
export function breakHours(shift: Pick<Shift, 'break_start' | 'break_end'>): string | null {
  if (!shift.break_start || !shift.break_end) return null;
  return `${clockTime(shift.break_start)}–${clockTime(shift.break_end)}`;
}

/** Whether somebody has come, as far as the clock or a call-off has told. Now is handed in. */
export function attendanceWord(
  shift: Pick<Shift, 'status' | 'is_called_off' | 'actual_clock_in' | 'actual_clock_out'>,
  now_ms: number,
): Word | null {
  const at = (time: string | null | undefined) => (time ? moment(time, now_ms) : '');
  const came = at(shift.actual_clock_in);
  const went = at(shift.actual_clock_out);
  if (shift.is_called_off) return { text: 'Called off', tone: 'away' };
  if (shift.status === 'absent') return { text: 'Did not come', tone: 'stop' };
  if (shift.status === 'late') return { text: came ? `Late: came ${came}` : 'Late', tone: 'wait' };
  if (shift.status === 'in_progress') return { text: `Here since ${came}`, tone: 'work' };
  if (shift.status === 'completed') return { text: `Came ${came}, went ${went}`, tone: 'done' };
  return null;
}

export interface Roster<T> {
  /** Under way now. */
  present: T[];
  /** Still to come, the nearest first. */
  next: T[];
}

/** Splits shifts by the clock; what has ended is left out. */
export function roster<T extends Pick<Shift, 'starts_at' | 'ends_at'>>(
  shifts: readonly T[],
  now_ms: number,
): Roster<T> {
  const open = shifts
    .filter((shift) => Date.parse(shift.ends_at) > now_ms)
    .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
  return {
    present: open.filter((shift) => Date.parse(shift.starts_at) <= now_ms),
    next: open.filter((shift) => Date.parse(shift.starts_at) > now_ms),
  };
}
