/** Why somebody could take over, and what comes of it. */
import { describe, expect, it } from 'vitest';
import type { components } from '$lib/api/schema';
import { effects, why } from './replacement';

type Suggestion = components['schemas']['Suggestion'];

const reason = (factor: string, message: string) => ({
  factor,
  message,
  points: 1,
  most_points: 2,
});
const suggestion = {
  reasons: [
    reason('machine_free_time', 'free for 90 minutes more afterwards'),
    reason('operator_free_time', 'free for 250 minutes more afterwards'),
    reason('skill_margin', '2 above the level that is asked for'),
    reason('distance', 'at home on the same line'),
    reason('urgency', 'priority high'),
  ],
  idle_time_prevented_minutes: 45,
  work_order_delay_minutes: 0,
} as Suggestion;

describe('a replacement', () => {
  it('is told by what tells people apart, in hours where there are many minutes', () => {
    expect(why(suggestion, 'operator')).toBe(
      'Free for 4 h 10 more afterwards, 2 above the level that is asked for, at home on the same line',
    );
  });

  it('is told by what tells machines apart', () => {
    expect(why(suggestion, 'machine')).toBe(
      'Free for 1 h 30 more afterwards, at home on the same line',
    );
  });

  it('says what comes of it, and nothing of what is not known', () => {
    expect(effects(suggestion)).toEqual(['In time', '45 min idle time saved']);
    const late = { ...suggestion, work_order_delay_minutes: 75, idle_time_prevented_minutes: null };
    expect(effects(late)).toEqual(['1 h 15 late']);
    expect(effects({ ...late, work_order_delay_minutes: null })).toEqual([]);
  });
});
