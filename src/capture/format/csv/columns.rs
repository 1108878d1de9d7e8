//! The columns of fields: one for each that the description names, with the name of the protocol
//! before it, and one for what is wrong.

use super::end_cell;
use crate::capture::CaptureFields;
use crate::capture::fields::WrittenFields;
use crate::payload::charset::Charset;
use crate::payload::{hex, printable};
use crate::schema::{Number, PlainValue, Tree};

/// The most columns.
const MOST: usize = 512;
/// Stands between the values of a repeated field, and of several messages in one row.
const BETWEEN: &str = "; ";

pub(super) struct FieldColumns {
    /// The path of each field, without the name of the protocol.
    paths: Vec<Vec<String>>,
}

/// The values in a cell.
#[derive(Default)]
struct Cell {
    text: String,
    /// Whether all of them are numbers.
    is_number: bool,
}

impl FieldColumns {
    pub(super) fn new(fields: &CaptureFields) -> Self {
        let paths = fields.described.schema.file_paths(MOST).into_iter();
        let path = |path: String| path.split('.').map(str::to_owned).collect();
        Self {
            paths: paths.map(path).collect(),
        }
    }

    pub(super) fn push_head(&self, out: &mut Vec<u8>, fields: &CaptureFields) {
        let protocol = fields.described.schema.name();
        for path in &self.paths {
            out.push(b',');
            let start = out.len();
            out.extend_from_slice(format!("{protocol}.{}", path.join(".")).as_bytes());
            end_cell(out, start);
        }
        out.extend_from_slice(b",fault");
    }

    /// Appends the cells of a row; they are empty where it has no message.
    pub(super) fn push(&self, out: &mut Vec<u8>, written: Option<WrittenFields<'_>>) {
        let mut cells: Vec<Cell> = Vec::new();
        cells.resize_with(self.paths.len(), Cell::default);
        let mut faults = Cell::default();
        if let Some(WrittenFields {
            fields, messages, ..
        }) = written
        {
            let schema = &fields.described.schema;
            for message in messages {
                let mut tree = Tree::default();
                schema.decode(message, &mut tree);
                for (path, cell) in self.paths.iter().zip(&mut cells) {
                    schema.at_path(&tree, path, &mut |node| {
                        // A message may give another field the name of this one.
                        let field = schema.field_of(node).zip(path.last());
                        if field.is_some_and(|(field, name)| field.is_named(name)) {
                            cell.add(&schema.plain_value(node, message));
                        }
                        false
                    });
                }
                if let Some(fault) = fields.described.fault(&tree, &*fields.describe) {
                    faults.add_text(&fault);
                }
            }
        }
        for cell in cells.iter().chain([&faults]) {
            out.push(b',');
            cell.push(out);
        }
    }
}

impl Cell {
    fn add(&mut self, value: &PlainValue<'_>) {
        let is_number = self.is_number || self.text.is_empty();
        match value {
            PlainValue::None => return,
            PlainValue::Bool(value) => self.add_text(if *value { "true" } else { "false" }),
            PlainValue::Number(Number::Whole(value)) => self.add_text(&value.to_string()),
            PlainValue::Number(Number::Real(value)) => self.add_text(&value.to_string()),
            PlainValue::Text(text) => {
                self.add_text(&printable::paragraph(Charset::Utf8, text.as_bytes()));
            }
            PlainValue::Bytes(bytes) => self.add_text(&hex::format(bytes)),
            PlainValue::Empty(empty) => self.add_text(empty.text()),
        }
        self.is_number = is_number && matches!(value, PlainValue::Number(_));
    }

    fn add_text(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push_str(BETWEEN);
        }
        self.text.push_str(text);
    }

    fn push(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(self.text.as_bytes());
        // The sign of a number makes no formula.
        if !self.is_number {
            end_cell(out, start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::writer::tests::{context, notice, received, written};
    use crate::capture::{CaptureContext, CaptureFormat};
    use crate::schema::Schema;
    use crate::traffic::framing::SessionFraming;
    use crate::traffic::{MessageSchema, Notice};
    use std::io::Write;
    use std::sync::Arc;

    fn described() -> CaptureContext {
        let schema = r#"(
            meta: (id: "sensor", encoding: "UTF-8"),
            seq: [
                (id: "kind", type: "u1", enum: "kind"),
                (id: "temp", type: "s1", scale: 0.5, unit: "°C"),
                (id: "name", type: "strz"),
                (id: "parts", type: "s1", repeat: "expr", repeat_expr: "2"),
                (id: "rest", size_eos: true),
            ],
            enums: {"kind": {1: "request"}},
        )"#;
        let schema = Schema::read(schema).unwrap();
        let (described, describe) = (
            Arc::new(MessageSchema {
                schema,
                framing: SessionFraming::default(),
            }),
            Arc::new(|fault: &crate::schema::Fault| format!("{fault:?}")),
        );
        CaptureContext {
            fields: Some(CaptureFields {
                described,
                describe,
            }),
            ..context()
        }
    }

    #[test]
    fn every_field_has_a_column_and_numbers_stay_numbers() {
        let peer: std::net::SocketAddr = "1.2.3.4:5".parse().unwrap();
        let (notice_of, right, cut) = (
            Notice::Joined {
                peer: crate::peer::Peer::from(peer),
            },
            b"\x01\xF5=a,\0\xFE\x03\xAB\xCD",
            b"\x02",
        );
        let rows = [
            received(0, peer, right),
            received(0, peer, cut),
            notice(0, &notice_of),
        ];
        let file = String::from_utf8(written(CaptureFormat::Csv, described(), &rows)).unwrap();
        let ends: Vec<&str> = file
            .lines()
            .zip(["hex,", "CD,", ",02,", " },,"])
            .map(|(line, mark)| line.split_once(mark).unwrap().1)
            .collect();
        assert_eq!(
            ends[0],
            "sensor.kind,sensor.temp,sensor.name,sensor.parts,sensor.rest,fault"
        );
        assert_eq!(ends[1], r#"request,-5.5,"'=a,",-2; 3,AB CD,"#);
        assert_eq!(ends[2], "2,,,,,temp: Short(1)");
        assert_eq!(ends[3], ",,,,,", "a notice has no message");
    }

    #[test]
    fn a_table_is_appended_to_where_it_has_the_same_columns() {
        let follows = |first: CaptureContext, second: &CaptureContext| {
            let mut file = tempfile::tempfile().unwrap();
            let bytes = written(CaptureFormat::Csv, first, &[]);
            file.write_all(&bytes).unwrap();
            CaptureFormat::Csv.can_follow(&mut file, second).unwrap()
        };
        assert!(follows(described(), &described()) && follows(context(), &context()));
        assert!(!follows(described(), &context()) && !follows(context(), &described()));
    }
}
