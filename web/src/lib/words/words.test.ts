/** Words that a person reads from afar: short, right at the edges, and never a bare code. */
import { describe, expect, it } from 'vitest';
import type { Message } from '$lib/live/frames';
import { canUndo, changes, erasedPeople, latest, type Change } from './change';
import { humane, machineWord, percent, quantity } from './status';
import { due, span } from './time';

describe('spans', () => {
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_000, '59 min'],
    [3_900_000, '1 h 05'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms is %s', (milliseconds, text) => expect(span(milliseconds)).toBe(text));

  it('tells late from due', () => {
    const noon = Date.parse('2026-01-01T12:00:00Z');
    expect(due('2026-01-01T14:00:00Z', noon)).toEqual({ text: 'in 2 h 00', late: false });
    expect(due('2026-01-01T11:40:00Z', noon)).toEqual({ text: '20 min late', late: true });
  });
});

describe('states', () => {
  it('keeps a silent machine apart from an idle one', () => {
    expect(machineWord('offline', 'no_signal').text).toBe('No signal');
    expect(machineWord('idle').text).toBe('Free');
  });

  it('has a word for what it has never heard of', () => {
    expect(machineWord('tool_change').text).toBe('Tool change');
    expect(humane('')).toBe('');
  });

  it('never says a hundred percent before it is', () => {
    expect(percent('99.99')).toBe(99);
    expect(percent('100.00')).toBe(100);
    expect(percent('nonsense')).toBe(0);
    expect(quantity('12.500')).toBe('12.5');
  });
});

describe('changes', () => {
  const names = { operator: (id: string) => `name of ${id}`, machine: (id: string) => id };
  const message = (event_type: string, entity_type: string, id: string, data: object): Message => ({
    event_type,
    event_id: 'e',
    timestamp: '2026-01-01T12:00:00Z',
    entity_type,
    entity_id: id,
    data,
    metadata: { triggered_by: 'sam', occurred_at: '2026-01-01T12:00:00Z' },
  });
  const allocation = {
    allocation_id: 5,
    work_order_id: 'WO-1',
    operator_id: 'O-1',
    machine_id: 'M-1',
    phase: 'running',
  };

  it('says a decision once, not what follows from it', () => {
    const lines = changes(
      9,
      [
        message('allocation_created', 'allocation', '5', allocation),
        message('allocation_started', 'allocation', '5', allocation),
        message('resource_status_changed', 'operator', 'O-1', {
          operator_id: 'O-1',
          current_status: 'busy',
        }),
        message('resource_status_changed', 'machine', 'M-1', {
          machine_id: 'M-1',
          current_status: 'running',
        }),
      ],
      names,
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      subject: 'WO-1',
      text: 'allocated · name of O-1 at M-1',
      by: 'sam',
    });
  });

  it('names nobody who was erased', () => {
    const card = { operator_id: 'O-1', current_status: 'offline', is_erased: true };
    const erasure = [message('resource_status_changed', 'operator', 'O-1', card)];
    const [line] = changes(9, erasure, names);
    expect(line).toMatchObject({ subject: 'O-1', text: 'person erased', person: 'O-1' });
    expect(erasedPeople(erasure)).toEqual(['O-1']);
    const [earlier] = changes(
      8,
      [message('allocation_paused', 'allocation', '5', allocation)],
      names,
    );
    expect(earlier?.person).toBe('O-1');
  });

  it('says why a machine stands still', () => {
    const [line] = changes(
      9,
      [
        message('resource_status_changed', 'machine', 'M-1', {
          machine_id: 'M-1',
          current_status: 'breakdown',
          status_reason_code: 'tool_broken',
        }),
      ],
      names,
    );
    expect(line).toMatchObject({ subject: 'M-1', text: 'Breakdown: Tool broken', tone: 'stop' });
  });

  it('can take back the last change of an allocation, of every kind, for a while', () => {
    const at = (position: number, event_type: string) =>
      changes(position, [message(event_type, 'allocation', '5', allocation)], names);
    const all = [...at(9, 'allocation_created'), ...at(12, 'allocation_rescheduled')];
    const [made, moved] = all as [Change, Change];
    const soon = Date.parse('2026-01-01T12:14:59Z');
    expect(canUndo(moved, latest(all), soon)).toBe(true);
    expect(canUndo(made, latest(all), soon)).toBe(false);
    expect(canUndo(moved, latest(all), soon + 1_000)).toBe(false);
    const opened = at(15, 'allocation_reopened');
    expect(canUndo(opened[0] as Change, latest(opened), soon)).toBe(false);
    expect(opened[0]?.text).toBe('opened again · name of O-1 at M-1');
  });
});
