/**
 * A suggestion in words: what speaks for it most, what it costs and saves, what each point is for.
 * Pure; the reasons themselves are the server's.
 */
import type { PairSurvey, Suggestion, SuggestionReason } from '$lib/api/suggestions';
import type { Refusal } from '$lib/api/problem';
import { inHours } from './message';
import { humane } from './status';
import { span } from './time';

const FACTOR: Record<string, string> = {
  operator_free_time: 'Person’s free time',
  machine_free_time: 'Machine’s free time',
  idle_time: 'Time stood idle',
  skill_margin: 'Skill',
  distance: 'Distance',
  production_line: 'Line',
  urgency: 'Urgency',
};

export const factorWord = (factor: string): string => FACTOR[factor] ?? humane(factor);

/** Those that speak for it most, by how much of their points they give; each thing said once. */
export function strongest(reasons: SuggestionReason[], count: number): SuggestionReason[] {
  const share = ({ points, most_points }: SuggestionReason) => points / Math.max(1, most_points);
  return reasons
    .filter((reason) => reason.points > 0)
    .sort((a, b) => share(b) - share(a) || b.most_points - a.most_points)
    .filter(({ message }, n, all) => all.findIndex((one) => one.message === message) === n)
    .slice(0, count);
}

/** Those that speak for it most, as one line. */
export const told = (reasons: SuggestionReason[]): string =>
  strongest(reasons, 2)
    .map(({ message }) => inHours(message))
    .join(' · ');

/** The best of each order: somebody free is to choose between orders, not between pairs for one. */
export function bestPerOrder(suggestions: Suggestion[]): Suggestion[] {
  return suggestions.filter(
    ({ work_order_id }, n) =>
      suggestions.findIndex((one) => one.work_order_id === work_order_id) === n,
  );
}

/** What follows from taking it: `prevents 40 min idle`, `ends 2 h 05 late`. */
export function consequences(of: Suggestion): { text: string; late: boolean }[] {
  const { idle_time_prevented_minutes: idle, work_order_delay_minutes: delay } = of;
  const minutes = (count: number) => span(count * 60_000);
  return [
    ...(idle ? [{ text: `prevents ${minutes(idle)} idle`, late: false }] : []),
    ...(delay && delay > 0 ? [{ text: `ends ${minutes(delay)} late`, late: true }] : []),
  ];
}

/** Two suggestions are the same choice when they name the same three. */
export function sameChoice(a: Suggestion | null, b: Suggestion): boolean {
  return (
    a?.work_order_id === b.work_order_id &&
    a.operator_id === b.operator_id &&
    a.machine_id === b.machine_id
  );
}

/** One obstacle and all whom it holds up. */
export interface Obstacle {
  code: string;
  ids: string[];
  /** What the rule says of the first of them. */
  example: string;
  overridable: boolean;
}

export interface Unfit {
  people: { count: number; obstacles: Obstacle[] };
  machines: { count: number; obstacles: Obstacle[] };
  /** Free people, and what they lack at free machines. */
  mismatches: Obstacle[];
}

/** Why no pair is possible, by obstacle: the one that holds up most comes first. */
export function unfit(pairs: PairSurvey): Unfit {
  const people = pairs.operators.map((one) => ({ id: one.operator_id, ...one }));
  const machines = pairs.machines.map((one) => ({ id: one.machine_id, ...one }));
  const mismatches = pairs.mismatches.map((one) => ({ id: one.operator_id, ...one }));
  return {
    people: { count: pairs.refused_operators, obstacles: obstacles(people) },
    machines: { count: pairs.refused_machines, obstacles: obstacles(machines) },
    mismatches: obstacles(mismatches),
  };
}

function obstacles(refused: { id: string; refusals: Refusal[] }[]): Obstacle[] {
  const found = new Map<string, Obstacle>();
  for (const { id, refusals } of refused)
    for (const { code, message, overridable } of refusals) {
      const known = found.get(code);
      if (!known) found.set(code, { code, ids: [id], example: message, overridable });
      else if (!known.ids.includes(id)) known.ids.push(id);
    }
  return [...found.values()].sort((a, b) => b.ids.length - a.ids.length);
}
