//! Checks that a text file ends with a complete line.

use serde::de::IgnoredAny;
use std::io::{self, Read, Seek, SeekFrom};

/// The most bytes of the last line that are examined; a longer one counts as truncated.
const LONGEST: u64 = 8 << 20;

/// Whether the last line ends with a line break. An empty file does.
///
/// # Errors
/// Those of reading the file.
pub(super) fn is_ended(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Whether the last line ends with a line break, or is complete JSON without one.
///
/// # Errors
/// Those of reading the file.
pub(super) fn is_whole_json(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    if is_ended(file)? {
        return Ok(true);
    }
    let end = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(end.saturating_sub(LONGEST)))?;
    let mut tail = Vec::new();
    file.by_ref().take(LONGEST).read_to_end(&mut tail)?;
    let begin = memchr::memrchr(b'\n', &tail).map_or(0, |at| at + 1);
    let line = tail.get(begin..).unwrap_or_default();
    Ok(serde_json::from_slice::<IgnoredAny>(line).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_line_that_was_cut_is_not_whole() {
        let cases = [
            ("", true, true),
            ("{\"a\":1}\n", true, true),
            ("{\"a\":1}\n{\"b\":2}", false, true),
            ("{\"a\":1}\n{\"b\":", false, false),
            ("{\"a\":1}\n{\"b\":{\"c\":3}", false, false),
            // Earlier lines are not examined.
            ("{\"cut\": \n", true, true),
        ];
        for (text, ended, whole) in cases {
            let mut file = Cursor::new(text.as_bytes());
            assert_eq!(is_ended(&mut file).unwrap(), ended, "{text}");
            assert_eq!(is_whole_json(&mut file).unwrap(), whole, "{text}");
        }
    }
}
