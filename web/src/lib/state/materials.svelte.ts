/**
 * A list of materials. It is fetched when a screen first shows it, and the stream
 * keeps it up to date: a card that was heard is never older than what was fetched before it.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Outcome, Problem } from '$lib/api/problem';
import type { MaterialCard } from '$lib/live/cards';
import type { Item } from '$lib/live/frames';

/** More rows than anybody looks through; the rest is reached by its id. */
const MOST = 20_000;

interface Page {
  items: MaterialCard[];
  next_cursor: string | null;
}
type Fetch = (cursor: string | null) => Promise<Outcome<Page>>;

export class Materials {
  #cards = new SvelteMap<string, MaterialCard>();
  /** Heard of while a list is on its way, and so newer than it. */
  #heard = new Set<string>();
  #round = 0;
  state: 'unasked' | 'loading' | 'loaded' = $state('unasked');
  problem: Problem | null = $state.raw(null);
  /** True when there are more materials than the list holds. */
  more = $state(false);
  /** Goes up whenever any card changed; lists of materials watch it. */
  revision = $state(0);

  constructor(private readonly fetch: Fetch) {}

  card(id: string): MaterialCard | undefined {
    return this.#cards.get(id);
  }

  /** Every card. Depends on each of them: not for what redraws often. */
  all(): MaterialCard[] {
    return [...this.#cards.values()].filter((card) => card.is_active);
  }

  /** Fetches the list, unless it is there. */
  async load(): Promise<void> {
    if (this.state === 'unasked') await this.#load();
  }

  /** The stream has begun anew: what was missed in between is in no event. */
  renew(): void {
    this.#heard.clear();
    if (this.state === 'unasked') {
      this.#cards.clear();
      return;
    }
    void this.#load();
  }

  apply(items: Item[]): void {
    let changed = false;
    for (const { entity_type, entity_id, data } of items) {
      if (entity_type !== 'material') continue;
      this.#heard.add(entity_id);
      this.#cards.set(entity_id, data as MaterialCard);
      changed = true;
    }
    if (changed) this.revision += 1;
  }

  async #load(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    this.state = 'loading';
    this.#heard.clear();
    let cursor: string | null = null;
    let count = 0;
    do {
      const outcome: Outcome<Page> = await this.fetch(cursor);
      if (round !== this.#round) return;
      this.problem = outcome.ok ? null : outcome.problem;
      if (!outcome.ok) {
        this.state = 'unasked';
        return;
      }
      for (const item of outcome.value.items)
        if (!this.#heard.has(item.material_id)) this.#cards.set(item.material_id, item);
      count += outcome.value.items.length;
      cursor = outcome.value.next_cursor;
      this.revision += 1;
    } while (cursor && count < MOST);
    this.more = cursor !== null;
    this.state = 'loaded';
    this.#heard.clear();
  }
}
