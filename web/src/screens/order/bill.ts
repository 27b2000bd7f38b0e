/**
 * A bill of materials together with what there is of each material on it.
 */
import { bom, type BomLine } from '$lib/api/order';
import type { Outcome } from '$lib/api/problem';
import { material, type Material } from '$lib/api/stock';

export interface BillLine {
  line: BomLine;
  /** Null where it could not be read. */
  material: Material | null;
}

export async function bill(id: string): Promise<Outcome<BillLine[]>> {
  const outcome = await bom(id);
  if (!outcome.ok) return outcome;
  const value = await Promise.all(
    outcome.value.items.map(async (line) => {
      const found = await material(line.material_id);
      return { line, material: found.ok ? found.value : null };
    }),
  );
  return { ok: true, value };
}

export const uncovered = (lines: BillLine[]): number =>
  lines.filter(({ line }) => Number(line.quantity_uncovered) > 0).length;

/** What a material is counted in. */
export const unit = (lines: BillLine[], material_id: string): string =>
  lines.find(({ line }) => line.material_id === material_id)?.line.unit_of_measure ?? '';
