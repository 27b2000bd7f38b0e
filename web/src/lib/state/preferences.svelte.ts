/**
 * How this screen is to look: kept in the browser, applied to the root element.
 */

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'desk' | 'wall';

function stored<T extends string>(name: string, allowed: readonly T[]): T | null {
  try {
    const value = localStorage.getItem(`mraos.${name}`) as T | null;
    return value !== null && allowed.includes(value) ? value : null;
  } catch {
    return null;
  }
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(`mraos.${name}`, value);
  } catch {
    // A browser that keeps nothing still shows everything.
  }
}

class Preferences {
  theme: Theme = $state(stored('theme', ['system', 'light', 'dark']) ?? 'system');
  density: Density = $state(stored('density', ['desk', 'wall']) ?? 'desk');
  feedShown = $state(stored('feed', ['shown', 'hidden']) !== 'hidden');

  apply(): void {
    document.documentElement.dataset['theme'] = this.theme;
    document.documentElement.dataset['density'] = this.density;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    store('theme', theme);
    this.apply();
  }

  setDensity(density: Density): void {
    this.density = density;
    store('density', density);
    this.apply();
  }

  showFeed(shown: boolean): void {
    this.feedShown = shown;
    store('feed', shown ? 'shown' : 'hidden');
  }
}

export const preferences = new Preferences();
