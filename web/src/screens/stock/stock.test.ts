/** What the stock screen computes before it draws. */
import { describe, expect, it } from 'vitest';
import type { Lot, Movement, Shortage } from '$lib/api/stock';
import type { MaterialCard } from '$lib/live/cards';
import { lotName, signed, way } from '$lib/words/movement';
import { inTurn } from './lots';
import { movement, type Entry } from './movement';
import { gravest } from './shortage';
import { arrange, categories, level } from './table';

const card = (material_id: string, available: number, more: Partial<MaterialCard> = {}) =>
  ({
    material_id,
    part_number: `P-${material_id}`,
    part_name: 'Screw',
    category: 'Fasteners',
    available_quantity: String(available),
    safety_stock_level: null,
    reorder_point: null,
    below_safety_since: null,
    next_receipt_at: null,
    ...more,
  }) as MaterialCard;

describe('the level of a material', () => {
  it('is the server’s word below safety stock, and the figures’ at the reorder point', () => {
    expect(level(card('A', 5, { below_safety_since: '2026-01-01T00:00:00Z' }))).toBe('below');
    expect(level(card('A', 20, { reorder_point: '20.000' }))).toBe('reorder');
    expect(level(card('A', 21, { reorder_point: '20.000' }))).toBe('fine');
    expect(level(card('A', 0))).toBe('fine');
  });
});

describe('the table of materials', () => {
  const below = { below_safety_since: '2026-01-01T00:00:00Z' };
  const all = [
    card('M-10', 900),
    card('M-2', 5, { ...below, category: 'Foam' }),
    card('M-1', 20, { reorder_point: '30', safety_stock_level: '10' }),
  ];
  const none = { text: '', category: '', level: '' };
  const ids = (filter: object, by: 'level' | 'material' | 'safety', down = false) =>
    arrange(all, { ...none, ...filter }, { by, down }).map((one) => one.material_id);

  it('is filtered by every field at once', () => {
    expect(ids({ level: 'low' }, 'material')).toEqual(['M-1', 'M-2']);
    expect(ids({ level: 'below' }, 'material')).toEqual(['M-2']);
    expect(ids({ category: 'Foam', text: 'scr' }, 'material')).toEqual(['M-2']);
    expect(ids({ text: 'P-M-10' }, 'material')).toEqual(['M-10']);
  });

  it('has what wants attention first, and what is not known last', () => {
    expect(ids({}, 'level', true)).toEqual(['M-2', 'M-1', 'M-10']);
    expect(ids({}, 'safety')).toEqual(['M-1', 'M-2', 'M-10']);
    expect(categories(all)).toEqual(['Fasteners', 'Foam']);
  });
});

describe('lots', () => {
  const lot = (lot_id: number, expiration_date: string | null, received: number, expired = false) =>
    ({
      lot_id,
      expiration_date,
      is_expired: expired,
      received_at: new Date(received).toISOString(),
    }) as Lot;
  const lots = [
    lot(1, null, 1),
    lot(2, '2027-05-01', 3),
    lot(3, '2027-02-01', 4),
    lot(4, '2026-01-01', 2, true),
  ];
  const ids = (requires_fefo: boolean, requires_fifo: boolean) =>
    inTurn(lots, { requires_fefo, requires_fifo }).map((one) => one.lot_id);

  it('come as they expire or as they came, and never first when expired', () => {
    expect(ids(true, false)).toEqual([3, 2, 1, 4]);
    expect(ids(false, true)).toEqual([1, 2, 3, 4]);
  });

  it('are called by what they have', () => {
    expect(lotName({ batch_number: 'B-7', lot_number: null })).toBe('batch B-7');
    expect(lotName({ batch_number: null, lot_number: null })).toBe('no batch or lot');
  });
});

describe('movements', () => {
  const moved = (transaction_type: string, quantity: string) =>
    ({ transaction_type, quantity, from_location: 'A', to_location: 'B' }) as Movement;

  it('have a sign that says how the stock changed', () => {
    expect(signed(moved('receipt', '120.000'))).toBe('+120');
    expect(signed(moved('issue', '4.000'))).toBe('−4');
    expect(signed(moved('adjustment', '-2.500'))).toBe('−2.5');
    expect(signed(moved('adjustment', '1.000'))).toBe('+1');
    expect(way(moved('transfer', '1'))).toBe('A → B');
  });

  const entry: Entry = {
    amount: 12,
    unit: 'EA',
    counted: true,
    batch: ' B-7 ',
    lot: '',
    expiry: '',
    from: 'A',
    to: 'B',
    cost: '1.5',
    order: 'WO-1',
    notes: '',
  };

  it('send what was filled in, and only what belongs to their kind', () => {
    expect(movement('receipt', entry)).toEqual({
      transaction_type: 'receipt',
      quantity: '12',
      unit_of_measure: 'EA',
      to_location: 'B',
      batch_number: 'B-7',
      unit_cost: '1.5',
    });
    expect(movement('adjustment', entry)).toMatchObject({
      counted_quantity: '12',
      from_location: 'A',
    });
    expect(movement('adjustment', { ...entry, counted: false })).toMatchObject({ quantity: '12' });
    expect(movement('issue', entry)).toMatchObject({
      reference_type: 'WorkOrder',
      reference_id: 'WO-1',
    });
  });
});

describe('shortages', () => {
  const short = (material_id: string, missing: number, critical: boolean, at: string | null) =>
    ({
      material_id,
      shortage_quantity: String(missing),
      is_critical: critical,
      unblocks_at: at,
      work_order_ids: [],
    }) as unknown as Shortage;

  it('have what holds up work first, the longest wait before the others', () => {
    const all = [
      short('low', 0, true, null),
      short('soon', 5, true, '2026-01-02T00:00:00Z'),
      short('minor', 5, false, null),
      short('never', 5, true, null),
      short('later', 5, true, '2026-01-05T00:00:00Z'),
    ];
    expect(gravest(all).map((one) => one.material_id)).toEqual([
      'never',
      'later',
      'soon',
      'minor',
      'low',
    ]);
  });
});
