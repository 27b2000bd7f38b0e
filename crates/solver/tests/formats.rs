//! The readers of instance files: what they accept, and where they say a broken file is broken.
//!
//! Each broken text has one fault, at a place that the reader has to name. Nothing is solved here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use mraos_solver::format::{self, Format, FormatError};
use mraos_solver::problem::{Choice, Precedence};

const WITH_WORKERS: &str = "2 2 3\n\
    2  1 1 2 1 5 3 7  2 1 1 2 4 2 1 3 6\n\
    1  1 2 1 2 9\n";

fn place(format: Format, text: &str) -> (usize, usize, String) {
    match format::read(format, text.as_bytes()) {
        Err(FormatError::Text { line, column, rule }) => (line, column, rule),
        other => panic!("{text:?} should be refused with a place, not {other:?}"),
    }
}

#[test]
fn an_instance_with_workers_is_read() {
    let problem = format::read(Format::FjsspW, WITH_WORKERS.as_bytes()).unwrap();
    assert_eq!((problem.machines, problem.operators, problem.jobs.len()), (2, 3, 2));
    assert_eq!(problem.operations.len(), 3);
    let first = &problem.operations[0];
    assert_eq!(
        first.choices,
        [
            Choice { machine: 0, operator: Some(0), duration: 5 },
            Choice { machine: 0, operator: Some(2), duration: 7 },
        ]
    );
    assert_eq!(
        problem.operations[2].choices,
        [Choice { machine: 1, operator: Some(1), duration: 9 }]
    );
    assert_eq!(problem.precedences, [Precedence { before: 0, after: 1 }]);
}

#[test]
fn gzip_blank_lines_and_decimal_worker_counts_change_nothing() {
    let plain = format::read(Format::FjsspW, WITH_WORKERS.as_bytes()).unwrap();
    let odd = WITH_WORKERS.replace("2 2 3\n", "\n2 2 2.7 1.5\r\n\n");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(odd.as_bytes()).unwrap();
    assert_eq!(format::read(Format::FjsspW, &packed.finish().unwrap()).unwrap(), plain);
}

#[test]
fn machine_ids_may_start_at_0_or_at_1() {
    let from_zero = format::read(Format::Fjsp, b"1 2\n2 1 0 5 2 0 3 1 4\n").unwrap();
    let from_one = format::read(Format::Fjsp, b"1 2 1.5\n2 1 1 5 2 1 3 2 4\n").unwrap();
    assert_eq!(from_zero, from_one);
}

#[test]
fn a_broken_file_is_refused_with_line_column_and_rule() {
    let cases = [
        ("", 1, 1, "`jobs machines workers`"),
        ("0 1 1\n", 1, 1, "from 1"),
        ("1 1\n", 1, 4, "the number of workers"),
        ("1 1 x\n", 1, 5, "`x`"),
        ("1 1 1\n", 2, 1, "job 1 of 1"),
        ("1 1 1\n1 1 2 1 1 5\n", 2, 5, "a machine is 2"),
        ("1 1 1\n1 1 1 1 1 -5\n", 2, 11, "`-5`"),
        ("1 1 1\n1 1 1 1 1\n", 2, 10, "a duration"),
        ("1 1 1\n1 1 1 0\n", 2, 8, "no worker"),
        ("1 1 1\n1 1 1 1 1 5 9\n", 2, 13, "`9` follows"),
        ("1 1 1\n1 1 1 1 1 5\n7\n", 3, 1, "another line follows"),
    ];
    for (text, line, column, words) in cases {
        let found = place(Format::FjsspW, text);
        assert_eq!((found.0, found.1), (line, column), "{text:?}: {}", found.2);
        assert!(found.2.contains(words), "{text:?}: {}", found.2);
    }
    let (line, column, rule) = place(Format::Fjsp, "1 2\n2 1 0 5 1 2 4\n");
    assert_eq!((line, column), (2, 12), "{rule}");
    assert!(rule.contains("counts from 0"), "{rule}");
}

#[test]
fn what_is_no_text_is_refused() {
    let not_text = format::read(Format::Fjsp, &[b'1', 0xff]);
    assert!(matches!(not_text, Err(FormatError::Encoding(_))), "{not_text:?}");
    let cut_gzip = format::read(Format::Fjsp, &[0x1f, 0x8b, 8, 0]);
    assert!(matches!(cut_gzip, Err(FormatError::Gzip(_))), "{cut_gzip:?}");
}
