/**
 * What the stream tells about each thing of the plant: its whole state after an event. A card
 * replaces the one before it, so nothing here is ever merged.
 */
import type { components } from '$lib/api/schema';

export type OperatorStatus =
  'available' | 'busy' | 'break' | 'absent' | 'sick' | 'vacation' | 'offline';
export type MachineStatus = 'running' | 'idle' | 'maintenance' | 'breakdown' | 'offline';
export type Phase = 'booked' | 'running' | 'paused' | 'ended';
export type OrderStatus =
  'queued' | 'assigned' | 'in_progress' | 'paused' | 'completed' | 'cancelled';
export type Priority = 'low' | 'medium' | 'high' | 'urgent';
export type Severity = 'critical' | 'warning' | 'info';

type Schemas = components['schemas'];
/** The wire says text where a screen wants to know every value there is. */
type Narrow<T, Known extends Partial<Record<keyof T, unknown>>> = Omit<T, keyof Known> & Known;

export type OperatorCard = Narrow<Schemas['OperatorCard'], { current_status: OperatorStatus }>;
export type MachineCard = Narrow<Schemas['MachineCard'], { current_status: MachineStatus }>;
export type AllocationCard = Narrow<Schemas['AllocationCard'], { phase: Phase }>;
export type WorkOrderCard = Narrow<
  Schemas['WorkOrderCard'],
  { status: OrderStatus; priority: Priority }
>;
export type AlertCard = Narrow<Schemas['AlertCard'], { severity: Severity }>;

export type MaterialCard = Schemas['MaterialCard'];

/** Every kind of thing that has a card, by its name on the wire. */
export interface Cards {
  operator: OperatorCard;
  machine: MachineCard;
  allocation: AllocationCard;
  work_order: WorkOrderCard;
  alert: AlertCard;
}
export type Kind = keyof Cards;
export const KINDS: readonly Kind[] = ['operator', 'machine', 'allocation', 'work_order', 'alert'];
