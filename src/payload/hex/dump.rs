//! Reads hex dumps of `hexdump -C`, `xxd`, `od -A x -t x1`, tcpdump, Wireshark and this
//! program:
//!
//! ```text
//! 0000  48 65 6C 6C 6F 20 77 6F  72 6C 64 21 0A           |Hello world!.|
//! 00000000: 4865 6c6c 6f20 776f 726c 6421 0a         Hello world!.
//! ```

/// The most bytes that a `*` line may stand for.
const SQUEEZED: usize = 1 << 20;
/// The longest line of a dump in bytes. The limit keeps a long line of digits from being read
/// more than once.
const LONGEST: usize = 2048;

/// A line: the offset of its bytes, and the text after the offset.
struct DumpLine<'a> {
    offset: usize,
    rest: &'a str,
    /// Whether a colon ends the offset.
    has_colon: bool,
    /// Whether a `*` line precedes it: the line before is repeated up to this offset.
    is_repeated: bool,
}

/// The bytes of a hex dump; `None` if the text is not a dump.
pub fn parse(text: &str) -> Option<Vec<u8>> {
    let lines = lines(text)?;
    let first = lines.first()?;
    // A single line could be bytes without an offset.
    if lines.len() == 1 && (first.offset != 0 || !(first.has_colon || has_text(first.rest))) {
        return None;
    }
    // Before a single space, the offset could be bytes as well.
    let is_narrow = |line: &DumpLine<'_>| !line.has_colon && !line.rest.starts_with("  ");
    if is_narrow(first) && first.offset != 0 {
        return None;
    }
    let begin = first.offset;
    let mut bytes = Vec::new();
    let mut last = 0;
    for (place, line) in lines.iter().enumerate() {
        let at = line.offset.checked_sub(begin)?;
        if line.is_repeated {
            repeat(&mut bytes, last, at)?;
        }
        // Each offset must be where the bytes before it end.
        if bytes.len() != at {
            return None;
        }
        let next = lines.get(place + 1);
        let expected = match next.filter(|next| !next.is_repeated) {
            Some(next) => Some(next.offset.checked_sub(line.offset)?),
            None => None,
        };
        let found = line_bytes(line.rest, expected)?;
        last = found.len();
        bytes.extend(found);
    }
    (!bytes.is_empty()).then_some(bytes)
}

fn lines(text: &str) -> Option<Vec<DumpLine<'_>>> {
    let mut lines = Vec::new();
    let mut is_repeated = false;
    for text in text.lines().map(str::trim).filter(|text| !text.is_empty()) {
        if text == "*" {
            is_repeated = true;
            continue;
        }
        lines.push(line(text, std::mem::take(&mut is_repeated))?);
    }
    (!is_repeated).then_some(lines)
}

fn line(text: &str, is_repeated: bool) -> Option<DumpLine<'_>> {
    if text.len() > LONGEST {
        return None;
    }
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    let (offset, rest) = digits.split_at_checked(length)?;
    let after = rest.strip_prefix(':');
    let (has_colon, rest) = (after.is_some(), after.unwrap_or(rest));
    // `0000:0001` is two groups of digits. The last line of `hexdump -C` is the end offset
    // alone.
    let is_apart = rest.is_empty() || rest.starts_with([' ', '\t']);
    let offset = usize::from_str_radix(offset, 16).ok()?;
    (is_apart && (4..=16).contains(&length)).then_some(DumpLine {
        offset,
        rest,
        has_colon,
        is_repeated,
    })
}

/// Repeats the last line, of `last` bytes, until there are `length` bytes.
fn repeat(bytes: &mut Vec<u8>, last: usize, length: usize) -> Option<()> {
    let more = length.checked_sub(bytes.len())?;
    if last == 0 || more % last != 0 || more > SQUEEZED {
        return None;
    }
    let line = bytes.split_at(bytes.len() - last).1.repeat(more / last);
    bytes.extend(line);
    Some(())
}

