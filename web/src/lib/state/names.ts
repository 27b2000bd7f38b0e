/**
 * What to call people and machines: the name where this reader may see it, else the id.
 */
import { called } from '$lib/words/message';
import { plant } from './plant.svelte';

export function operatorName(id: string | null | undefined): string {
  if (!id) return '';
  return plant.card('operator', id)?.name ?? id;
}

export function machineName(id: string | null | undefined): string {
  if (!id) return '';
  return plant.card('machine', id)?.machine_id ?? id;
}

/** A sentence of the server with people's names in it. */
export const inNames = (message: string): string => called(message, operatorName);
