//! A test of a field that a description names: `temp:>30`, `temp:20..25`,
//! `dns.queries.name:~example`.

use crate::payload::width;
use crate::schema::{FieldPlan, FieldType, Node, Number, Schema, Selection, Tree, Value};
use crate::traffic::{MessageSchema, RecordKind};
use std::cmp::Ordering;
use std::sync::Arc;

/// A test of the fields at a path.
#[derive(Clone, Debug)]
pub struct FieldTest {
    described: Arc<MessageSchema>,
    /// The names of the fields, without that of the protocol.
    path: Vec<String>,
    test: ValueTest,
    /// What has to be read for it, unless the whole message decides.
    selection: Option<Arc<Selection>>,
}

/// The condition for the value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ValueTest {
    /// In one of these orders to the number.
    Number(Number, &'static [Ordering]),
    /// Between two numbers, which belong to it.
    Between(Number, Number),
    /// This number, this name or this text.
    Is(Option<Number>, String),
    /// A text with this in it.
    Contains(String),
    /// As described, or not.
    Right(bool),
}

impl FieldTest {
    /// Reads a term `path:value`. `None` if it names no field of the description: in a filter it
    /// is a word then. The error is the value that cannot be compared.
    pub fn read(word: &str, described: &Arc<MessageSchema>) -> Option<Result<Self, String>> {
        let (path, value) = word.split_once([':', '：'])?;
        let path = described.schema.path_names(path)?;
        let test = ValueTest::read(value).ok_or_else(|| value.to_owned());
        Some(test.map(|test| Self {
            selection: match test {
                ValueTest::Right(_) => None,
                _ => Some(described.schema.select([path.as_slice()]).into()),
            },
            described: Arc::clone(described),
            path,
            test,
        }))
    }

    /// The value as it was written, if no message can have it there: a word for a number that has
    /// no such name, or a range from a larger number to a smaller one.
    pub fn impossible(&self) -> Option<String> {
        let schema = &self.described.schema;
        match &self.test {
            ValueTest::Between(least, most) => {
                let is_empty = least.compare(*most).is_some_and(Ordering::is_gt);
                is_empty.then(|| format!("{least}..{most}"))
            }
            ValueTest::Is(None, text) => {
                let fields = schema.fields_at(&self.path);
                let can_be = |(field, of): &(&FieldPlan, FieldType)| {
                    let names = field
                        .names
                        .and_then(|names| schema.plan().value_of(names, text));
                    let is_truth = matches!(text.as_str(), "true" | "false");
                    let is_text = field.value.is_some() || field.show.is_some();
                    names.is_some() || is_truth || is_text || !of.is_number()
                };
                let is_impossible = !fields.is_empty() && !fields.iter().any(can_be);
                is_impossible.then(|| text.clone())
            }
            _ => None,
        }
    }

    /// Whether a field at the path passes in a message of these bytes of a row of this kind.
    pub fn holds(&self, kind: RecordKind, bytes: &[u8]) -> bool {
        let mut tree = Tree::default();
        let messages = self.described.messages_in(kind, bytes);
        messages.iter().any(|message| {
            self.decode(message, &mut tree);
            self.passes(&tree, message)
        })
    }

    /// Whether a field at the path passes in this message, which was received or sent, has no
    /// delimiter and is unstuffed.
    pub fn holds_in(&self, kind: RecordKind, message: &[u8]) -> bool {
        let message = self.described.body(kind, message);
        let mut tree = Tree::default();
        self.decode(message, &mut tree);
        !message.is_empty() && self.passes(&tree, message)
    }

    /// Reads what the test needs.
    fn decode(&self, message: &[u8], tree: &mut Tree) {
        let schema = &self.described.schema;
        match &self.selection {
            Some(selection) => schema.decode_selected(selection, message, tree),
            None => {
                schema.decode(message, tree);
            }
        }
    }

    /// Whether a field at the path passes in a message that was read.
    pub fn passes(&self, tree: &Tree, message: &[u8]) -> bool {
        let schema = &self.described.schema;
        schema.at_path(tree, &self.path, &mut |node| {
            self.test.holds(schema, node, message)
        })
    }
}