/// Whether something other than bytes follows them in the line.
fn has_text(rest: &str) -> bool {
    let is_byte = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
    !rest.split_whitespace().all(is_byte) || ends(rest).any(|end| end.is_text())
}

/// A position in a line where its bytes may end.
struct DumpEnd<'a> {
    bytes: Vec<u8>,
    /// The text after that position.
    rest: &'a str,
}

impl DumpEnd<'_> {
    /// Whether the rest is the text column of the bytes: printable characters as they are, any
    /// one character for each other byte. Spaces are not compared, since they get lost at the
    /// ends.
    fn is_text(&self) -> bool {
        let text = self.rest.trim();
        let (text, is_marked) = match text.strip_prefix(['|', '>']) {
            Some(inner) => (inner.strip_suffix(['|', '<']).unwrap_or(inner), true),
            None => (text, false),
        };
        if text.is_empty() || !(is_marked || self.is_far()) {
            return false;
        }
        let mut shown = text.chars().filter(|c| *c != ' ');
        let bytes = self.bytes.iter().filter(|byte| **byte != b' ');
        let mut fits = true;
        for byte in bytes {
            let c = shown.next();
            fits &= c.is_some_and(|c| !byte.is_ascii_graphic() || c == char::from(*byte));
        }
        fits && shown.next().is_none()
    }

    /// Whether the rest is set off by more than the single space between bytes.
    fn is_far(&self) -> bool {
        self.rest.is_empty() || self.rest.starts_with("  ") || self.rest.starts_with('\t')
    }
}

/// The positions where the bytes at the beginning may end, each after a group of digits.
fn ends(mut rest: &str) -> impl Iterator<Item = DumpEnd<'_>> {
    let mut bytes = Vec::new();
    std::iter::from_fn(move || {
        let digits = rest.trim_start();
        let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
        let (group, behind) = digits.split_at_checked(length)?;
        let (pairs, []) = group.as_bytes().as_chunks::<2>() else {
            return None;
        };
        if pairs.is_empty() || !(behind.is_empty() || behind.starts_with([' ', '\t'])) {
            return None;
        }
        for pair in pairs {
            let pair = std::str::from_utf8(pair).ok()?;
            bytes.push(u8::from_str_radix(pair, 16).ok()?);
        }
        rest = behind;
        Some(DumpEnd {
            bytes: bytes.clone(),
            rest,
        })
    })
}

