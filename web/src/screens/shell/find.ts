/**
 * Search over what the stream has told and the list of materials, the best matches first. An id
 * that begins with the text wins.
 */
import type { Opened } from '$lib/state/place.svelte';
import { plant } from '$lib/state/plant.svelte';
import { stock } from '$lib/state/stock.svelte';
import { stockWord } from '../stock/table';
import { rank } from './rank';
import { machineWord, operatorWord, orderWord, type Word } from '$lib/words/status';

const SHOWN = 12;

export interface Found {
  type: Opened['type'];
  id: string;
  name: string;
  word: Word;
}

function everything(): Found[] {
  return [
    ...plant.all('machine').map((card) => ({
      type: 'machine' as const,
      id: card.machine_id,
      name: card.machine_name,
      word: machineWord(card.current_status, card.status_reason_code),
    })),
    ...plant.all('operator').map((card) => ({
      type: 'operator' as const,
      id: card.operator_id,
      name: card.name ?? '',
      word: operatorWord(card.current_status),
    })),
    ...plant.all('work_order').map((card) => ({
      type: 'work_order' as const,
      id: card.work_order_id,
      name: `${card.product_name} ${card.work_order_number}`,
      word: orderWord(card.status),
    })),
    ...stock.all().map((card) => ({
      type: 'material' as const,
      id: card.material_id,
      name: `${card.part_name} ${card.part_number}`,
      word: stockWord(card),
    })),
  ];
}

export function find(text: string): Found[] {
  return everything()
    .map((hit) => ({ hit, rank: rank(text, hit.id, hit.name) }))
    .filter((match): match is { hit: Found; rank: number } => match.rank !== null)
    .sort((a, b) => a.rank - b.rank || a.hit.id.localeCompare(b.hit.id))
    .slice(0, SHOWN)
    .map((match) => match.hit);
}
