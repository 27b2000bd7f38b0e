/**
 * Whether the allocate dialog is open, and what it was opened with.
 */
import type { Suggestion } from '$lib/api/suggestions';

export interface Draft {
  work_order_id?: string;
  machine_id?: string;
  operator_id?: string;
  /** One that is to be taken at once, beside what is named. */
  suggestion?: Suggestion;
}

class AllocateWindow {
  draft: Draft | null = $state.raw(null);

  open(draft: Draft = {}): void {
    this.draft = draft;
  }

  close(): void {
    this.draft = null;
  }
}

export const allocateWindow = new AllocateWindow();
