/**
 * What somebody has filled in, as the body that moves stock. Pure; what is left empty is not sent.
 */
import type { NewMovement } from '$lib/api/stock';
import type { Kind } from '$lib/words/movement';

export interface Entry {
  amount: string | number;
  unit: string;
  /** Of an adjustment: what was counted, instead of a difference. */
  counted: boolean;
  batch: string;
  lot: string;
  expiry: string;
  from: string;
  to: string;
  cost: string | number;
  order: string;
  notes: string;
}

export function movement(kind: Kind, entry: Entry): NewMovement {
  const text = (value: string | number | null) => String(value ?? '').trim();
  const amount = text(entry.amount);
  const counts = kind === 'adjustment' && entry.counted;
  const filled = {
    from_location: kind === 'receipt' ? '' : text(entry.from),
    to_location: kind === 'receipt' || kind === 'transfer' ? text(entry.to) : '',
    batch_number: text(entry.batch),
    lot_number: text(entry.lot),
    expiration_date: text(entry.expiry),
    unit_cost: kind === 'receipt' ? text(entry.cost) : '',
    notes: text(entry.notes),
  };
  const order = kind === 'issue' ? text(entry.order) : '';
  return {
    transaction_type: kind,
    ...(counts ? { counted_quantity: amount } : { quantity: amount }),
    unit_of_measure: entry.unit,
    ...Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== '')),
    ...(order ? { reference_type: 'WorkOrder', reference_id: order } : {}),
  };
}
