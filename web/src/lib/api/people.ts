/**
 * Calls about people: skills, shifts, holidays. Shapes are the server's own.
 */
import { change, http, settle } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type OperatorDetail = Schemas['OperatorDetail'];
export type Skill = Schemas['Skill'];
export type NewSkill = Schemas['GrantSkill'];
export type Shift = Schemas['Shift'];
export type NewShift = Schemas['AssignShift'];
export type Holiday = Schemas['Holiday'];
export type NewHoliday = Schemas['DefineHoliday'];
export type CallOff = Schemas['CallOff'];
export type Clocking = Schemas['PostAttendance']['type'];

const of = (id: string) => ({ path: { id } });

export const operator = (id: string) =>
  settle(http.GET('/api/v1/operators/{id}', { params: of(id) }));

export const grantSkill = (id: string, body: NewSkill) =>
  change((header) =>
    http.POST('/api/v1/operators/{id}/skills', { params: { ...of(id), header }, body }),
  );
export const revokeSkill = (id: string, skill_code: string) =>
  change((header) =>
    http.DELETE('/api/v1/operators/{id}/skills/{skill_code}', {
      params: { path: { id, skill_code }, header },
    }),
  );
export const skillRequirements = () =>
  settle(http.GET('/api/v1/skill-requirements', { params: { query: { limit: 500 } } }));

/** Shifts that begin on a day or later. */
export const shifts = (id: string, from: string) =>
  settle(http.GET('/api/v1/operators/{id}/shifts', { params: { ...of(id), query: { from } } }));
export const assignShift = (id: string, body: NewShift) =>
  change((header) =>
    http.POST('/api/v1/operators/{id}/shifts', { params: { ...of(id), header }, body }),
  );
export const removeShift = (id: string, shift_id: number) =>
  change((header) =>
    http.DELETE('/api/v1/operators/{id}/shifts/{shift_id}', {
      params: { path: { id, shift_id }, header },
    }),
  );

/** A shift, the present or next one unless it is named, is not worked. */
export const callOff = (id: string, body: CallOff) =>
  change((header) =>
    http.POST('/api/v1/operators/{id}/call-off', { params: { ...of(id), header }, body }),
  );
export const undoCallOff = (id: string, shift_id: number) =>
  change((header) =>
    http.POST('/api/v1/operators/{id}/call-off/undo', {
      params: { ...of(id), header },
      body: { shift_id },
    }),
  );
export const postAttendance = (id: string, type: Clocking) =>
  change((header) =>
    http.POST('/api/v1/operators/{id}/attendance', {
      params: { ...of(id), header },
      body: { type },
    }),
  );

export const holidays = () => settle(http.GET('/api/v1/holidays'));
export const defineHoliday = (body: NewHoliday) =>
  change((header) => http.POST('/api/v1/holidays', { params: { header }, body }));
export const removeHoliday = (day: string) =>
  change((header) => http.DELETE('/api/v1/holidays/{day}', { params: { path: { day }, header } }));
