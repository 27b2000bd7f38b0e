/**
 * Every call that a screen makes, by name. Shapes are the server's own.
 */
import { change, http, settle } from './client';
import type { Outcome } from './problem';
import type { components } from './schema';

type Schemas = components['schemas'];
export type User = Schemas['Account'];
export type NewAllocation = Schemas['CreateAllocation'];
export type Override = Schemas['Override'];
export type Allocation = Schemas['Allocation'];
export type ReasonCode = Schemas['ReasonCode'];
export type StatusChange = Schemas['ChangeStatus'];

export const signIn = (user_id: string, password: string) =>
  settle(http.POST('/api/v1/auth/login', { body: { user_id, password } }));
export const signOut = () => settle(http.POST('/api/v1/auth/logout'));
export const me = () => settle(http.GET('/api/v1/auth/me'));

export const validate = (body: NewAllocation, signal: AbortSignal) =>
  settle(http.POST('/api/v1/allocations/validate', { body, signal }));
export const allocate = (body: NewAllocation) =>
  change((header) => http.POST('/api/v1/allocations', { params: { header }, body }));

/** What can be done with an allocation, and what each step may be told. */
export interface Steps {
  start: Schemas['StartAllocation'];
  pause: Schemas['PauseAllocation'];
  resume: Schemas['ResumeAllocation'];
  reassign: Schemas['ReassignAllocation'];
  release: Schemas['ReleaseAllocation'];
  complete: Schemas['CompleteAllocation'];
  cancel: Schemas['CancelAllocation'];
  reschedule: Schemas['RescheduleAllocation'];
  undo: Schemas['UndoAllocation'];
}
export type Verb = keyof Steps;

export const act = <V extends Verb>(
  id: number,
  verb: V,
  body: Steps[V],
): Promise<Outcome<Allocation>> =>
  change((header) => {
    const path = `/api/v1/allocations/{id}/${verb}` as `/api/v1/allocations/{id}/${Verb}`;
    return http.POST(path, { params: { path: { id }, header }, body: body as Steps[Verb] });
  });

export const setStatus = (type: 'machine' | 'operator', id: string, body: StatusChange) =>
  type === 'machine'
    ? change((header) =>
        http.POST('/api/v1/machines/{id}/status', { params: { path: { id }, header }, body }),
      )
    : change((header) =>
        http.POST('/api/v1/operators/{id}/status', { params: { path: { id }, header }, body }),
      );

export const reasonCodes = () => settle(http.GET('/api/v1/reason-codes'));
export const skills = (id: string) =>
  settle(http.GET('/api/v1/operators/{id}/skills', { params: { path: { id } } }));
