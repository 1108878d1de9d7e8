//! Paths of fields with the places of repeated ones: `body.values[2]`.

use super::Schema;
use super::plain::PlainValue;
use super::tree::{Tree, Value};
use crate::payload::hex;

/// The most elements of a repeated field that are shown.
const ELEMENTS: usize = 64;

/// The path of a field that messages of a description can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    /// As it is written.
    text: String,
    name: String,
    /// The place of an element; `None` for all of them.
    index: Option<usize>,
}

/// The value of a field of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownValue {
    /// As a person reads it, with its unit.
    pub text: String,
    /// As a program reads it: a number, a text, or bytes in hexadecimal, without its unit.
    pub plain: String,
    /// Empty without one.
    pub unit: String,
}

/// The name of a step of a path and the place of its element: `values[2]`. `None` if the place is
/// no number in brackets, or the name is empty.
pub(super) fn step(text: &str) -> Option<(&str, Option<usize>)> {
    let (name, index) = match text.split_once('[') {
        Some((name, index)) => (name, Some(index.strip_suffix(']')?.parse().ok()?)),
        None => (text, None),
    };
    (!name.is_empty()).then_some((name, index))
}

impl Schema {
    /// The path of a field as it is written, with or without the name of the protocol. `None` if
    /// the description has no such field.
    pub fn field_path(&self, written: &str) -> Option<FieldPath> {
        let path = self.path_with_places(written.trim())?;
        let steps = path.split('.').map(|text| {
            let (name, index) = step(text)?;
            Some(Step {
                text: text.to_owned(),
                name: name.to_owned(),
                index,
            })
        });
        let steps = steps.collect::<Option<Vec<_>>>()?;
        Some(FieldPath { steps })
    }

