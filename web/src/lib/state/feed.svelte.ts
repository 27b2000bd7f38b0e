/**
 * The latest changes, newest first, gathered per animation frame and forgotten beyond a few hundred.
 */
import type { Message } from '$lib/live/frames';
import { changes, erasedPeople, latest, type Change } from '$lib/words/change';
import { machineName, operatorName } from './names';

const KEPT = 200;

export class Feed {
  entries: Change[] = $state.raw([]);
  /** The last change of each allocation that is among them. */
  latest: Map<number, number> = $state.raw(new Map());
  #fresh: Change[] = [];

  note(position: number, messages: Message[]): void {
    for (const id of erasedPeople(messages)) this.#forget(id);
    const names = { operator: operatorName, machine: machineName };
    this.#fresh.push(...changes(position, messages, names));
    if (this.#fresh.length > KEPT) this.#fresh = this.#fresh.slice(-KEPT);
  }

  #forget(person: string): void {
    this.entries = this.entries.filter((change) => change.person !== person);
    this.#fresh = this.#fresh.filter((change) => change.person !== person);
  }

  settle(): void {
    if (this.#fresh.length === 0) return;
    this.entries = [...this.#fresh.reverse(), ...this.entries].slice(0, KEPT);
    this.latest = latest(this.entries);
    this.#fresh = [];
  }

  clear(): void {
    this.entries = [];
    this.latest = new Map();
    this.#fresh = [];
  }
}

export const feed = new Feed();
