/**
 * The stream's figures: the difference between the two clocks, and how long a change takes from
 * being recorded to being painted. Pure; times are handed in, in milliseconds.
 */

/** Server clock minus ours, from the round trips with the least delay. */
export class ClockOffset {
  #samples: { round_trip_ms: number; offset_ms: number }[] = [];

  add(sent_ms: number, received_ms: number, server_ms: number): void {
    const round_trip_ms = received_ms - sent_ms;
    this.#samples.push({ round_trip_ms, offset_ms: server_ms - (sent_ms + received_ms) / 2 });
    if (this.#samples.length > 8) this.#samples.shift();
  }

  get known(): boolean {
    return this.#samples.length > 0;
  }

  /** The trip with the least delay is the one whose halves differ least. */
  get best_ms(): number {
    let best = this.#samples[0];
    for (const sample of this.#samples)
      if (best && sample.round_trip_ms < best.round_trip_ms) best = sample;
    return best?.offset_ms ?? 0;
  }
}

export interface Quantiles {
  count: number;
  p50_ms: number;
  p99_ms: number;
}

/** The last thousand delays. */
export class Delays {
  #ring: number[] = [];
  #next = 0;
  static readonly capacity = 1000;

  add(delay_ms: number): void {
    // Clocks are compared to about a millisecond, so a tiny negative delay means zero.
    this.#ring[this.#next] = Math.max(0, delay_ms);
    this.#next = (this.#next + 1) % Delays.capacity;
  }

  quantiles(): Quantiles | null {
    const count = this.#ring.length;
    if (count === 0) return null;
    const sorted = Float64Array.from(this.#ring).sort();
    const at = (share: number) => sorted[Math.min(count - 1, Math.ceil(count * share) - 1)] ?? 0;
    return { count, p50_ms: at(0.5), p99_ms: at(0.99) };
  }
}

/** How long to wait before attempt n (from 0): doubling to 10 s, jittered so that clients spread. */
export function backoff_ms(attempt: number, random: number): number {
  const ceiling = Math.min(10_000, 250 * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (ceiling / 2) * random;
}
