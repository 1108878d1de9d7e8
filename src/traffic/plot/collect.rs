//! Finds the numbers that are plotted in the messages of rows.

use super::{PlotPoint, text_values};
use crate::peer::Peer;
use crate::schema::{Node, Number, Schema, Tree, TypeSpec, Value};
use crate::traffic::framing::SessionFraming;
use crate::traffic::{MessageSchema, Record, RowMessages};
use std::sync::Arc;

/// The most numbers of a field in a message.
const REPEATED: usize = 1_000;

/// The plotted fields.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotFields {
    /// The names of numbers in text, or the paths of fields.
    pub names: Vec<String>,
    /// The field along the x axis; `None` for time.
    pub across: Option<String>,
    pub source: PlotSource,
}

/// How numbers are found in messages.
#[derive(Clone, Debug, PartialEq)]
pub enum PlotSource {
    Described(Arc<MessageSchema>),
    /// By their names in text.
    Text(SessionFraming),
}

/// A number that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlotSample {
    /// The place of its field among [`PlotFields::names`].
    pub field: usize,
    pub peer: Option<Peer>,
    pub point: PlotPoint,
}

/// The numbers of some rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collected {
    pub samples: Vec<PlotSample>,
    /// Messages that are not as described, whose numbers are left out.
    pub faulty: u64,
}

/// Finds numbers in rows that are read one after the other.
pub struct PlotCollector {
    fields: PlotFields,
    /// The paths of the fields, as their names.
    paths: Vec<Vec<String>>,
    across: Option<Vec<String>>,
    messages: Option<RowMessages>,
    tree: Tree,
    /// The values of a message: of the field along the x axis, and of another one.
    found: (Vec<f64>, Vec<f64>),
}

impl PlotCollector {
    /// For rows from their first one on.
    pub fn new(fields: PlotFields) -> Self {
        let path = |name: &String| name.split('.').map(str::to_owned).collect();
        // Without a description, messages end by the framing alone.
        let messages = match &fields.source {
            PlotSource::Described(described) => Some(Arc::clone(described)),
            PlotSource::Text(framing) if framing.is_none() => None,
            PlotSource::Text(framing) => {
                let schema = Schema::new(TypeSpec::default()).ok();
                schema.map(|schema| {
                    let framing = framing.clone();
                    Arc::new(MessageSchema { schema, framing })
                })
            }
        };
        Self {
            paths: fields.names.iter().map(path).collect(),
            across: fields.across.as_ref().map(path),
            messages: messages.map(RowMessages::new),
            fields,
            tree: Tree::default(),
            found: Default::default(),
        }
    }