impl ValueTest {
    /// Reads what stands behind the colon of a term. `None` if nothing can be compared with it.
    pub(super) fn read(value: &str) -> Option<Self> {
        use Ordering::{Equal, Greater, Less};
        // Chinese input writes signs and digits in full width.
        let narrowed = width::to_ascii(value);
        let is_sign = |text: &str| text.starts_with(['>', '<']);
        let value = if is_sign(&narrowed) && !is_sign(value) {
            &narrowed
        } else {
            value
        };
        let orders: [(&str, &'static [Ordering]); 4] = [
            (">=", &[Greater, Equal]),
            ("<=", &[Less, Equal]),
            (">", &[Greater]),
            ("<", &[Less]),
        ];
        for (sign, orders) in orders {
            if let Some(text) = value.strip_prefix(sign) {
                return number(text).map(|number| Self::Number(number, orders));
            }
        }
        Some(match value {
            "" => return None,
            "ok" => Self::Right(true),
            "bad" => Self::Right(false),
            _ if bounds(value).is_some() => {
                let (least, most) = bounds(value)?;
                Self::Between(least, most)
            }
            _ => match value.strip_prefix('~') {
                Some(part) => Self::Contains(part.to_owned()),
                None => Self::Is(number(value), value.to_owned()),
            },
        })
    }

    /// Whether the value of a field of a message passes.
    pub(super) fn holds(&self, schema: &Schema, node: &Node, message: &[u8]) -> bool {
        match self {
            Self::Right(right) => node.fault.is_none() == *right,
            Self::Number(bound, orders) => {
                let order = schema
                    .number(node)
                    .and_then(|number| number.compare(*bound));
                order.is_some_and(|order| orders.contains(&order))
            }
            Self::Between(least, most) => schema.number(node).is_some_and(|number| {
                let (from, to) = (number.compare(*least), number.compare(*most));
                from.is_some_and(Ordering::is_ge) && to.is_some_and(Ordering::is_le)
            }),
            Self::Is(number, text) => {
                let same = |wanted: &Number| {
                    let found = schema.number(node);
                    found.and_then(|found| found.compare(*wanted)) == Some(Ordering::Equal)
                };
                let is_name = schema.name_of_value(node) == Some(text);
                is_name
                    || number.as_ref().is_some_and(same)
                    || match node.value {
                        Value::Bool(value) => value.to_string() == *text,
                        _ => schema
                            .plain_text(node, message)
                            .is_some_and(|found| found == *text),
                    }
            }
            Self::Contains(part) => {
                let text = schema.plain_text(node, message);
                let name = schema.name_of_value(node);
                text.is_some_and(|text| text.contains(part))
                    || name.is_some_and(|name| name.contains(part))
            }
        }
    }
}

/// `23..24.5`, and `10-20` as lengths are written.
fn bounds(text: &str) -> Option<(Number, Number)> {
    let two = text.split_once("..").or_else(|| text.split_once('-'));
    let (least, most) = two?;
    number(least).zip(number(most))
}

/// A number: `30`, `-1.5`, `0x1F`.
fn number(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0x") {
        return i128::from_str_radix(digits, 16).ok().map(Number::Whole);
    }
    let whole = text.parse().ok().map(Number::Whole);
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    whole.or_else(|| text.parse().ok().filter(|_| is_number).map(Number::Real))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::framing::Framing;

    const IN: RecordKind = RecordKind::Received;

    fn described(framing: Option<Framing>) -> Arc<MessageSchema> {
        let text = r#"(
            meta: (id: "sensor", endian: "be", encoding: "UTF-8"),
            seq: [
                (id: "kind", type: "u1", enum: "kind"),
                (id: "temp", type: "s2", scale: 0.1),
                (id: "parts", type: "part", repeat: "expr", repeat_expr: "2"),
                (id: "sum", type: "u1", checksum: "XOR-8"),
            ],
            types: {"part": (seq: [(id: "name", type: "strz")])},
            enums: {"kind": {1: "request", 2: "reply"}},
        )"#;
        let schema = Schema::read(text).unwrap();
        let framing = framing.into();
        Arc::new(MessageSchema { schema, framing })
    }

    fn message(kind: u8, temp: i16, names: &str) -> Vec<u8> {
        let mut bytes = vec![kind];
        bytes.extend(temp.to_be_bytes());
        bytes.extend(names.as_bytes());
        bytes.push(bytes.iter().fold(0, |all, byte| all ^ byte));
        bytes
    }

    #[test]
    fn fields_are_compared_by_number_name_text_and_truth() {
        let described = described(None);
        let bytes = message(2, 305, "left\0right\0");
        let mut wrong = bytes.clone();
        wrong[2] ^= 1;
        for (word, is_right, is_wrong) in [
            ("temp:30.5", true, false),
            ("temp:30.45..31", true, false),
            ("temp:-3..30.4", false, true),
            ("temp:30-31", true, true),
            ("temp:＞30.4", true, false),
            ("temp:>30", true, true),
            ("temp:>=30.5", true, false),
            ("temp:<30.5", false, true),
            ("temp:<=30.5", true, true),
            ("sensor.temp:>30", true, true),
            ("kind:reply", true, true),
            ("kind:2", true, true),
            ("kind:0x2", true, true),
            ("kind:request", false, false),
            ("kind:~rep", true, true),
            ("parts.name:right", true, true),
            ("parts.name:~igh", true, true),
            ("parts.name:up", false, false),
            ("sum:ok", true, false),
            ("sum:bad", false, true),
            ("crc:bad", false, true),
        ] {
            let test = FieldTest::read(word, &described).unwrap().unwrap();
            let holds = (test.holds(IN, &bytes), test.holds(IN, &wrong));
            assert_eq!(holds, (is_right, is_wrong), "{word}");
        }
        // What is cut off has the fields that came.
        let test = FieldTest::read("kind:reply", &described).unwrap().unwrap();
        assert!(test.holds(IN, &bytes[..2]));
    }

    #[test]
    fn what_names_no_field_is_a_word_and_a_bad_value_is_said() {
        let described = described(None);
        for word in [
            "http://x",
            "name:x",
            "parts.left:x",
            "temp",
            "Temp:3",
            "temp.x:3",
        ] {
            assert!(FieldTest::read(word, &described).is_none(), "{word}");
        }
        for (word, value) in [("temp:", ""), ("temp:>warm", ">warm")] {
            let read = FieldTest::read(word, &described).unwrap();
            assert_eq!(read.err().as_deref(), Some(value), "{word}");
        }
    }

    #[test]
    fn of_a_framed_stream_whole_messages_have_fields() {
        let framing = Framing::LengthPrefix {
            width: 1,
            big_endian: true,
            offset: 0,
            includes_header: true,
            adjust: 0,
        };
        let test = FieldTest::read("kind:7", &described(Some(framing)));
        let test = test.unwrap().unwrap();
        assert!(test.holds(IN, b"\x07\0\0a\0b\0") && !test.holds(IN, b"\x07\0\0a"));
    }
}
