/**
 * Which shortage wants a look first. Pure.
 */
import type { Shortage } from '$lib/api/stock';

/** What holds up work first, then what is missing, then what is merely low; the longest wait first. */
export function gravest(shortages: Shortage[]): Shortage[] {
  return [...shortages].sort(
    (a, b) =>
      grade(b) - grade(a) ||
      wait(b) - wait(a) ||
      b.work_order_ids.length - a.work_order_ids.length ||
      a.material_id.localeCompare(b.material_id, 'en', { numeric: true }),
  );
}

function grade({ shortage_quantity, is_critical }: Shortage): number {
  if (Number(shortage_quantity) <= 0) return 0;
  return is_critical ? 2 : 1;
}

/** Whose end nobody knows lasts longest. */
function wait({ unblocks_at }: Shortage): number {
  return unblocks_at ? Date.parse(unblocks_at) : Number.MAX_SAFE_INTEGER;
}
