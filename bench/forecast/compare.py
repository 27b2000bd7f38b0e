"""`make bench-forecast`: our forecasts beside the rivals', as tables.

Same log, same splits, same protocol; seeds are averaged on both sides. Several splits, because one
would reward luck. Calls `baselines.py` and the release build of mraos; changes nothing.
"""

import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SPLITS = ("2012-01-29", "2012-02-05", "2012-02-12", "2012-02-16", "2012-02-20")
SEEDS = (1, 2, 3)
FIGURES = ("mae", "mae_clipped_480", "medae", "mae_log1p", "coverage_80")


def answer(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def ours(mraos, log, split, *further):
    runs = [
        json.loads(answer([
            mraos, "forecast", "backtest", "--train", log, "--test", log, "--split-at", split,
            "--seed", str(seed), "--json", *further,
        ]))
        for seed in SEEDS
    ]
    return {"rival": "mraos", **{key: sum(run[key] for run in runs) / len(runs) for key in runs[0]}}


def line(split, row):
    figures = " ".join(
        f"{row[figure]:>16.3f}" if figure in row else " " * 16 for figure in FIGURES
    )
    print(f"{split:<11} {int(row['samples']):>7} {row['rival']:<27} {figures}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mraos", required=True)
    parser.add_argument("--production-log", required=True)
    parser.add_argument("--machine-status", help="directory with events and coverage")
    arguments = parser.parse_args()
    moments = [f"{split}T00:00:00" for split in SPLITS]
    rivals = [
        json.loads(text)
        for text in answer([
            sys.executable, str(HERE / "baselines.py"), arguments.production_log, *moments,
        ]).splitlines()
    ]
    print(f"{'split at':<11} {'samples':>7} {'':<27} " + " ".join(f"{name:>16}" for name in FIGURES))
    gains = {"mae": [], "mae_clipped_480": []}
    for split, moment in zip(SPLITS, moments):
        row = ours(arguments.mraos, arguments.production_log, moment)
        beside = [rival for rival in rivals if rival["split_at"] == moment]
        for one in (*beside, row):
            line(split, one)
        for figure, values in gains.items():
            values.append(1 - row[figure] / min(rival[figure] for rival in beside))
    for figure, values in gains.items():
        each = ", ".join(f"{100 * value:.1f} %" for value in values)
        print(f"{figure} below the best rival by {each}; mean {100 * sum(values) / len(values):.1f} %")
    if arguments.machine_status:
        events, coverage = (
            str(pathlib.Path(arguments.machine_status) / f"{name}_shared.csv")
            for name in ("machine_events", "coverage")
        )
        print("\nmachine status")
        for split in ("2017-01-01", "2017-07-01", "2018-01-01"):
            line(split, ours(
                arguments.mraos, events, f"{split}T00:00:00", "--format", "machine-status",
                "--coverage", coverage, "--time-zone", "America/New_York",
            ))


if __name__ == "__main__":
    main()
