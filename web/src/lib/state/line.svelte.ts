/**
 * One production line: who and what belongs to it, in an order that does not jump about when a
 * status changes, and how many are in which state.
 */
import type { MachineCard, MachineStatus, OperatorCard, OperatorStatus } from '$lib/live/cards';

/** Where people and machines are listed that belong to no line. */
export const NO_LINE = '';

export type Resource = { production_line: string | null };
type Kind = 'machine' | 'operator';
type Look = (kind: Kind, id: string) => MachineCard | OperatorCard | undefined;

export type MachineCounts = Record<MachineStatus, number>;
export type OperatorCounts = Record<OperatorStatus, number>;

function noMachines(): MachineCounts {
  return { running: 0, idle: 0, maintenance: 0, breakdown: 0, offline: 0 };
}

function noOperators(): OperatorCounts {
  return { available: 0, busy: 0, break: 0, absent: 0, sick: 0, vacation: 0, offline: 0 };
}

export class Line {
  #members = { machine: new Set<string>(), operator: new Set<string>() };
  #moved = { machine: false, operator: false };
  machineIds: string[] = $state.raw([]);
  operatorIds: string[] = $state.raw([]);
  machines: MachineCounts = $state.raw(noMachines());
  operators: OperatorCounts = $state.raw(noOperators());

  constructor(readonly name: string) {}

  get empty(): boolean {
    return this.#members.machine.size + this.#members.operator.size === 0;
  }

  add(kind: Kind, id: string): void {
    this.#members[kind].add(id);
    this.#moved[kind] = true;
  }

  remove(kind: Kind, id: string): void {
    this.#members[kind].delete(id);
    this.#moved[kind] = true;
  }

  /** Brings lists and counts up to date, once after many changes. */
  settle(compare: (a: string, b: string) => number, look: Look): void {
    if (this.#moved.machine) this.machineIds = [...this.#members.machine].sort(compare);
    if (this.#moved.operator) this.operatorIds = [...this.#members.operator].sort(compare);
    this.#moved = { machine: false, operator: false };
    const machines = noMachines();
    for (const id of this.#members.machine) {
      const card = look('machine', id) as MachineCard | undefined;
      if (card && card.current_status in machines) machines[card.current_status] += 1;
    }
    const operators = noOperators();
    for (const id of this.#members.operator) {
      const card = look('operator', id) as OperatorCard | undefined;
      if (card && card.current_status in operators) operators[card.current_status] += 1;
    }
    if (!same(machines, this.machines)) this.machines = machines;
    if (!same(operators, this.operators)) this.operators = operators;
  }
}

function same(a: Record<string, number>, b: Record<string, number>): boolean {
  return Object.keys(a).every((key) => a[key] === b[key]);
}
