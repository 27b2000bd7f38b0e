/**
 * Where one is, as the address says: screen, what is opened beside it, and filters. The address is the
 * only memory of this, so that reloading, going back and signing in again end where one was.
 */

export type Screen = 'floor' | 'orders' | 'stock';
export type Opened = { type: 'machine' | 'operator' | 'work_order' | 'material'; id: string };

const SHORT = {
  machine: 'machine',
  operator: 'operator',
  work_order: 'order',
  material: 'material',
} as const;
const PATHS: Record<Screen, string> = { floor: '/', orders: '/orders', stock: '/stock' };

class Place {
  #url = $state.raw(new URL(location.href));

  constructor() {
    addEventListener('popstate', () => (this.#url = new URL(location.href)));
  }

  get screen(): Screen {
    const path = this.#url.pathname;
    if (path.startsWith(PATHS.orders)) return 'orders';
    return path.startsWith(PATHS.stock) ? 'stock' : 'floor';
  }

  get opened(): Opened | null {
    for (const [type, name] of Object.entries(SHORT)) {
      const id = this.#url.searchParams.get(name);
      if (id) return { type: type as Opened['type'], id };
    }
    return null;
  }

  query(name: string): string {
    return this.#url.searchParams.get(name) ?? '';
  }

  /** Another screen; what was opened is closed. */
  go(screen: Screen): void {
    this.#move(new URL(PATHS[screen], this.#url), true);
  }

  open(type: Opened['type'], id: string): void {
    const url = this.#withoutOpened();
    url.searchParams.set(SHORT[type], id);
    this.#move(url, true);
  }

  close(): void {
    this.#move(this.#withoutOpened(), true);
  }

  /** Also forgets which part of it was shown. */
  #withoutOpened(): URL {
    const url = new URL(this.#url);
    for (const name of [...Object.values(SHORT), 'part']) url.searchParams.delete(name);
    return url;
  }

  /** A filter; changing it is not a step to go back over. */
  filter(name: string, value: string): void {
    const url = new URL(this.#url);
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
    this.#move(url, false);
  }

  #move(url: URL, step: boolean): void {
    if (url.href === this.#url.href) return;
    if (step) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
    this.#url = url;
  }
}

export const place = new Place();
