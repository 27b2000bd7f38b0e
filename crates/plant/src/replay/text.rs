//! The report as text: what a plant manager asks after a replay, in this order.
//!
//! How much of the history fits the rules, what does not and why, and what was odd in the log.
//! Figures are those of the report; nothing is computed here but shares.

use std::fmt::{self, Display, Formatter};

use crate::replay::report::{Bucket, Milliseconds, Report};

impl Display for Report {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "{} rows, {} work orders, {} allocations.",
            self.rows, self.orders, self.allocations
        )?;
        self.write_buckets(out)?;
        self.write_refusals(out)?;
        self.write_orders(out)?;
        self.write_capacity(out)?;
        self.write_oddities(out)?;
        write_latency(out, "Allocation answered", &self.allocation_ms)
    }
}

impl Report {
    fn write_buckets(&self, out: &mut Formatter<'_>) -> fmt::Result {
        writeln!(out, "\nWhere the rows ended")?;
        for (bucket, rows) in &self.buckets {
            if *rows > 0 {
                let share = *rows as f64 * 100.0 / self.rows.max(1) as f64;
                writeln!(out, "  {rows:>6}  {share:>5.1} %  {}", bucket.words())?;
            }
        }
        writeln!(out, "  {:>6}           in no bucket", self.rows_unaccounted)
    }

    fn write_refusals(&self, out: &mut Formatter<'_>) -> fmt::Result {
        if self.refusals.is_empty() {
            return writeln!(out, "\nNothing was refused.");
        }
        writeln!(out, "\nWhat was refused and why")?;
        let mut codes: Vec<(&String, &u64)> = self.refusals.iter().collect();
        codes.sort_by_key(|(code, rows)| (std::cmp::Reverse(**rows), *code));
        for (code, rows) in codes {
            writeln!(out, "  {rows:>6}  {code}: {}", explain(code))?;
            for example in self.refusal_examples.get(code).into_iter().flatten() {
                writeln!(
                    out,
                    "          line {}: {}, {}, {}: {}",
                    example.line,
                    example.case_id,
                    example.resource,
                    example.worker,
                    example.message
                )?;
            }
        }
        for failure in self.failures.iter().take(5) {
            writeln!(out, "  failed  {failure}")?;
        }
        Ok(())
    }

    fn write_orders(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (orders, pieces, down) = (&self.order_figures, &self.pieces, &self.breakdowns);
        writeln!(out, "\nOrders and pieces")?;
        writeln!(out, "  {:>6}  orders closed by their last report", orders.closed_by_last_report)?;
        writeln!(out, "  {:>6}  orders with all pieces made", orders.quantity_reached)?;
        writeln!(out, "  {:>6}  orders still open when the log ends", orders.open_in_log)?;
        writeln!(
            out,
            "  {:>6}  orders with more pieces than their case, because some came again",
            orders.above_case_quantity
        )?;
        for (reason, count) in &self.overrides {
            writeln!(out, "  {count:>6}  starts before the step before was done: {reason}")?;
        }
        writeln!(
            out,
            "  {:>6}  of {} good pieces booked, {} not, because the order was complete",
            pieces.booked, pieces.in_log, pieces.not_booked
        )?;
        writeln!(
            out,
            "  {:>6}  of {} rejected pieces booked; {} more wait for a material review",
            pieces.rejected_booked, pieces.rejected_in_log, pieces.for_review_in_log
        )?;
        writeln!(
            out,
            "  {:>6}  breakdowns; of {} rows at work {} were resumed, {} could not be, the rest \
             ended meanwhile",
            down.reported, down.interrupted_rows, down.resumed, down.not_resumed
        )
    }

    fn write_capacity(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Some(learned) = &self.learned_capacity else {
            return writeln!(
                out,
                "\nEvery machine and person was taken to do one job at a time. In the log many do \
                 several:\nreplay with --learn-capacity to grant what the log shows."
            );
        };
        writeln!(out, "\nJobs at once that the log shows")?;
        for resource in learned {
            let (capacity, id, name) = (resource.parallel_capacity, &resource.id, &resource.name);
            writeln!(out, "  {capacity:>6}  {id} ({name})")?;
        }
        Ok(())
    }

    fn write_oddities(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let notes = &self.notes;
        writeln!(out, "\nOdd in the log")?;
        writeln!(
            out,
            "  {:>6}  rows give another length than their time stamps; the stamps were used",
            notes.span_differs_from_stamps
        )?;
        writeln!(
            out,
            "  {:>6}  rows name another machine in the activity than in the resource, which \
             was used",
            notes.activity_names_other_machine
        )?;
        for broken in &self.broken_rows {
            writeln!(out, "  line {}, {}: {}", broken.line, broken.column, broken.rule)?;
        }
        if !self.id_ending.is_empty() {
            writeln!(
                out,
                "  The server holds another replay of such a plant; the ids of this one end in {}.",
                self.id_ending
            )?;
        }
        if self.answered_as_before > 0 {
            writeln!(
                out,
                "  {:>6}  requests were answered as in an earlier run of the same replay",
                self.answered_as_before
            )?;
        }
        writeln!(out)
    }
}

impl Bucket {
    fn words(self) -> &'static str {
        match self {
            Self::Done => "allocated, worked and ended as in the log",
            Self::EndedEarlier => "allocated, ended earlier because the order was complete",
            Self::Refused => "refused by a rule",
            Self::Breakdown => "breakdowns, reported",
            Self::ZeroLength => "without length: only their pieces were reported",
            Self::Duplicate => "repeat an earlier row exactly",
            Self::Broken => "cannot be read",
            Self::Failed => "failed",
        }
    }
}

fn explain(code: &str) -> &'static str {
    match code {
        "machine_booked" => "the machine was still at another row's job",
        "operator_booked" => "the worker was still at another row's job",
        "machine_unavailable" => "the machine was broken down or out of use",
        "operator_unavailable" => "the worker was away",
        "dependency_unmet" => "the step before was not done",
        "work_order_not_allocatable" => {
            "the order was complete already; the log goes on after the last piece"
        }
        _ => "see the server's words",
    }
}

fn write_latency(out: &mut Formatter<'_>, what: &str, latency: &Milliseconds) -> fmt::Result {
    match (latency.p50, latency.p99) {
        (Some(p50), Some(p99)) => {
            writeln!(out, "{what} within {p50:.1} ms (half of them), {p99:.1} ms (99 of 100).")
        }
        _ => writeln!(out, "{what}: nothing to measure."),
    }
}
