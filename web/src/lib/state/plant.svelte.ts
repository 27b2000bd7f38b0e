/**
 * The plant as the stream tells it: one reactive entry per thing, so that a change redraws what shows
 * that thing and nothing else, and the indexes that screens walk (lines, orders, alerts).
 */
import { SvelteMap } from 'svelte/reactivity';
import { isKind, type Item, type Message } from '$lib/live/frames';
import { KINDS, type AllocationCard, type Cards, type Kind } from '$lib/live/cards';
import { Line, NO_LINE, type Kind as ResourceKind } from './line.svelte';

type Shelf = { [K in Kind]: SvelteMap<string, Cards[K]> };

function emptyShelf(): Shelf {
  return {
    operator: new SvelteMap(),
    machine: new SvelteMap(),
    allocation: new SvelteMap(),
    work_order: new SvelteMap(),
    alert: new SvelteMap(),
  };
}

const ENDED_ORDERS_KEPT = 500;

type Resource = Cards[ResourceKind];

const byName = new Intl.Collator('en', { numeric: true }).compare;

export class Plant {
  #shelf = emptyShelf();
  /** Which line a machine or operator is listed under now. */
  #listed = new Map<string, string>();
  #stale = new Set<Line>();
  #endedOrders = new Set<string>();
  readonly lines = new SvelteMap<string, Line>();
  lineNames: string[] = $state.raw([]);
  /** False until the first snapshot is there. */
  loaded = $state(false);
  /** Goes up whenever any order changed; lists of orders watch it. */
  orderRevision = $state(0);
  openAlertIds: string[] = $state.raw([]);

  card<K extends Kind>(kind: K, id: string | number | null | undefined): Cards[K] | undefined {
    if (id === null || id === undefined) return undefined;
    return this.#shelf[kind].get(String(id)) as Cards[K] | undefined;
  }

  /** Every card of a kind. Depends on each of them: not for what redraws often. */
  all<K extends Kind>(kind: K): Cards[K][] {
    return [...(this.#shelf[kind] as Map<string, Cards[K]>).values()];
  }

  /** Open allocations of a card: running first, then paused, then booked by start. */
  allocations(of: { allocation_ids: number[] } | undefined): AllocationCard[] {
    const rank = { running: 0, paused: 1, booked: 2, ended: 3 };
    return (of?.allocation_ids ?? [])
      .map((id) => this.card('allocation', id))
      .filter((card) => card !== undefined)
      .filter((card) => card.phase !== 'ended')
      .sort(
        (a, b) =>
          rank[a.phase] - rank[b.phase] ||
          (a.expected_start_time ?? '').localeCompare(b.expected_start_time ?? ''),
      );
  }

  /** A snapshot replaces everything; what it does not name is gone. */
  replace(items: Item[]): void {
    const named = new Set(items.map((item) => `${item.entity_type}:${item.entity_id}`));
    for (const kind of KINDS)
      for (const id of [...this.#shelf[kind].keys()])
        if (!named.has(`${kind}:${id}`)) this.#put(kind, id, undefined);
    for (const item of items) this.#take(item);
    this.#settle();
    this.loaded = true;
  }

  /** Changes of one animation frame, in order. */
  apply(messages: Message[]): void {
    for (const message of messages) this.#take(message);
    this.#settle();
  }

  #take(item: Item): void {
    if (!isKind(item.entity_type)) return;
    const gone = isGone(item.entity_type, item.data);
    this.#put(item.entity_type, item.entity_id, gone ? undefined : (item.data as Cards[Kind]));
  }

  #put(kind: Kind, id: string, card: Cards[Kind] | undefined): void {
    const shelf = this.#shelf[kind] as Map<string, Cards[Kind]>;
    const known = shelf.has(id);
    if (card) shelf.set(id, card);
    else shelf.delete(id);
    if (kind === 'machine' || kind === 'operator')
      this.#list(kind, id, card as Resource | undefined);
    if (kind === 'work_order') this.#noteOrder(id, card as Cards['work_order'] | undefined);
    if (kind === 'alert' && known !== (card !== undefined))
      this.openAlertIds = card
        ? [id, ...this.openAlertIds]
        : this.openAlertIds.filter((open) => open !== id);
  }

  /** A screen runs for days: of the ended orders only the latest stay. */
  #noteOrder(id: string, card: Cards['work_order'] | undefined): void {
    this.orderRevision += 1;
    if (card?.status !== 'completed' && card?.status !== 'cancelled') return;
    this.#endedOrders.delete(id);
    this.#endedOrders.add(id);
    if (this.#endedOrders.size <= ENDED_ORDERS_KEPT) return;
    const [oldest] = this.#endedOrders;
    if (oldest === undefined) return;
    this.#endedOrders.delete(oldest);
    this.#shelf.work_order.delete(oldest);
  }

  #list(kind: ResourceKind, id: string, card: Resource | undefined): void {
    const key = `${kind}:${id}`;
    const before = this.#listed.get(key);
    const now = card ? (card.production_line ?? NO_LINE) : undefined;
    if (before !== undefined && before !== now) {
      this.#line(before).remove(kind, id);
      this.#stale.add(this.#line(before));
    }
    if (card === undefined || now === undefined) {
      this.#listed.delete(key);
      return;
    }
    this.#listed.set(key, now);
    this.#line(now).set(kind, id, card.current_status);
    this.#stale.add(this.#line(now));
  }

  #line(name: string): Line {
    let line = this.lines.get(name);
    if (!line) {
      line = new Line(name);
      this.lines.set(name, line);
    }
    return line;
  }

  #settle(): void {
    if (this.#stale.size === 0) return;
    for (const line of this.#stale) line.settle();
    this.#stale.clear();
    const names = [...this.lines.values()].filter((line) => !line.empty).map((line) => line.name);
    // Those without a line come last, whatever the alphabet says.
    names.sort((a, b) => Number(a === NO_LINE) - Number(b === NO_LINE) || byName(a, b));
    if (names.join('\n') !== this.lineNames.join('\n')) this.lineNames = names;
  }
}

/** Ended work, retired resources and settled alerts leave the floor; ended orders stay readable. */
function isGone(kind: Kind, data: unknown): boolean {
  if (data === null || data === undefined) return true;
  if (kind === 'allocation') return (data as Cards['allocation']).phase === 'ended';
  if (kind === 'alert') return (data as Cards['alert']).resolved_at !== null;
  if (kind === 'machine' || kind === 'operator') return !(data as { is_active: boolean }).is_active;
  return false;
}

export const plant = new Plant();
