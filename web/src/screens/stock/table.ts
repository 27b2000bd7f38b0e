/**
 * Which materials a table shows, and by what it sorts them. Pure.
 */
import type { MaterialCard } from '$lib/live/cards';
import { byName, sorted, type Column, type Sort } from '$lib/ui/table';
import type { Word } from '$lib/words/status';
import { rank } from '../shell/rank';

export interface Filter {
  text: string;
  category: string;
  /** `low`: at its reorder point or below; `below`: below its safety stock; empty for all. */
  level: string;
}

export type Level = 'fine' | 'reorder' | 'below';
const LEVEL_RANK: Record<Level, number> = { fine: 0, reorder: 1, below: 2 };
const LEVEL_WORD: Record<Level, Word> = {
  below: { text: 'Below safety stock', tone: 'stop' },
  reorder: { text: 'Order again', tone: 'wait' },
  fine: { text: 'Enough', tone: 'done' },
};

type Levels = Pick<MaterialCard, 'available_quantity' | 'reorder_point' | 'below_safety_since'>;

/** The server says what is below its safety stock; at the reorder point is what the figures say. */
export function level(card: Levels): Level {
  if (card.below_safety_since) return 'below';
  const { reorder_point, available_quantity } = card;
  const low = reorder_point !== null && Number(available_quantity) <= Number(reorder_point);
  return low ? 'reorder' : 'fine';
}

export const stockWord = (card: Levels): Word => LEVEL_WORD[level(card)];

type Compare = (a: MaterialCard, b: MaterialCard) => number;
const byId: Compare = (a, b) => byName(a.material_id, b.material_id);
/** What is not known comes last. */
const by =
  (value: (card: MaterialCard) => number | null): Compare =>
  (a, b) => {
    const [one, other] = [value(a) ?? Infinity, value(b) ?? Infinity];
    return one === other ? 0 : one - other;
  };
const byFigure = (value: (card: MaterialCard) => string | null): Compare =>
  by((card) => {
    const text = value(card);
    return text === null ? null : Number(text);
  });

export const COLUMNS: Column<MaterialCard>[] = [
  { name: 'material', text: 'Material', width: 'minmax(10rem, 2fr)', compare: byId },
  {
    name: 'category',
    text: 'Category',
    width: 'minmax(5.5rem, 1fr)',
    compare: (a, b) => byName(a.category ?? '\uffff', b.category ?? '\uffff'),
  },
  {
    name: 'level',
    text: 'Level',
    width: '10.5rem',
    down: true,
    compare: by((card) => LEVEL_RANK[level(card)]),
  },
  {
    name: 'available',
    text: 'Available',
    width: '7rem',
    figures: true,
    compare: byFigure((card) => card.available_quantity),
  },
  {
    name: 'hand',
    text: 'On hand',
    width: '5.5rem',
    figures: true,
    compare: byFigure((card) => card.on_hand_quantity),
  },
  {
    name: 'allocated',
    text: 'Set aside',
    width: '5.5rem',
    figures: true,
    down: true,
    compare: byFigure((card) => card.allocated_quantity),
  },
  {
    name: 'safety',
    text: 'Safety',
    width: '4.5rem',
    figures: true,
    down: true,
    compare: byFigure((card) => card.safety_stock_level),
  },
  {
    name: 'reorder',
    text: 'Reorder at',
    width: '6.5rem',
    figures: true,
    down: true,
    compare: byFigure((card) => card.reorder_point),
  },
  {
    name: 'receipt',
    text: 'Next receipt',
    width: 'minmax(7rem, 1fr)',
    compare: by((card) => (card.next_receipt_at ? Date.parse(card.next_receipt_at) : null)),
  },
];

export const arrange = (cards: MaterialCard[], filter: Filter, sort: Sort): MaterialCard[] =>
  sorted(
    cards.filter((card) => shows(card, filter)),
    COLUMNS,
    sort,
    byId,
  );

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
