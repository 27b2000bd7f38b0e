"""MRAOS against CP-SAT on benchmark instances: a table of gaps to the best known, by family.

Instance by instance both get the same seconds and threads, one after the other; CP-SAT starts
from MRAOS's first plan, and its time to build the model does not count. Every schedule of both is
checked here. Exit code: 0 all feasible, 1 a schedule broke a rule, 2 could not run.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cp_sat
import instance as instances


def main() -> int:
    args = arguments()
    rows = [row for row in csv.DictReader(open(args.data / "reference.csv"))]
    rows = [row for row in rows if row["family"].startswith(args.family)]
    results, broken = {}, 0
    for row in rows[args.offset :: args.every]:
        path = locate(args.data, row["file"])
        kind = "fjssp-w" if "workers" in row else "fjsp"
        instance = instances.read(path, kind)
        known = min(int(row[c]) for c in row if c.startswith("best_") and "makespan" in c and row[c])
        contenders = run(args, path, kind, instance)
        line = f"{row.get('instance') or row.get('name') or path.stem:20} best known {known:6}"
        gaps = {}
        for name, schedule in contenders.items():
            try:
                gaps[name] = (instances.check(instance, schedule) - known) / known * 100
                line += f"  {name} {schedule['makespan']:6} ({gaps[name]:+.2f} %)"
            except ValueError as error:
                broken += 1
                line += f"  {name} BROKEN: {error}"
        results.setdefault(row["family"], []).append(gaps)
        print(line, flush=True)
    table(results)
    return 1 if broken else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="directory with reference.csv and the instances")
    parser.add_argument("--mraos", default="target/release/mraos", help="the program")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", default="", help="only families that begin so")
    parser.add_argument("--every", type=int, default=1, help="every how-manieth instance")
    parser.add_argument("--offset", type=int, default=0)
    return parser.parse_args()


def locate(data: Path, file: str) -> Path:
    direct = data / file
    return direct if direct.exists() else data / "instances" / file


def run(args, path: Path, kind: str, instance) -> dict:
    first = solve(args, path, kind, 0)
    ours = solve(args, path, kind, args.seconds)
    theirs = cp_sat.solve(instance, first, args.seconds, args.threads, args.seed)
    return {"mraos": ours, "cp-sat": theirs}


def solve(args, path: Path, kind: str, seconds: float) -> dict:
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run(
            [args.mraos, "solve", "--format", kind, str(path), "--seconds", str(seconds),
             "--threads", str(args.threads), "--seed", str(args.seed), "--out", out.name, "--json"],
            check=True, stdout=subprocess.DEVNULL,
        )
        return json.load(open(out.name))


def table(results: dict):
    print(f"\n{'family':16} {'n':>3} {'mraos':>9} {'cp-sat':>9} {'mraos ahead':>12} {'new best':>9}")
    everything = [gaps for family in results.values() for gaps in family]
    for family, found in [*sorted(results.items()), ("all", everything)]:
        means = [mean([gaps[n] for gaps in found if n in gaps]) for n in ("mraos", "cp-sat")]
        ahead = sum(gaps.get("mraos", 1e9) < gaps.get("cp-sat", 1e9) for gaps in found)
        new = sum(gaps.get("mraos", 1e9) < 0 for gaps in found)
        print(f"{family:16} {len(found):3} {means[0]:8.2f}% {means[1]:8.2f}% {ahead:12} {new:9}")


def mean(values: list) -> float:
    return sum(values) / len(values) if values else float("nan")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, KeyError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
