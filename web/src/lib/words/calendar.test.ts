/** The plant's calendar as a reader elsewhere sees it, over both changes of the clocks. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  dayAfter,
  dayInWords,
  daysBetween,
  instantOf,
  localOf,
  plantDay,
  useTimeZone,
} from './calendar';
import { moment, timeOfDay } from './time';

afterEach(() => useTimeZone('UTC'));

describe('the zone of the plant', () => {
  it('says which day it is there', () => {
    const at = Date.parse('2026-11-29T23:30:00Z');
    useTimeZone('Asia/Tokyo');
    expect(plantDay(at)).toBe('2026-11-30');
    useTimeZone('America/New_York');
    expect(plantDay(at)).toBe('2026-11-29');
  });

  it('turns what is typed into the instant, and back', () => {
    for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns'])
      for (const local of ['2026-01-15T06:30', '2026-07-15T22:00', '2026-12-31T23:59']) {
        useTimeZone(zone);
        expect(localOf(instantOf(local)), `${local} in ${zone}`).toBe(local);
      }
    useTimeZone('Europe/Berlin');
    expect(instantOf('2026-07-15T22:00')).toBe('2026-07-15T20:00:00.000Z');
    expect(instantOf('2026-01-15T06:30')).toBe('2026-01-15T05:30:00.000Z');
  });

  it('takes the first of an hour that comes twice, and moves one that is left out', () => {
    useTimeZone('Europe/Berlin');
    expect(instantOf('2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(localOf(instantOf('2026-03-29T02:30'))).toBe('2026-03-29T03:30');
    useTimeZone('America/New_York');
    expect(instantOf('2026-11-01T01:30')).toBe('2026-11-01T05:30:00.000Z');
    expect(localOf(instantOf('2026-03-08T02:30'))).toBe('2026-03-08T03:30');
  });

  it('is what every time on the screen is told in', () => {
    useTimeZone('Asia/Tokyo');
    const now = Date.parse('2026-11-29T12:00:00Z');
    expect(moment('2026-11-29T14:05:00Z', now)).toBe('23:05');
    expect(moment('2026-11-29T16:05:00Z', now)).toBe('Mon 30 Nov 01:05');
    expect(timeOfDay('2026-11-29T14:05:06Z')).toBe('23:05:06');
  });
});

describe('days', () => {
  it('are counted on the calendar', () => {
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
    expect(daysBetween('2026-12-01', '2026-11-29')).toBe(-2);
    expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29');
  });

  it('are told as briefly as can be', () => {
    const today = '2026-11-29';
    const told = ['2026-11-28', '2026-11-29', '2026-11-30', '2026-12-04', '2028-03-03'];
    expect(told.map((day) => dayInWords(day, today))).toEqual([
      'Yesterday',
      'Today',
      'Tomorrow',
      'Fri 4 Dec',
      '3 Mar 2028',
    ]);
  });
});
