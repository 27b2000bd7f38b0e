/** What is fetched: the last question counts, and a failure hides nothing. */
import { describe, expect, it, vi } from 'vitest';
import { unreachable, type Outcome } from '$lib/api/problem';
import { Loaded } from './loaded.svelte';

describe('something that is fetched', () => {
  it('shows the answer to the last question, whichever comes first', async () => {
    const answers: ((value: Outcome<number>) => void)[] = [];
    const loaded = new Loaded<number>(() => new Promise((answer) => answers.push(answer)));
    const both = Promise.all([loaded.load(), loaded.load()]);
    answers[1]?.({ ok: true, value: 2 });
    answers[0]?.({ ok: true, value: 1 });
    await both;
    expect(loaded.value).toBe(2);
  });

  it('keeps what it had when it cannot be asked', async () => {
    let outcome: Outcome<string> = { ok: true, value: 'known' };
    const loaded = new Loaded(() => Promise.resolve(outcome));
    await loaded.load();
    outcome = { ok: false, problem: unreachable() };
    await loaded.load();
    expect([loaded.value, loaded.problem?.code]).toEqual(['known', 'unreachable']);
    outcome = { ok: true, value: 'new' };
    await loaded.load();
    expect([loaded.value, loaded.problem]).toEqual(['new', null]);
  });

  it('is asked once for many changes in a moment', async () => {
    vi.useFakeTimers();
    let asked = 0;
    const loaded = new Loaded<number>(
      () => Promise.resolve({ ok: true, value: (asked += 1) }),
      300,
    );
    loaded.refresh();
    for (let change = 0; change < 5; change += 1) loaded.refresh();
    await vi.advanceTimersByTimeAsync(299);
    expect(loaded.value).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(loaded.value).toBe(2);
    vi.useRealTimers();
  });
});
