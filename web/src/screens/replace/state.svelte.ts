/**
 * What the replacement window shows: a person who is to be called off, or work that has lost a side and
 * who could take it over.
 */
import type { Hit, Side } from '$lib/api/replacements';
import { plant } from '$lib/state/plant.svelte';

/** Work that has lost one of its sides. */
export interface Loss {
  /** Who or what has dropped out. */
  side: Side;
  id: string;
  hits: Hit[];
}

type Content = { show: 'call_off'; id: string } | ({ show: 'loss' } & Loss);

class ReplaceWindow {
  content: Content | null = $state.raw(null);

  callOff(id: string): void {
    this.content = { show: 'call_off', id };
  }

  show(loss: Loss): void {
    this.content = { show: 'loss', ...loss };
  }

  /** Open work of somebody or something that is not there. */
  find(side: Side, id: string, allocation_ids: readonly number[]): void {
    this.show({ side, id, hits: hitsOf(side, allocation_ids) });
  }

  close(): void {
    this.content = null;
  }
}

export function hitsOf(side: Side, allocation_ids: readonly number[]): Hit[] {
  return plant
    .allocations({ allocation_ids: [...allocation_ids] })
    .map(({ allocation_id, work_order_id }) => ({ allocation_id, work_order_id, side }));
}

export const replaceWindow = new ReplaceWindow();
