/**
 * Calls about machines: what they did, and their maintenance. Shapes are the server's own.
 */
import { change, http, settle } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Machine = Schemas['Machine'];
export type StatusPeriod = Schemas['StatusPeriod'];
export type StatusPeriods = Schemas['StatusPeriodPage'];
export type Maintenance = Schemas['Maintenance'];
export type NewMaintenance = Schemas['PlanMaintenance'];
export type MaintenanceChange = Schemas['ChangeMaintenance'];

const of = (id: string) => ({ path: { id } });

export const machine = (id: string) =>
  settle(http.GET('/api/v1/machines/{id}', { params: of(id) }));

export const statusHistory = (id: string, limit: number, cursor?: string) =>
  settle(
    http.GET('/api/v1/machines/{id}/status-history', {
      params: { ...of(id), query: { limit, ...(cursor ? { cursor } : {}) } },
    }),
  );

export const maintenance = (id: string) =>
  settle(
    http.GET('/api/v1/machines/{id}/maintenance', { params: { ...of(id), query: { limit: 100 } } }),
  );
export const planMaintenance = (id: string, body: NewMaintenance) =>
  change((header) =>
    http.POST('/api/v1/machines/{id}/maintenance', { params: { ...of(id), header }, body }),
  );

/** The version is the machine's: whatever is planned raises it. */
export const changeMaintenance = (
  id: string,
  maintenance_id: number,
  version: number,
  body: MaintenanceChange,
) =>
  change((key) =>
    http.PATCH('/api/v1/machines/{id}/maintenance/{maintenance_id}', {
      params: { path: { id, maintenance_id }, header: { ...key, 'If-Match': `"${version}"` } },
      body,
    }),
  );
export const completeMaintenance = (
  id: string,
  maintenance_id: number,
  body: Schemas['CompleteMaintenance'],
) =>
  change((header) =>
    http.POST('/api/v1/machines/{id}/maintenance/{maintenance_id}/complete', {
      params: { path: { id, maintenance_id }, header },
      body,
    }),
  );
export const cancelMaintenance = (
  id: string,
  maintenance_id: number,
  body: Schemas['CancelMaintenance'],
) =>
  change((header) =>
    http.POST('/api/v1/machines/{id}/maintenance/{maintenance_id}/cancel', {
      params: { path: { id, maintenance_id }, header },
      body,
    }),
  );