    /// Adds the numbers of the next row to `out`. The messages of a row that is `hidden` are
    /// followed, so that later ones are found, and their numbers left out.
    pub fn read(&mut self, (row, record): (u64, &Record<'_>), hidden: bool, out: &mut Collected) {
        let Some(messages) = &mut self.messages else {
            if !hidden {
                self.message((row, record), record.bytes(), out);
            }
            return;
        };
        let in_datagrams = messages.described().framing.in_datagrams;
        let in_stream = !in_datagrams && !record.arrival.is_datagram();
        let messages = messages.next(record, in_stream);
        for message in messages.iter().filter(|_| !hidden) {
            self.message((row, record), message, out);
        }
    }

    fn message(&mut self, (row, record): (u64, &Record<'_>), bytes: &[u8], out: &mut Collected) {
        if bytes.is_empty() {
            return;
        }
        let time = record.time as f64;
        let peer = record.peer();
        let mut add = |field: usize, x: f64, value: f64| {
            let point = PlotPoint { x, value, row };
            out.samples.push(PlotSample { field, peer, point });
        };
        let (across, values) = &mut self.found;
        match &self.fields.source {
            PlotSource::Text(_) => {
                let text = String::from_utf8_lossy(bytes);
                if let Some(name) = &self.fields.across {
                    across.clear();
                    named(&text, name, across);
                }
                let x = self.fields.across.is_some().then_some(across.as_slice());
                for (field, name) in self.fields.names.iter().enumerate() {
                    values.clear();
                    named(&text, name, values);
                    paired(x, values, time, &mut |x, value| add(field, x, value));
                }
            }
            PlotSource::Described(described) => {
                let schema = &described.schema;
                schema.decode(bytes, &mut self.tree);
                if self.tree.fault().is_some() {
                    out.faulty += 1;
                    return;
                }
                if let Some(path) = &self.across {
                    across.clear();
                    at_path(schema, &self.tree, path, across);
                }
                let x = self.across.is_some().then_some(across.as_slice());
                for (field, path) in self.paths.iter().enumerate() {
                    values.clear();
                    at_path(schema, &self.tree, path, values);
                    paired(x, values, time, &mut |x, value| add(field, x, value));
                }
            }
        }
    }
}

/// The numbers of this name in a text.
fn named(text: &str, name: &str, values: &mut Vec<f64>) {
    text_values(text, &mut |found| {
        if found.name == name && values.len() < REPEATED {
            values.push(found.value);
        }
    });
}

/// The numbers of the fields at this path.
fn at_path(schema: &Schema, tree: &Tree, path: &[String], values: &mut Vec<f64>) {
    schema.at_path(tree, path, &mut |node| {
        values.extend(number(schema, node));
        values.len() >= REPEATED
    });
}

/// A bit is 1 or 0.
fn number(schema: &Schema, node: &Node) -> Option<f64> {
    match node.value {
        Value::Bool(value) => Some(f64::from(value)),
        _ => schema.number(node).map(Number::real),
    }
}

/// Passes each value with its x: the time, the one value of the field along the x axis, or the
/// value of that field at the same place.
fn paired(x: Option<&[f64]>, values: &[f64], time: f64, take: &mut dyn FnMut(f64, f64)) {
    match x {
        None => values.iter().for_each(|value| take(time, *value)),
        Some([x]) => values.iter().for_each(|value| take(*x, *value)),
        Some(all) => {
            let pairs = all.iter().zip(values);
            pairs.for_each(|(x, value)| take(*x, *value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::Body;
    use crate::traffic::framing::Framing;

    const SENSOR: &str = r#"(
        meta: (id: "sensor", endian: "be"),
        seq: [
            (id: "type", type: "u1"),
            (id: "temp", type: "f4", if: "type == 1"),
            (id: "on", type: "b1"),
            (id: "rest", type: "b7"),
            (id: "crc", type: "u1", checksum: "SUM-8"),
        ],
    )"#;

    fn message(kind: u8, temp: f32) -> Vec<u8> {
        let mut bytes = vec![kind];
        if kind == 1 {
            bytes.extend(temp.to_be_bytes());
        }
        bytes.push(0x80);
        let sum = bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        bytes.push(sum);
        bytes
    }

    fn collector(source: PlotSource, names: &[&str], across: Option<&str>) -> PlotCollector {
        PlotCollector::new(PlotFields {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            across: across.map(str::to_owned),
            source,
        })
    }

    /// The field, the x, the value and the row of each number, and the number of faulty messages.
    fn collected(
        collector: &mut PlotCollector,
        rows: &[&[u8]],
    ) -> (Vec<(usize, f64, f64, u64)>, u64) {
        let peer = Peer::from(([127, 0, 0, 1], 9));
        let mut out = Collected::default();
        for (row, bytes) in (0..).zip(rows) {
            let record = Record::new(row as i64 * 10, Body::Received { peer, bytes });
            collector.read((row, &record), false, &mut out);
        }
        let samples = out.samples.iter().map(|sample| {
            let PlotPoint { x, value, row } = sample.point;
            (sample.field, x, value, row)
        });
        (samples.collect(), out.faulty)
    }

    fn described() -> PlotSource {
        let schema = Schema::read(SENSOR).unwrap();
        let framing = SessionFraming::default();
        PlotSource::Described(Arc::new(MessageSchema { schema, framing }))
    }

    #[test]
    fn messages_without_a_field_and_with_a_fault_have_no_point() {
        let mut wrong = message(1, 99.0);
        wrong[6] ^= 1;
        let rows = [message(1, 23.5), message(2, 0.0), wrong, message(1, -5.5)];
        let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let mut collector = collector(described(), &["temp"], None);
        let points = vec![(0, 0.0, 23.5, 0), (0, 30.0, -5.5, 3)];
        assert_eq!(collected(&mut collector, &rows), (points, 1));
    }

    #[test]
    fn a_field_is_plotted_over_another_one() {
        let rows = [message(1, 23.5), message(2, 0.0)];
        let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let mut collector = collector(described(), &["on", "type"], Some("temp"));
        let points = vec![(0, 23.5, 1.0, 0), (1, 23.5, 1.0, 0)];
        assert_eq!(collected(&mut collector, &rows), (points, 0));
    }

    #[test]
    fn text_has_its_numbers_and_a_stream_those_of_whole_lines() {
        let rows: [&[u8]; 3] = [b"temp=1 hum=2\ntem", b"p=34", b"5\nhum: 6\n"];
        let mut lines = collector(
            PlotSource::Text(Framing::Lines.into()),
            &["temp", "hum"],
            None,
        );
        let points = vec![
            (0, 0.0, 1.0, 0),
            (1, 0.0, 2.0, 0),
            (0, 20.0, 345.0, 2),
            (1, 20.0, 6.0, 2),
        ];
        assert_eq!(collected(&mut lines, &rows), (points, 0));
        let mut alone = collector(
            PlotSource::Text(SessionFraming::default()),
            &["temp"],
            Some("hum"),
        );
        let points = vec![(0, 2.0, 1.0, 0)];
        assert_eq!(collected(&mut alone, &rows), (points, 0));
    }

    #[test]
    fn a_hidden_row_is_followed_and_not_plotted() {
        let peer = Peer::from(([127, 0, 0, 1], 9));
        let mut collector = collector(PlotSource::Text(Framing::Lines.into()), &["a"], None);
        let mut out = Collected::default();
        for (row, (bytes, hidden)) in (0..).zip([(&b"a=1\na="[..], true), (b"2\n", false)]) {
            let record = Record::new(0, Body::Received { peer, bytes });
            collector.read((row, &record), hidden, &mut out);
        }
        let values: Vec<f64> = out.samples.iter().map(|s| s.point.value).collect();
        assert_eq!(values, [2.0]);
    }
}
