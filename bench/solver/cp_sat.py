"""OR-Tools CP-SAT on a job shop: the rival of `mraos solve`.

Formulation: one interval per operation whose length follows from the option taken; per operation
and machine, and per operation and worker, one optional copy of it for the no-overlap constraints.
That needs far fewer intervals than one per (machine, worker) pair. Redundant cumulative
constraints bound what all machines and all workers can do together. The hint is a complete plan.
"""

from ortools.sat.python import cp_model

from instance import Instance


class Model:
    def __init__(self, instance: Instance, hint: dict):
        self.model = cp_model.CpModel()
        self.horizon = hint["makespan"]
        self.slots = {(o["job"], o["operation"]): o for o in hint["operations"]}
        self.machines, self.workers, self.all = {}, {}, []
        self.variables = {}
        ends = [self.add_job(number + 1, job) for number, job in enumerate(instance.jobs)]
        for copies in [*self.machines.values(), *self.workers.values()]:
            self.model.add_no_overlap(copies)
        count = len(self.all)
        self.model.add_cumulative(self.all, [1] * count, instance.machines)
        if self.workers:
            self.model.add_cumulative(self.all, [1] * count, instance.workers)
        self.makespan = self.model.new_int_var(0, self.horizon, "makespan")
        for end in ends:
            self.model.add(self.makespan >= end)
        self.model.add_hint(self.makespan, self.horizon)
        self.model.minimize(self.makespan)

    def add_job(self, job: int, operations: list):
        end = 0
        for number, options in enumerate(operations):
            end = self.add_operation(job, number + 1, options, end)
        return end

    def add_operation(self, job: int, number: int, options: list, earliest):
        model, slot = self.model, self.slots[job, number]
        durations = sorted({option.duration for option in options})
        start = model.new_int_var(0, self.horizon, "")
        end = model.new_int_var(0, self.horizon, "")
        size = model.new_int_var_from_domain(cp_model.Domain.from_values(durations), "")
        model.add(start >= earliest)
        self.all.append(model.new_interval_var(start, size, end, ""))
        taken = [model.new_bool_var("") for _ in options]
        model.add_exactly_one(taken)
        model.add(size == sum(o.duration * literal for o, literal in zip(options, taken)))
        for side, copies in [("machine", self.machines), ("worker", self.workers)]:
            groups = {}
            for option, literal in zip(options, taken):
                groups.setdefault(getattr(option, side), []).append(literal)
            for resource, literals in groups.items():
                if resource is None:
                    continue
                present = literals[0] if len(literals) == 1 else model.new_bool_var("")
                if len(literals) > 1:
                    model.add(sum(literals) == present)
                copy = model.new_optional_interval_var(start, size, end, present, "")
                copies.setdefault(resource, []).append(copy)
        chosen = (slot["machine"], slot.get("worker"), slot["end"] - slot["start"])
        for option, literal in zip(options, taken):
            model.add_hint(literal, (option.machine, option.worker, option.duration) == chosen)
        model.add_hint(start, slot["start"])
        model.add_hint(end, slot["end"])
        self.variables[job, number] = (start, end, list(zip(options, taken)))
        return end


def solve(instance: Instance, hint: dict, seconds: float, threads: int, seed: int) -> dict:
    """Gives the best schedule found; the hint itself if CP-SAT finds none in time."""
    built = Model(instance, hint)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = threads
    solver.parameters.random_seed = seed
    status = solver.solve(built.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return hint
    operations = []
    for (job, number), (start, end, options) in built.variables.items():
        option = next(option for option, literal in options if solver.boolean_value(literal))
        operations.append({
            "job": job, "operation": number, "machine": option.machine, "worker": option.worker,
            "start": solver.value(start), "end": solver.value(end),
        })
    return {"makespan": round(solver.objective_value), "operations": operations}
