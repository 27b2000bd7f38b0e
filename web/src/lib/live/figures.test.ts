/** The figures beside the connection: they must be right, or they are worse than none. */
import { describe, expect, it } from 'vitest';
import { backoff_ms, ClockOffset, Delays } from './figures';

describe('the clock offset', () => {
  it('trusts the round trip with the least delay', () => {
    const offset = new ClockOffset();
    offset.add(0, 200, 1_150);
    offset.add(1_000, 1_010, 2_005);
    offset.add(2_000, 2_400, 3_390);
    expect(offset.best_ms).toBe(1_000);
  });

  it('forgets old trips, so that it follows a clock that is set', () => {
    const offset = new ClockOffset();
    offset.add(0, 2, 1);
    for (let n = 0; n < 8; n += 1) offset.add(n * 100, n * 100 + 20, n * 100 + 510);
    expect(offset.best_ms).toBe(500);
  });
});

describe('delays', () => {
  it('gives the middle and the worst of what was measured', () => {
    const delays = new Delays();
    expect(delays.quantiles()).toBeNull();
    for (let n = 1; n <= 200; n += 1) delays.add(n);
    expect(delays.quantiles()).toEqual({ count: 200, p50_ms: 100, p99_ms: 198 });
  });

  it('keeps the latest thousand', () => {
    const delays = new Delays();
    for (let n = 0; n < 1_000; n += 1) delays.add(900);
    for (let n = 0; n < 1_000; n += 1) delays.add(10);
    expect(delays.quantiles()).toEqual({ count: 1_000, p50_ms: 10, p99_ms: 10 });
  });
});

describe('waiting before the next attempt', () => {
  it('doubles to ten seconds and is spread over half of it', () => {
    expect(backoff_ms(0, 0)).toBe(125);
    expect(backoff_ms(0, 1)).toBe(250);
    expect(backoff_ms(3, 0)).toBe(1_000);
    expect(backoff_ms(40, 1)).toBe(10_000);
  });
});
