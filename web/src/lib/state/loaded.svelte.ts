/**
 * Something fetched because the stream does not carry it: its value, whether it is on its way, and
 * what went wrong. What was there stays on the screen while it is asked for again.
 */
import type { Outcome, Problem } from '$lib/api/problem';

/** Many changes in a moment are one reason to ask again. */
const SETTLE_MS = 300;

export class Loaded<T> {
  value: T | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: () => Promise<Outcome<T>>,
    private readonly settle_ms = SETTLE_MS,
  ) {}

  /** Asks at once. An answer that a later question has overtaken is dropped. */
  async load(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asked += 1;
    const mine = this.#asked;
    const outcome = await this.ask();
    if (mine !== this.#asked) return;
    this.problem = outcome.ok ? null : outcome.problem;
    if (outcome.ok) this.value = outcome.value;
  }

  /** Something has changed: asks soon, once for all that changes until then. */
  refresh(): void {
    if (this.#asked === 0) void this.load();
    else this.#timer ??= setTimeout(() => void this.load(), this.settle_ms);
  }
}
