/** Certificates, shifts and who comes first among them. */
import { describe, expect, it } from 'vitest';
import { useTimeZone } from './calendar';
import {
  attendanceWord,
  breakHours,
  byUrgency,
  certificateWord,
  hours,
  levelWord,
  roster,
  shiftName,
} from './people';

useTimeZone('UTC');
const TODAY = '2026-11-29';

describe('the name of a shift', () => {
  it('says that it is one', () => {
    expect(shiftName('Late')).toBe('Late shift');
    expect(shiftName('Shift A')).toBe('Shift A');
  });
});

describe('certificates', () => {
  const word = (certification_expiry: string | null, certification_date: string | null = null) =>
    certificateWord({ certification_date, certification_expiry }, TODAY);

  it('hold through their last day', () => {
    expect(word('2026-11-28')).toEqual({ text: 'Expired 28 Nov 2026', tone: 'stop' });
    expect(word('2026-11-29')).toEqual({ text: 'Expires today', tone: 'wait' });
    expect(word('2026-11-30')).toEqual({ text: 'Expires in 1 day', tone: 'wait' });
  });

  it('call for attention a month ahead, and not before', () => {
    expect(word('2026-12-29')).toEqual({ text: 'Expires in 30 days', tone: 'wait' });
    expect(word('2026-12-30')).toEqual({ text: 'Valid until 30 Dec 2026', tone: 'away' });
  });

  it('may have no end, or not be there', () => {
    expect(word(null, '2026-01-01')).toEqual({ text: 'Certified, without end', tone: 'away' });
    expect(word(null)).toBeNull();
  });

  it('come by urgency, then by name', () => {
    const skill = (skill_name: string, certification_expiry: string | null) => ({
      skill_name,
      certification_expiry,
    });
    const sorted = byUrgency(
      [
        skill('Welding', null),
        skill('Crane', '2027-11-01'),
        skill('Forklift', '2026-12-10'),
        skill('Test', '2026-11-01'),
      ],
      TODAY,
    );
    expect(sorted.map((one) => one.skill_name)).toEqual(['Test', 'Forklift', 'Crane', 'Welding']);
  });

  it('stand beside a level that is a word and a figure', () => {
    expect([1, 4, 7].map(levelWord)).toEqual(['Basic (1)', 'Expert (4)', 'Level (7)']);
  });
});

describe('shifts', () => {
  it('over midnight end the next day', () => {
    expect(hours({ start_time: '22:00:00', end_time: '06:00:00' })).toEqual({
      text: '22:00–06:00',
      overnight: true,
    });
    expect(hours({ start_time: '06:00:00', end_time: '14:00:00' }).overnight).toBe(false);
    expect(hours({ start_time: '06:00:00', end_time: '06:00:00' }).overnight).toBe(true);
  });

  it('have a break or none', () => {
    expect(breakHours({ break_start: '02:00:00', break_end: '02:30:00' })).toBe('02:00–02:30');
    expect(breakHours({ break_start: null, break_end: null })).toBeNull();
  });

  it('are under way by the instant, whatever day they began on', () => {
    const shift = (starts_at: string, ends_at: string) => ({ starts_at, ends_at });
    const night = shift('2026-11-28T22:00:00Z', '2026-11-29T06:00:00Z');
    const over = shift('2026-11-28T06:00:00Z', '2026-11-28T14:00:00Z');
    const later = shift('2026-11-30T22:00:00Z', '2026-12-01T06:00:00Z');
    const sooner = shift('2026-11-29T22:00:00Z', '2026-11-30T06:00:00Z');
    const all = [later, over, night, sooner];
    const at = (time: string) => roster(all, Date.parse(time));
    expect(at('2026-11-29T03:00:00Z')).toEqual({ present: [night], next: [sooner, later] });
    expect(at('2026-11-29T06:00:00Z')).toEqual({ present: [], next: [sooner, later] });
  });

  it('tell whether somebody has come', () => {
    const now = Date.parse('2026-11-29T12:00:00Z');
    const word = (status: string, more: object = {}) =>
      attendanceWord(
        {
          status,
          is_called_off: false,
          actual_clock_in: null,
          actual_clock_out: null,
          ...more,
        } as Parameters<typeof attendanceWord>[0],
        now,
      );
    const actual_clock_in = '2026-11-29T06:23:00Z';
    const actual_clock_out = '2026-11-29T11:00:00Z';
    expect(word('scheduled')).toBeNull();
    expect(word('in_progress', { actual_clock_in })?.text).toBe('Here since 06:23');
    expect(word('late', { actual_clock_in })).toEqual({ text: 'Late: came 06:23', tone: 'wait' });
    expect(word('absent')).toEqual({ text: 'Did not come', tone: 'stop' });
    expect(word('absent', { is_called_off: true })?.text).toBe('Called off');
    expect(word('completed', { actual_clock_in, actual_clock_out })?.text).toBe(
      'Came 06:23, went 11:00',
    );
  });
});
