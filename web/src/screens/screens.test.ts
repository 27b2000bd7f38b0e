/** What screens compute before they draw: search, order of tables and lists, and where an arrow leads. */
import { describe, expect, it } from 'vitest';
import type { OperatorCard, WorkOrderCard } from '$lib/live/cards';
import { operators } from './allocate/candidates';
import { distance } from './floor/arrow-keys';
import { arrange } from './orders/table';
import { rank } from './shell/rank';

describe('search', () => {
  it('puts the id that begins with the text before names that contain it', () => {
    expect(rank('m-1', 'M-1', 'x')).toBe(0);
    expect(rank('m-1', 'M-10')).toBe(1);
    expect(rank('pre', 'M-1', 'Press 4')).toBe(2);
    expect(rank('ress', 'M-1', 'Press 4')).toBe(4);
    expect(rank('zz', 'M-1', 'Press 4')).toBeNull();
  });

  it('finds people however their names are accented', () => {
    expect(rank('muller', 'O-1', 'Jürgen Müller')).toBe(4);
    expect(rank('JUR', 'O-1', 'Jürgen Müller')).toBe(2);
    expect(rank('weiß', 'O-2', 'Weiss')).toBe(2);
  });
});

describe('candidates', () => {
  const person = (operator_id: string, current_status: string, home_production_line: string) =>
    ({ operator_id, current_status, home_production_line, name: operator_id }) as OperatorCard;

  it('come free before busy, own line before others', () => {
    const all = [
      person('O-4', 'busy', 'A'),
      person('O-3', 'available', 'B'),
      person('O-10', 'available', 'A'),
      person('O-2', 'available', 'A'),
      person('O-1', 'sick', 'A'),
    ];
    expect(operators(all, '', 'A').map((c) => c.id)).toEqual(['O-2', 'O-10', 'O-3', 'O-4', 'O-1']);
    expect(operators(all, 'o-1', 'A').map((c) => c.id)).toEqual(['O-10', 'O-1']);
  });
});

describe('orders', () => {
  const order = (work_order_id: string, status: string, priority: string, due_date: string) =>
    ({
      work_order_id,
      work_order_number: '',
      product_name: 'Drum',
      status,
      priority,
      due_date,
      production_line: 'A',
      progress_percentage: '0',
    }) as WorkOrderCard;
  const all = [
    order('WO-1', 'queued', 'low', '2026-01-03T00:00:00Z'),
    order('WO-2', 'completed', 'urgent', '2026-01-01T00:00:00Z'),
    order('WO-3', 'in_progress', 'urgent', '2026-01-02T00:00:00Z'),
    order('WO-4', 'queued', 'urgent', '2026-01-01T00:00:00Z'),
  ];
  const none = { text: '', status: '', priority: '', line: '' };
  const ids = (filter: object, by: 'due' | 'priority', down: boolean) =>
    arrange(all, { ...none, ...filter }, { by, down }).map((card) => card.work_order_id);

  it('are filtered by every field at once', () => {
    expect(ids({ priority: 'urgent' }, 'due', false)).toEqual(['WO-4', 'WO-3']);
    expect(ids({ text: 'wo-2', status: 'all' }, 'due', false)).toEqual(['WO-2']);
    expect(ids({ line: 'B' }, 'due', false)).toEqual([]);
  });

  it('are sorted, the nearest due first among equals', () => {
    expect(ids({}, 'priority', true)).toEqual(['WO-4', 'WO-3', 'WO-1']);
    expect(ids({ status: 'all' }, 'due', true)).toEqual(['WO-1', 'WO-3', 'WO-2', 'WO-4']);
  });
});

describe('arrow keys', () => {
  const box = (column: number, row: number) => ({
    left: column * 100,
    top: row * 50,
    width: 90,
    height: 45,
  });

  it('stay in the row sideways and prefer straight ahead', () => {
    expect(distance(box(0, 0), box(1, 0), [1, 0])).not.toBeNull();
    expect(distance(box(0, 0), box(1, 1), [1, 0])).toBeNull();
    expect(distance(box(1, 0), box(0, 0), [1, 0])).toBeNull();
    const straight = distance(box(1, 0), box(1, 1), [0, 1]) ?? Infinity;
    const aslant = distance(box(1, 0), box(0, 1), [0, 1]) ?? 0;
    expect(straight).toBeLessThan(aslant);
  });
});
