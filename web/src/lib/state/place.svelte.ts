/**
 * Where one is, as the address says: screen, what is opened beside it, and filters. The address is the
 * only memory of this, so that reloading, going back and signing in again end where one was.
 */

export type Screen = 'floor' | 'orders';
export type Opened = { type: 'machine' | 'operator' | 'work_order'; id: string };

const SHORT = { machine: 'machine', operator: 'operator', work_order: 'order' } as const;

class Place {
  #url = $state.raw(new URL(location.href));

  constructor() {
    addEventListener('popstate', () => (this.#url = new URL(location.href)));
  }

  get screen(): Screen {
    return this.#url.pathname.startsWith('/orders') ? 'orders' : 'floor';
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
    this.#move(new URL(screen === 'floor' ? '/' : '/orders', this.#url), true);
  }

  open(type: Opened['type'], id: string): void {
    const url = new URL(this.#url);
    for (const name of Object.values(SHORT)) url.searchParams.delete(name);
    url.searchParams.set(SHORT[type], id);
    this.#move(url, true);
  }

  close(): void {
    const url = new URL(this.#url);
    for (const name of Object.values(SHORT)) url.searchParams.delete(name);
    this.#move(url, true);
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
