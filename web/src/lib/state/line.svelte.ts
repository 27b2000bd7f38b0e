/**
 * One production line: who and what belongs to it, grouped for the screens, and how many are in which
 * state. Groups are made once per animation frame from plain maps; screens read the results.
 */
import type { MachineStatus, OperatorStatus } from '$lib/live/cards';

/** Where people and machines are listed that belong to no line. */
export const NO_LINE = '';

export type Kind = 'machine' | 'operator';
export type MachineCounts = Record<MachineStatus, number>;
export type OperatorCounts = Record<OperatorStatus, number>;

/** Free people first, then at work, then on break; the others are away. */
const THERE: readonly string[] = ['available', 'busy', 'break'];

const byName = new Intl.Collator('en', { numeric: true }).compare;

class Members {
  #status = new Map<string, string>();
  #sorted: string[] = [];
  #moved = false;
  stale = false;

  get size(): number {
    return this.#status.size;
  }

  set(id: string, status: string): void {
    const before = this.#status.get(id);
    if (before === status) return;
    this.#moved ||= before === undefined;
    this.#status.set(id, status);
    this.stale = true;
  }

  delete(id: string): void {
    if (!this.#status.delete(id)) return;
    this.#moved = true;
    this.stale = true;
  }

  /** By name: an order that does not jump about when a status changes. */
  sorted(): string[] {
    if (this.#moved) this.#sorted = [...this.#status.keys()].sort(byName);
    this.#moved = false;
    return this.#sorted;
  }

  where(is: (status: string) => boolean): string[] {
    return this.sorted().filter((id) => is(this.#status.get(id) ?? ''));
  }

  count<S extends string>(none: Record<S, number>): Record<S, number> {
    for (const status of this.#status.values()) if (status in none) none[status as S] += 1;
    return none;
  }
}

export class Line {
  #machines = new Members();
  #operators = new Members();
  machineIds: string[] = $state.raw([]);
  freeMachineIds: string[] = $state.raw([]);
  stoppedMachineIds: string[] = $state.raw([]);
  freePeopleIds: string[] = $state.raw([]);
  /** On the floor, free ones first. */
  peopleIds: string[] = $state.raw([]);
  awayIds: string[] = $state.raw([]);
  machines: MachineCounts = $state.raw(this.#countMachines());
  operators: OperatorCounts = $state.raw(this.#countOperators());

  constructor(readonly name: string) {}

  get empty(): boolean {
    return this.#machines.size + this.#operators.size === 0;
  }

  set(kind: Kind, id: string, status: string): void {
    this.#of(kind).set(id, status);
  }

  remove(kind: Kind, id: string): void {
    this.#of(kind).delete(id);
  }

  /** Brings groups and counts up to date, once after many changes. */
  settle(): void {
    if (this.#machines.stale) this.#settleMachines();
    if (this.#operators.stale) this.#settlePeople();
  }

  #settleMachines(): void {
    this.#machines.stale = false;
    this.machineIds = this.#machines.sorted();
    this.freeMachineIds = this.#machines.where((status) => status === 'idle');
    this.stoppedMachineIds = this.#machines.where((s) => s !== 'idle' && s !== 'running');
    this.machines = this.#countMachines();
  }

  #settlePeople(): void {
    this.#operators.stale = false;
    const [free = [], ...others] = THERE.map((is) => this.#operators.where((s) => s === is));
    this.freePeopleIds = free;
    this.peopleIds = [...free, ...others.flat()];
    this.awayIds = this.#operators.where((status) => !THERE.includes(status));
    this.operators = this.#countOperators();
  }

  #of(kind: Kind): Members {
    return kind === 'machine' ? this.#machines : this.#operators;
  }

  #countMachines(): MachineCounts {
    return this.#machines.count({ running: 0, idle: 0, maintenance: 0, breakdown: 0, offline: 0 });
  }

  #countOperators(): OperatorCounts {
    const none = { available: 0, busy: 0, break: 0, absent: 0, sick: 0, vacation: 0, offline: 0 };
    return this.#operators.count(none);
  }
}