    /// A written path, whose steps may have places, without the name of the protocol. `None` if
    /// the description has no such field.
    pub(super) fn path_with_places<'a>(&self, written: &'a str) -> Option<&'a str> {
        self.known_path(written, |step| step.split('[').next().unwrap_or_default())
    }

    /// The names of a written path, none of which has a place, without that of the protocol. `None`
    /// if the description has no such field.
    pub fn path_names(&self, written: &str) -> Option<Vec<String>> {
        let path = self.known_path(written, |step| step)?;
        Some(path.split('.').map(str::to_owned).collect())
    }

    /// The path without the name of the protocol if there is such a field, otherwise the whole
    /// path if that is one: a field may be called as the protocol is. `name` is the name in a step.
    fn known_path<'a>(&self, written: &'a str, name: fn(&str) -> &str) -> Option<&'a str> {
        let is_known = |path: &&str| {
            let names: Vec<String> = path.split('.').map(|step| name(step).to_owned()).collect();
            self.has_path(&names)
        };
        let without = written
            .split_once('.')
            .filter(|(first, _)| *first == self.name())
            .map(|(_, rest)| rest);
        without
            .filter(is_known)
            .or_else(|| Some(written).filter(is_known))
    }

    /// The value at a path in a message that was read; with all elements of a repeated field. `None`
    /// if the message has no value there.
    pub fn shown_value(&self, tree: &Tree, bytes: &[u8], path: &FieldPath) -> Option<ShownValue> {
        let mut nodes = Vec::new();
        self.find(tree, 0, &path.steps, &mut nodes);
        let mut shown: Option<ShownValue> = None;
        for node in nodes.iter().filter_map(|number| tree.node(*number)) {
            let Some(text) = self.node_text(node, bytes, true) else {
                continue;
            };
            let plain = match self.plain_value(node, bytes) {
                PlainValue::None => continue,
                PlainValue::Bool(value) => value.to_string(),
                PlainValue::Number(value) => value.to_string(),
                PlainValue::Text(text) => text.into_owned(),
                PlainValue::Bytes(bytes) => hex::format(bytes),
                PlainValue::Empty(empty) => empty.text().to_owned(),
            };
            match &mut shown {
                Some(shown) => {
                    shown.text = format!("{}, {text}", shown.text);
                    shown.plain = format!("{}; {plain}", shown.plain);
                }
                None => {
                    let unit = self.field_of(node).and_then(|field| field.unit.clone());
                    let unit = unit.unwrap_or_default();
                    shown = Some(ShownValue { text, plain, unit });
                }
            }
        }
        shown
    }

    /// Adds the nodes at a path below `around`.
    fn find(&self, tree: &Tree, around: usize, steps: &[Step], found: &mut Vec<usize>) {
        let Some((first, rest)) = steps.split_first() else {
            return;
        };
        for child in tree.children(around) {
            let Some(node) = tree.node(child) else {
                continue;
            };
            if !self.is_named(node, &first.name) {
                continue;
            }
            match (&node.value, first.index) {
                (Value::List, Some(index)) => {
                    let element = tree.children(child).nth(index);
                    element
                        .into_iter()
                        .for_each(|element| self.enter(tree, element, rest, found));
                }
                (Value::List, None) => {
                    for element in tree.children(child) {
                        self.enter(tree, element, rest, found);
                    }
                }
                (_, Some(_)) => {}
                (_, None) => self.enter(tree, child, rest, found),
            }
        }
    }

    /// Adds a node, or those at the rest of the path below it.
    fn enter(&self, tree: &Tree, number: usize, rest: &[Step], found: &mut Vec<usize>) {
        if found.len() >= ELEMENTS {
            return;
        }
        if rest.is_empty() {
            return found.push(number);
        }
        let texts: Vec<&str> = rest.iter().map(|step| step.text.as_str()).collect();
        match self.named_value(tree, number, &texts) {
            Some(value) => found.push(value),
            None => self.find(tree, number, rest, found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ReadyMade;

    /// The value at this path in a message, as a person and as a program reads it.
    fn shown(schema: &Schema, message: &[u8], path: &str) -> Option<(String, String, String)> {
        let path = schema.field_path(path).unwrap();
        let mut tree = Tree::default();
        schema.decode(message, &mut tree);
        let shown = schema.shown_value(&tree, message, &path)?;
        Some((shown.text, shown.plain, shown.unit))
    }

    fn three(text: &str, plain: &str, unit: &str) -> Option<(String, String, String)> {
        Some((text.to_owned(), plain.to_owned(), unit.to_owned()))
    }

    #[test]
    fn an_element_is_found_by_its_place_and_all_without_one() {
        let modbus = ReadyMade::named("modbus_tcp").unwrap().schema().unwrap();
        let reply = b"\0\x07\0\0\0\x07\x01\x03\x04\x01\x02\x03\x04";
        let of = |path| shown(&modbus, reply, path);
        assert_eq!(of("body.values[1]"), three("772", "772", ""));
        assert_eq!(
            of("modbus_tcp.body.values"),
            three("258, 772", "258; 772", "")
        );
        assert_eq!(of("body.values[2]"), None);
        assert_eq!(of("body.exception"), None, "another message has it");
        assert_eq!(of("unit[0]"), None, "it is no list");
        for path in [
            "",
            "body.nothing",
            "body.values[",
            "body.values[x]",
            "body.temp",
        ] {
            assert_eq!(modbus.field_path(path), None, "{path}");
        }
    }

    #[test]
    fn a_field_may_be_called_as_the_protocol_is() {
        let text = r#"(meta: (id: "p"), seq: [(id: "p", type: "inner"), (id: "b", type: "u1")],
            types: {"inner": (seq: [(id: "a", type: "u1"), (id: "b", type: "u1")])})"#;
        let schema = Schema::read(text).unwrap();
        let names = |path: &str| schema.path_names(path).map(|names| names.join("."));
        assert_eq!(names("p.a").as_deref(), Some("p.a"));
        assert_eq!(names("p.b").as_deref(), Some("b"));
        assert_eq!(names("p.p.b").as_deref(), Some("p.b"));
        assert_eq!(names("p.c"), None);
        assert_eq!(names("b[0]"), None, "it has a place");
    }

    #[test]
    fn a_value_has_its_unit_beside_it() {
        let text = r#"(meta: (id: "p"), seq: [(id: "temp", type: "s1", scale: 0.5, unit: "°C")])"#;
        let schema = Schema::read(text).unwrap();
        assert_eq!(
            shown(&schema, b"\x2F", "temp"),
            three("23.5 °C", "23.5", "°C")
        );
    }

    #[test]
    fn values_without_a_field_are_found_by_the_names_that_messages_give_them() {
        let json = ReadyMade::named("json").unwrap().schema().unwrap();
        let message = br#"{"temp": 23.5, "data": {"hum": 48}}"#;
        let of = |path| shown(&json, message, path).map(|(text, ..)| text);
        assert_eq!(of("values.temp").as_deref(), Some("23.5"));
        assert_eq!(of("values.data.hum").as_deref(), Some("48"));
        assert_eq!(of("values.wind"), None);
    }
}
