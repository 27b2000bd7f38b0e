/**
 * Changes of a machine's maintenance.
 */
import {
  cancelMaintenance,
  changeMaintenance,
  completeMaintenance,
  planMaintenance,
  type Maintenance,
  type MaintenanceChange,
  type NewMaintenance,
} from '$lib/api/machines';
import type { Problem } from '$lib/api/problem';
import { tell } from './told';

type Answer = Promise<Problem | null>;

export async function plan(id: string, body: NewMaintenance): Answer {
  return tell(await planMaintenance(id, body), { done: `${id}: ${body.maintenance_type} planned` });
}

export async function replan(
  { machine_id: id, maintenance_id, maintenance_type }: Maintenance,
  version: number,
  body: MaintenanceChange,
): Answer {
  const outcome = await changeMaintenance(id, maintenance_id, version, body);
  return tell(outcome, { done: `${id}: ${maintenance_type} changed` });
}

export async function finish(one: Maintenance, notes: string): Answer {
  const { machine_id: id, maintenance_id, maintenance_type } = one;
  const outcome = await completeMaintenance(id, maintenance_id, notes ? { notes } : {});
  return tell(outcome, { done: `${id}: ${maintenance_type} done` });
}

export async function callOff(one: Maintenance, reason: string): Answer {
  const { machine_id: id, maintenance_id, maintenance_type } = one;
  const body = reason ? { reason_description: reason } : {};
  const outcome = await cancelMaintenance(id, maintenance_id, body);
  return tell(outcome, { done: `${id}: ${maintenance_type} called off` });
}
