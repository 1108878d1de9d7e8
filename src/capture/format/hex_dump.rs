//! Offsets, hexadecimal and ASCII, as `hexdump -C` shows them.
//!
//! ```text
//! 2019-07-11 21:59:45.162 received 192.168.56.1:13474 5 B
//! 0000  48 65 6C 6C 6F                                    |Hello|
//!
//! ```

use super::classic::is_stamp;
use super::{Entry, FormatWriter, Row, Writing, begins, stamp};
use crate::capture::About;
use crate::payload::{hex, printable};
use crate::traffic::{Body, Record};
use std::io;

pub(super) static ENTRY: Entry = Entry {
    extension: "txt",
    name_key: "format.hex_dump",
    is_lines: true,
    writes: Some(Writing {
        begin: |_| Box::new(HexDump),
        can_follow: |file| begins(file, is_stamp),
        in_time_order: false,
        reads_text: false,
    }),
    reads: None,
};

struct HexDump;

impl FormatWriter for HexDump {
    fn row(&mut self, out: &mut Vec<u8>, row: &Row<'_>, about: &About) -> io::Result<()> {
        push(out, row.record, about);
        Ok(())
    }
}

/// Bytes on a line.
const WIDTH: usize = 16;

/// The record with the empty line behind it. A notice is one line of words.
fn push(out: &mut Vec<u8>, record: &Record<'_>, about: &About) {
    let mut text = stamp::clock(record.time, &about.zone);
    let bytes = record.bytes();
    let length = match record.arrival.whole {
        Some(whole) => format!("{} of {whole}", bytes.len()),
        None => bytes.len().to_string(),
    };
    match record.body {
        Body::Received { peer, .. } => text.push_str(&format!(" received {peer} {length} B\n")),
        Body::Sent { peer, .. } => text.push_str(&format!(" sent {peer} {length} B\n")),
        Body::Notice(notice) => {
            let said = (about.describe)(notice);
            text.push_str(&format!(" event {}\n", printable::line(said.as_bytes())));
        }
    }
    for (place, line) in bytes.chunks(WIDTH).enumerate() {
        push_line(&mut text, place * WIDTH, line);
    }
    text.push('\n');
    out.extend_from_slice(text.as_bytes());
}

/// `0000  48 65 …  |He…|`: the offset in four digits, or more where it needs them.
fn push_line(text: &mut String, offset: usize, line: &[u8]) {
    text.push_str(&format!("{offset:04X}  "));
    for byte in line {
        hex::push_byte(text, *byte);
        text.push(' ');
    }
    text.extend(std::iter::repeat_n("   ", WIDTH.saturating_sub(line.len())));
    text.push_str(" |");
    text.extend(line.iter().map(|byte| match byte {
        b' '..=b'~' => char::from(*byte),
        _ => '.',
    }));
    text.push_str("|\n");
}

#[cfg(test)]
mod tests {
    use crate::capture::Format;
    use crate::capture::writer::tests::{about, notice, received, sent, written};
    use crate::traffic::Notice;

    #[test]
    fn sixteen_bytes_stand_on_a_line() {
        let peer = "192.168.56.1:13474".parse().unwrap();
        let joined = Notice::Joined { peer };
        let records = [
            received(
                1_562_882_385_162_000,
                peer.address().unwrap(),
                b"Hello\n|0123456789.\xFF",
            ),
            sent(0, peer.address().unwrap(), b""),
            notice(0, &joined),
        ];
        let bytes = written(Format::HexDump, about(), &records);
        let expected = "2019-07-11 21:59:45.162 received 192.168.56.1:13474 19 B\n\
             0000  48 65 6C 6C 6F 0A 7C 30 31 32 33 34 35 36 37 38  |Hello.|012345678|\n\
             0010  39 2E FF                                         |9..|\n\n\
             1970-01-01 00:00:00.000 sent 192.168.56.1:13474 0 B\n\n\
             1970-01-01 00:00:00.000 event Joined { peer: 192.168.56.1:13474 }\n\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }
}
