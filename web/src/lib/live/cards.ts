/**
 * What the stream tells about each thing of the plant: its whole state after an event. A card
 * replaces the one before it, so nothing here is ever merged.
 */

export type OperatorStatus =
  'available' | 'busy' | 'break' | 'absent' | 'sick' | 'vacation' | 'offline';
export type MachineStatus = 'running' | 'idle' | 'maintenance' | 'breakdown' | 'offline';
export type Phase = 'booked' | 'running' | 'paused' | 'ended';
export type OrderStatus =
  'queued' | 'assigned' | 'in_progress' | 'paused' | 'completed' | 'cancelled';
export type Priority = 'low' | 'medium' | 'high' | 'urgent';
export type Severity = 'critical' | 'warning' | 'info';

export interface OperatorCard {
  operator_id: string;
  /** Absent for roles that may not see names. */
  name?: string | null;
  current_status: OperatorStatus;
  /** What was posted; `busy` follows from work. */
  posted_status?: OperatorStatus;
  status_updated_at: string;
  /** Line of the running machine, else the operator's own. */
  production_line: string | null;
  home_production_line?: string | null;
  home_location?: string | null;
  department?: string | null;
  is_active: boolean;
  parallel_capacity: number;
  allocation_ids: number[];
}

export interface MachineCard {
  machine_id: string;
  machine_name: string;
  machine_type: string;
  production_line: string;
  zone?: string | null;
  current_status: MachineStatus;
  status_reason_code: string | null;
  status_updated_at: string;
  is_active: boolean;
  parallel_capacity: number;
  allocation_ids: number[];
}

export interface AllocationCard {
  allocation_id: number;
  work_order_id: string;
  operator_id: string | null;
  machine_id: string | null;
  status: 'active' | 'completed' | 'released' | 'cancelled';
  phase: Phase;
  expected_start_time: string | null;
  expected_end_time: string | null;
  actual_start_time: string | null;
  actual_end_time: string | null;
  running_since: string | null;
  quantity_produced: string;
  allocation_method: string;
  version: number;
  production_line: string | null;
}

export interface WorkOrderCard {
  work_order_id: string;
  work_order_number: string;
  product_id: string;
  product_name: string;
  priority: Priority;
  status: OrderStatus;
  quantity_ordered: string;
  quantity_produced: string;
  quantity_rejected: string;
  progress_percentage: string;
  due_date: string;
  production_line: string | null;
  estimated_duration_minutes: number | null;
  actual_start_date: string | null;
  version: number;
  allocation_ids: number[];
}

export interface AlertCard {
  alert_id: string;
  severity: Severity;
  code: string;
  message: string;
  subject?: { entity_type: string; entity_id: string } | null;
  production_line?: string | null;
  affected_allocation_ids?: number[];
  raised_at: string;
  resolved_at: string | null;
}

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
