/**
 * Which materials a table shows, in which order. Pure.
 */
import type { MaterialCard } from '$lib/live/cards';
import type { Tone } from '$lib/words/status';
import { rank } from '../shell/rank';

export interface Filter {
  text: string;
  category: string;
  /** `low`: at its reorder point or below; `below`: below its safety stock; empty for all. */
  level: string;
}

export const COLUMNS = [
  'material',
  'category',
  'level',
  'available',
  'hand',
  'allocated',
  'safety',
  'reorder',
  'receipt',
] as const;
export type Column = (typeof COLUMNS)[number];
export interface Sort {
  by: Column;
  down: boolean;
}

/** Which way round a column is first of use. */
export const FIRST_DOWN: Record<Column, boolean> = {
  material: false,
  category: false,
  level: true,
  available: false,
  hand: false,
  allocated: true,
  safety: true,
  reorder: true,
  receipt: false,
};

export type Level = 'fine' | 'reorder' | 'below';
const LEVEL_RANK: Record<Level, number> = { fine: 0, reorder: 1, below: 2 };
export const LEVEL_WORD: Record<Level, { text: string; tone: Tone } | null> = {
  below: { text: 'Below safety stock', tone: 'stop' },
  reorder: { text: 'Order again', tone: 'wait' },
  fine: null,
};

type Levels = Pick<MaterialCard, 'available_quantity' | 'reorder_point' | 'below_safety_since'>;

/** The server says what is below its safety stock; at the reorder point is what the figures say. */
export function level(card: Levels): Level {
  if (card.below_safety_since) return 'below';
  const { reorder_point, available_quantity } = card;
  const low = reorder_point !== null && Number(available_quantity) <= Number(reorder_point);
  return low ? 'reorder' : 'fine';
}

const byName = new Intl.Collator('en', { numeric: true }).compare;
/** What is not known comes last. */
const figure = (text: string | null) => (text === null ? Infinity : Number(text));
const instant = (time: string | null) => (time === null ? Infinity : Date.parse(time));
const less = (a: number, b: number) => (a === b ? 0 : a - b);

type Compare = (a: MaterialCard, b: MaterialCard) => number;
const COMPARE: Record<Column, Compare> = {
  material: (a, b) => byName(a.material_id, b.material_id),
  category: (a, b) => byName(a.category ?? '\uffff', b.category ?? '\uffff'),
  level: (a, b) => LEVEL_RANK[level(a)] - LEVEL_RANK[level(b)],
  available: (a, b) => less(Number(a.available_quantity), Number(b.available_quantity)),
  hand: (a, b) => less(Number(a.on_hand_quantity), Number(b.on_hand_quantity)),
  allocated: (a, b) => less(Number(a.allocated_quantity), Number(b.allocated_quantity)),
  safety: (a, b) => less(figure(a.safety_stock_level), figure(b.safety_stock_level)),
  reorder: (a, b) => less(figure(a.reorder_point), figure(b.reorder_point)),
  receipt: (a, b) => less(instant(a.next_receipt_at), instant(b.next_receipt_at)),
};

export function arrange(cards: MaterialCard[], filter: Filter, sort: Sort): MaterialCard[] {
  const compare = COMPARE[sort.by];
  const sign = sort.down ? -1 : 1;
  return cards
    .filter((card) => shows(card, filter))
    .sort((a, b) => sign * compare(a, b) || COMPARE.material(a, b));
}

function shows(card: MaterialCard, { text, category, level: wanted }: Filter): boolean {
  if (category && card.category !== category) return false;
  if (wanted === 'below' && level(card) !== 'below') return false;
  if (wanted === 'low' && level(card) === 'fine') return false;
  return !text.trim() || rank(text, card.material_id, card.part_number, card.part_name) !== null;
}

export function categories(cards: MaterialCard[]): string[] {
  const all = new Set(cards.map((card) => card.category).filter((name) => name !== null));
  return [...all].sort(byName);
}
