//! A schedule as a Gantt chart in SVG: a lane per machine, below it a lane per operator.
//!
//! Colours tell jobs apart, every bar says on hovering what it is. One self-contained document
//! that any browser shows; it loads nothing and runs nothing.

use std::fmt::Write as _;

use crate::document::{Document, DocumentOperation};
use crate::plant::{Plan, PlantProblem};
use crate::problem::{Problem, Time};
use crate::schedule::Schedule;

const WIDTH: f64 = 1200.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 20.0;
const LANE: f64 = 18.0;
const BAR: f64 = 14.0;
const HEAD: f64 = 48.0;
/// Between the machines and the operators, with room for the title of the latter.
const BETWEEN: f64 = 34.0;
const FOOT: f64 = 34.0;
/// A bar narrower than this many pixels bears no text.
const NARROWEST_TEXT: f64 = 26.0;

/// What is drawn: the bars, and what they are drawn beside.
struct Picture {
    machines: usize,
    operators: usize,
    /// The number of the first machine, and of the first operator.
    first: u32,
    begin: Time,
    end: Time,
    bars: Vec<DocumentOperation>,
}

/// Draws a schedule.
#[must_use]
pub fn gantt(problem: &Problem, schedule: &Schedule, title: &str) -> String {
    let document = Document::new(problem, schedule);
    let count = document.operations.len();
    let title = format!("{title}: {count} operations, makespan {}", document.makespan);
    let picture = Picture {
        machines: problem.machines,
        operators: problem.operators,
        first: 1,
        begin: 0,
        end: document.makespan,
        bars: document.operations,
    };
    draw(&picture, &title)
}

/// Draws a plan. Everything is numbered from 0, as in the problem.
#[must_use]
pub fn gantt_of_plan(problem: &PlantProblem, plan: &Plan, title: &str) -> String {
    let mut numbers = vec![0; problem.orders.len()];
    let mut bars = Vec::new();
    for (operation, assignment) in problem.operations.iter().zip(&plan.assignments) {
        let job = operation.order;
        let number = numbers[job];
        numbers[job] += 1;
        bars.extend(assignment.map(|assignment| DocumentOperation {
            job,
            operation: number,
            machine: assignment.machine,
            worker: assignment.operator,
            start: assignment.start,
            end: assignment.end,
        }));
    }
    let begin = bars.iter().map(|bar| bar.start).min().unwrap_or(0).min(problem.now);
    let end = plan.last_end().unwrap_or(begin);
    let left_out = plan.left_out().count();
    let title = format!("{title}: {} operations, {left_out} left out", bars.len());
    let (machines, operators) = (problem.machines.len(), problem.operators.len());
    draw(&Picture { machines, operators, first: 0, begin, end, bars }, &title)
}

