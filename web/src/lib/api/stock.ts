/**
 * Materials: what there is, in which lots, for whom, and what moved.
 */
import { change, http, settle } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Material = Schemas['Material'];
export type Lot = Schemas['Lot'];
export type Shortage = Schemas['Shortage'];
export type Movement = Schemas['Transaction'];
export type NewMovement = Schemas['PostTransaction'];
export type Reservation = Schemas['Reservation'];
export type NewReservation = Schemas['CreateReservation'];

const PAGE = 500;
type Page = { cursor?: string; limit?: number };
const page = (cursor: string | null): Page => ({ limit: PAGE, ...(cursor ? { cursor } : {}) });

export const materials = (cursor: string | null) =>
  settle(
    http.GET('/api/v1/materials', { params: { query: { ...page(cursor), is_active: true } } }),
  );
export const shortages = (cursor: string | null) =>
  settle(http.GET('/api/v1/materials/shortages', { params: { query: page(cursor) } }));
export const material = (id: string) =>
  settle(http.GET('/api/v1/materials/{id}', { params: { path: { id } } }));
export const lots = (id: string) =>
  settle(http.GET('/api/v1/materials/{id}/lots', { params: { path: { id } } }));
export const movements = (id: string, limit: number) =>
  settle(
    http.GET('/api/v1/materials/{id}/transactions', {
      params: { path: { id }, query: { limit } },
    }),
  );
export const move = (id: string, body: NewMovement) =>
  change((header) =>
    http.POST('/api/v1/materials/{id}/transactions', { params: { path: { id }, header }, body }),
  );

export const reservations = (of: { material_id?: string; work_order_id?: string }) =>
  settle(
    http.GET('/api/v1/reservations', {
      params: { query: { ...of, status: 'active', limit: PAGE } },
    }),
  );
export const reserve = (body: NewReservation) =>
  change((header) => http.POST('/api/v1/reservations', { params: { header }, body }));
export const draw = (id: number, verb: 'consume' | 'release', body: Schemas['DrawReservation']) =>
  change((header) => {
    const params = { path: { id }, header };
    return verb === 'consume'
      ? http.POST('/api/v1/reservations/{id}/consume', { params, body })
      : http.POST('/api/v1/reservations/{id}/release', { params, body });
  });
export const handOver = (id: number, body: Schemas['MoveReservation']) =>
  change((header) =>
    http.POST('/api/v1/reservations/{id}/move', { params: { path: { id }, header }, body }),
  );
