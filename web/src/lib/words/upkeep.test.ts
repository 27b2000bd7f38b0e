/** When maintenance is due, what comes first, and what a machine did in a day. */
import { describe, expect, it } from 'vitest';
import type { components } from '$lib/api/schema';
import { useTimeZone } from './calendar';
import {
  byDue,
  maintenanceAhead,
  maintenanceWord,
  stretches,
  totals,
  warranty,
  whenDue,
} from './upkeep';

type Maintenance = components['schemas']['Maintenance'];
type StatusPeriod = components['schemas']['StatusPeriod'];

useTimeZone('UTC');
const NOW = Date.parse('2026-11-29T12:00:00Z');

function planned(more: Partial<Maintenance> = {}): Maintenance {
  return {
    maintenance_id: 1,
    machine_id: 'M-1',
    maintenance_type: 'Lubrication',
    status: 'planned',
    planned_start: null,
    planned_end: null,
    due_date: null,
    due_after_hours: null,
    hours_remaining: null,
    interval_days: null,
    repeats_by_hours: false,
    ended_at: null,
    ended_by: null,
    notes: null,
    created_at: '2026-11-01T00:00:00Z',
    updated_at: '2026-11-01T00:00:00Z',
    ...more,
  };
}

describe('maintenance on the floor', () => {
  const next = (planned_start: string, planned_end: string) =>
    maintenanceAhead(
      { maintenance_id: 1, maintenance_type: 'Oil', planned_start, planned_end },
      NOW,
    );

  it('is told a day before it begins and as long as it lasts', () => {
    expect(next('2026-11-29T14:00:00Z', '2026-11-29T16:00:00Z')).toBe('maintenance from 14:00');
    expect(next('2026-11-29T11:00:00Z', '2026-11-29T16:00:00Z')).toBe('maintenance until 16:00');
    expect(next('2026-11-30T11:00:00Z', '2026-11-30T16:00:00Z')).toBe('maintenance from Mon 11:00');
    expect(next('2026-11-30T12:00:01Z', '2026-11-30T16:00:00Z')).toBe('');
    expect(next('2026-11-29T08:00:00Z', '2026-11-29T12:00:00Z')).toBe('');
    expect(maintenanceAhead(null, NOW)).toBe('');
  });
});

describe('maintenance', () => {
  const text = (more: Partial<Maintenance>) => maintenanceWord(planned(more), NOW).text;

  it('is overdue once its last day or its hours have passed', () => {
    expect(text({ due_date: '2026-11-28' })).toBe('Overdue');
    expect(text({ due_date: '2026-11-29' })).toBe('Due soon');
    expect(text({ due_after_hours: 500, hours_remaining: 0 })).toBe('Overdue');
    expect(text({ due_after_hours: 500, hours_remaining: 50 })).toBe('Due soon');
    expect(text({ due_after_hours: 500, hours_remaining: 51 })).toBe('Planned');
    expect(text({ due_date: '2026-12-07' })).toBe('Planned');
  });

  it('says that its window is open', () => {
    const window = { planned_start: '2026-11-29T11:00:00Z', planned_end: '2026-11-29T13:00:00Z' };
    expect(text(window)).toBe('Window is open');
    expect(text({ ...window, due_date: '2026-11-01' })).toBe('Overdue');
    expect(maintenanceWord(planned({ ...window, status: 'completed' }), NOW).text).toBe('Done');
  });

  it('tells every term that it has', () => {
    const all = planned({
      planned_start: '2026-12-01T06:00:00Z',
      planned_end: '2026-12-01T08:00:00Z',
      due_date: '2026-12-09',
      due_after_hours: 500,
      hours_remaining: 320,
      interval_days: 30,
      repeats_by_hours: true,
    });
    expect(whenDue(all, NOW)).toEqual([
      'Window Tue 1 Dec 06:00 to 08:00',
      'Last day Wed 9 Dec (in 10 d)',
      '320 of 500 running hours left',
      'Comes again every 30 d or every 500 h',
    ]);
    expect(whenDue(planned({ due_date: '2026-11-26' }), NOW)).toEqual([
      'Last day Thu 26 Nov (3 d late)',
    ]);
    expect(whenDue(planned({ due_after_hours: 500, hours_remaining: -4 }), NOW)).toEqual([
      '4 running hours over its 500',
    ]);
  });

  it('comes by urgency, and what is over last', () => {
    const all = [
      planned({ maintenance_id: 1, status: 'completed' }),
      planned({ maintenance_id: 2, due_date: '2027-01-01' }),
      planned({ maintenance_id: 3, due_date: '2026-11-01' }),
      planned({ maintenance_id: 4, due_date: '2026-12-01' }),
      planned({ maintenance_id: 5, status: 'cancelled' }),
      planned({ maintenance_id: 6, due_date: '2026-12-31' }),
    ];
    expect(byDue(all, NOW).map((one) => one.maintenance_id)).toEqual([3, 4, 6, 2, 5, 1]);
  });

  it('knows until when a warranty holds', () => {
    expect(warranty('2026-11-28', '2026-11-29')).toBe('ended 28 Nov 2026');
    expect(warranty('2026-11-29', '2026-11-29')).toBe('until 29 Nov 2026');
    expect(warranty(null, '2026-11-29')).toBeNull();
  });
});

describe('what a machine did', () => {
  const period = (status: string, started_at: string, ended_at: string | null) =>
    ({ status, started_at, ended_at, reason_code: null }) as StatusPeriod;
  const at = (time: string) => Date.parse(`2026-11-29T${time}:00Z`);
  const periods = [
    period('running', '2026-11-29T11:00:00Z', null),
    period('idle', '2026-11-29T10:00:00Z', '2026-11-29T11:00:00Z'),
    period('running', '2026-11-29T04:00:00Z', '2026-11-29T10:00:00Z'),
    period('breakdown', '2026-11-28T04:00:00Z', '2026-11-29T04:00:00Z'),
  ];

  it('is cut to the time that is looked at, the present going on', () => {
    const cut = stretches(periods, at('08:00'), at('12:00'));
    expect(cut.map(({ status, from_ms, to_ms }) => [status, from_ms, to_ms])).toEqual([
      ['running', at('08:00'), at('10:00')],
      ['idle', at('10:00'), at('11:00')],
      ['running', at('11:00'), at('12:00')],
    ]);
    expect(totals(cut)).toEqual([
      { status: 'running', ms: 3 * 3_600_000 },
      { status: 'idle', ms: 3_600_000 },
    ]);
  });
});
