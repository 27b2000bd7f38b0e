/**
 * Calls about whom and what to put in the place of what has dropped out. Shapes are the server's own.
 */
import { http, settle } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Suggestion = Schemas['Suggestion'];
export type Suggestions = Schemas['Suggestions'];
export type Side = 'operator' | 'machine';

/** Open work that has lost one of its sides; with who could take over, where the server has told. */
export type Hit = Pick<Schemas['Hit'], 'allocation_id' | 'work_order_id' | 'side'> &
  Partial<Schemas['Hit']>;

export const replacements = (allocation_id: number, replace: Side) =>
  settle(http.GET('/api/v1/suggestions', { params: { query: { allocation_id, replace } } }));
