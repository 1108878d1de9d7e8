//! Lines read from what may never end one.

use std::io::{self, BufRead, Read as _};

/// The next line without its break, or this many bytes of a longer one; `None` at the end.
///
/// # Errors
/// Those of reading.
pub fn next(source: &mut impl BufRead, longest: u64) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let count = source.take(longest).read_until(b'\n', &mut line)?;
    Ok((count > 0).then(|| without_break(line)))
}

fn without_break(mut line: Vec<u8>) -> Vec<u8> {
    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_loses_its_break_and_nothing_else() {
        let cases = [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\r", "a\r"),
            ("\n", ""),
            ("\r\r\n", "\r"),
        ];
        for (line, text) in cases {
            assert_eq!(without_break(line.into()), text.as_bytes());
        }
    }

    #[test]
    fn a_line_without_end_comes_in_parts() {
        let mut source = &b"abcde\nf"[..];
        let parts = std::iter::from_fn(|| next(&mut source, 4).unwrap());
        assert_eq!(parts.collect::<Vec<_>>(), [&b"abcd"[..], b"e", b"f"]);
    }
}
