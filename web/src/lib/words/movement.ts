/**
 * Movements of stock in words. Pure.
 */
import type { Lot, Movement } from '$lib/api/stock';
import { humane, quantity, type Tone } from './status';

export type Kind = 'receipt' | 'issue' | 'adjustment' | 'transfer';

const MOVEMENT: Record<string, { text: string; tone: Tone; sign: string }> = {
  receipt: { text: 'Received', tone: 'work', sign: '+' },
  issue: { text: 'Issued', tone: 'away', sign: '−' },
  adjustment: { text: 'Corrected', tone: 'wait', sign: '' },
  transfer: { text: 'Moved', tone: 'away', sign: '' },
  reservation: { text: 'Set aside', tone: 'wait', sign: '' },
  release: { text: 'Given back', tone: 'free', sign: '' },
};

export function movementWord(kind: string): { text: string; tone: Tone } {
  return MOVEMENT[kind] ?? { text: humane(kind), tone: 'away' };
}

/** `+120`, `−4`: how the stock changed, or how much the movement was about. */
export function signed({ transaction_type, quantity: amount }: Movement): string {
  const value = quantity(amount);
  if (transaction_type === 'adjustment')
    return value.startsWith('-') ? `−${value.slice(1)}` : `+${value}`;
  return (MOVEMENT[transaction_type]?.sign ?? '') + value;
}

type Named = Pick<Lot, 'batch_number' | 'lot_number'> & { location?: string | null };

/** `batch B-7, lot 2`, or that it has neither. */
export function lotName({ batch_number, lot_number }: Named): string {
  const names = [
    batch_number ? `batch ${batch_number}` : '',
    lot_number ? `lot ${lot_number}` : '',
  ].filter(Boolean);
  return names.join(', ') || 'no batch or lot';
}

/** Where from and where to, as far as the movement says. */
export function way({ from_location: from, to_location: to }: Movement): string {
  if (from && to) return `${from} → ${to}`;
  if (to) return `to ${to}`;
  return from ? `from ${from}` : '';
}
