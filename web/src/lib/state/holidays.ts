/**
 * The plant's holidays. Nothing on the stream tells of them: they are asked for when something shows them,
 * and again when they were changed here.
 */
import { holidays as ask } from '$lib/api/people';
import { Loaded } from './loaded.svelte';

export const holidays = new Loaded(ask);
