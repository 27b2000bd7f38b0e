/** Suggestions in words: the strongest reasons first, and why there is none. */
import { describe, expect, it } from 'vitest';
import type { PairSurvey, Suggestion, SuggestionReason } from '$lib/api/suggestions';
import type { Refusal } from '$lib/api/problem';
import { bestPerOrder, consequences, sameChoice, strongest, unfit } from './suggestion';

const reason = (factor: string, points: number, most_points: number) =>
  ({ factor, points, most_points, message: factor }) as SuggestionReason;

describe('a suggestion', () => {
  it('is told by what speaks for it most', () => {
    const reasons = [
      reason('urgency', 4, 10),
      reason('distance', 20, 20),
      reason('production_line', 10, 10),
      reason('idle_time', 0, 10),
    ];
    const factors = strongest(reasons, 3).map(({ factor }) => factor);
    expect(factors).toEqual(['distance', 'production_line', 'urgency']);
  });

  it('says nothing twice', () => {
    const twice = [reason('machine_free_time', 15, 15), reason('operator_free_time', 15, 15)];
    const same = twice.map((one) => ({ ...one, message: 'free for as long as is known' }));
    expect(strongest(same, 2)).toHaveLength(1);
  });

  it('is the best of its order where orders are to be chosen from', () => {
    const of = (work_order_id: string, score: number) => ({ work_order_id, score }) as Suggestion;
    const best = bestPerOrder([of('WO-1', 90), of('WO-2', 80), of('WO-1', 70)]);
    expect(best.map(({ work_order_id, score }) => [work_order_id, score])).toEqual([
      ['WO-1', 90],
      ['WO-2', 80],
    ]);
  });

  it('tells what it saves and what it costs, and nothing else', () => {
    const of = (idle: number | null, delay: number | null) =>
      consequences({
        idle_time_prevented_minutes: idle,
        work_order_delay_minutes: delay,
      } as Suggestion);
    expect(of(40, 125)).toEqual([
      { text: 'prevents 40 min idle', late: false },
      { text: 'ends 2 h 05 late', late: true },
    ]);
    expect(of(0, -30)).toEqual([]);
    expect(of(null, null)).toEqual([]);
  });

  it('is the same choice as another that names the same three', () => {
    const of = (operator_id: string, score: number) =>
      ({ work_order_id: 'WO-1', operator_id, machine_id: 'M-1', score }) as Suggestion;
    expect(sameChoice(of('O-1', 80), of('O-1', 70))).toBe(true);
    expect(sameChoice(of('O-1', 80), of('O-2', 80))).toBe(false);
    expect(sameChoice(null, of('O-1', 80))).toBe(false);
  });
});

describe('why nobody fits', () => {
  const refusal = (code: string, message: string) =>
    ({ code, message, overridable: false }) as Refusal;

  it('is gathered by obstacle, the commonest first', () => {
    const survey = {
      refused_operators: 3,
      operators: [
        { operator_id: 'O-1', refusals: [refusal('operator_booked', 'first')] },
        {
          operator_id: 'O-2',
          refusals: [refusal('operator_off_shift', 'off'), refusal('operator_booked', 'second')],
        },
      ],
      refused_machines: 0,
      machines: [],
      mismatches: [
        { operator_id: 'O-3', machine_ids: ['M-1'], refusals: [refusal('skill_missing', 'no')] },
      ],
    } as unknown as PairSurvey;
    const { people, machines, mismatches } = unfit(survey);
    expect(people.count).toBe(3);
    expect(people.obstacles.map(({ code, ids }) => [code, ids])).toEqual([
      ['operator_booked', ['O-1', 'O-2']],
      ['operator_off_shift', ['O-2']],
    ]);
    expect(people.obstacles[0]?.example).toBe('first');
    expect(machines.obstacles).toEqual([]);
    expect(mismatches[0]?.ids).toEqual(['O-3']);
  });
});
