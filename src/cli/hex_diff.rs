//! A comparison of two hex dumps, with marks below the bytes that differ.

use crate::payload::hex::MaskedByte;

/// Bytes a line.
const WIDTH: usize = 16;
/// The maximum number of differing lines shown.
const LINES: usize = 16;

/// Compares the expected bytes (`-`, with `?` for any digit) with the received ones (`+`). `^^`
/// marks bytes that differ, are missing or are surplus. Of equal lines only the last before a
/// difference is shown, and of differing lines the first [`LINES`]; `…` replaces the others.
pub fn hex_diff(expected: &[MaskedByte], came: &[u8]) -> String {
    let length = expected.len().max(came.len());
    let mut text = String::new();
    let mut differing = 0;
    let mut agreeing = 0;
    for start in (0..length).step_by(WIDTH) {
        let ours = line(expected, start);
        let theirs = line(came, start);
        let marks = marks(ours, theirs);
        if marks.is_empty() {
            agreeing += 1;
            continue;
        }
        if differing == LINES {
            text.push_str("  …\n");
            return text;
        }
        push_agreeing(&mut text, agreeing, came, start);
        if !ours.is_empty() {
            push_line(&mut text, '-', start, ours);
        }
        if !theirs.is_empty() {
            push_line(&mut text, '+', start, &known(theirs));
        }
        text.push_str("        ");
        text.push_str(&marks);
        text.push('\n');
        differing += 1;
        agreeing = 0;
    }
    push_agreeing(&mut text, agreeing, came, length.next_multiple_of(WIDTH));
    text
}

/// A hex dump of received bytes without a comparison; `…` replaces lines after [`LINES`].
pub fn dump(came: &[u8]) -> String {
    let mut text = String::new();
    for (number, line) in known(came).chunks(WIDTH).enumerate() {
        if number == LINES {
            text.push_str("  …\n");
            break;
        }
        push_line(&mut text, '+', number * WIDTH, line);
    }
    text
}

/// Appends the last of `lines` equal lines before the offset `end`.
fn push_agreeing(text: &mut String, lines: usize, came: &[u8], end: usize) {
    if lines > 1 {
        text.push_str("  …\n");
    }
    if lines > 0 {
        let start = end.saturating_sub(WIDTH);
        push_line(text, ' ', start, &known(line(came, start)));
    }
}

fn known(bytes: &[u8]) -> Vec<MaskedByte> {
    bytes.iter().copied().map(MaskedByte::exact).collect()
}

fn line<T>(bytes: &[T], start: usize) -> &[T] {
    let end = bytes.len().min(start + WIDTH);
    bytes.get(start..end).unwrap_or_default()
}

/// `^^` below each byte that differs; empty if all are equal.
fn marks(expected: &[MaskedByte], came: &[u8]) -> String {
    let differs = |at: usize| match (expected.get(at), came.get(at)) {
        (Some(expected), Some(came)) => !expected.matches(*came),
        (None, None) => false,
        (Some(_), None) | (None, Some(_)) => true,
    };
    let marks = (0..WIDTH).map(|at| if differs(at) { "^^ " } else { "   " });
    marks.collect::<String>().trim_end().to_owned()
}

fn push_line(text: &mut String, side: char, start: usize, bytes: &[MaskedByte]) {
    text.push_str(&format!("{side} {start:04X}  "));
    for at in 0..WIDTH {
        match bytes.get(at) {
            Some(byte) => byte.push_to(text),
            None => text.push_str("  "),
        }
        text.push(' ');
    }
    text.push(' ');
    text.extend(bytes.iter().map(|byte| match byte.value {
        _ if !byte.is_exact() => '?',
        value @ b' '..=b'~' => char::from(value),
        _ => '.',
    }));
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_differ_or_are_too_many_are_marked() {
        let diff = hex_diff(&known(b"Hello"), b"HEllo!");
        let expected = [
            "- 0000  48 65 6C 6C 6F                                   Hello",
            "+ 0000  48 45 6C 6C 6F 21                                HEllo!",
            "           ^^          ^^",
            "",
        ];
        assert_eq!(diff, expected.join("\n"));
    }

    #[test]
    fn bytes_that_are_missing_are_marked_on_their_own_line() {
        let diff = hex_diff(&known(&[7; 17]), &[7; 16]);
        let lines: Vec<&str> = diff.lines().collect();
        assert!(lines[0].starts_with("  0000  07 07"), "{diff}");
        assert!(lines[1].starts_with("- 0010  07"), "{diff}");
        assert_eq!(lines[2..], ["        ^^"]);
    }

    #[test]
    fn any_byte_is_no_difference_but_its_absence_is() {
        let open = MaskedByte { value: 0, mask: 0 };
        let pattern = [MaskedByte::exact(0xAA), open, MaskedByte::exact(0xBB)];
        assert!(!hex_diff(&pattern, &[0xAA, 5, 0xBB]).contains('^'));
        let diff = hex_diff(&pattern, &[0xAA]);
        assert!(diff.starts_with("- 0000  AA ?? BB"), "{diff}");
        assert!(diff.ends_with("           ^^ ^^\n"), "{diff}");
    }

    #[test]
    fn nothing_against_nothing_is_nothing() {
        assert_eq!(hex_diff(&[], &[]), "");
        assert_eq!(dump(&[]), "");
    }

    #[test]
    fn of_what_agrees_one_line_is_shown() {
        let mut came = [0; 4096];
        came[2048] = 1;
        let diff = hex_diff(&known(&[0; 4096]), &came);
        let expected = [
            "  …",
            "  07F0",
            "- 0800",
            "+ 0800",
            "        ^^",
            "  …",
            "  0FF0",
        ];
        assert_eq!(diff.lines().count(), expected.len(), "{diff}");
        for (line, start) in diff.lines().zip(expected) {
            assert!(line.starts_with(start), "{diff}");
        }
    }

    #[test]
    fn what_is_long_is_cut() {
        let diff = hex_diff(&known(&[1; 4096]), &[2; 4096]);
        assert_eq!(diff.lines().count(), 3 * LINES + 1);
        assert_eq!(dump(&[1; 4096]).lines().count(), LINES + 1);
    }
}
