/**
 * Which orders a table shows, in which order. Pure.
 */
import type { OrderStatus, WorkOrderCard } from '$lib/live/cards';
import { PRIORITY_RANK } from '$lib/words/status';
import { rank } from '../shell/rank';

export interface Filter {
  text: string;
  /** `open`, one status, or empty for all. */
  status: string;
  priority: string;
  line: string;
}

export const COLUMNS = [
  'order',
  'product',
  'status',
  'priority',
  'progress',
  'due',
  'line',
] as const;
export type Column = (typeof COLUMNS)[number];
export interface Sort {
  by: Column;
  down: boolean;
}

/** Which way round a column is first of use. */
export const FIRST_DOWN: Record<Column, boolean> = {
  order: false,
  product: false,
  status: false,
  priority: true,
  progress: true,
  due: false,
  line: false,
};

const STATUS_RANK: Record<OrderStatus, number> = {
  queued: 0,
  paused: 1,
  assigned: 2,
  in_progress: 3,
  completed: 4,
  cancelled: 5,
};

const byName = new Intl.Collator('en', { numeric: true }).compare;

const COMPARE: Record<Column, (a: WorkOrderCard, b: WorkOrderCard) => number> = {
  order: (a, b) => byName(a.work_order_id, b.work_order_id),
  product: (a, b) => byName(a.product_name, b.product_name),
  status: (a, b) => STATUS_RANK[a.status] - STATUS_RANK[b.status],
  priority: (a, b) => PRIORITY_RANK[a.priority] - PRIORITY_RANK[b.priority],
  progress: (a, b) => Number(a.progress_percentage) - Number(b.progress_percentage),
  due: (a, b) => Date.parse(a.due_date) - Date.parse(b.due_date),
  line: (a, b) => byName(a.production_line ?? '', b.production_line ?? ''),
};

export function arrange(cards: WorkOrderCard[], filter: Filter, sort: Sort): WorkOrderCard[] {
  const compare = COMPARE[sort.by];
  const sign = sort.down ? -1 : 1;
  return cards
    .filter((card) => shows(card, filter))
    .sort((a, b) => sign * compare(a, b) || COMPARE.due(a, b) || COMPARE.order(a, b));
}

function shows(card: WorkOrderCard, { text, status, priority, line }: Filter): boolean {
  if (priority && card.priority !== priority) return false;
  if (line && card.production_line !== line) return false;
  if (status === 'open' && (card.status === 'completed' || card.status === 'cancelled'))
    return false;
  if (status && status !== 'open' && card.status !== status) return false;
  const { work_order_id, work_order_number, product_name } = card;
  return !text.trim() || rank(text, work_order_id, work_order_number, product_name) !== null;
}
