//! What a subscriber may see, and what it wants to see.
//!
//! A [`View`] is the class of a subscriber's rights: everybody of a class gets the same bytes. A
//! [`Filter`] is what was subscribed to. Both are cheap to compare, so that equal ones share work.

use std::collections::BTreeSet;
use std::fmt;

use mraos_domain::{OperatorId, Text};

/// Name of a production line.
pub type Line = Text<50>;

/// Which people a subscriber may see.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum People {
    /// All of them, with names.
    Named,
    /// All of them, without names.
    Unnamed,
    /// Nobody but one: the subscriber's own person, if the user is tied to one.
    Own(Option<OperatorId>),
}

/// The rights of a subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct View {
    /// Which people.
    pub people: People,
    /// Which lines; all if `None`.
    pub lines: Option<BTreeSet<Line>>,
}

impl View {
    /// Whether something that stands on `lines` may be seen; what has no line belongs to all.
    pub(crate) fn covers(&self, lines: &[Line]) -> bool {
        let Some(own) = &self.lines else { return true };
        lines.is_empty() || lines.iter().any(|line| own.contains(line))
    }

    /// Whether a person, or the work of one, may be seen.
    pub(crate) fn covers_person(&self, operator_id: Option<&OperatorId>) -> bool {
        match &self.people {
            People::Named | People::Unnamed => true,
            People::Own(own) => own.is_some() && own.as_ref() == operator_id,
        }
    }

    /// Whether ids of others' work have to be taken out of cards.
    pub(crate) fn is_limited(&self) -> bool {
        self.lines.is_some() || matches!(self.people, People::Own(_))
    }
}

macro_rules! channels {
    ($($(#[$doc:meta])* $name:ident => $text:literal,)*) => {
        /// A kind of message that can be subscribed to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Channel { $($(#[$doc])* $name,)* }

        impl Channel {
            /// Every channel.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

channels! {
    /// Operators and machines.
    ResourceStatus => "resource-status",
    /// Allocations.
    AllocationChanges => "allocation-changes",
    /// Work orders.
    WorkOrderProgress => "work-order-progress",
    /// What wants attention.
    Alerts => "alerts",
}

/// One thing that was subscribed to: a channel or all, of a line or of all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Wanted {
    channel: Option<Channel>,
    line: Option<Line>,
}

/// What a subscription asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filter(BTreeSet<Wanted>);

/// Why a channel cannot be subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownChannel(String);

impl fmt::Display for UnknownChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Channel::ALL.iter().map(|one| one.as_str()).collect();
        write!(
            f,
            "there is no channel `{}`; there are {}, and `line:<line>:<channel or *>`",
            self.0,
            names.join(", ")
        )
    }
}

impl Filter {
    /// Reads the names of channels.
    pub fn parse<'a>(names: impl Iterator<Item = &'a str>) -> Result<Self, UnknownChannel> {
        let mut wanted = BTreeSet::new();
        for name in names {
            let shown = || UnknownChannel(name.chars().take(100).collect());
            wanted.insert(parse_one(name).ok_or_else(shown)?);
        }
        Ok(Self(wanted))
    }

    /// Whether cards of people are among what is wanted.
    pub fn shows_people(&self) -> bool {
        let resources = |one| one == Channel::ResourceStatus;
        self.0.iter().any(|wanted| wanted.channel.is_none_or(resources))
    }

    /// The only lines of which anything is wanted; none if something is wanted whatever its line.
    pub(crate) fn lines(&self) -> Option<BTreeSet<&Line>> {
        self.0.iter().map(|wanted| wanted.line.as_ref()).collect()
    }

    /// Whether a message on `channel` about something on `lines` is wanted.
    pub(crate) fn wants(&self, channel: Channel, lines: &[Line]) -> bool {
        self.0.iter().any(|wanted| {
            wanted.channel.is_none_or(|one| one == channel)
                && wanted.line.as_ref().is_none_or(|one| lines.contains(one))
        })
    }
}

fn parse_one(name: &str) -> Option<Wanted> {
    if let Some(channel) = parse_channel(name) {
        return Some(Wanted { channel: Some(channel), line: None });
    }
    // A line's name may hold colons, a channel's never does.
    let (line, channel) = name.strip_prefix("line:")?.rsplit_once(':')?;
    let line = Some(Line::new(line).ok()?);
    match channel {
        "*" => Some(Wanted { channel: None, line }),
        other => Some(Wanted { channel: Some(parse_channel(other)?), line }),
    }
}

fn parse_channel(name: &str) -> Option<Channel> {
    Channel::ALL.iter().copied().find(|channel| channel.as_str() == name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn line(name: &str) -> Line {
        Line::new(name).unwrap()
    }

    #[test]
    fn a_filter_wants_what_it_names() {
        let filter = Filter::parse(["alerts", "line:Line-2:*"].into_iter()).unwrap();
        assert!(filter.wants(Channel::Alerts, &[]));
        assert!(filter.wants(Channel::ResourceStatus, &[line("Line-1"), line("Line-2")]));
        assert!(!filter.wants(Channel::ResourceStatus, &[line("Line-1")]));
        assert!(!filter.wants(Channel::ResourceStatus, &[]));
        let one = Filter::parse(["line:A:B:alerts"].into_iter()).unwrap();
        assert!(one.wants(Channel::Alerts, &[line("A:B")]));
        assert!(!one.wants(Channel::ResourceStatus, &[line("A:B")]));
    }

    #[test]
    fn what_is_no_channel_is_named() {
        for bad in ["", "*", "alert", "line:", "line:A", "line::alerts", "line:A:all", "LINE:A:*"] {
            let refused = Filter::parse([bad].into_iter()).unwrap_err();
            assert!(refused.to_string().contains(bad), "{refused}");
        }
    }

    #[test]
    fn a_limited_view_covers_its_lines_and_what_has_none() {
        let lines = Some(BTreeSet::from([line("Line-1")]));
        let view = View { people: People::Unnamed, lines };
        assert!(view.covers(&[]) && view.covers(&[line("Line-2"), line("Line-1")]));
        assert!(!view.covers(&[line("Line-2")]));
        let own = View { people: People::Own(None), lines: None };
        assert!(!own.covers_person(None), "who is tied to nobody sees nobody's work");
    }
}
