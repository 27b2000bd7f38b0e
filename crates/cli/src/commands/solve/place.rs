//! Where in a JSON text the value stands that a pointer names, by line and column.
//!
//! Whoever wrote the file looks for the place, not for a pointer. The text has been read before, so
//! it is known to be JSON; what the file leaves to its default has the place of what it would stand
//! in.

/// Line and column, counted from 1, of the value at a JSON pointer or of what should hold it.
pub(super) fn locate(text: &str, pointer: &str) -> (usize, usize) {
    let mut walk = Walk { text: text.as_bytes(), at: 0 };
    walk.skip_space();
    for step in pointer.split('/').skip(1) {
        let value = walk.at;
        if !walk.enter(step) {
            walk.at = value;
            break;
        }
    }
    let before = text.get(..walk.at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

struct Walk<'a> {
    text: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(b'}')
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    /// Goes from a list or object to the value of that name or number; false if there is none.
    fn enter(&mut self, step: &str) -> bool {
        let is_object = match self.peek() {
            b'{' => true,
            b'[' => false,
            _ => return false,
        };
        let mut number = 0_usize;
        loop {
            self.at += 1;
            self.skip_space();
            if matches!(self.peek(), b'}' | b']') {
                return false;
            }
            let name = if is_object { self.read_name() } else { number.to_string() };
            if name == step {
                return true;
            }
            self.skip_value();
            if self.peek() != b',' {
                return false;
            }
            number += 1;
        }
    }

    /// Reads the name of a member, up to its value. The formats have plain names only.
    fn read_name(&mut self) -> String {
        let start = self.at;
        self.skip_value();
        let name = self.text.get(start..self.at).unwrap_or_default();
        let name = String::from_utf8_lossy(name).trim().trim_matches('"').to_owned();
        self.at += 1;
        self.skip_space();
        name
    }

    /// Goes behind a value, to the comma, colon or bracket that follows.
    fn skip_value(&mut self) {
        let (mut depth, mut in_string) = (0_usize, false);
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'\\' if in_string => self.at += 1,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' | b',' | b':' if depth == 0 => return,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::locate;

    #[test]
    fn values_are_found_behind_others() {
        let text = "{\n  \"a\": [1, {\"x\": \"}],\\\"\"}, 3],\n  \"b\": {\"c\": 5}\n}";
        assert_eq!(locate(text, "/a/0"), (2, 9));
        assert_eq!(locate(text, "/a/2"), (2, 28));
        assert_eq!(locate(text, "/a/1/x"), (2, 18));
        assert_eq!(locate(text, "/b/c"), (3, 14));
    }

    #[test]
    fn what_is_absent_has_the_place_of_what_should_hold_it() {
        let text = "{\n  \"b\": {\"c\": 5}\n}";
        assert_eq!(locate(text, "/b/d"), (2, 8));
        assert_eq!(locate(text, "/z"), (1, 1));
    }
}
