//! A hex dump with offsets, hexadecimal and ASCII columns, as `hexdump -C` prints it.
//!
//! ```text
//! 2019-07-11 21:59:45.162 received 192.168.56.1:13474 5 B
//! 0000  48 65 6C 6C 6F                                    |Hello|
//!
//! ```

use super::append::{Recent, push_number};
use super::classic::is_stamp;
use super::entry::{FormatEntry, FormatWriter, HEAD, WriteSupport, WrittenRow, begins};
use super::lost::Lost;
use super::stamp::{Form, Stamps};
use crate::capture::CaptureContext;
use crate::payload::{hex, printable};
use crate::peer::Peer;
use crate::traffic::Body;
use std::io::{self, Write as _};

pub(super) static ENTRY: FormatEntry = FormatEntry {
    extension: "txt",
    name_key: "format.hex_dump",
    is_lines: true,
    writes: Some(WriteSupport {
        begin: |_| Box::new(HexDump::new()),
        can_follow: |file, _| begins(file, HEAD, is_stamp),
        is_recorded: true,
        in_time_order: false,
        reads_text: false,
        is_by_message: false,
        loses: &[
            Lost::Micros,
            Lost::Origin,
            Lost::Local,
            Lost::Interface,
            Lost::KernelTime,
        ],
    }),
    reads: None,
};

/// The number of bytes on a line.
const WIDTH: usize = 16;

struct HexDump {
    stamps: Stamps,
    peers: Recent<Peer>,
}

impl HexDump {
    fn new() -> Self {
        Self {
            stamps: Stamps::new(Form::Clock),
            peers: Recent::new(),
        }
    }
}

impl FormatWriter for HexDump {
    /// Appends the record and an empty line. A notice is one line of text.
    fn row(
        &mut self,
        out: &mut Vec<u8>,
        row: &WrittenRow<'_>,
        context: &CaptureContext,
    ) -> io::Result<()> {
        let record = row.record;
        self.stamps.push(out, record.time, &context.zone);
        let (peer, bytes) = match record.body {
            Body::Received { peer, bytes } => {
                out.extend_from_slice(b" received ");
                (peer, bytes)
            }
            Body::Sent { peer, bytes } => {
                out.extend_from_slice(b" sent ");
                (peer, bytes)
            }
            Body::Notice(notice) => {
                let message = (context.describe)(notice);
                return write!(out, " event {}\n\n", printable::line(message.as_bytes()));
            }
        };
        self.peers.push(out, peer, |text| {
            text.extend_from_slice(peer.to_string().as_bytes());
        });
        out.push(b' ');
        push_number(out, bytes.len() as u64);
        if let Some(whole) = record.arrival.whole {
            out.extend_from_slice(b" of ");
            push_number(out, whole.into());
        }
        let is_cut = record.arrival.truncated && record.arrival.whole.is_none();
        out.extend_from_slice(if is_cut { b" B (cut)\n" } else { b" B\n" });
        for (place, line) in bytes.chunks(WIDTH).enumerate() {
            push_line(out, place * WIDTH, line)?;
        }
        out.push(b'\n');
        Ok(())
    }
}

/// Appends `0000  48 65 …  |He…|`: the offset has at least four digits.
fn push_line(out: &mut Vec<u8>, offset: usize, line: &[u8]) -> io::Result<()> {
    write!(out, "{offset:04X}  ")?;
    hex::push(out, line);
    // One space after the last byte, and three for each missing byte.
    let missing = WIDTH.saturating_sub(line.len());
    out.extend(std::iter::repeat_n(b' ', 1 + 3 * missing));
    out.extend_from_slice(b" |");
    out.extend(line.iter().map(|byte| match byte {
        b' '..=b'~' => *byte,
        _ => b'.',
    }));
    out.extend_from_slice(b"|\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::capture::CaptureFormat;
    use crate::capture::writer::tests::{context, notice, received, sent, written};
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
        let bytes = written(CaptureFormat::HexDump, context(), &records);
        let expected = "2019-07-11 21:59:45.162 received 192.168.56.1:13474 19 B\n\
             0000  48 65 6C 6C 6F 0A 7C 30 31 32 33 34 35 36 37 38  |Hello.|012345678|\n\
             0010  39 2E FF                                         |9..|\n\n\
             1970-01-01 00:00:00.000 sent 192.168.56.1:13474 0 B\n\n\
             1970-01-01 00:00:00.000 event Joined { peer: 192.168.56.1:13474 }\n\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }
}
