/**
 * Days and times of day on the plant's calendar: shifts, holidays and certificates follow it, wherever
 * the reader of the screen is. Pure but for the zone, which the session sets once.
 */

const DAY_MS = 86_400_000;

/** The plant's zone; the browser's own until the session has told. */
let zone: string | undefined;
let parts = partsIn(zone);

export function useTimeZone(name: string): void {
  if (name === zone) return;
  parts = partsIn(name);
  zone = name;
}

export const timeZone = (): string | undefined => zone;

function partsIn(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    ...(timeZone ? { timeZone } : {}),
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

/** What the clocks of the plant show, as `2026-11-29T22:05:00`. */
function wallTime(at_ms: number): string {
  const shown = Object.fromEntries(parts.formatToParts(at_ms).map((p) => [p.type, p.value]));
  const { year, month, day, hour, minute, second } = shown;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
}

/** The day that it is at the plant: `2026-11-29`. */
export const plantDay = (at_ms: number): string => wallTime(at_ms).slice(0, 10);

/** For a field of type `datetime-local`: `2026-11-29T22:05`. */
export const localOf = (time: string | number): string =>
  wallTime(new Date(time).getTime()).slice(0, 16);

/**
 * The instant at which the plant's clocks show a local time. Of a time that comes twice the first one is
 * meant; one that is left out in spring means as much later.
 */
export function instantOf(local: string): string {
  const shown = Date.parse(`${local.slice(0, 16)}:00Z`);
  const off = (at_ms: number): number => Date.parse(`${wallTime(at_ms)}Z`) - at_ms;
  const candidates = [shown - off(shown - DAY_MS), shown - off(shown + DAY_MS)];
  const exact = candidates.filter((at_ms) => at_ms + off(at_ms) === shown);
  return new Date(exact.length > 0 ? Math.min(...exact) : Math.max(...candidates)).toISOString();
}

/** Whole days from one day to another, negative when it is past. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The day so many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

const dayNear = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
});
const dayFar = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'medium' });

/** `Today`, `Tomorrow`, `Tue 1 Dec`, `3 Mar 2028`: as much as is needed to know the day. */
export function dayInWords(day: string, today: string): string {
  const away = daysBetween(today, day);
  if (away === 0) return 'Today';
  if (away === 1) return 'Tomorrow';
  if (away === -1) return 'Yesterday';
  const format = Math.abs(away) < 180 ? dayNear : dayFar;
  return format.format(Date.parse(day)).replace(',', '');
}

/** A date as a date, whatever day it is: `3 Mar 2028`. */
export const date = (day: string): string => dayFar.format(Date.parse(day));

/** `22:00:00` → `22:00`. */
export const clockTime = (time: string): string => time.slice(0, 5);
