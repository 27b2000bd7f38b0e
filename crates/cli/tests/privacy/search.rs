//! Looks for words in files and texts, byte by byte.
//!
//! A word is found in whatever case; a directory is searched with everything below it.

use std::fs;
use std::path::Path;

/// Every word that stands in `bytes`.
pub(crate) fn found_in<'a>(bytes: &[u8], words: &[&'a str]) -> Vec<&'a str> {
    let lower = bytes.to_ascii_lowercase();
    let is_in = |word: &&&str| {
        let word = word.to_ascii_lowercase();
        lower.windows(word.len()).any(|part| part == word.as_bytes())
    };
    words.iter().filter(is_in).copied().collect()
}

/// Fails when one of `words` stands in a file of `directory`; how many bytes were searched.
pub(crate) fn assert_absent(directory: &Path, words: &[&str]) -> usize {
    let mut bytes = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes += assert_absent(&path, words);
        } else if let Ok(content) = fs::read(&path) {
            // Sockets cannot be read, and temporary files come and go.
            let found = found_in(&content, words);
            assert!(found.is_empty(), "{}: {found:?}", path.display());
            bytes += content.len();
        }
    }
    bytes
}

#[test]
fn a_word_is_found_where_it_is() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("deep")).unwrap();
    fs::write(directory.path().join("deep/file"), b"\0\x01xxZEBRA\xff").unwrap();
    assert_eq!(found_in(b"\0\x01xxZEBRA\xff", &["gnu", "zebra"]), ["zebra"]);
    let searched = || assert_absent(directory.path(), &["zebra"]);
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(searched)).is_err());
    assert_eq!(assert_absent(directory.path(), &["gnu"]), 10);
}
