/**
 * Every call that a screen makes, by name. Shapes are the server's own.
 */
import { ask, change, get } from './client';
import type { Outcome, Refusal } from './problem';

export interface User {
  user_id: string;
  role: string;
  display_name?: string | null;
  production_lines: string[] | null;
  operator_id: string | null;
  permissions: string[];
  session_expires_at?: string | null;
  csrf_token?: string | null;
}

export interface SignedIn {
  csrf_token: string;
  expires_at: string;
}

export interface Override {
  code: string;
  reason: string;
}

export interface NewAllocation {
  work_order_id: string;
  operator_id?: string;
  machine_id?: string;
  expected_start_time?: string;
  expected_duration_minutes?: number;
  overrides?: Override[];
}

export interface Allocation {
  allocation_id: number;
  work_order_id: string;
  operator_id: string | null;
  machine_id: string | null;
  phase: string;
}

export interface Validation {
  allowed: boolean;
  refusals: Refusal[];
}

export interface ReasonCode {
  reason_code: string;
  category: string | null;
  description: string;
  is_active: boolean;
}

export interface Dependency {
  dependency_id: number;
  work_order_id: string;
  predecessor_work_order_id: string;
  dependency_type: string;
  lag_minutes: number;
  is_mandatory: boolean;
}

export interface Skill {
  skill_code: string;
  skill_level?: number;
}

export interface StatusChange {
  status: string;
  reason_code?: string;
  reason_description?: string;
}

const path = encodeURIComponent;

export const signIn = (user_id: string, password: string) =>
  ask<SignedIn>('/auth/login', { user_id, password });
export const signOut = () => ask<undefined>('/auth/logout', {});
export const me = () => get<User>('/auth/me');

export const validate = (body: NewAllocation, signal?: AbortSignal) =>
  ask<Validation>('/allocations/validate', body, signal);
export const allocate = (body: NewAllocation) => change<Allocation>('/allocations', body);

export type Verb = 'start' | 'pause' | 'resume' | 'reassign' | 'release' | 'complete' | 'cancel';
export const act = (id: number, verb: Verb, body: object = {}): Promise<Outcome<Allocation>> =>
  change<Allocation>(`/allocations/${id}/${verb}`, body);

export const setStatus = (type: 'machine' | 'operator', id: string, body: StatusChange) =>
  change<unknown>(`/${type}s/${path(id)}/status`, body);

type List<T> = { items: T[]; next_cursor: string | null };
export const reasonCodes = () => get<List<ReasonCode>>('/reason-codes?limit=500');
export const dependencies = (order: string) =>
  get<List<Dependency>>(`/work-orders/${path(order)}/dependencies`);
export const skills = (operator: string) => get<List<Skill>>(`/operators/${path(operator)}/skills`);
