/**
 * A revision that follows another one slowly: rows show changes at once, their order twice a second at
 * most. Made while a component is being set up, and ends with it.
 */
import { untrack } from 'svelte';

const SETTLE_MS = 500;

export class Settled {
  revision = $state(0);

  constructor(now: () => number) {
    this.revision = untrack(now);
    $effect(() => {
      if (now() === untrack(() => this.revision)) return;
      const timer = setTimeout(() => (this.revision = now()), SETTLE_MS);
      return () => clearTimeout(timer);
    });
  }
}
