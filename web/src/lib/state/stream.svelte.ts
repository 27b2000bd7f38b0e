/**
 * The connection to the live stream: opens it, keeps it, resumes it by position, and hands changes to
 * the plant once per animation frame. What it knows about itself is always on the screen.
 */
import {
  CLOSE,
  retryAfter_ms,
  type ClientFrame,
  type Item,
  type Message,
  type ServerFrame,
} from '$lib/live/frames';
import { backoff_ms, ClockOffset, Delays, type Quantiles } from '$lib/live/figures';
import { Follower } from '$lib/live/follower';
import { feed } from './feed.svelte';
import { plant } from './plant.svelte';
import { stock } from './stock.svelte';

const CHANNELS = ['resource-status', 'allocation-changes', 'work-order-progress', 'alerts'];
/** Heartbeats come every 5 s; two and a half missed ones mean that nobody is there. */
const SILENCE_MS = 12_500;
const PING_MS = 5_000;
const HIDDEN_FLUSH_MS = 1_000;

export type Connection = 'closed' | 'connecting' | 'live' | 'lost';
export interface Sample {
  at_s: number;
  p50_ms: number;
  p99_ms: number;
}

export class Stream {
  connection: Connection = $state('closed');
  lostSince: number | null = $state(null);
  retryAt: number | null = $state(null);
  latency: Quantiles | null = $state.raw(null);
  history: Sample[] = $state.raw([]);
  #socket: WebSocket | null = null;
  #follower = new Follower();
  #offset = new ClockOffset();
  #delays = new Delays();
  #subscription = 0;
  #attempt = 0;
  #lastHeard_ms = 0;
  #liveSince_ms = 0;
  #pingSent_ms = 0;
  #timers: ReturnType<typeof setInterval>[] = [];
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pending: (() => void)[] = [];
  #stamps: number[] = [];
  #scheduled = false;

  /** Told when the server says that the session is no more. */
  onSessionEnd: () => void = () => undefined;

  /** Server time, as well as it is known. */
  now_ms(): number {
    return Date.now() + this.#offset.best_ms;
  }

  open(): void {
    if (this.#socket || this.#retry) return;
    this.#connect();
    this.#timers = [
      setInterval(() => this.#ping(), PING_MS),
      setInterval(() => this.#watch(), 1_000),
    ];
    addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    clearTimeout(this.#retry);
    this.#retry = undefined;
    removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    this.connection = 'closed';
    this.retryAt = null;
  }

  /** Somebody looks again, or the network is back: no reason to wait any longer. */
  readonly #hurry = (): void => {
    if (document.hidden || !this.#retry) return;
    clearTimeout(this.#retry);
    this.#connect();
  };

  #connect(): void {
    this.#retry = undefined;
    this.retryAt = null;
    if (this.connection !== 'lost') this.connection = 'connecting';
    const address = new URL('/api/v1/live', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = new WebSocket(address, 'mraos.v1');
    this.#socket = socket;
    this.#lastHeard_ms = Date.now();
    socket.onopen = () => {
      this.#follower.reconnect();
      this.#ping();
      this.#subscribe();
    };
    socket.onmessage = (message) => {
      if (this.#socket === socket) this.#hear(JSON.parse(String(message.data)) as ServerFrame);
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#closed(event.code, event.reason);
    };
  }

  #closed(code: number, reason: string): void {
    this.#socket = null;
    if (code === CLOSE.expired || code === CLOSE.revoked) {
      this.close();
      this.onSessionEnd();
      return;
    }
    this.connection = 'lost';
    this.lostSince ??= Date.now();
    const asked_ms = code === CLOSE.drain ? retryAfter_ms(reason) : null;
    const wait_ms = asked_ms ?? backoff_ms(this.#attempt, Math.random());
    this.#attempt += 1;
    this.retryAt = Date.now() + wait_ms;
    this.#retry = setTimeout(() => this.#connect(), wait_ms);
    // A refused handshake looks like a lost network; whoever knows the session can tell.
    if (code === 1006) this.onHandshakeFailed();
  }

  /** Told when a connection could not be made or broke without a word. */
  onHandshakeFailed: () => void = () => undefined;

  #hear(frame: ServerFrame): void {
    this.#lastHeard_ms = Date.now();
    if (frame.type === 'pong') return this.#pong(frame.server_time);
    if ('id' in frame && frame.id !== String(this.#subscription)) return;
    if (frame.type === 'subscribed') this.#arrived();
    const step = this.#follower.take(frame);
    if (step.do === 'subscribe') this.#subscribe();
    if (step.do === 'replace') this.#later(() => this.#replace(step.items));
    if (step.do === 'apply') {
      const { position, events } = step.frame;
      this.#later(() => this.#apply(position, events));
    }
  }

  #arrived(): void {
    this.connection = 'live';
    this.#liveSince_ms = this.now_ms();
    this.lostSince = null;
    this.#attempt = 0;
  }

  #replace(items: Item[]): void {
    plant.replace(items);
    stock.renew();
  }

  #apply(position: number, events: Message[]): void {
    feed.note(position, events);
    plant.apply(events);
    stock.apply(events);
    const first = events[0];
    if (!first || !this.#offset.known) return;
    // What was caught up after a lost connection took long for another reason than the stream's.
    const recorded_ms = Date.parse(first.timestamp);
    if (recorded_ms >= this.#liveSince_ms) this.#stamps.push(recorded_ms);
  }

  /** Changes of one animation frame are drawn together. */
  #later(change: () => void): void {
    this.#pending.push(change);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A hidden page gets no animation frames.
    if (document.hidden) setTimeout(this.#flush, HIDDEN_FLUSH_MS);
    else requestAnimationFrame(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const changes = this.#pending;
    this.#pending = [];
    for (const change of changes) change();
    feed.settle();
    const stamps = this.#stamps;
    this.#stamps = [];
    if (stamps.length === 0 || document.hidden || this.connection !== 'live') return;
    afterPaint(() => {
      const painted_ms = this.now_ms();
      for (const stamp of stamps) this.#delays.add(painted_ms - stamp);
    });
  };

  #subscribe(): void {
    if (this.#subscription > 0) this.#send({ type: 'unsubscribe', id: String(this.#subscription) });
    this.#subscription += 1;
    const { start } = this.#follower;
    this.#send({
      type: 'subscribe',
      id: String(this.#subscription),
      channels: CHANNELS,
      from: start,
    });
  }

  #ping(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#pingSent_ms = Date.now();
    this.#send({ type: 'ping' });
  }

  #pong(server_time: string): void {
    this.#offset.add(this.#pingSent_ms, Date.now(), Date.parse(server_time));
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #watch(): void {
    this.latency = this.#delays.quantiles();
    if (this.latency) {
      const { p50_ms, p99_ms } = this.latency;
      const sample = { at_s: Math.round(Date.now() / 1000), p50_ms, p99_ms };
      this.history = [...this.history.slice(-179), sample];
    }
    const silent_ms = Date.now() - this.#lastHeard_ms;
    if (this.#socket && silent_ms > SILENCE_MS) {
      const socket = this.#socket;
      this.#closed(1006, '');
      socket.close();
    }
  }
}

/** Called inside an animation frame: a message posted there is read when that frame is painted. */
function afterPaint(then: () => void): void {
  const channel = new MessageChannel();
  channel.port1.onmessage = then;
  channel.port2.postMessage(null);
}

export const stream = new Stream();
