/**
 * Position arithmetic of one subscription: what to do with each frame so that nothing is missed,
 * doubled or reordered. Pure; the socket and the plant are moved by whoever reads the answer.
 */
import type { EventFrame, From, Item, ServerFrame } from './frames';

export type Step =
  | { do: 'nothing' }
  /** Everything that was known before is replaced by these. */
  | { do: 'replace'; items: Item[] }
  | { do: 'apply'; frame: EventFrame }
  /** Subscribe once more, from where `start` says. */
  | { do: 'subscribe' };

export class Follower {
  #position: number | null = null;
  #epoch: string | null = null;
  #gathering: Item[] | null = null;
  #complete = false;
  /** Between asking and `subscribed`, frames belong to nobody: a heartbeat would skip what is missing. */
  #attached = false;

  /** Last position known to be reflected; null before the first snapshot. */
  get position(): number | null {
    return this.#complete ? this.#position : null;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  /** Where a new subscription has to begin. */
  get start(): From {
    if (!this.#complete || this.#position === null || this.#epoch === null) return 'snapshot';
    return { position: this.#position, epoch: this.#epoch };
  }

  /** A new connection: a half-read snapshot is worth nothing. */
  reconnect(): void {
    this.#detach();
  }

  take(frame: ServerFrame): Step {
    switch (frame.type) {
      case 'subscribed':
        return this.#subscribed(frame.position, frame.epoch);
      case 'snapshot':
        return this.#snapshot(frame);
      case 'event':
        return this.#event(frame);
      case 'heartbeat':
        return this.#heartbeat(frame.position);
      case 'resync':
        this.#forget();
        return { do: 'subscribe' };
      case 'pong':
      case 'error':
        return { do: 'nothing' };
    }
  }

  #subscribed(position: number, epoch: string): Step {
    if (this.#complete && this.#epoch !== null && this.#epoch !== epoch) {
      this.#forget();
      return { do: 'subscribe' };
    }
    this.#epoch = epoch;
    this.#attached = true;
    // Resuming, our own position stands: the server completes from there.
    if (!this.#complete) {
      this.#position = position;
      this.#gathering = [];
    }
    return { do: 'nothing' };
  }

  #snapshot(frame: Extract<ServerFrame, { type: 'snapshot' }>): Step {
    if (!this.#attached || !this.#gathering) return { do: 'nothing' };
    this.#gathering.push(...frame.items);
    if (!frame.last) return { do: 'nothing' };
    const items = this.#gathering;
    this.#gathering = null;
    this.#position = frame.position;
    this.#complete = true;
    return { do: 'replace', items };
  }

  #heartbeat(position: number): Step {
    if (this.#attached && this.#complete && this.#position !== null)
      this.#position = Math.max(this.#position, position);
    return { do: 'nothing' };
  }

  #event(frame: EventFrame): Step {
    if (!this.#attached || !this.#complete || this.#position === null) return { do: 'nothing' };
    if (frame.position <= this.#position) return { do: 'nothing' };
    if (frame.previous_position > this.#position) {
      this.#detach();
      return { do: 'subscribe' };
    }
    this.#position = frame.position;
    return { do: 'apply', frame };
  }

  #forget(): void {
    this.#position = null;
    this.#epoch = null;
    this.#complete = false;
    this.#detach();
  }

  #detach(): void {
    this.#gathering = null;
    this.#attached = false;
  }
}
