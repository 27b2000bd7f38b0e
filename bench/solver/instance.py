"""Job shop instances and their schedules, read and checked without any code of MRAOS.

The formats are those of `mraos solve`: FJSSP-W (machine, worker, duration) and FJSP (machine,
duration). The checker is the judge of the benchmark: it trusts neither contender.
"""

import gzip
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Option:
    machine: int
    worker: int | None
    duration: int


@dataclass(frozen=True)
class Instance:
    machines: int
    workers: int
    jobs: list  # of lists of operations, each a list of options; all ids from 1


def read(path: Path, kind: str) -> Instance:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt") as file:
        lines = [line.split() for line in file if line.strip()]
    head = lines[0]
    with_workers = kind == "fjssp-w"
    jobs = [read_job(iter(map(int, line)), with_workers) for line in lines[1 : 1 + int(head[0])]]
    lowest = min(o.machine for job in jobs for operation in job for o in operation)
    if lowest == 0:
        jobs = [[[Option(o.machine + 1, o.worker, o.duration) for o in operation]
                 for operation in job] for job in jobs]
    return Instance(int(head[1]), round(float(head[2])) if with_workers else 0, jobs)


def read_job(numbers, with_workers: bool) -> list:
    operations = []
    for _ in range(next(numbers)):
        options = []
        for _ in range(next(numbers)):
            machine = next(numbers)
            if with_workers:
                pairs = [(next(numbers), next(numbers)) for _ in range(next(numbers))]
                options += [Option(machine, worker, duration) for worker, duration in pairs]
            else:
                options.append(Option(machine, None, next(numbers)))
        operations.append(options)
    return operations


def check(instance: Instance, schedule: dict) -> int:
    """Gives the makespan; raises ValueError if a rule is broken."""
    slots = {(o["job"], o["operation"]): o for o in schedule["operations"]}
    expected = {(j + 1, k + 1) for j, job in enumerate(instance.jobs) for k in range(len(job))}
    if set(slots) != expected or len(schedule["operations"]) != len(expected):
        raise ValueError("not every operation once")
    taken = {}
    for (job, number), slot in slots.items():
        option = Option(slot["machine"], slot.get("worker"), slot["end"] - slot["start"])
        if option not in instance.jobs[job - 1][number - 1]:
            raise ValueError(f"operation {job}.{number} has no option {option}")
        earliest = slots[job, number - 1]["end"] if number > 1 else 0
        if slot["start"] < earliest:
            raise ValueError(f"operation {job}.{number} starts before {earliest}")
        span = (slot["start"], slot["end"])
        taken.setdefault(("machine", option.machine), []).append(span)
        if option.worker is not None:
            taken.setdefault(("worker", option.worker), []).append(span)
    for resource, spans in taken.items():
        spans.sort()
        if any(after[0] < before[1] for before, after in zip(spans, spans[1:])):
            raise ValueError(f"{resource} does two operations at once")
    return max(slot["end"] for slot in slots.values())
