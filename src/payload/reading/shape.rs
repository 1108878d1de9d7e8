//! The structure of bytes as UTF-8 and as GB18030, without a decision between the two.

use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::printable::is_unassigned;

/// Bytes read as UTF-8 (RFC 3629).
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8 {
    /// Continuation bytes at the beginning, at most three: the end of a truncated character.
    pub lead: usize,
    /// Bytes at the end that begin a character without completing it.
    pub cut: usize,
    /// Bytes elsewhere that are not a character.
    pub bad: usize,
    /// Bytes in multi-byte characters.
    pub multi: usize,
    /// Characters of three or four bytes.
    pub wide: usize,
}

impl Utf8 {
    pub fn of(bytes: &[u8]) -> Self {
        let leads = bytes.iter().take(3);
        let lead = leads.take_while(|byte| **byte & 0xC0 == 0x80).count();
        let mut shape = Self {
            lead,
            ..Self::default()
        };
        let rest = bytes.get(lead..).unwrap_or_default();
        let mut read = 0;
        for chunk in rest.utf8_chunks() {
            for c in chunk.valid().chars().filter(|c| !c.is_ascii()) {
                shape.multi += c.len_utf8();
                shape.wide += usize::from(c.len_utf8() > 2);
            }
            let invalid = chunk.invalid();
            read += chunk.valid().len() + invalid.len();
            if read == rest.len() && Charset::Utf8.begins_character(invalid) {
                shape.cut = invalid.len();
            } else {
                shape.bad += invalid.len();
            }
        }
        shape
    }

    /// Whether there are characters beyond ASCII, and every byte belongs to a character.
    pub fn is_whole(self) -> bool {
        self.is_valid() && self.lead == 0 && self.cut == 0
    }

    /// Like [`is_whole`](Self::is_whole), but the first and the last character may be
    /// truncated.
    pub fn is_valid(self) -> bool {
        self.bad == 0 && self.multi > 0
    }
}

/// Bytes read as GB18030: all of them are characters, except a truncated last one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gbk {
    /// Pairs in the range of GB 2312-80, and characters of four bytes.
    likely: usize,
    /// Pairs beyond GB 2312-80; binary data often decodes to these.
    unlikely: usize,
    /// Characters of four bytes.
    long: usize,
    /// Likely pairs to which GB 2312-80 assigns no character.
    unassigned: usize,
    /// Bytes at the end that begin a character without completing it.
    pub cut: usize,
}

impl Gbk {
    /// `None` if any bytes are not a character, or an unassigned one.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut shape = Self::default();
        let mut rest = bytes;
        while let [first, behind @ ..] = rest {
            rest = match (first, behind) {
                (0x20..=0x7E | b'\n' | b'\r' | b'\t' | 0x1B, after) => after,
                (0x81..=0xFE, [0x30..=0x39, 0x81..=0xFE, 0x30..=0x39, after @ ..]) => {
                    shape.likely += 1;
                    shape.long += 1;
                    after
                }
                (0xA1..=0xF7, [cell @ 0xA1..=0xFE, after @ ..]) => {
                    shape.likely += 1;
                    shape.unassigned += usize::from(!is_in_gb2312(*first, *cell));
                    after
                }
                (0x81..=0xFE, [0x40..=0x7E | 0x80..=0xFE, after @ ..]) => {
                    shape.unlikely += 1;
                    after
                }
                (0x81..=0xFE, [] | [0x30..=0x39] | [0x30..=0x39, 0x81..=0xFE]) => {
                    shape.cut = rest.len();
                    &[]
                }
                _ => return None,
            };
        }
        let whole = bytes.get(..bytes.len() - shape.cut)?;
        let assigned = |part: DecodedPart<'_>| match part {
            DecodedPart::Text(text) => !text.chars().any(is_unassigned),
            DecodedPart::Bad(_) => false,
        };
        let parts = Charset::Gb18030.decode(whole);
        parts.into_iter().all(assigned).then_some(shape)
    }

    /// Whether every character beyond ASCII is one of GB 2312-80.
    pub fn is_gb2312(self) -> bool {
        self.likely > 0 && self.unlikely + self.unassigned + self.long == 0
    }

    /// Whether at least half of the characters beyond ASCII are likely in text.
    pub fn is_likely(self) -> bool {
        self.likely > 0 && self.unlikely <= self.likely
    }
}

/// Whether GB 2312-80 has a character at this row and cell: its rows 1 to 9 have gaps, 10 to 15
/// are empty.
fn is_in_gb2312(row: u8, cell: u8) -> bool {
    match row {
        0xA2 => matches!(cell, 0xB1..=0xE2 | 0xE5..=0xEE | 0xF1..=0xFC),
        0xA4 => cell <= 0xF3,
        0xA5 => cell <= 0xF6,
        0xA6 => matches!(cell, 0xA1..=0xB8 | 0xC1..=0xD8),
        0xA7 => matches!(cell, 0xA1..=0xC1 | 0xD1..=0xF1),
        0xA8 => matches!(cell, 0xA1..=0xBA | 0xC5..=0xE9),
        0xA9 => matches!(cell, 0xA4..=0xEF),
        0xAA..=0xAF => false,
        0xD7 => cell <= 0xF9,
        _ => true,
    }
}
