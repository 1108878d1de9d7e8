//! CSV for spreadsheets (RFC 4180).
//!
//! Spreadsheets evaluate cells that begin with `=` and similar signs as formulas. An apostrophe
//! in front of network data prevents that: it marks the cell as text.

mod columns;

use super::append::{Recent, push_number};
use super::classic::push_paragraph;
use super::entry::{FormatEntry, FormatWriter, WriteSupport, WrittenRow, begins};
use super::last_line;
use super::lost::Lost;
use super::stamp::{Form, Stamps};
use crate::capture::CaptureContext;
use crate::capture::message_row::fault_word;
use crate::payload::hex;
use crate::payload::reading::Reading;
use crate::peer::Peer;
use crate::traffic::Body;
use columns::FieldColumns;
use std::io;

pub(super) static ENTRY: FormatEntry = FormatEntry {
    extension: "csv",
    name_key: "format.csv",
    is_lines: true,
    writes: Some(WriteSupport {
        begin: |context| Box::new(Csv::new(context)),
        can_follow: |file, context| {
            let head = Csv::new(context).head(context);
            Ok(begins(file, head.len(), |begin| is_head(begin, &head))?
                && last_line::is_ended(file)?)
        },
        is_recorded: true,
        in_time_order: false,
        reads_text: true,
        is_by_message: true,
        loses: &[
            Lost::Origin,
            Lost::Truncation,
            Lost::Local,
            Lost::Interface,
            Lost::KernelTime,
        ],
    }),
    reads: None,
};

struct Csv {
    stamps: Stamps,
    /// The cells of recent peers.
    peers: Recent<Peer>,
    /// Where a description reads messages.
    columns: Option<FieldColumns>,
    /// Whether messages of streams are rows: a column says why bytes are none.
    is_framed: bool,
}

impl Csv {
    fn new(context: &CaptureContext) -> Self {
        Self {
            stamps: Stamps::new(Form::Iso),
            peers: Recent::new(),
            columns: context.fields.as_ref().map(FieldColumns::new),
            is_framed: !context.session.framing.is_none(),
        }
    }

