/**
 * Whom and what the server would put to work, by its own rules; and why nobody, when there is none.
 */
import { http, settle } from './client';
import type { components, operations } from './schema';

type Schemas = components['schemas'];
export type Suggestion = Schemas['Suggestion'];
export type Suggestions = Schemas['Suggestions'];
export type SuggestionReason = Schemas['SuggestionReason'];
export type PairSurvey = Schemas['PairSurvey'];
export type Sought = NonNullable<operations['suggestion_list']['parameters']['query']>;

export const suggestions = (query: Sought, signal?: AbortSignal) =>
  settle(http.GET('/api/v1/suggestions', { params: { query }, signal: signal ?? null }));
