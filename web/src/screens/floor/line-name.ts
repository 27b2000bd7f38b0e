/** What to call a line; those who belong to none stand together at the end. */
import { NO_LINE } from '$lib/state/line.svelte';

export function lineName(name: string): string {
  return name === NO_LINE ? 'Without a line' : name;
}
