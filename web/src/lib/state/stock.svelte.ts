/**
 * What there is of each material of the plant.
 */
import { materials } from '$lib/api/stock';
import { Materials } from './materials.svelte';

export const stock = new Materials(async (cursor) => {
  const outcome = await materials(cursor);
  if (!outcome.ok) return outcome;
  const { items, next_cursor } = outcome.value;
  return { ok: true, value: { items, next_cursor: next_cursor ?? null } };
});
