/**
 * Whether the allocate dialog is open, and what it was opened with.
 */

export interface Draft {
  work_order_id?: string;
  machine_id?: string;
  operator_id?: string;
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
