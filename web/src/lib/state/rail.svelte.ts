/**
 * The rail beside the screen: on a wide screen the feed has its place there, on a narrow one it comes
 * over the screen when asked for.
 */
import { place } from './place.svelte';
import { preferences } from './preferences.svelte';

class Rail {
  #query = matchMedia('(max-width: 68rem)');
  #narrow = $state(this.#query.matches);
  #over = $state(false);

  constructor() {
    this.#query.addEventListener('change', () => {
      this.#narrow = this.#query.matches;
      this.#over = false;
    });
  }

  /** Whether the feed is to be seen, unless something is opened in its place. */
  get feed(): boolean {
    if (this.#narrow) return this.#over;
    return preferences.feedShown && preferences.density === 'desk';
  }

  get shown(): boolean {
    return place.opened !== null || this.feed;
  }

  toggle(): void {
    const shown = this.feed && place.opened === null;
    if (place.opened) place.close();
    if (this.#narrow) this.#over = !shown;
    else preferences.showFeed(!shown);
  }
}

export const rail = new Rail();
