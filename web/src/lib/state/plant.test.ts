/** The plant after a snapshot and changes: what screens walk must be what the cards say. */
import { describe, expect, it } from 'vitest';
import type { Message } from '$lib/live/frames';
import { Plant } from './plant.svelte';

function message(entity_type: string, entity_id: string, data: object): Message {
  const timestamp = '2026-01-01T00:00:00Z';
  return { event_type: 'x', event_id: 'e', timestamp, entity_type, entity_id, data, metadata: {} };
}

const machine = (id: string, line: string, current_status = 'idle', more: object = {}) =>
  message('machine', id, {
    machine_id: id,
    production_line: line,
    current_status,
    is_active: true,
    allocation_ids: [],
    ...more,
  });
const operator = (id: string, line: string | null, current_status = 'available') =>
  message('operator', id, {
    operator_id: id,
    production_line: line,
    current_status,
    is_active: true,
    allocation_ids: [],
  });
const allocation = (id: number, phase: string, expected_start_time = '') =>
  message('allocation', String(id), { allocation_id: id, phase, expected_start_time });
const order = (id: string, status = 'queued') =>
  message('work_order', id, { work_order_id: id, status });

describe('the plant', () => {
  it('lists machines and people by line, in an order that a person expects', () => {
    const plant = new Plant();
    plant.replace([
      machine('M-10', 'B'),
      machine('M-9', 'B'),
      machine('M-1', 'A'),
      operator('O-1', null),
    ]);
    expect(plant.loaded).toBe(true);
    expect(plant.lineNames).toEqual(['A', 'B', '']);
    expect(plant.lines.get('B')?.machineIds).toEqual(['M-9', 'M-10']);
    expect(plant.lines.get('')?.peopleIds).toEqual(['O-1']);
  });

  it('counts what the cards say after every change', () => {
    const plant = new Plant();
    plant.replace([machine('M-1', 'A'), machine('M-2', 'A')]);
    plant.apply([machine('M-1', 'A', 'running'), machine('M-2', 'A', 'breakdown')]);
    expect(plant.lines.get('A')?.machines).toMatchObject({ running: 1, breakdown: 1, idle: 0 });
  });

  it('groups people so that the free ones come first and the absent ones are apart', () => {
    const plant = new Plant();
    plant.replace([
      operator('O-1', 'A', 'busy'),
      operator('O-2', 'A', 'sick'),
      operator('O-3', 'A'),
    ]);
    const line = plant.lines.get('A');
    expect(line?.peopleIds).toEqual(['O-3', 'O-1']);
    expect(line?.awayIds).toEqual(['O-2']);
    plant.apply([operator('O-1', 'A', 'break')]);
    expect(line?.freePeopleIds).toEqual(['O-3']);
  });

  it('moves a person to the line of the machine and back', () => {
    const plant = new Plant();
    plant.replace([operator('O-1', 'A'), operator('O-2', 'A')]);
    plant.apply([operator('O-1', 'B', 'busy')]);
    expect(plant.lines.get('A')?.peopleIds).toEqual(['O-2']);
    expect(plant.lines.get('B')?.operators.busy).toBe(1);
    plant.apply([operator('O-1', 'A')]);
    expect(plant.lineNames).toEqual(['A']);
    expect(plant.lines.get('A')?.operators.available).toBe(2);
  });

  it('drops what is retired, ended or settled, and what a new snapshot does not name', () => {
    const plant = new Plant();
    plant.replace([machine('M-1', 'A'), machine('M-2', 'A'), allocation(7, 'running')]);
    plant.apply([machine('M-1', 'A', 'idle', { is_active: false }), allocation(7, 'ended')]);
    expect(plant.card('machine', 'M-1')).toBeUndefined();
    expect(plant.card('allocation', 7)).toBeUndefined();
    plant.replace([machine('M-3', 'A')]);
    expect(plant.lines.get('A')?.machineIds).toEqual(['M-3']);
  });

  it('shows open work of a machine: running, then paused, then booked by start', () => {
    const plant = new Plant();
    const at = (day: number) => `2026-01-0${day}T00:00:00Z`;
    plant.replace([
      allocation(1, 'booked', at(3)),
      allocation(2, 'booked', at(2)),
      allocation(3, 'paused', at(1)),
      allocation(4, 'running', at(1)),
    ]);
    const open = plant.allocations({ allocation_ids: [1, 2, 3, 4, 5] });
    expect(open.map((card) => card.allocation_id)).toEqual([4, 3, 2, 1]);
  });

  it('keeps ended orders readable, but not for ever', () => {
    const plant = new Plant();
    plant.replace([order('WO-open')]);
    for (let n = 0; n < 600; n += 1) plant.apply([order(`WO-${n}`, 'completed')]);
    expect(plant.card('work_order', 'WO-599')?.status).toBe('completed');
    expect(plant.card('work_order', 'WO-0')).toBeUndefined();
    expect(plant.all('work_order')).toHaveLength(501);
  });

  it('lists open alerts until they are settled', () => {
    const plant = new Plant();
    const alert = (id: string, resolved_at: string | null) =>
      message('alert', id, { alert_id: id, resolved_at });
    plant.replace([alert('1', null)]);
    plant.apply([alert('2', null), alert('1', '2026-01-01T00:00:00Z')]);
    expect(plant.openAlertIds).toEqual(['2']);
  });
});
