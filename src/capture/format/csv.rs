//! A table for spreadsheets (RFC 4180).
//!
//! Spreadsheets run what a cell begins with `=` and the like: what came from the network
//! is kept from that by an apostrophe before it, which they take to mean "this is text".

use super::classic::paragraph;
use super::{Entry, FormatWriter, Row, Writing, begins, last_line, stamp};
use crate::capture::About;
use crate::payload::hex;
use crate::payload::reading::Reading;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Record};
use std::io;

pub(super) static ENTRY: Entry = Entry {
    extension: "csv",
    name_key: "format.csv",
    is_lines: true,
    writes: Some(Writing {
        begin: |_| Box::new(Csv),
        can_follow: |file| Ok(begins(file, is_head)? && last_line::is_ended(file)?),
        in_time_order: false,
        reads_text: true,
    }),
    reads: None,
};

struct Csv;

impl FormatWriter for Csv {
    fn header(&mut self, out: &mut Vec<u8>, about: &About) -> io::Result<()> {
        if about.before == 0 {
            push_head(out);
        }
        Ok(())
    }

    fn row(&mut self, out: &mut Vec<u8>, row: &Row<'_>, about: &About) -> io::Result<()> {
        push(out, row.number, row.record, row.read, about);
        Ok(())
    }
}

/// The byte order mark, without which Excel takes UTF-8 for the system's encoding; then
/// the names of the columns.
fn push_head(out: &mut Vec<u8>) {
    out.extend_from_slice("\u{FEFF}".as_bytes());
    out.extend_from_slice(b"number,time,direction,peer,length,encoding,text,hex\r\n");
}

/// Whether a file begins as one of ours.
fn is_head(head: &[u8]) -> bool {
    let mut ours = Vec::new();
    push_head(&mut ours);
    !head.is_empty() && (head.starts_with(&ours) || ours.starts_with(head))
}

/// The record as a row; its number is counted from 1, as the window does.
fn push(out: &mut Vec<u8>, row: u64, record: &Record<'_>, read: &Streamed, about: &About) {
    let bytes = record.bytes();
    let (direction, length) = match record.body {
        Body::Received { .. } => ("received", bytes.len().to_string()),
        Body::Sent { .. } => ("sent", bytes.len().to_string()),
        Body::Notice(_) => ("event", String::new()),
    };
    let (encoding, text) = match (record.body, read.reading) {
        (Body::Notice(notice), _) => ("", (about.describe)(notice)),
        (_, Reading::Empty) => ("", String::new()),
        (_, Reading::Text(charset)) => (charset.name(), paragraph(charset, read, bytes)),
        (_, Reading::Binary) => ("HEX", String::new()),
    };
    let cells = [
        row.saturating_add(1).to_string(),
        stamp::iso(record.time, &about.zone),
        direction.to_owned(),
        record
            .peer()
            .map_or_else(String::new, |peer| peer.to_string()),
        length,
        encoding.to_owned(),
        text,
        hex::format(bytes),
    ];
    for (column, cell) in cells.iter().enumerate() {
        if column > 0 {
            out.push(b',');
        }
        push_cell(out, cell);
    }
    out.extend_from_slice(b"\r\n");
}

/// In quotes where something in it would end the cell; quotes in it are doubled.
fn push_cell(out: &mut Vec<u8>, cell: &str) {
    let defused = if is_formula(cell) { "'" } else { "" };
    if !cell.contains(['"', ',', '\r', '\n']) {
        out.extend_from_slice(defused.as_bytes());
        out.extend_from_slice(cell.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(defused.as_bytes());
    out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

/// Whether a spreadsheet could run it; in East Asian ones full-width signs begin a
/// formula too. A program that does not know quotes sees what is behind them.
fn is_formula(cell: &str) -> bool {
    let begins = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    cell.trim_start_matches('"').starts_with(begins)
}

#[cfg(test)]
mod tests {
    use crate::capture::Format;
    use crate::capture::writer::tests::{about, notice, received, sent, written};
    use crate::traffic::Notice;
    use proptest::prelude::*;

    /// A reader of RFC 4180: rows of cells.
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
        let bytes = written(Format::Csv, about(), records);
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

    proptest! {
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
