/** The list of materials: fetched in pages, overtaken by what the stream tells meanwhile. */
import { describe, expect, it } from 'vitest';
import type { Outcome } from '$lib/api/problem';
import type { MaterialCard } from '$lib/live/cards';
import { Materials } from './materials.svelte';

type Page = { items: MaterialCard[]; next_cursor: string | null };
const card = (material_id: string, on_hand_quantity: string, is_active = true) =>
  ({ material_id, on_hand_quantity, is_active }) as MaterialCard;
const message = (data: MaterialCard) => ({
  entity_type: 'material',
  entity_id: data.material_id,
  data,
});
const page = (items: MaterialCard[], next_cursor: string | null = null): Outcome<Page> => ({
  ok: true,
  value: { items, next_cursor },
});

/** Answers that come when the test says so. */
function answers() {
  const waiting: ((outcome: Outcome<Page>) => void)[] = [];
  const asked: (string | null)[] = [];
  const fetch = (cursor: string | null) => {
    asked.push(cursor);
    return new Promise<Outcome<Page>>((resolve) => waiting.push(resolve));
  };
  const answer = async (outcome: Outcome<Page>) => {
    waiting.shift()?.(outcome);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { fetch, asked, answer };
}

describe('the stock', () => {
  it('goes on through all pages', async () => {
    const { fetch, asked, answer } = answers();
    const stock = new Materials(fetch);
    const loaded = stock.load();
    await answer(page([card('A', '1')], 'A'));
    expect(stock.state).toBe('loading');
    await answer(page([card('B', '2')]));
    await loaded;
    expect(asked).toEqual([null, 'A']);
    expect(stock.all().map((one) => one.material_id)).toEqual(['A', 'B']);
    expect(stock.state).toBe('loaded');
  });

  it('keeps what was heard while an older list was on its way', async () => {
    const { fetch, answer } = answers();
    const stock = new Materials(fetch);
    const loaded = stock.load();
    stock.apply([message(card('A', '7'))]);
    await answer(page([card('A', '1'), card('B', '2')]));
    await loaded;
    expect(stock.card('A')?.on_hand_quantity).toBe('7');
    expect(stock.card('B')?.on_hand_quantity).toBe('2');
    stock.apply([message(card('B', '0', false))]);
    expect(stock.all().map((one) => one.material_id)).toEqual(['A']);
  });

  it('asks again when the stream begins anew, and drops the answer from before', async () => {
    const { fetch, asked, answer } = answers();
    const stock = new Materials(fetch);
    void stock.load();
    stock.renew();
    await answer(page([card('A', '1')]));
    expect(stock.card('A')).toBeUndefined();
    await answer(page([card('A', '2')]));
    expect(stock.card('A')?.on_hand_quantity).toBe('2');
    expect(asked).toHaveLength(2);
  });

  it('says what went wrong and can be asked again', async () => {
    const { fetch, answer } = answers();
    const stock = new Materials(fetch);
    const first = stock.load();
    const problem = { status: 503, code: 'busy', detail: '', refusals: [], errors: [] };
    await answer({ ok: false, problem });
    await first;
    expect([stock.state, stock.problem?.status]).toEqual(['unasked', 503]);
    const again = stock.load();
    await answer(page([]));
    await again;
    expect([stock.state, stock.problem]).toEqual(['loaded', null]);
  });
});
