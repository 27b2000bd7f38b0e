//! How far a person's place is from a machine, as far as is known.
//!
//! Lines, zones and places are words, and there are many times more pairs than words: each word
//! gets a number first, and a pair compares numbers.

use std::collections::HashMap;

use crate::machine::Machine;
use crate::operator::Operator;
use crate::text::Text;

/// Numbers of words: equal ones for equal words.
#[derive(Default)]
pub(super) struct Words<'a>(HashMap<&'a str, usize>);

impl<'a> Words<'a> {
    fn number<const MAX: usize>(&mut self, word: &'a Text<MAX>) -> usize {
        let next = self.0.len();
        *self.0.entry(word.as_str()).or_insert(next)
    }

    /// Where a person is at home.
    pub(super) fn home(&mut self, operator: &'a Operator) -> Home {
        let details = &operator.details;
        Home {
            line: details.production_line.as_ref().map(|word| self.number(word)),
            location: details.home_location.as_ref().map(|word| self.number(word)),
        }
    }

    /// Where a machine stands.
    pub(super) fn place(&mut self, machine: &'a Machine) -> Place {
        let details = &machine.details;
        Place {
            line: self.number(&details.production_line),
            location: details.physical_location.as_ref().map(|word| self.number(word)),
            zone: details.zone.as_ref().map(|word| self.number(word)),
        }
    }
}

/// Where a person is at home.
#[derive(Clone, Copy)]
pub(super) struct Home {
    line: Option<usize>,
    location: Option<usize>,
}

/// Where a machine stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    line: usize,
    location: Option<usize>,
    zone: Option<usize>,
}

/// How far a person's place is from a machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Distance {
    SamePlace,
    SameLine,
    SameZone,
    Unknown,
    Elsewhere,
}

impl Distance {
    /// `None` if there is no person or no machine.
    pub(super) fn between(home: Option<Home>, place: Option<Place>) -> Option<Self> {
        let (home, place) = (home?, place?);
        let same_line = home.line.map(|line| line == place.line);
        let is_home = |place: Option<usize>| Some(home.location? == place?);
        let zone = is_home(place.zone);
        Some(match (same_line, zone) {
            _ if is_home(place.location) == Some(true) => Self::SamePlace,
            (Some(true), Some(true)) => Self::SamePlace,
            (Some(true), _) => Self::SameLine,
            (_, Some(true)) => Self::SameZone,
            (None, None) => Self::Unknown,
            _ => Self::Elsewhere,
        })
    }

    pub(super) fn points(self) -> u8 {
        match self {
            Self::SamePlace => 20,
            Self::SameLine => 15,
            Self::SameZone => 10,
            Self::Unknown => 5,
            Self::Elsewhere => 0,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::SamePlace => "at home right there",
            Self::SameLine => "at home on the same line",
            Self::SameZone => "at home in the same zone",
            Self::Unknown => "it is not known where the person is at home",
            Self::Elsewhere => "at home elsewhere",
        }
    }
}
