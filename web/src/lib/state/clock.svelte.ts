/**
 * One second hand for everything that shows how long something has lasted.
 */
import { stream } from './stream.svelte';

class Clock {
  now_ms = $state(Date.now());

  start(): void {
    setInterval(() => (this.now_ms = stream.now_ms()), 1_000);
  }
}

export const clock = new Clock();
