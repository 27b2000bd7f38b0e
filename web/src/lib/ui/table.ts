/**
 * A table as its columns say: what stands above each, how wide it is, and how two rows compare by it.
 * Which one sorts stands in the address, such as `due.down`. Pure.
 */

type Compare<Card> = (a: Card, b: Card) => number;

export interface Column<Card> {
  name: string;
  text: string;
  /** Of the grid's track. */
  width: string;
  figures?: boolean;
  /** The larger is of more use first. */
  down?: boolean;
  compare: Compare<Card>;
}

export interface Sort {
  by: string;
  down: boolean;
}

export const byName = new Intl.Collator('en', { numeric: true }).compare;

/** What the address asks for; a column that there is not is the first choice. */
export function sortOf(columns: readonly { name: string }[], asked: string, otherwise: Sort): Sort {
  const [by = '', way] = asked.split('.');
  return columns.some(({ name }) => name === by) ? { by, down: way === 'down' } : otherwise;
}

/** What the address asks for once a head is chosen: the other way round if it sorts already. */
export function turned(
  { name, down = false }: { name: string; down?: boolean },
  now: Sort,
): string {
  const next = now.by === name ? !now.down : down;
  return `${name}.${next ? 'down' : 'up'}`;
}

/** Equals are told apart by further comparisons, whichever way round the first one goes. */
export function sorted<Card>(
  cards: Card[],
  columns: readonly Column<Card>[],
  { by, down }: Sort,
  ...further: Compare<Card>[]
): Card[] {
  const compare = columns.find(({ name }) => name === by)?.compare ?? (() => 0);
  const sign = down ? -1 : 1;
  return cards.sort((a, b) => {
    for (const [n, one] of [compare, ...further].entries()) {
      const order = one(a, b);
      if (order !== 0) return n === 0 ? sign * order : order;
    }
    return 0;
  });
}
