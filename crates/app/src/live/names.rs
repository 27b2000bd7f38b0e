//! Names and contacts of people, as cards and lists show them and as a search finds them.
//!
//! A node has them in memory anyway, opened for the cards; a search looks here, so that the
//! database holds nothing that could be searched by whoever gets hold of it. Case and accents do
//! not count, and `ü` is found as `u` and as `ue`.

use std::collections::HashMap;

use mraos_domain::OperatorId;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::vault::PersonalData;

/// Names by operator.
#[derive(Default)]
pub(crate) struct Names(HashMap<OperatorId, Name>);

struct Name {
    person: PersonalData,
    /// Each folded word with a blank before it.
    folded: String,
}

impl Names {
    /// Puts or replaces a person's name.
    pub(crate) fn put(&mut self, id: OperatorId, person: &PersonalData) {
        let shown = full_name(person);
        let mut words = fold(&shown);
        words.extend(fold(&spell_out(&shown)));
        words.sort();
        words.dedup();
        let folded = words.iter().map(|word| format!(" {word}")).collect();
        self.0.insert(id, Name { person: person.clone(), folded });
    }

    /// Takes over what another has.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Forgets a person.
    pub(crate) fn remove(&mut self, id: &OperatorId) {
        self.0.remove(id);
    }

    /// The name for a card.
    pub(crate) fn shown(&self, id: &OperatorId) -> Option<String> {
        self.person(id).map(full_name)
    }

    /// Name and contacts; `None` once erased.
    pub(crate) fn person(&self, id: &OperatorId) -> Option<&PersonalData> {
        self.0.get(id).map(|name| &name.person)
    }

    /// Those with a word that begins like each word of `wanted`, by id; nobody without a word.
    pub(crate) fn find(&self, wanted: &str) -> Vec<OperatorId> {
        let wanted: Vec<String> = fold(wanted).iter().map(|word| format!(" {word}")).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let is_called = |name: &Name| wanted.iter().all(|word| name.folded.contains(word.as_str()));
        let found = self.0.iter().filter(|(_, name)| is_called(name));
        let mut ids: Vec<OperatorId> = found.map(|(id, _)| id.clone()).collect();
        ids.sort();
        ids
    }
}

fn full_name(person: &PersonalData) -> String {
    format!("{} {}", person.first_name, person.last_name)
}

/// Whether a text has anything in it that could be looked for.
pub fn has_words(text: &str) -> bool {
    !fold(text).is_empty()
}

/// Words without case and accents; a hyphen parts words, an apostrophe does not.
fn fold(text: &str) -> Vec<String> {
    let plain = text.nfkd().filter(|letter| !is_combining_mark(*letter));
    let mut folded = String::new();
    for letter in plain.flat_map(char::to_lowercase) {
        match letter {
            '\'' | '\u{2019}' | '\u{02bc}' => {}
            'ß' => folded += "ss",
            'æ' => folded += "ae",
            'œ' => folded += "oe",
            'þ' => folded += "th",
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            letter if letter.is_alphanumeric() => folded.push(letter),
            // What is left of letters that were taken apart.
            letter if is_combining_mark(letter) => {}
            _ => folded.push(' '),
        }
    }
    folded.split_whitespace().map(str::to_owned).collect()
}

/// Umlauts as they are written where there are none.
fn spell_out(text: &str) -> String {
    let mut spelt = String::new();
    for letter in text.nfc().flat_map(char::to_lowercase) {
        match letter {
            'ä' => spelt += "ae",
            'ö' | 'ø' => spelt += "oe",
            'ü' => spelt += "ue",
            'å' => spelt += "aa",
            letter => spelt.push(letter),
        }
    }
    spelt
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn names(all: &[(&str, &str, &str)]) -> Names {
        let mut names = Names::default();
        for (id, first, last) in all {
            let person = PersonalData {
                first_name: (*first).to_owned(),
                last_name: (*last).to_owned(),
                ..PersonalData::default()
            };
            names.put(OperatorId::new(id).unwrap(), &person);
        }
        names
    }

    fn found(names: &Names, wanted: &str) -> Vec<String> {
        names.find(wanted).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn case_and_accents_do_not_count() {
        let names = names(&[
            ("O-1", "Jürgen", "Müller"),
            ("O-2", "Zoë", "Muller"),
            ("O-3", "Łukasz", "Groß"),
            ("O-4", "İpek", "Çelik"),
        ]);
        for wanted in ["muller", "MÜLLER", "Mull", "mu\u{0308}ller"] {
            assert_eq!(found(&names, wanted), ["O-1", "O-2"], "{wanted}");
        }
        assert_eq!(found(&names, "mueller"), ["O-1"]);
        assert_eq!(found(&names, "juergen m"), ["O-1"]);
        assert_eq!(found(&names, "zoe"), ["O-2"]);
        for wanted in ["gross", "groß", "lukasz"] {
            assert_eq!(found(&names, wanted), ["O-3"], "{wanted}");
        }
        assert_eq!(found(&names, "ipek celik"), ["O-4"]);
    }

    #[test]
    fn every_word_has_to_begin_a_word_of_the_name() {
        let names = names(&[("O-1", "Anna-Lena", "O’Brien"), ("O-2", "Hannah", "Brien")]);
        assert_eq!(found(&names, "brien anna"), [] as [&str; 0], "not within a word");
        assert_eq!(found(&names, "lena"), ["O-1"]);
        assert_eq!(found(&names, "obr anna"), ["O-1"]);
        assert_eq!(found(&names, "o'brien"), ["O-1"]);
        assert_eq!(found(&names, "bri"), ["O-2"]);
        assert_eq!(found(&names, " - "), [] as [&str; 0]);
        assert!(!has_words("'-") && has_words("é"));
    }

    #[test]
    fn ten_thousand_people_are_looked_through_at_once() {
        let (firsts, lasts) = (["Zoë", "Jürgen", "Łukasz", "Grace"], ["Müller", "Groß", "Hopper"]);
        let mut names = Names::default();
        for n in 0..10_000 {
            let person = PersonalData {
                first_name: format!("{}{n}", firsts[n % 4]),
                last_name: lasts[n % 3].to_owned(),
                ..PersonalData::default()
            };
            names.put(OperatorId::new(&format!("O-{n}")).unwrap(), &person);
        }
        let took = (0..5).map(|_| {
            let began = std::time::Instant::now();
            assert_eq!(names.find("gross jurgen9001").len(), 1);
            began.elapsed()
        });
        let best = took.min().unwrap();
        assert!(best < std::time::Duration::from_millis(25), "{best:?}");
    }

    #[test]
    fn who_is_forgotten_is_not_found() {
        let mut names = names(&[("O-1", "Ada", "Weaver")]);
        names.remove(&OperatorId::new("O-1").unwrap());
        assert_eq!(found(&names, "ada"), [] as [&str; 0]);
        assert_eq!(names.shown(&OperatorId::new("O-1").unwrap()), None);
    }
}
