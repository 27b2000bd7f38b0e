/**
 * The plant's own reason codes, fetched when first needed.
 */
import { reasonCodes, type ReasonCode } from '$lib/api/calls';

class Reasons {
  #codes: ReasonCode[] = $state.raw([]);
  #asked = false;

  /** Those of a category; all that may be used when the plant has none for it. */
  for(category: string): ReasonCode[] {
    const own = this.#codes.filter((code) => code.category === category);
    return own.length > 0 ? own : this.#codes;
  }

  /** What a code means, where the plant has said so. */
  meaning(code: string): string | undefined {
    return this.#codes.find((known) => known.reason_code === code)?.description;
  }

  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    const outcome = await reasonCodes();
    if (outcome.ok) this.#codes = outcome.value.items.filter((code) => code.is_active);
    else this.#asked = false;
  }
}

export const reasons = new Reasons();
