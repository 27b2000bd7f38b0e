/**
 * Arrow keys on the floor: from tile to tile as they lie on the screen. Tab goes from line to line.
 */

const STEP: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** How far a box lies in a direction; straight ahead counts as nearer. Null: not in that direction. */
export function distance(from: Box, to: Box, [dx, dy]: [number, number]): number | null {
  const across = to.left + to.width / 2 - (from.left + from.width / 2);
  const down = to.top + to.height / 2 - (from.top + from.height / 2);
  const ahead = across * dx + down * dy;
  if (ahead <= 2) return null;
  // Sideways one stays in the row.
  if (dx !== 0 && Math.abs(down) > from.height / 2) return null;
  return ahead + 3 * Math.abs(dx === 0 ? across : down);
}

export function arrowKeys(floor: HTMLElement): () => void {
  const onkeydown = (event: KeyboardEvent): void => {
    const direction = STEP[event.key];
    const tile = event.target instanceof Element ? event.target.closest('[data-tile]') : null;
    if (!direction || !tile) return;
    event.preventDefault();
    nearest(floor, tile, direction)?.focus();
  };
  floor.addEventListener('keydown', onkeydown);
  return () => floor.removeEventListener('keydown', onkeydown);
}

function nearest(
  floor: HTMLElement,
  tile: Element,
  direction: [number, number],
): HTMLElement | null {
  const from = tile.getBoundingClientRect();
  let best: HTMLElement | null = null;
  let least = Infinity;
  for (const other of floor.querySelectorAll<HTMLElement>('[data-tile]')) {
    const away = other === tile ? null : distance(from, other.getBoundingClientRect(), direction);
    if (away !== null && away < least) {
      least = away;
      best = other;
    }
  }
  return best;
}