    /// The byte order mark, without which Excel assumes the system's encoding, and the names of
    /// the columns.
    fn head(&self, context: &CaptureContext) -> Vec<u8> {
        let mut head = "\u{FEFF}number,time,direction,peer,length,encoding,text,hex"
            .as_bytes()
            .to_vec();
        if self.is_framed {
            head.extend_from_slice(b",framing");
        }
        if let Some((columns, fields)) = self.columns.as_ref().zip(context.fields.as_ref()) {
            columns.push_head(&mut head, fields);
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

impl FormatWriter for Csv {
    fn header(&mut self, out: &mut Vec<u8>, context: &CaptureContext) -> io::Result<()> {
        if context.before == 0 {
            out.extend(self.head(context));
        }
        Ok(())
    }

    /// Appends the record as a row; rows are numbered from 1, as in the window.
    fn row(
        &mut self,
        out: &mut Vec<u8>,
        row: &WrittenRow<'_>,
        context: &CaptureContext,
    ) -> io::Result<()> {
        let (record, bytes) = (row.record, row.record.bytes());
        push_number(out, row.number.saturating_add(1));
        out.push(b',');
        let start = out.len();
        self.stamps.push(out, record.time, &context.zone);
        // The text of a year before year 0 begins with a minus sign.
        end_cell(out, start);
        let is_notice = matches!(record.body, Body::Notice(_));
        out.extend_from_slice(match record.body {
            Body::Received { .. } => b",received,",
            Body::Sent { .. } => b",sent,",
            Body::Notice(_) => b",event,",
        });
        if let Some(peer) = record.peer() {
            self.peers.push(out, peer, |cell| {
                cell.extend_from_slice(peer.to_string().as_bytes());
                end_cell(cell, 0);
            });
        }
        out.push(b',');
        if !is_notice {
            push_number(out, bytes.len() as u64);
        }
        out.push(b',');
        let reading = row.read.reading;
        if !is_notice {
            out.extend_from_slice(match reading {
                Reading::Empty => b"",
                Reading::Text(charset) => charset.name().as_bytes(),
                Reading::Binary => b"HEX",
            });
        }
        out.push(b',');
        let start = out.len();
        match (record.body, reading) {
            (Body::Notice(notice), _) => {
                out.extend_from_slice((context.describe)(notice).as_bytes());
            }
            (_, Reading::Text(charset)) => push_paragraph(out, charset, row.read, bytes),
            (_, Reading::Empty | Reading::Binary) => {}
        }
        end_cell(out, start);
        out.push(b',');
        hex::push(out, bytes);
        if self.is_framed {
            out.push(b',');
            out.extend_from_slice(row.fault.map_or("", fault_word).as_bytes());
        }
        if let Some(columns) = &self.columns {
            columns.push(out, row.fields);
        }
        out.extend_from_slice(b"\r\n");
        Ok(())
    }
}

/// Whether a file that begins with these bytes has this header.
fn is_head(begin: &[u8], head: &[u8]) -> bool {
    !begin.is_empty() && (begin.starts_with(head) || head.starts_with(begin))
}

/// Makes a cell of the bytes appended since `start`: quotes it if it contains a separator,
/// doubles its quotation marks, and puts an apostrophe before a formula.
pub(super) fn end_cell(out: &mut Vec<u8>, start: usize) {
    let cell = out.get(start..).unwrap_or_default();
    let is_quoted =
        memchr::memchr3(b'"', b',', b'\n', cell).is_some() || memchr::memchr(b'\r', cell).is_some();
    let is_formula = is_formula(cell);
    if !is_quoted && !is_formula {
        return;
    }
    let cell = out.split_off(start);
    let quote: &[u8] = if is_quoted { b"\"" } else { b"" };
    out.extend_from_slice(quote);
    if is_formula {
        out.push(b'\'');
    }
    let mut rest = cell.as_slice();
    while let Some(at) = memchr::memchr(b'"', rest) {
        let (part, after) = rest.split_at_checked(at + 1).unwrap_or((rest, &[]));
        out.extend_from_slice(part);
        out.push(b'"');
        rest = after;
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(quote);
}

/// Whether a spreadsheet may take the cell for a formula. East Asian ones accept full-width
/// signs too. Quotation marks are skipped, because a program that ignores quoting sees the text
/// after them.
fn is_formula(cell: &[u8]) -> bool {
    let quotes = cell.iter().take_while(|byte| **byte == b'"').count();
    match cell.get(quotes..).unwrap_or_default() {
        [b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r', ..] => true,
        wide @ [0xEF, ..] => ["＝", "＋", "－", "＠"]
            .iter()
            .any(|sign| wide.starts_with(sign.as_bytes())),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::capture::CaptureFormat;
    use crate::capture::writer::tests::{context, notice, received, sent, written};
    use crate::traffic::Notice;
    use proptest::prelude::*;

    /// Parses RFC 4180 into rows of cells.
    fn parse(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell) = (vec![], vec![], String::new());
        let (mut quoted, mut chars) = (false, text.chars().peekable());
        while let Some(c) = chars.next() {
            match (quoted, c) {
                (true, '"') if chars.next_if_eq(&'"').is_some() => cell.push('"'),
                (_, '"') => quoted = !quoted,
                (false, ',') => row.push(std::mem::take(&mut cell)),
                (false, '\r') if chars.next_if_eq(&'\n').is_some() => {
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                (_, c) => cell.push(c),
            }
        }
        assert!(!quoted && row.is_empty() && cell.is_empty());
        rows
    }

    fn rows(records: &[crate::traffic::Record<'_>]) -> Vec<Vec<String>> {
        let bytes = written(CaptureFormat::Csv, context(), records);
        let text = String::from_utf8(bytes).unwrap();
        parse(text.strip_prefix('\u{FEFF}').unwrap())
    }

    #[test]
    fn every_record_is_a_row() {
        let peer = "[::1]:9".parse().unwrap();
        let joined = Notice::Joined { peer };
        let rows = rows(&[
            received(
                1_562_882_385_162_003,
                peer.address().unwrap(),
                "a,\"b\"\r\n你".as_bytes(),
            ),
            sent(0, peer.address().unwrap(), &[0, 1, 2]),
            notice(0, &joined),
        ]);
        assert_eq!(rows[0][0], "number");
        assert_eq!(rows[0].len(), 8);
        let expected = [
            "1",
            "2019-07-11T21:59:45.162003+00:00",
            "received",
            "[::1]:9",
            "10",
            "UTF-8",
            "a,\"b\"\n你",
            "61 2C 22 62 22 0D 0A E4 BD A0",
        ];
        assert_eq!(rows[1], expected);
        assert_eq!(rows[2][4..], ["3", "HEX", "", "00 01 02"]);
        assert_eq!(rows[3][2..6], ["event", "[::1]:9", "", ""]);
        assert_eq!(rows[3][6], "Joined { peer: [::1]:9 }");
    }

    #[test]
    fn no_cell_is_a_formula() {
        let peer = "1.2.3.4:5".parse().unwrap();
        for text in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\"=1\"", "＝1", "=1\n,2",
        ] {
            let rows = rows(&[received(0, peer, text.as_bytes())]);
            assert_eq!(rows[1][6], format!("'{text}"), "{text}");
        }
        assert_eq!(rows(&[received(0, peer, b"a=1")])[1][6], "a=1");
    }

    /// A cell, formatted independently as a reference.
    fn cell(text: &str) -> String {
        let begins = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
        let is_formula = text.trim_start_matches('"').starts_with(begins);
        let defused = if is_formula { "'" } else { "" };
        match text.contains(['"', ',', '\r', '\n']) {
            true => format!("\"{defused}{}\"", text.replace('"', "\"\"")),
            false => format!("{defused}{text}"),
        }
    }

    proptest! {
        #[test]
        fn a_cell_is_the_one_put_together(text in "[-=+@\t\r\n\",＝＋－＠a-c你]{0,9}") {
            let mut out = b"before,".to_vec();
            let start = out.len();
            out.extend_from_slice(text.as_bytes());
            super::end_cell(&mut out, start);
            let expected = format!("before,{}", cell(&text));
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }

        #[test]
        fn whatever_came_stays_in_its_cells(payloads: Vec<Vec<u8>>, text: String) {
            let peer = "1.2.3.4:5".parse().unwrap();
            let mut records: Vec<_> = payloads.iter().map(|bytes| sent(0, peer, bytes)).collect();
            records.push(received(0, peer, text.as_bytes()));
            let rows = rows(&records);
            prop_assert_eq!(rows.len(), records.len() + 1);
            for (row, record) in rows[1..].iter().zip(&records) {
                prop_assert_eq!(row.len(), 8);
                prop_assert_eq!(crate::payload::hex::parse(&row[7]).unwrap(), record.bytes());
                prop_assert!(!row[6].trim_start_matches('"').starts_with(['=', '+', '-', '@', '\t', '\r']));
            }
        }
    }
}
