/**
 * Which orders a table shows, and by what it sorts them. Pure.
 */
import type { OrderStatus, WorkOrderCard } from '$lib/live/cards';
import { byName, sorted, type Column, type Sort } from '$lib/ui/table';
import { PRIORITY_RANK } from '$lib/words/status';
import { rank } from '../shell/rank';

export interface Filter {
  text: string;
  /** One status, `all`, or empty for those that are open. */
  status: string;
  priority: string;
  line: string;
}

const STATUS_RANK: Record<OrderStatus, number> = {
  queued: 0,
  paused: 1,
  assigned: 2,
  in_progress: 3,
  completed: 4,
  cancelled: 5,
};

type Compare = (a: WorkOrderCard, b: WorkOrderCard) => number;
const byId: Compare = (a, b) => byName(a.work_order_id, b.work_order_id);
const byDue: Compare = (a, b) => Date.parse(a.due_date) - Date.parse(b.due_date);

export const COLUMNS: Column<WorkOrderCard>[] = [
  { name: 'order', text: 'Order', width: '7rem', compare: byId },
  {
    name: 'product',
    text: 'Product',
    width: 'minmax(9rem, 2fr)',
    compare: (a, b) => byName(a.product_name, b.product_name),
  },
  {
    name: 'status',
    text: 'Status',
    width: '8.5rem',
    compare: (a, b) => STATUS_RANK[a.status] - STATUS_RANK[b.status],
  },
  {
    name: 'priority',
    text: 'Priority',
    width: '5.5rem',
    down: true,
    compare: (a, b) => PRIORITY_RANK[a.priority] - PRIORITY_RANK[b.priority],
  },
  {
    name: 'progress',
    text: 'Progress',
    width: 'minmax(8rem, 1.2fr)',
    down: true,
    compare: (a, b) => Number(a.progress_percentage) - Number(b.progress_percentage),
  },
  { name: 'due', text: 'Due', width: '9.5rem', compare: byDue },
  {
    name: 'line',
    text: 'Line',
    width: 'minmax(6rem, 1fr)',
    compare: (a, b) => byName(a.production_line ?? '', b.production_line ?? ''),
  },
];

export const arrange = (cards: WorkOrderCard[], filter: Filter, sort: Sort): WorkOrderCard[] =>
  sorted(
    cards.filter((card) => shows(card, filter)),
    COLUMNS,
    sort,
    byDue,
    byId,
  );

function shows(card: WorkOrderCard, { text, status, priority, line }: Filter): boolean {
  if (priority && card.priority !== priority) return false;
  if (line && card.production_line !== line) return false;
  const open = card.status !== 'completed' && card.status !== 'cancelled';
  if (status === '' ? !open : status !== 'all' && card.status !== status) return false;
  const { work_order_id, work_order_number, product_name } = card;
  return !text.trim() || rank(text, work_order_id, work_order_number, product_name) !== null;
}
