/**
 * Whom and what one could choose, the most likely first: free before busy, own line before others,
 * urgent before patient. Pure; whether a choice is allowed is the server's word alone.
 */
import type { MachineCard, OperatorCard, WorkOrderCard } from '$lib/live/cards';
import { PRIORITY_RANK, priorityWord } from '$lib/words/status';
import { rank as textRank } from '../shell/rank';

export interface Candidate {
  id: string;
  name: string;
  note: string;
}

const SHOWN = 60;

const OPERATOR_RANK: Record<string, number> = { available: 0, break: 1, busy: 2 };
const MACHINE_RANK: Record<string, number> = { idle: 0, running: 1 };
const ORDER_RANK: Record<string, number> = { queued: 0, paused: 1, assigned: 2, in_progress: 3 };

/** Those whose text matches, by their keys; equal keys by id. */
function best<T>(
  cards: T[],
  text: string,
  read: (card: T) => Candidate,
  keys: (card: T) => number[],
) {
  return cards
    .map((card) => ({ candidate: read(card), keys: keys(card) }))
    .filter(
      ({ candidate }) => !text.trim() || textRank(text, candidate.id, candidate.name) !== null,
    )
    .sort(
      (a, b) =>
        compare(a.keys, b.keys) ||
        a.candidate.id.localeCompare(b.candidate.id, 'en', { numeric: true }),
    )
    .slice(0, SHOWN)
    .map(({ candidate }) => candidate);
}

function compare(a: number[], b: number[]): number {
  for (const [n, key] of a.entries()) {
    const difference = key - (b[n] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const elsewhere = (line: string | null, wanted: string | null) =>
  Number(wanted !== null && line !== wanted);

export function operators(cards: OperatorCard[], text: string, line: string | null): Candidate[] {
  return best(
    cards,
    text,
    (card) => ({
      id: card.operator_id,
      name: card.name ?? card.operator_id,
      note: card.home_production_line ?? card.production_line ?? '',
    }),
    (card) => [
      OPERATOR_RANK[card.current_status] ?? 3,
      elsewhere(card.home_production_line ?? card.production_line, line),
    ],
  );
}

export function machines(cards: MachineCard[], text: string, line: string | null): Candidate[] {
  return best(
    cards,
    text,
    (card) => ({ id: card.machine_id, name: card.machine_name, note: card.production_line }),
    (card) => [MACHINE_RANK[card.current_status] ?? 2, elsewhere(card.production_line, line)],
  );
}

export function orders(cards: WorkOrderCard[], text: string, line: string | null): Candidate[] {
  const open = cards.filter((card) => card.status in ORDER_RANK);
  return best(
    open,
    text,
    (card) => ({
      id: card.work_order_id,
      name: card.product_name,
      note: [priorityWord(card.priority), card.production_line].filter(Boolean).join(' · '),
    }),
    (card) => [
      ORDER_RANK[card.status] ?? 4,
      elsewhere(card.production_line, line),
      -PRIORITY_RANK[card.priority],
      Date.parse(card.due_date),
    ],
  );
}
