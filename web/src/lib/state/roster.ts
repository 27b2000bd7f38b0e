/**
 * Changes of what a person can do and when they work, and of the days on which nobody does.
 */
import {
  assignShift,
  defineHoliday,
  grantSkill,
  postAttendance,
  removeHoliday,
  removeShift,
  undoCallOff,
  revokeSkill,
  type Clocking,
  type Holiday,
  type NewHoliday,
  type NewShift,
  type NewSkill,
  type Shift,
  type Skill,
} from '$lib/api/people';
import type { Problem } from '$lib/api/problem';
import { holidays } from './holidays';
import { operatorName } from './names';
import { tell } from './told';

type Answer = Promise<Problem | null>;

export async function recordSkill(id: string, body: NewSkill): Answer {
  const done = `${operatorName(id)}: ${body.skill_name} recorded`;
  return tell(await grantSkill(id, body), { done });
}

export async function takeSkill(id: string, { operator_id: _, ...skill }: Skill): Answer {
  const done = `${operatorName(id)}: ${skill.skill_name} removed`;
  const undo = () => recordSkill(id, skill);
  return tell(await revokeSkill(id, skill.skill_code), { done, undo });
}

export async function addShift(id: string, body: NewShift): Answer {
  const done = `${operatorName(id)}: ${body.shift_name} added`;
  return tell(await assignShift(id, body), { done });
}

export async function takeShift(id: string, shift: Shift): Answer {
  const { shift_id, shift_name, shift_date, start_time, end_time, break_start, break_end } = shift;
  const times = { shift_name, shift_date, start_time, end_time, break_start, break_end };
  const done = `${operatorName(id)}: ${shift.shift_name} removed`;
  const undo = () =>
    addShift(id, { ...times, counts_on_holidays: Boolean(shift.counts_on_holidays) });
  return tell(await removeShift(id, shift_id), { done, undo });
}

export async function clock(id: string, type: Clocking): Answer {
  const done = `${operatorName(id)} has ${type === 'clock_in' ? 'come' : 'gone'}`;
  return tell(await postAttendance(id, type), { done });
}

export async function takeCallOffBack(id: string, { shift_id }: Pick<Shift, 'shift_id'>): Answer {
  const done = `${operatorName(id)} is expected again`;
  return tell(await undoCallOff(id, shift_id), { done });
}

export async function addHoliday(body: NewHoliday): Answer {
  const outcome = await defineHoliday(body);
  void holidays.load();
  return tell(outcome, { done: `${body.holiday_name} is a holiday` });
}

export async function takeHoliday({ day, holiday_name }: Holiday): Answer {
  const outcome = await removeHoliday(day);
  void holidays.load();
  const undo = () => addHoliday({ day, holiday_name });
  return tell(outcome, { done: `${holiday_name} is a working day`, undo });
}
