"""What others would forecast: the rivals of `mraos forecast backtest`, by the same protocol.

Median per resource, and scikit-learn's HistGradientBoosting with absolute error on the minutes and
on log1p of them. Figures are those that a competent user would take without much thought: resource,
hour, weekday, the work that has ended, earlier gaps of the resource. Writes one JSON line per split.
"""

import argparse
import json
from collections import defaultdict

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

SEEDS = (1, 2, 3)
COLUMNS = (
    "resource", "hour", "weekday", "block_minutes", "block_reports", "report_minutes", "setup",
    "ordered", "completed", "gap_1", "gap_2", "gap_3", "gap_mean_5", "gap_median",
)


def read(path):
    log = pd.read_csv(path)
    log.columns = [" ".join(column.split()) for column in log.columns]
    log["Resource"] = [" ".join(name.split()) for name in log["Resource"]]
    for column, to in (("Start Timestamp", "start"), ("Complete Timestamp", "end")):
        log[to] = pd.to_datetime(log[column])
    log = log[log.start != log.end]
    return log.sort_values(["Resource", "start", "end"], kind="stable").reset_index(drop=True)


def samples(log):
    """A row per gap: who, when, how long, and the figures known by then."""
    rows = []
    for number, (name, reports) in enumerate(log.groupby("Resource", sort=True)):
        blocks = []
        for report in reports.itertuples():
            if blocks and report.start <= blocks[-1]["end"]:
                blocks[-1]["end"] = max(blocks[-1]["end"], report.end)
                blocks[-1]["reports"].append(report)
            else:
                blocks.append({"start": report.start, "end": report.end, "reports": [report]})
        gaps = []
        for block, following in zip(blocks, blocks[1:]):
            rows.append(sample(name, number, block, following["start"], gaps))
            gaps.append(rows[-1]["minutes"])
    return pd.DataFrame(rows)


def sample(name, number, block, next_start, gaps):
    moment = block["end"]
    last = max(block["reports"], key=lambda report: (report.end, report.start))
    earlier = {f"gap_{back}": gaps[-back] if len(gaps) >= back else np.nan for back in (1, 2, 3)}
    return {
        "name": name, "moment": moment, "next_start": next_start,
        "minutes": (next_start - moment).total_seconds() / 60,
        "resource": number, "hour": moment.hour + moment.minute / 60,
        "weekday": moment.weekday(), "block_reports": len(block["reports"]),
        "block_minutes": (moment - block["start"]).total_seconds() / 60,
        "report_minutes": (last.end - last.start).total_seconds() / 60,
        "setup": float(last[REPORT_COLUMNS["Report Type"]] == "S"),
        "ordered": last[REPORT_COLUMNS["Work Order Qty"]],
        "completed": last[REPORT_COLUMNS["Qty Completed"]],
        "gap_mean_5": np.mean(gaps[-5:]) if gaps else np.nan,
        "gap_median": np.median(gaps) if gaps else np.nan, **earlier,
    }


REPORT_COLUMNS = defaultdict(int)


def judge(outcome, forecast):
    forecast = np.maximum(forecast, 0)
    error = np.abs(outcome - forecast)
    return {
        "mae": error.mean(), "medae": np.median(error),
        "mae_clipped_480": np.abs(np.minimum(outcome, 480) - np.minimum(forecast, 480)).mean(),
        "mae_log1p": np.abs(np.log1p(outcome) - np.log1p(forecast)).mean(),
    }


def rivals(train, test):
    medians = train.groupby("name").minutes.median()
    yield "median per resource", [test.name.map(medians).fillna(train.minutes.median()).to_numpy()]
    categorical = [COLUMNS.index("resource")]
    fit, ask = train[list(COLUMNS)], test[list(COLUMNS)]
    for label, to, back in (
        ("HistGradientBoosting", lambda y: y, lambda y: y),
        ("HistGradientBoosting log1p", np.log1p, np.expm1),
    ):
        yield label, [
            back(HistGradientBoostingRegressor(
                loss="absolute_error", random_state=seed, categorical_features=categorical,
            ).fit(fit, to(train.minutes)).predict(ask))
            for seed in SEEDS
        ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log")
    parser.add_argument("splits", nargs="+", help="moments like 2012-02-12T00:00:00")
    arguments = parser.parse_args()
    log = read(arguments.log)
    # itertuples renames columns with blanks; they are found again by place.
    for place, column in enumerate(log.columns, start=1):
        REPORT_COLUMNS[column] = place
    gaps = samples(log)
    for split in arguments.splits:
        moment = pd.Timestamp(split)
        train, test = gaps[gaps.next_start <= moment], gaps[gaps.moment >= moment]
        for label, forecasts in rivals(train, test):
            scores = [judge(test.minutes.to_numpy(), forecast) for forecast in forecasts]
            mean = {key: round(float(np.mean([one[key] for one in scores])), 3) for key in scores[0]}
            print(json.dumps({"split_at": split, "rival": label, "samples": len(test), **mean}))


if __name__ == "__main__":
    main()
