//! A schedule as a Gantt chart in SVG: a lane per machine, below it a lane per operator.
//!
//! Colours tell jobs apart, every bar says on hovering what it is. One self-contained document
//! that any browser shows; it loads nothing and runs nothing.

use std::fmt::Write as _;

use crate::document::{Document, DocumentOperation};
use crate::problem::Problem;
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
    let mut svg = String::new();
    open(&mut svg, bottom + FOOT, title, &document);
    axis(&mut svg, document.makespan, scale, bottom);
    panel(&mut svg, "Machines", "M", problem.machines, HEAD);
    for operation in &document.operations {
        bar(&mut svg, operation, HEAD, operation.machine, scale);
    }
    if problem.operators > 0 {
        panel(&mut svg, "Operators", "W", problem.operators, operators_top);
        for operation in &document.operations {
            if let Some(worker) = operation.worker {
                bar(&mut svg, operation, operators_top, worker, scale);
            }
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Writing to a string does not fail.
macro_rules! draw {
    ($svg:expr, $($text:tt)*) => {{ let _ = writeln!($svg, $($text)*); }};
}

fn open(svg: &mut String, height: f64, title: &str, document: &Document) {
    draw!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" font-size="10">
<rect width="100%" height="100%" fill="#fff"/>
<text x="{LEFT}" y="18" font-size="13" font-weight="600">{}: {} operations, makespan {}</text>"##,
        escape(title),
        document.operations.len(),
        document.makespan
    );
}

/// Vertical lines at round times, with their labels at the bottom.
fn axis(svg: &mut String, makespan: i64, scale: f64, bottom: f64) {
    let mut step = 1;
    while makespan / step > 12 {
        step = match step.to_string().as_bytes()[0] {
            b'1' => step * 2,
            b'2' => step / 2 * 5,
            _ => step * 2,
        };
    }
    for time in (0..=makespan).step_by(step.unsigned_abs() as usize) {
        let x = LEFT + time as f64 * scale;
        draw!(
            svg,
            r##"<path d="M{x:.1} {HEAD}V{bottom}" stroke="#ddd"/><text x="{x:.1}" y="{:.1}" text-anchor="middle" fill="#555">{time}</text>"##,
            bottom + 14.0
        );
    }
    let x = LEFT + makespan as f64 * scale;
    draw!(svg, r##"<path d="M{x:.1} {HEAD}V{bottom}" stroke="#c00" stroke-dasharray="4 3"/>"##);
}

fn panel(svg: &mut String, title: &str, letter: &str, lanes: usize, top: f64) {
    draw!(svg, r##"<text x="{LEFT}" y="{:.1}" font-weight="600">{title}</text>"##, top - 8.0);
    for lane in 0..lanes {
        let y = top + lane as f64 * LANE;
        let fill = if lane % 2 == 0 { "#000" } else { "#fff" };
        draw!(
            svg,
            r##"<rect x="{LEFT}" y="{y:.1}" width="{:.1}" height="{LANE}" fill="{fill}" fill-opacity="0.03"/><text x="{:.1}" y="{:.1}" text-anchor="end" fill="#555">{letter}{}</text>"##,
            WIDTH - LEFT - RIGHT,
            LEFT - 6.0,
            y + 13.0,
            lane + 1
        );
    }
}

fn bar(svg: &mut String, operation: &DocumentOperation, top: f64, lane: u32, scale: f64) {
    let x = LEFT + operation.start as f64 * scale;
    let y = top + f64::from(lane - 1) * LANE + (LANE - BAR) / 2.0;
    let width = (operation.end - operation.start) as f64 * scale;
    // Steps of the golden angle keep the hues of neighbouring jobs far apart.
    let hue = (operation.job * 137) % 360;
    let label = format!("{}.{}", operation.job, operation.operation);
    let worker = operation.worker.map(|worker| format!(", W{worker}")).unwrap_or_default();
    draw!(
        svg,
        r##"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{BAR}" rx="2" fill="hsl({hue} 60% 72%)" stroke="hsl({hue} 45% 40%)" stroke-width="0.6"><title>job {}, operation {}: M{}{worker}, {}–{}</title></rect>"##,
        operation.job,
        operation.operation,
        operation.machine,
        operation.start,
        operation.end
    );
    if width >= NARROWEST_TEXT {
        draw!(
            svg,
            r##"<text x="{:.1}" y="{:.1}" text-anchor="middle" font-size="9" pointer-events="none">{label}</text>"##,
            x + width / 2.0,
            y + 10.5
        );
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
