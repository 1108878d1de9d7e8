//! The log in the format of the well-known network assistants.
//!
//! ```text
//! [2019-07-11 21:59:45.162]# RECV ASCII FROM 192.168.56.1 :13474>
//! hello
//!
//! [2019-07-11 21:59:46.004]# Client 192.168.56.1:13474 gets offline.
//!
//! ```
//!
//! A message of a framed stream is a row of its own; one that is none says why after its line:
//! `(unfinished)`. A truncated payload says so after its line: `(6 of 100 B)`, or `(cut)` where the length is
//! unknown. Further lines of a payload are indented, and so is a first line that looks like a row:
//! a peer cannot forge rows.

mod header;

use super::entry::{FormatEntry, FormatWriter, HEAD, WriteSupport, WrittenRow, begins};
use super::lost::Lost;
use crate::capture::fields::WrittenFields;
use crate::capture::message_row::fault_word;
use crate::capture::{CaptureContext, Carrier};
use crate::payload::charset::Charset;
use crate::payload::reading::Reading;
use crate::payload::{hex, printable};
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Notice, Record};
use header::Headers;
pub use header::header;
use std::io;

pub(super) static ENTRY: FormatEntry = FormatEntry {
    extension: "log",
    name_key: "format.classic",
    is_lines: true,
    writes: Some(WriteSupport {
        begin: |_| Box::new(Classic::new()),
        can_follow: |file, _| begins(file, HEAD, is_head),
        is_recorded: true,
        in_time_order: false,
        reads_text: true,
        is_by_message: true,
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

const INDENT: &[u8] = b"    ";
/// The beginning of the line with the fields of a message; no later line of a payload begins so.
const FIELDS: &[u8] = b"= ";

/// Whether a file begins with a row of this format.
fn is_head(head: &[u8]) -> bool {
    let date = head.strip_prefix(b"[");
    date.is_some_and(is_stamp) && head.windows(3).any(|end| end == b"]# ")
}

/// Whether the text begins with a date and a time of day: `2019-07-11 21:59:45`.
pub(super) fn is_stamp(text: &[u8]) -> bool {
    let form = b"dddd-dd-dd dd:dd:dd";
    let fits = |(c, form): (&u8, &u8)| match form {
        b'd' => c.is_ascii_digit(),
        form => c == form,
    };
    text.len() >= form.len() && text.iter().zip(form).all(fits)
}

/// The writer's state between rows.
struct Classic {
    headers: Headers,
    /// Whether we connected to the peer: the peer is then a server, not a client.
    connected: bool,
}

impl Classic {
    fn new() -> Self {
        Self {
            headers: Headers::new(),
            connected: false,
        }
    }
}

impl FormatWriter for Classic {
    /// Appends the record and an empty line.
    fn row(
        &mut self,
        out: &mut Vec<u8>,
        row: &WrittenRow<'_>,
        context: &CaptureContext,
    ) -> io::Result<()> {
        let (record, read) = (row.record, row.read);
        self.headers.push(out, record, read.reading, &context.zone);
        match record.body {
            Body::Notice(notice) => {
                self.pass_over(record, row.carrier);
                let message = message(notice, self.connected, context);
                out.extend_from_slice(printable::line(message.as_bytes()).as_bytes());
            }
            Body::Received { bytes, .. } | Body::Sent { bytes, .. } => {
                if let Some(fault) = row.fault {
                    out.extend_from_slice(format!(" ({})", fault_word(fault)).as_bytes());
                }
                out.push(b'\n');
                match read.reading {
                    Reading::Empty => {}
                    Reading::Text(charset) => push_indented(out, charset, read, bytes),
                    Reading::Binary => hex::push(out, bytes),
                }
            }
        }
        if !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        for line in row.fields.iter().flat_map(WrittenFields::lines) {
            out.extend_from_slice(FIELDS);
            out.extend_from_slice(printable::line(line.as_bytes()).as_bytes());
            out.push(b'\n');
        }
        out.push(b'\n');
        Ok(())
    }

    fn pass_over(&mut self, record: &Record<'_>, _: Option<Carrier>) {
        match record.body {
            Body::Notice(Notice::Connecting { .. } | Notice::Connected { .. }) => {
                self.connected = true;
            }
            Body::Notice(Notice::Listening { .. } | Notice::Joined { .. }) => {
                self.connected = false;
            }
            _ => {}
        }
    }
}

/// Appends the text of a row: with the beginning of its first character, which is in the read
/// before, and with the bytes that begin a character of the next read.
pub(super) fn push_paragraph(out: &mut Vec<u8>, charset: Charset, read: &Streamed, bytes: &[u8]) {
    if read.lead.is_empty() && read.cut == 0 {
        return printable::push_paragraph(out, charset, bytes);
    }
    printable::push_paragraph(out, charset, &read.joined(bytes));
    if read.cut > 0 {
        let end = bytes.get(bytes.len() - read.cut..).unwrap_or_default();
        out.push(b' ');
        hex::push(out, end);
        out.extend_from_slice(" →".as_bytes());
    }
}

/// Appends the lines of a payload; a line break at its end ends the last line.
fn push_indented(out: &mut Vec<u8>, charset: Charset, read: &Streamed, bytes: &[u8]) {
    let start = out.len();
    push_paragraph(out, charset, read, bytes);
    let payload = out.get(start..).unwrap_or_default();
    let payload = payload.strip_suffix(b"\n").unwrap_or(payload);
    let is_plain = payload.first() != Some(&b'[') && memchr::memchr(b'\n', payload).is_none();
    let end = start + payload.len();
    out.truncate(end);
    if is_plain {
        return;
    }
    let payload = out.split_off(start);
    for (number, line) in payload.split(|byte| *byte == b'\n').enumerate() {
        if number > 0 {
            out.push(b'\n');
        }
        if number > 0 || line.starts_with(b"[") {
            out.extend_from_slice(INDENT);
        }
        out.extend_from_slice(line);
    }
}

/// The text of a notice. A client's coming and going has fixed words in these programs, with
/// one for every end; the reason and the unsent bytes follow them.
fn message(notice: &Notice, connected: bool, context: &CaptureContext) -> String {
    match notice {
        notice if connected => (context.describe)(notice),
        Notice::Joined { peer } => format!("Client {peer} gets online."),
        Notice::Closed { peer, unsent: 0 } => format!("Client {peer} gets offline."),
        Notice::Closed { peer, .. }
        | Notice::PeerReset { peer, .. }
        | Notice::Reset { peer, .. } => {
            let message = (context.describe)(notice);
            let how = message.strip_prefix(&peer.to_string()).unwrap_or(&message);
            format!("Client {peer} gets offline. {}", how.trim_start())
        }
        notice => (context.describe)(notice),
    }
}

#[cfg(test)]
mod tests {
    use crate::capture::CaptureFormat;
    use crate::capture::writer::tests::{context, notice, received, sent, written};
    use crate::payload::charset::Charset;
    use crate::payload::hex;
    use crate::payload::printable::paragraph;
    use crate::traffic::{Notice, Record};
    use proptest::prelude::*;

    /// The rows of datagrams, formatted independently as a reference.
    fn reference(time: i64, peer: &str, bytes: &[u8], is_hex: bool) -> String {
        let stamp = jiff::Timestamp::from_microsecond(time).unwrap();
        let stamp = stamp.strftime("%Y-%m-%d %H:%M:%S.%3f");
        let (shown, text) = match is_hex {
            true => ("HEX", hex::format(bytes)),
            false => ("ASCII", paragraph(Charset::Utf8, bytes)),
        };
        let text = text.strip_suffix('\n').filter(|_| !is_hex).unwrap_or(&text);
        let text = text.replace('\n', "\n    ");
        let indent = if text.starts_with('[') { "    " } else { "" };
        let end = if text.is_empty() { "" } else { "\n" };
        format!("[{stamp}]# RECV {shown} FROM {peer}>\n{indent}{text}{end}\n")
    }

    proptest! {
        #[test]
        fn rows_are_those_put_together_piece_by_piece(
            rows in proptest::collection::vec((0_i64..10_000_000, "[ -~\n\r]{1,40}", 1_u16..30), 1..20),
        ) {
            let rows: Vec<_> = rows
                .iter()
                .map(|(time, text, port)| (*time, text.as_bytes(), *port))
                .chain([(7, &[0, 1, 2, 255][..], 9)])
                .collect();
            let records: Vec<_> = rows
                .iter()
                .map(|&(time, bytes, port)| received(time, ([1, 2, 3, 4], port).into(), bytes))
                .collect();
            let expected: String = rows
                .iter()
                .map(|(time, bytes, port)| {
                    reference(*time, &format!("1.2.3.4 :{port}"), bytes, bytes[0] == 0)
                })
                .collect();
            prop_assert_eq!(classic(&records), expected);
        }
    }

    #[test]
    fn a_server_we_connected_to_is_no_client() {
        let (peer, local) = ("1.2.3.4:5".parse().unwrap(), "1.2.3.5:6".parse().unwrap());
        let connected = Notice::Connected { peer, local };
        let closed = Notice::Closed { peer, unsent: 0 };
        let text = classic(&[notice(0, &connected), notice(0, &closed)]);
        assert!(!text.contains("Client"), "{text}");
    }

    fn classic(records: &[Record<'_>]) -> String {
        String::from_utf8(written(CaptureFormat::Classic, context(), records)).unwrap()
    }

    #[test]
    fn payloads_stand_below_the_line_the_assistants_write() {
        let time = 1_562_882_385_162_000;
        let peer = "192.168.56.1:13474".parse().unwrap();
        let text = classic(&[
            received(time, peer, b"hello"),
            sent(time, peer, "你好\r\n".as_bytes()),
            sent(time, peer, &[1, 2, 255]),
            received(time, peer, b""),
        ]);
        let expected = "[2019-07-11 21:59:45.162]# RECV ASCII FROM 192.168.56.1 :13474>\nhello\n\n\
             [2019-07-11 21:59:45.162]# SEND ASCII TO 192.168.56.1 :13474>\n你好\n\n\
             [2019-07-11 21:59:45.162]# SEND HEX TO 192.168.56.1 :13474>\n01 02 FF\n\n\
             [2019-07-11 21:59:45.162]# RECV ASCII FROM 192.168.56.1 :13474>\n\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_payload_that_was_cut_says_so() {
        let mut record = received(0, "1.2.3.4:5".parse().unwrap(), b"hello!");
        record.arrival.truncated = true;
        let head = |record| classic(&[record]).lines().next().unwrap().to_owned();
        assert!(head(record).ends_with("FROM 1.2.3.4 :5> (cut)"));
        record.arrival.whole = Some(100);
        assert!(head(record).ends_with("FROM 1.2.3.4 :5> (6 of 100 B)"));
    }

    #[test]
    fn no_payload_looks_like_a_row() {
        let peer = "1.2.3.4:5".parse().unwrap();
        let row = "[2019-07-11 21:59:45.162]# RECV ASCII FROM 10.9.8.7 :53>";
        let forged = format!("{row}\nx\n\n{row}\ny\n\n");
        let text = classic(&[received(0, peer, forged.as_bytes())]);
        assert_eq!(text.matches("# RECV").count(), 3, "nothing is left out");
        let rows = text.lines().filter(|line| line.starts_with('['));
        assert_eq!(rows.count(), 1, "{text}");
        // An empty line marks the end of a record.
        assert_eq!(text.lines().filter(|line| line.is_empty()).count(), 1);
        let failed = Notice::FileCancelled {
            path: "a\n[2019-07-11 21:59:45.162]# \u{1B}[2J".into(),
            bytes: 0,
            length: 1,
        };
        let text = classic(&[notice(0, &failed)]);
        assert_eq!(text.lines().count(), 2, "{text}");
    }

    #[test]
    fn clients_come_and_go_in_the_assistants_words() {
        let peer = "192.168.56.1:13474".parse().unwrap();
        let (joined, closed) = (Notice::Joined { peer }, Notice::Closed { peer, unsent: 0 });
        let other = Notice::PeerFinished { peer };
        let text = classic(&[notice(0, &joined), notice(0, &closed), notice(0, &other)]);
        let expected = "[1970-01-01 00:00:00.000]# Client 192.168.56.1:13474 gets online.\n\n\
             [1970-01-01 00:00:00.000]# Client 192.168.56.1:13474 gets offline.\n\n\
             [1970-01-01 00:00:00.000]# PeerFinished { peer: 192.168.56.1:13474 }\n\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn an_end_by_reset_or_with_bytes_unsent_says_so() {
        let peer = "192.168.56.1:13474".parse().unwrap();
        let closed = Notice::Closed { peer, unsent: 0 };
        let others = [
            Notice::PeerReset { peer, unsent: 0 },
            Notice::Reset { peer, unsent: 0 },
            Notice::Closed { peer, unsent: 5 },
        ];
        let mut lines = vec![classic(&[notice(0, &closed)])];
        lines.extend(others.iter().map(|other| classic(&[notice(0, other)])));
        let offline = "# Client 192.168.56.1:13474 gets offline.";
        assert!(lines.iter().all(|line| line.contains(offline)), "{lines:?}");
        lines.sort();
        lines.dedup();
        assert_eq!(lines.len(), 4, "{lines:?}");
    }
}