fn draw(picture: &Picture, title: &str) -> String {
    let scale = (WIDTH - LEFT - RIGHT) / (picture.end - picture.begin).max(1) as f64;
    let machines_bottom = HEAD + picture.machines as f64 * LANE;
    let operators_top = machines_bottom + BETWEEN;
    let bottom = match picture.operators {
        0 => machines_bottom,
        operators => operators_top + operators as f64 * LANE,
    };
    let mut svg = Svg { text: String::new(), first: picture.first, begin: picture.begin, scale };
    svg.open(bottom + FOOT);
    svg.text((LEFT, 18.0), r#"font-size="13" font-weight="600""#, title);
    svg.axis(picture.end, bottom);
    svg.panel("Machines", "M", picture.machines, HEAD);
    for bar in &picture.bars {
        svg.bar(bar, HEAD, bar.machine);
    }
    if picture.operators > 0 {
        svg.panel("Operators", "W", picture.operators, operators_top);
        for bar in &picture.bars {
            if let Some(worker) = bar.worker {
                svg.bar(bar, operators_top, worker);
            }
        }
    }
    svg.text.push_str("</svg>\n");
    svg.text
}

/// The chart under construction.
struct Svg {
    text: String,
    first: u32,
    begin: Time,
    scale: f64,
}

impl Svg {
    fn push(&mut self, element: std::fmt::Arguments) {
        // Writing to a string does not fail.
        let _ = self.text.write_fmt(element);
        self.text.push('\n');
    }

    fn text(&mut self, (x, y): (f64, f64), attributes: &str, content: &str) {
        let content = escape(content);
        self.push(format_args!(r#"<text x="{x:.1}" y="{y:.1}" {attributes}>{content}</text>"#));
    }

    fn rectangle(&mut self, (x, y): (f64, f64), (w, h): (f64, f64), attributes: &str, title: &str) {
        let place = format!(r#"x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{h:.1}""#);
        let title = escape(title);
        self.push(format_args!("<rect {place} {attributes}><title>{title}</title></rect>"));
    }

    fn x(&self, time: Time) -> f64 {
        LEFT + (time - self.begin) as f64 * self.scale
    }

    fn vertical(&mut self, x: f64, bottom: f64, attributes: &str) {
        self.push(format_args!(r#"<path d="M{x:.1} {HEAD}V{bottom}" {attributes}/>"#));
    }

    fn open(&mut self, height: f64) {
        let size = format!(r#"width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}""#);
        let font = r#"font-family="system-ui, sans-serif" font-size="10""#;
        self.push(format_args!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>"#));
        self.push(format_args!(r##"<rect width="100%" height="100%" fill="#fff"/>"##));
    }

    /// Vertical lines at round times, with their labels at the bottom.
    fn axis(&mut self, end: Time, bottom: f64) {
        let step = round_step(end - self.begin);
        // Round times, whatever the chart begins with.
        let before = self.begin.rem_euclid(step as Time);
        let first = if before == 0 { self.begin } else { self.begin - before + step as Time };
        for time in (first..=end).step_by(step) {
            let x = self.x(time);
            self.vertical(x, bottom, r##"stroke="#ddd""##);
            let attributes = r##"text-anchor="middle" fill="#555""##;
            self.text((x, bottom + 14.0), attributes, &time.to_string());
        }
        let x = self.x(end);
        self.vertical(x, bottom, r##"stroke="#c00" stroke-dasharray="4 3""##);
    }

    fn panel(&mut self, title: &str, letter: &str, lanes: usize, top: f64) {
        self.text((LEFT, top - 8.0), r#"font-weight="600""#, title);
        for lane in 0..lanes {
            let y = top + lane as f64 * LANE;
            let name = format!("{letter}{}", lane + self.first as usize);
            if lane % 2 == 0 {
                let size = (WIDTH - LEFT - RIGHT, LANE);
                self.rectangle((LEFT, y), size, r#"fill-opacity="0.03""#, &name);
            }
            let attributes = r##"text-anchor="end" fill="#555""##;
            self.text((LEFT - 6.0, y + 13.0), attributes, &name);
        }
    }

    fn bar(&mut self, operation: &DocumentOperation, top: f64, lane: u32) {
        let x = self.x(operation.start);
        let y = top + f64::from(lane - self.first) * LANE + (LANE - BAR) / 2.0;
        let width = (operation.end - operation.start) as f64 * self.scale;
        // Steps of the golden angle keep the hues of neighbouring jobs far apart.
        let hue = (operation.job * 137) % 360;
        let colours = format!(r#"fill="hsl({hue} 60% 72%)" stroke="hsl({hue} 45% 40%)""#);
        let DocumentOperation { job, operation: number, machine, worker, start, end } = operation;
        let worker = worker.map(|worker| format!(", W{worker}")).unwrap_or_default();
        let title = format!("job {job}, operation {number}: M{machine}{worker}, {start}–{end}");
        self.rectangle((x, y), (width, BAR), &format!(r#"rx="2" {colours}"#), &title);
        if width >= NARROWEST_TEXT {
            let middle = (x + width / 2.0, y + 10.5);
            let attributes = r#"text-anchor="middle" font-size="9" pointer-events="none""#;
            self.text(middle, attributes, &format!("{job}.{number}"));
        }
    }
}

/// A step of 1, 2 or 5 times a power of ten that gives at most twelve marks.
fn round_step(makespan: Time) -> usize {
    let mut power = 1;
    loop {
        for step in [power, 2 * power, 5 * power] {
            if makespan / step <= 12 {
                return usize::try_from(step).unwrap_or(usize::MAX);
            }
        }
        power *= 10;
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
