/**
 * In which order lots are taken, as the material says; what has expired comes last. Pure, and only
 * for showing: which lot a movement takes, the server decides.
 */
import type { Lot, Material } from '$lib/api/stock';

type Rule = Pick<Material, 'requires_fefo' | 'requires_fifo'>;

export function inTurn(lots: Lot[], rule: Rule): Lot[] {
  return [...lots].sort(
    (a, b) =>
      Number(a.is_expired) - Number(b.is_expired) ||
      (rule.requires_fefo ? expiry(a).localeCompare(expiry(b)) : 0) ||
      Date.parse(a.received_at) - Date.parse(b.received_at) ||
      a.lot_id - b.lot_id,
  );
}

/** What never expires is used last. */
const expiry = ({ expiration_date }: Lot) => expiration_date ?? '9999-12-31';
