//! Canonical JSON (RFC 8785) straight from stored text, for checking millions of rows.
//!
//! Gives the same bytes as the writer's canonical form without building values: what the server
//! writes of a value is canonical already but for the order of members and the blanks between them,
//! so members are put in order and all else is copied. Numbers in events are whole and small; one
//! that is not was not written here and is no concern of the digest.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

/// Digits that an i64 holds for certain.
const WHOLE_DIGITS: usize = 18;
/// Deeper than any event, and shallow enough for the stack.
const MOST_DEPTH: usize = 64;

/// Adds the canonical form of the JSON value in `text` to `out`; why it is none, if it is not.
pub(super) fn write(text: &str, out: &mut Vec<u8>) -> Result<(), String> {
    let mut reader = Reader { text, at: 0, out, ordered: Vec::new() };
    reader.value(MOST_DEPTH)?;
    reader.skip_blanks();
    if reader.at == text.len() { Ok(()) } else { Err(reader.unexpected()) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    out: &'a mut Vec<u8>,
    /// Members in order, before they replace the others.
    ordered: Vec<u8>,
}

/// A member of an object: its key in the text, without quotes, and all of it in the output.
struct Member<'a> {
    key: &'a str,
    written: Range<usize>,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<(), String> {
        match self.peek() {
            Some(b'{') if depth > 0 => self.object(depth - 1),
            Some(b'[') if depth > 0 => self.array(depth - 1),
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => Err(self.unexpected()),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), String> {
        let begins_at = self.out.len();
        let mut members = Vec::new();
        self.at += 1;
        if !self.takes(b'}') {
            loop {
                let member_at = self.out.len();
                if self.peek() != Some(b'"') {
                    return Err(self.unexpected());
                }
                let key = self.string()?;
                if !self.takes(b':') {
                    return Err(self.unexpected());
                }
                self.out.push(b':');
                self.value(depth)?;
                members.push(Member { key, written: member_at..self.out.len() });
                if self.takes(b'}') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(self.unexpected());
                }
            }
        }
        members.sort_by(|a, b| in_order(a.key, b.key));
        self.ordered.clear();
        for (place, member) in members.iter().enumerate() {
            self.ordered.push(if place == 0 { b'{' } else { b',' });
            self.ordered.extend_from_slice(&self.out[member.written.clone()]);
        }
        if members.is_empty() {
            self.ordered.push(b'{');
        }
        self.out.truncate(begins_at);
        self.out.extend_from_slice(&self.ordered);
        self.out.push(b'}');
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Result<(), String> {
        self.at += 1;
        self.out.push(b'[');
        if !self.takes(b']') {
            loop {
                self.value(depth)?;
                if self.takes(b']') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(self.unexpected());
                }
                self.out.push(b',');
            }
        }
        self.out.push(b']');
        Ok(())
    }

    /// Writes the string that begins here; what stands between its quotes.
    fn string(&mut self) -> Result<&'a str, String> {
        let begins_at = self.at;
        let bytes = self.text.as_bytes();
        let mut end = begins_at + 1;
        let mut is_escaped = false;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    is_escaped = true;
                    end += 2;
                }
                Some(byte) if *byte >= b' ' => end += 1,
                _ => return Err(self.unexpected()),
            }
        }
        let token = self.text.get(begins_at..=end).ok_or_else(|| self.unexpected())?;
        let content = self.text.get(begins_at + 1..end).unwrap_or_default();
        if is_escaped {
            // Others than the server may escape what needs no escape.
            let unreadable = |error: serde_json::Error| error.to_string();
            let decoded: String = serde_json::from_str(token).map_err(unreadable)?;
            serde_json::to_writer(&mut *self.out, &decoded).map_err(unreadable)?;
        } else {
            self.out.extend_from_slice(token.as_bytes());
        }
        self.at = end + 1;
        Ok(content)
    }

    fn number(&mut self) -> Result<(), String> {
        let rest = &self.text.as_bytes()[self.at..];
        let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.iter().take_while(is_part).count();
        let token = &self.text[self.at..self.at + length];
        let digits = token.strip_prefix('-').unwrap_or(token);
        let is_plain = digits.len() <= WHOLE_DIGITS
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (digits == "0" && digits == token || !digits.starts_with('0') && !digits.is_empty());
        if is_plain {
            self.out.extend_from_slice(token.as_bytes());
        } else {
            let unreadable = |error: serde_json::Error| error.to_string();
            let number: serde_json::Value = serde_json::from_str(token).map_err(unreadable)?;
            let whole = number.as_i64().map(serde_json::Value::from);
            let number = whole.or_else(|| number.as_f64().map(serde_json::Value::from));
            serde_json::to_writer(&mut *self.out, &number).map_err(unreadable)?;
        }
        self.at += length;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), String> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.unexpected());
        }
        self.out.extend_from_slice(word.as_bytes());
        self.at += word.len();
        Ok(())
    }

    fn peek(&mut self) -> Option<u8> {
        self.skip_blanks();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over `byte` if it is the next.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at +=
            rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn unexpected(&self) -> String {
        format!("byte {} is not what JSON has there", self.at)
    }
}

/// The order of members: by UTF-16 units of the keys, which is that of the bytes in ASCII.
fn in_order(a: &str, b: &str) -> Ordering {
    let is_plain = |key: &str| key.is_ascii() && !key.as_bytes().contains(&b'\\');
    if is_plain(a) && is_plain(b) {
        return a.cmp(b);
    }
    decoded(a).encode_utf16().cmp(decoded(b).encode_utf16())
}

fn decoded(key: &str) -> Cow<'_, str> {
    if key.contains('\\') {
        // It has been read as a string before.
        serde_json::from_str(&format!("\"{key}\"")).map_or(Cow::Borrowed(key), Cow::Owned)
    } else {
        Cow::Borrowed(key)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn written(text: &str) -> Result<String, String> {
        let mut out = Vec::new();
        write(text, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn the_bytes_are_those_of_the_canonical_form() {
        for text in [
            r#"{"b": 1, "a": [true, null, {"z": "", "aa": "x", "a": -7}], "é": "ü€😀"}"#,
            r#"{"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\u0080": 6, "ö": 7}"#,
            r#"{"a!": 1, "a": 2, "a b": {"y": {}, "x": [[], [{"d": 0, "c": false}]]}, "A": ""}"#,
            r#""quoted \" back \\ slash \/ \u0000\u001f\u007f\b\f\n\r\t""#,
            "[0, 2147483647, -2147483648, 9007199254740991, -1]",
            " {} ",
            "[]",
            "true",
        ] {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            let wanted = serde_json_canonicalizer::to_string(&value).unwrap();
            assert_eq!(written(text).unwrap(), wanted);
        }
    }

    #[test]
    fn what_is_not_json_is_an_error() {
        for text in [
            "",
            "{",
            "[1",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{a: 1}",
            "{\"a\": 1,}",
            "\"a",
            "\"a\\",
            "\"\\\u{e9}\"",
            "tru",
            "01",
            "-",
            "1-",
            "[] []",
            "\"\n\"",
            "\u{e9}",
            "{\"a\":1 \"b\":2}",
        ] {
            assert!(written(text).is_err(), "{text}");
        }
        let deep = "[".repeat(MOST_DEPTH + 1) + &"]".repeat(MOST_DEPTH + 1);
        assert!(written(&deep).is_err());
    }
}
