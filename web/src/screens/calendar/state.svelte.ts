/**
 * Whether the plant's holidays are shown.
 */
class HolidaysWindow {
  shown = $state(false);

  open(): void {
    this.shown = true;
  }

  close(): void {
    this.shown = false;
  }
}

export const holidaysWindow = new HolidaysWindow();
