/**
 * What stands on the floor of a test plant: two lines, eight machines, eight people with skills of
 * different levels, and orders that some of them may make and others may not.
 */

/** @import { Api } from './api.js' */

export const LINES = ['Cooling line', 'Laundry line'];
const STATIONS = ['Press', 'Foaming', 'Assembly', 'Test'];
const PEOPLE = [
  ['Ada', 'Lindqvist'],
  ['Bruno', 'Okafor'],
  ['Chiara', 'Novak'],
  ['Daniel', 'Haddad'],
  ['Elif', 'Moreau'],
  ['Farid', 'Jansen'],
  ['Greta', 'Silva'],
  ['Hugo', 'Tanaka'],
];

/** The machine that asks for a welder; who has no such skill is refused there, for good. */
export const WELDING = 'M-1';
/** Machine that wants an expert: who is only trained may be overridden. */
export const EXPERT = 'M-2';
/** Knows welding at the lowest level; the others do not know it at all. */
export const BEGINNER = { id: 'O-1', name: 'Ada Lindqvist' };
export const UNSKILLED = { id: 'O-2', name: 'Bruno Okafor' };

/**
 * Builds the floor through the API.
 * @param {Api} api
 */
export async function furnish(api) {
  await api.createAll('machines', times(8, machine));
  await api.createAll('operators', times(8, operator));
  await api.createAll('work-orders', times(12, order));
  await api.post(`/operators/${BEGINNER.id}/skills`, {
    skill_code: 'WELD',
    skill_name: 'Welding',
    proficiency_level: 1,
  });
  const asks = { scope: 'machine', skill_code: 'WELD' };
  await api.post('/skill-requirements', { ...asks, scope_id: WELDING, minimum_level: 1 });
  await api.post('/skill-requirements', { ...asks, scope_id: EXPERT, minimum_level: 3 });
}

/** @param {number} minutes */
export const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

/**
 * A robot with a past: it has been there for a while, and `belt` is a reason for it to break down.
 * @param {Api} api
 * @param {string} machine_id
 * @param {object} [more]
 */
export async function addRobot(api, machine_id, more = {}) {
  await api.post('/reason-codes', {
    reason_code: 'belt',
    category: 'breakdown',
    description: 'Belt torn',
  });
  await api.post('/machines', {
    machine_id,
    machine_name: 'Robot',
    machine_type: 'Robot',
    production_line: LINES[0],
    occurred_at: minutesAgo(600),
    ...more,
  });
}

/** @param {number} n */
function machine(n) {
  return {
    machine_id: `M-${n}`,
    machine_name: `${STATIONS[(n - 1) % 4]} ${n}`,
    machine_type: STATIONS[(n - 1) % 4],
    production_line: LINES[n <= 4 ? 0 : 1],
  };
}

/** @param {number} n */
function operator(n) {
  const [first_name, last_name] = PEOPLE[n - 1] ?? ['Test', `${n}`];
  return {
    operator_id: `O-${n}`,
    employee_id: `E-${n}`,
    first_name,
    last_name,
    production_line: LINES[n <= 4 ? 0 : 1],
  };
}

/** @param {number} n */
function order(n) {
  return {
    work_order_id: `WO-${n}`,
    work_order_number: `${4600 + n}`,
    product_id: `P-${n % 3}`,
    product_name: ['Freezer door', 'Drum', 'Control panel'][n % 3],
    quantity_ordered: '200',
    unit_of_measure: 'EA',
    priority: n === 1 ? 'urgent' : 'medium',
    due_date: new Date(Date.UTC(2030, 0, n)).toISOString(),
    estimated_duration_minutes: 60,
    production_line: LINES[n <= 6 ? 0 : 1],
  };
}

/**
 * @template T
 * @param {number} count
 * @param {(n: number) => T} make
 * @returns {T[]}
 */
function times(count, make) {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}
