/**
 * Why somebody or something could take over, and what comes of it, in words. Pure.
 */
import type { components } from '$lib/api/schema';
import { inHours } from './message';
import { span } from './time';

type Suggestion = components['schemas']['Suggestion'];
type Factor = components['schemas']['SuggestionReason']['factor'];
export type Side = 'operator' | 'machine';

/** What tells one person from another, and one machine from another; the rest is the same for all. */
const TELLING: Record<Side, readonly Factor[]> = {
  operator: ['operator_free_time', 'skill_margin', 'distance'],
  machine: ['machine_free_time', 'production_line', 'distance'],
};

/** The reasons that tell candidates apart, as one line. */
export function why({ reasons }: Suggestion, side: Side): string {
  const told = TELLING[side]
    .map((factor) => reasons.find((reason) => reason.factor === factor)?.message)
    .filter((message) => message !== undefined)
    .map(inHours);
  const text = told.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What comes of it: idle time that is not lost, and a delay that is left. */
export function effects({
  idle_time_prevented_minutes: idle,
  work_order_delay_minutes: delay,
}: Suggestion): string[] {
  const told: string[] = [];
  if (delay !== null) told.push(delay > 0 ? `${span(delay * 60_000)} late` : 'In time');
  if (idle) told.push(`${span(idle * 60_000)} idle time saved`);
  return told;
}
