/**
 * Times and spans in as few words as a glance allows, as the plant's clocks show them. Pure: now is
 * handed in.
 */
import { timeZone } from './calendar';

/** Making formats is dear, and screens tell times hundreds of times a second. */
function make(zone: string | undefined) {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, ...(zone ? { timeZone: zone } : {}) });
  return {
    zone,
    clock: format({ hour: '2-digit', minute: '2-digit' }),
    clockWithSeconds: format({ timeStyle: 'medium' }),
    day: format({ weekday: 'short', day: 'numeric', month: 'short' }),
    weekday: format({ weekday: 'short' }),
  };
}

let made = make(timeZone());

function formats() {
  if (made.zone !== timeZone()) made = make(timeZone());
  return made;
}

/** `42 s`, `12 min`, `3 h 05`, `2 d 4 h`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function since(time: string | null | undefined, now_ms: number): string {
  return time ? span(now_ms - Date.parse(time)) : '';
}

/** `14:05` today, `Tue 24 Nov 14:05` on another day. */
export function moment(time: string, now_ms: number): string {
  const date = new Date(time);
  const { clock, day } = formats();
  const at = clock.format(date);
  const on = day.format(date);
  return on === day.format(now_ms) ? at : `${on.replace(',', '')} ${at}`;
}

/** `14:05` today, `Tue 14:05` on another day: where it can only be a near one. */
export function nearMoment(time: string, now_ms: number): string {
  const date = new Date(time);
  const { clock, day, weekday } = formats();
  const at = clock.format(date);
  return day.format(date) === day.format(now_ms) ? at : `${weekday.format(date)} ${at}`;
}

export function timeOfDay(time: string | number): string {
  return formats().clockWithSeconds.format(new Date(time));
}

/** When something is due, and whether that is past: `in 3 h 05`, `40 min late`. */
export function due(time: string, now_ms: number): { text: string; late: boolean } {
  const left_ms = Date.parse(time) - now_ms;
  return left_ms < 0
    ? { text: `${span(-left_ms)} late`, late: true }
    : { text: `in ${span(left_ms)}`, late: false };
}

/** What a milliseconds figure looks like beside the connection. */
export function milliseconds(value: number): string {
  if (value < 1) return '< 1 ms';
  if (value < 1_000) return `${Math.round(value)} ms`;
  return `${(value / 1_000).toFixed(1)} s`;
}
