/**
 * Frames of `GET /api/v1/live`, sub-protocol `mraos.v1`, as they travel in both directions.
 */
import type { Kind } from './cards';

export type From = 'now' | 'snapshot' | { position: number; epoch: string };

export type ClientFrame =
  | { type: 'subscribe'; id: string; channels: string[]; from: From }
  | { type: 'unsubscribe'; id: string }
  | { type: 'ping' };

export interface Item {
  entity_type: string;
  entity_id: string;
  data: unknown;
}

/** One published change. */
export interface Message extends Item {
  event_type: string;
  event_id: string;
  /** When it was recorded, by the server's clock. */
  timestamp: string;
  metadata: {
    source?: string;
    triggered_by?: string | null;
    occurred_at?: string;
    reason_code?: string | null;
    channel?: string;
  };
}

export interface EventFrame {
  type: 'event';
  id: string;
  position: number;
  previous_position: number;
  events: Message[];
}

export type ServerFrame =
  | { type: 'subscribed'; id: string; position: number; epoch: string }
  | { type: 'snapshot'; id: string; position: number; part: number; last: boolean; items: Item[] }
  | EventFrame
  | { type: 'heartbeat'; position: number; server_time: string }
  | { type: 'pong'; server_time: string }
  | { type: 'resync'; id: string; reason: string; earliest?: number }
  | { type: 'error'; id?: string; code: string; detail: string };

/** Codes with which the server closes a stream. */
export const CLOSE = {
  drain: 1012,
  expired: 4001,
  revoked: 4003,
  lagging: 4008,
  protocol: 4400,
  frameTooBig: 4413,
  tooManySubscriptions: 4429,
} as const;

export function isKind(name: string): name is Kind {
  return (
    name === 'operator' ||
    name === 'machine' ||
    name === 'allocation' ||
    name === 'work_order' ||
    name === 'alert'
  );
}

/** How long a node that goes down asks to be left alone. */
export function retryAfter_ms(reason: string): number | null {
  try {
    const asked: unknown = (JSON.parse(reason) as { retry_after_ms?: unknown }).retry_after_ms;
    return typeof asked === 'number' ? Math.min(asked, 30_000) : null;
  } catch {
    return null;
  }
}
