//! A schedule as a Gantt chart in SVG: a lane per machine, below it a lane per operator.
//!
//! Colours tell jobs apart, every bar says on hovering what it is. One self-contained document
//! that any browser shows; it loads nothing and runs nothing.

use std::fmt::Write as _;

use crate::document::{Document, DocumentOperation};
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

/// Draws a schedule.
#[must_use]
pub fn gantt(problem: &Problem, schedule: &Schedule, title: &str) -> String {
    let document = Document::new(problem, schedule);
    let scale = (WIDTH - LEFT - RIGHT) / document.makespan.max(1) as f64;
    let machines_bottom = HEAD + problem.machines as f64 * LANE;
    let operators_top = machines_bottom + BETWEEN;
    let bottom = match problem.operators {
        0 => machines_bottom,
        operators => operators_top + operators as f64 * LANE,
    };
    let mut svg = Svg(String::new());
    svg.open(bottom + FOOT);
    let count = document.operations.len();
    let title = format!("{title}: {count} operations, makespan {}", document.makespan);
    svg.text((LEFT, 18.0), r#"font-size="13" font-weight="600""#, &title);
    svg.axis(document.makespan, scale, bottom);
    svg.panel("Machines", "M", problem.machines, HEAD);
    for operation in &document.operations {
        svg.bar(operation, HEAD, operation.machine, scale);
    }
    if problem.operators > 0 {
        svg.panel("Operators", "W", problem.operators, operators_top);
        for operation in &document.operations {
            if let Some(worker) = operation.worker {
                svg.bar(operation, operators_top, worker, scale);
            }
        }
    }
    svg.0.push_str("</svg>\n");
    svg.0
}

/// The chart under construction.
struct Svg(String);

impl Svg {
    fn push(&mut self, element: std::fmt::Arguments) {
        // Writing to a string does not fail.
        let _ = self.0.write_fmt(element);
        self.0.push('\n');
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
    fn axis(&mut self, makespan: Time, scale: f64, bottom: f64) {
        let step = round_step(makespan);
        for time in (0..=makespan).step_by(step) {
            let x = LEFT + time as f64 * scale;
            self.vertical(x, bottom, r##"stroke="#ddd""##);
            let attributes = r##"text-anchor="middle" fill="#555""##;
            self.text((x, bottom + 14.0), attributes, &time.to_string());
        }
        let x = LEFT + makespan as f64 * scale;
        self.vertical(x, bottom, r##"stroke="#c00" stroke-dasharray="4 3""##);
    }

    fn panel(&mut self, title: &str, letter: &str, lanes: usize, top: f64) {
        self.text((LEFT, top - 8.0), r#"font-weight="600""#, title);
        for lane in 0..lanes {
            let y = top + lane as f64 * LANE;
            let name = format!("{letter}{}", lane + 1);
            if lane % 2 == 0 {
                let size = (WIDTH - LEFT - RIGHT, LANE);
                self.rectangle((LEFT, y), size, r#"fill-opacity="0.03""#, &name);
            }
            let attributes = r##"text-anchor="end" fill="#555""##;
            self.text((LEFT - 6.0, y + 13.0), attributes, &name);
        }
    }

    fn bar(&mut self, operation: &DocumentOperation, top: f64, lane: u32, scale: f64) {
        let x = LEFT + operation.start as f64 * scale;
        let y = top + f64::from(lane - 1) * LANE + (LANE - BAR) / 2.0;
        let width = (operation.end - operation.start) as f64 * scale;
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
