/**
 * A published change as a sentence for the feed, and the way back from it where there is one. Pure.
 */
import type { Message } from '$lib/live/frames';
import type {
  AllocationCard,
  AlertCard,
  MachineCard,
  OperatorCard,
  WorkOrderCard,
} from '$lib/live/cards';
import { humane, machineWord, operatorWord, orderWord, quantity, type Tone } from './status';

export interface Change {
  key: string;
  position: number;
  at: string;
  /** When it was recorded: from then on it can be taken back for a while. */
  recorded_at: string;
  tone: Tone;
  subject: string;
  text: string;
  by: string | null;
  kind: 'allocation' | 'status' | 'order' | 'alert';
  line: string | null;
  entity: { type: string; id: string };
  /** Operator whom the line may call by name. */
  person: string | null;
  /** Allocation the change is about. */
  allocation?: { id: number; work_order_id: string; undoable: boolean };
}

/** Names of people and machines, as far as this reader may see them. */
export interface Names {
  operator(id: string): string;
  machine(id: string): string;
}

const ALLOCATION: Record<string, { verb: string; tone: Tone }> = {
  allocation_created: { verb: 'allocated', tone: 'work' },
  allocation_started: { verb: 'started', tone: 'work' },
  allocation_paused: { verb: 'paused', tone: 'wait' },
  allocation_resumed: { verb: 'resumed', tone: 'work' },
  allocation_reassigned: { verb: 'reassigned', tone: 'work' },
  allocation_released: { verb: 'released', tone: 'free' },
  allocation_completed: { verb: 'completed', tone: 'done' },
  allocation_cancelled: { verb: 'cancelled', tone: 'away' },
  allocation_rescheduled: { verb: 'moved', tone: 'wait' },
  allocation_reopened: { verb: 'opened again', tone: 'work' },
};

/** Itself a taking back, which is not taken back in turn. */
const FINAL = new Set(['allocation_reopened']);

/** One position's messages as feed lines: the decision, not everything that follows from it. */
export function changes(position: number, messages: Message[], names: Names): Change[] {
  const lines = messages
    .map((message, index) => line(position, index, message, names))
    .filter((change) => change !== null);
  const decided = lines.filter((change) => change.kind === 'allocation');
  // Operator busy and machine running are what an allocation means; saying it again is noise.
  const alone =
    decided.length === 0
      ? lines
      : lines.filter((c) => c.kind !== 'status' || c.tone === 'stop' || c.tone === 'away');
  return oncePerAllocation(alone);
}

/** Allocated and started at once is one thing to a reader. */
function oncePerAllocation(lines: Change[]): Change[] {
  const seen = new Set<number>();
  return lines.filter((change) => {
    if (!change.allocation) return true;
    if (seen.has(change.allocation.id)) return false;
    seen.add(change.allocation.id);
    return true;
  });
}

function line(position: number, index: number, message: Message, names: Names): Change | null {
  const told = tell(message, names);
  if (!told) return null;
  const { entity_type: type, entity_id: id, metadata, timestamp } = message;
  const data = message.data as { production_line?: string | null };
  return {
    key: `${position}.${index}`,
    position,
    at: metadata.occurred_at ?? timestamp,
    recorded_at: timestamp,
    by: metadata.triggered_by ?? null,
    line: data.production_line ?? null,
    entity: { type, id },
    person: personOf(message),
    ...told,
  };
}

function personOf({ entity_type, entity_id, data }: Message): string | null {
  if (entity_type === 'operator') return entity_id;
  return (data as Partial<AllocationCard>).operator_id ?? null;
}

/** People who were erased with these messages: what is kept must no longer name them. */
export function erasedPeople(messages: Message[]): string[] {
  return messages
    .filter(
      ({ entity_type, data }) => entity_type === 'operator' && (data as OperatorCard).is_erased,
    )
    .map(({ entity_id }) => entity_id);
}

type Told = Pick<Change, 'tone' | 'subject' | 'text' | 'kind' | 'allocation'>;

function tell(message: Message, names: Names): Told | null {
  const { event_type, entity_type, data } = message;
  if (erasedPeople([message]).length > 0)
    return { kind: 'status', tone: 'away', subject: message.entity_id, text: 'person erased' };
  if (event_type in ALLOCATION) return tellAllocation(message, names);
  if (event_type === 'resource_status_changed' && entity_type === 'machine') {
    const card = data as MachineCard;
    const { text, tone } = machineWord(card.current_status, card.status_reason_code);
    const reason = card.status_reason_code;
    const because = reason && reason !== 'no_signal' ? `: ${humane(reason)}` : '';
    return { kind: 'status', tone, subject: names.machine(card.machine_id), text: text + because };
  }
  if (event_type === 'resource_status_changed' && entity_type === 'operator') {
    const card = data as OperatorCard;
    const { text, tone } = operatorWord(card.current_status);
    return { kind: 'status', tone, subject: names.operator(card.operator_id), text };
  }
  if (event_type === 'alert_raised' || event_type === 'alert_resolved') return tellAlert(message);
  return tellOrder(message);
}

function tellAllocation({ event_type, data, metadata }: Message, names: Names): Told | null {
  const word = ALLOCATION[event_type];
  if (!word) return null;
  const card = data as AllocationCard;
  const who = card.operator_id ? names.operator(card.operator_id) : null;
  const where = card.machine_id ? names.machine(card.machine_id) : null;
  const reason = metadata.reason_code ? `: ${humane(metadata.reason_code)}` : '';
  return {
    kind: 'allocation',
    tone: word.tone,
    subject: card.work_order_id,
    text: `${word.verb}${reason} · ${[who, where].filter(Boolean).join(' at ')}`,
    allocation: {
      id: card.allocation_id,
      work_order_id: card.work_order_id,
      undoable: !FINAL.has(event_type),
    },
  };
}

function tellAlert({ event_type, data }: Message): Told {
  const card = data as AlertCard;
  const resolved = event_type === 'alert_resolved';
  const tone: Tone = resolved ? 'done' : card.severity === 'critical' ? 'stop' : 'wait';
  return {
    kind: 'alert',
    tone,
    subject: card.subject?.entity_id ?? humane(card.code),
    text: resolved ? `settled: ${card.message}` : card.message,
  };
}

function tellOrder({ event_type, entity_type, data }: Message): Told | null {
  if (entity_type !== 'work_order') return null;
  const card = data as WorkOrderCard;
  const subject = card.work_order_id;
  if (event_type === 'work_order_created')
    return {
      kind: 'order',
      tone: 'free',
      subject,
      text: `new order: ${quantity(card.quantity_ordered)} × ${card.product_name}`,
    };
  if (event_type === 'work_order_completed' || event_type === 'work_order_cancelled') {
    const { text, tone } = orderWord(card.status);
    return { kind: 'order', tone, subject, text: `${text.toLowerCase()} · ${card.product_name}` };
  }
  return null;
}

/** So long after it was recorded a change can be taken back. */
const UNDO_MS = 15 * 60_000;

/** The last change of each allocation, by position. */
export function latest(changes: Change[]): Map<number, number> {
  const positions = new Map<number, number>();
  for (const { allocation, position } of changes)
    if (allocation && position > (positions.get(allocation.id) ?? 0))
      positions.set(allocation.id, position);
  return positions;
}

/** Only the last change can be taken back, and not for long. */
export function canUndo(change: Change, last: Map<number, number>, now_ms: number): boolean {
  const { allocation, position, recorded_at } = change;
  if (!allocation?.undoable || last.get(allocation.id) !== position) return false;
  return now_ms - Date.parse(recorded_at) < UNDO_MS;
}
