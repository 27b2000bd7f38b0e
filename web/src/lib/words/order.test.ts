/** What an order's panel says: lateness, links, coverage, log. */
import { describe, expect, it } from 'vitest';
import type { BomLine, Dependency, LogEntry, Successor } from '$lib/api/order';
import { cover, entryFigures, forecast, linkWords, qualityWord, successorWords } from './order';

describe('the forecast', () => {
  const now_ms = Date.parse('2026-01-01T12:00:00Z');

  it('says by how much an order will be late', () => {
    const late = forecast({ expected_end: '2026-01-02T12:00:00Z', delay_minutes: 95 }, now_ms);
    expect(late?.late).toBe(true);
    expect(late?.text).toMatch(/, 1 h 35 late$/);
    const good = forecast({ expected_end: '2026-01-02T12:00:00Z', delay_minutes: 0 }, now_ms);
    expect(good).toMatchObject({ late: false });
    expect(good?.text).toMatch(/, in time$/);
  });

  it('says nothing where no end can be told', () =>
    expect(forecast({ expected_end: null, delay_minutes: null }, now_ms)).toBeNull());
});

describe('inspection', () => {
  it('is told as it was decided, else that it is to come', () => {
    const word = (quality_status: 'failed' | null, quality_inspection_required: boolean) =>
      qualityWord({ quality_status, quality_inspection_required });
    expect(word('failed', false)).toMatchObject({ tone: 'stop' });
    expect(word(null, true)?.text).toBe('Inspected when done');
    expect(word(null, false)).toBeNull();
  });
});

describe('links', () => {
  const link = {
    dependency_type: 'finish_to_start',
    lag_minutes: 0,
    is_mandatory: true,
  } as Dependency;

  it('say the rule from both sides, the lag, and whether it can be overridden', () => {
    expect(linkWords(link, 'before')).toBe('must be finished first');
    expect(linkWords({ ...link, lag_minutes: 90 }, 'after')).toBe(
      'starts when this is finished, 1 h 30 in between',
    );
    expect(linkWords({ ...link, lag_minutes: -5, is_mandatory: false }, 'before')).toBe(
      'must be finished first, 5 min of overlap; if possible',
    );
  });
});

describe('an order that waits', () => {
  const one = {
    dependency_type: 'finish_to_start',
    lag_minutes: 0,
    is_mandatory: true,
    status: 'queued',
    is_held_up: true,
  } as Successor;

  it('says whether it is still held up, as long as it is open', () => {
    expect(successorWords(one)).toBe('starts when this is finished; held up by this');
    expect(successorWords({ ...one, is_held_up: false })).toMatch(/; free of this$/);
    expect(successorWords({ ...one, is_held_up: false, status: 'completed' })).toBe(
      'starts when this is finished',
    );
  });
});

describe('a line of a bill', () => {
  const line = {
    quantity_required: '200.000',
    quantity_consumed: '50.000',
    quantity_allocated: '100.000',
    quantity_uncovered: '50.000',
    is_critical: true,
  } as BomLine;

  it('shows what is used up, set aside and missing', () =>
    expect(cover(line)).toEqual({ consumed: 25, allocated: 50, uncovered: '50', tone: 'stop' }));

  it('calls for attention only where something is missing', () => {
    expect(cover({ ...line, is_critical: false }).tone).toBe('wait');
    expect(cover({ ...line, quantity_uncovered: '0.000' })).toMatchObject({
      uncovered: null,
      tone: 'work',
    });
  });
});

describe('an entry of the log', () => {
  it('names the figures that it has', () => {
    const figures = { quantity_produced: '12.000', quantity_rejected: '0.000' };
    expect(entryFigures({ ...figures, cumulative_quantity: '40.000' } as LogEntry)).toBe(
      '+12, 40 in all',
    );
    expect(entryFigures({ quantity_produced: '-3.000' } as LogEntry)).toBe('−3');
    expect(entryFigures({} as LogEntry)).toBe('');
  });
});