/// The bytes of a line, exactly `expected` of them if the next line's offset is known. `None`
/// if the line does not have them.
fn line_bytes(rest: &str, expected: Option<usize>) -> Option<Vec<u8>> {
    if rest.trim().is_empty() {
        return expected.is_none_or(|count| count == 0).then(Vec::new);
    }
    let mut last = None;
    for end in ends(rest) {
        let fits = expected.is_none_or(|count| count == end.bytes.len());
        if fits && (expected.is_some() || end.is_text()) {
            return Some(end.bytes);
        }
        // Text in an encoding other than ASCII cannot be recognised by its characters.
        if fits && end.is_far() {
            last = Some(end.bytes);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dumps_of_known_programs_are_their_bytes() {
        let hello = b"Hello world, hello.\n".to_vec();
        let dumps = [
            // hexdump -C
            "00000000  48 65 6c 6c 6f 20 77 6f  72 6c 64 2c 20 68 65 6c  |Hello world, hel|\n\
             00000010  6c 6f 2e 0a                                       |lo..|\n\
             00000014\n",
            // xxd
            "00000000: 4865 6c6c 6f20 776f 726c 642c 2068 656c  Hello world, hel\n\
             00000010: 6c6f 2e0a                                lo..\n",
            // xxd -g 1 -c 20: one line
            "00000000: 48 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 68 65 6c 6c 6f 2e 0a  Hello world, hello..",
            // od -A x -t x1z
            "000000 48 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 68 65 6c  >Hello world, hel<\n\
             000010 6c 6f 2e 0a                                      >lo..<\n\
             000014\n",
            // od -A x -t x1
            "000000 48 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 68 65 6c\r\n\
             000010 6c 6f 2e 0a\r\n\
             000014\r\n",
            // tcpdump -X
            "\t0x0000:  4865 6c6c 6f20 776f 726c 642c 2068 656c  Hello.world,.hel\n\
             \t0x0010:  6c6f 2e0a                                lo..\n",
            // Wireshark
            "0000   48 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 68 65 6c   Hello world, hel\n\
             0010   6c 6f 2e 0a                                       lo..\n",
            // This program
            "0000  48 65 6C 6C 6F 20 77 6F 72 6C 64 2C 20 68 65 6C  |Hello world, hel|\n\
             0010  6C 6F 2E 0A                                      |lo..|\n",
        ];
        for dump in dumps {
            assert_eq!(parse(dump).as_ref(), Some(&hello), "{dump}");
        }
    }

    #[test]
    fn a_gap_in_the_middle_of_a_line_does_not_end_it() {
        let bytes = b"Hello world, hel".to_vec();
        for dump in [
            "00000000: 48 65 6C 6C 6F 20 77 6F  72 6C 64 2C 20 68 65 6C  Hello world, hel",
            "0000  48 65 6C 6C 6F 20 77 6F  72 6C 64 2C 20 68 65 6C  |Hello world, hel|",
            "0000:  48 65 6C 6C 6F 20 77 6F  72 6C 64 2C 20 68 65 6C",
            "0000  48 65 6C 6C  6F 20 77 6F  72 6C 64 2C  20 68 65 6C   Hello world, hel",
        ] {
            assert_eq!(parse(dump).as_ref(), Some(&bytes), "{dump}");
        }
        // The text column is GBK, which a terminal shows as two characters.
        let dump = "00000000  c4 e3 ba c3 20 41 42 43  44 45                    你好 ABCDE";
        assert_eq!(parse(dump), Some(b"\xC4\xE3\xBA\xC3 ABCDE".to_vec()));
    }

    #[test]
    fn text_that_looks_like_bytes_is_none() {
        for (dump, bytes) in [
            (
                "00000000: 4142                                     AB\n",
                "AB",
            ),
            (
                "00000000: 6661 6365                                face\n",
                "face",
            ),
            ("0000  61 62 20 63 64  |ab cd|", "ab cd"),
            ("0000  20 20 41 42    AB", "  AB"),
        ] {
            assert_eq!(parse(dump).as_deref(), Some(bytes.as_bytes()), "{dump}");
        }
    }

    #[test]
    fn a_star_repeats_the_line_before() {
        let dump = "00000000  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  |AAAAAAAAAAAAAAAA|\n\
                    *\n\
                    00000030  42                                                |B|\n\
                    00000031\n";
        let bytes = [[b'A'; 48].as_slice(), b"B"].concat();
        assert_eq!(parse(dump), Some(bytes));
        let zeros = "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n\
                     *\n00000020\n";
        assert_eq!(parse(zeros), Some(vec![0; 32]));
        assert_eq!(parse("0000  41  |A|\n*\nFFFFFFFF\n"), None);
        assert_eq!(parse("0000  41  |A|\n*\n"), None);
    }

    #[test]
    fn bytes_without_offsets_are_no_dump() {
        for text in [
            "",
            "0000",
            "4865 6c6c",
            "48 65\n6c 6c",
            "0000 48 65",
            "0000 48 65\n0000 48 65",
            "0001  48 65",
            // Groups of digits, two of them far apart.
            "0000:0001",
            "0000:0001\n0002:0003",
            "0000  0006",
            "00000000  DEADBEEF",
            "zz",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        let long = format!("0000 {}", "41 ".repeat(100_000));
        assert_eq!(parse(&long), None);
        // The offsets do not continue.
        assert_eq!(parse("0000  48 65  |He|\n0010  6c  |l|"), None);
    }
}
