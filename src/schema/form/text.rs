//! Values of a message as a person writes them.

use crate::payload::charset::DecodedPart;
use crate::payload::hex;
use crate::schema::Schema;
use crate::schema::empty::EmptyValue;
use crate::schema::encode::{is_null, is_written_by_text};
use crate::schema::field_type::FieldType;
use crate::schema::inferred;
use crate::schema::notation::{Notation, is_json_number};
use crate::schema::plan::FieldPlan;
use crate::schema::show::{float, scaled};
use crate::schema::tree::{Node, Tree, Value};
use crate::schema::type_spec::Display;
use std::collections::BTreeMap;

/// The most values of a message that are written.
const VALUES: usize = 2_000;

impl Schema {
    /// The value of a node as it is written to make the same one; none for a list, for a type
    /// without a text, and for a text with bytes that are no characters.
    pub(super) fn written_text(&self, tree: &Tree, number: usize, bytes: &[u8]) -> Option<String> {
        let node = tree.node(number)?;
        let text = self.plain_written(node, bytes)?;
        let is_text = matches!(node.value, Value::Text(..) | Value::MadeText(_));
        let types = self
            .field_of(node)
            .map(FieldPlan::types)
            .unwrap_or_default();
        let is_any = is_text && types.iter().any(is_scalar) && self.is_json(tree, number);
        // In JSON a text may look like another value.
        // A number that is too large to be read has no quotation marks around it.
        let is_number = match &node.value {
            Value::Text(_, range) => {
                let before = range.start.checked_sub(1).and_then(|at| bytes.get(at));
                before != Some(&b'"') && is_json_number(text.as_bytes())
            }
            _ => false,
        };
        Some(match is_any && !is_number && looks_otherwise(&text) {
            true => format!("\"{text}\""),
            false => text,
        })
    }

    fn plain_written(&self, node: &Node, bytes: &[u8]) -> Option<String> {
        let field = self.field_of(node);
        let of = |range: &std::ops::Range<usize>| bytes.get(range.clone()).unwrap_or_default();
        let named = |value: i128| {
            let names = field?.names?;
            let name = self.plan().name_of(names, i64::try_from(value).ok()?)?;
            Some(name.to_owned())
        };
        Some(match &node.value {
            Value::Missing if is_null(node, bytes) => "null".to_owned(),
            Value::Missing | Value::List => return None,
            Value::Struct(of, _) => {
                let text = node.text.as_ref()?;
                return is_written_by_text(self.plan(), *of).then(|| text.to_string());
            }
            Value::Integer(value) => named(*value)
                .or_else(|| self.integer_address(node))
                .unwrap_or_else(|| {
                    let plain = || match field.and_then(|field| field.show) {
                        Some(Display::Hex) if *value >= 0 => format!("0x{value:X}"),
                        Some(Display::Bin) if *value >= 0 => format!("0b{value:b}"),
                        _ => value.to_string(),
                    };
                    scaled(field, *value as f64, plain)
                }),
            Value::Single(value) => scaled(field, f64::from(*value), || {
                float(*value, f64::from(*value))
            }),
            Value::Float(value) => scaled(field, *value, || float(*value, *value)),
            Value::Bool(value) => named((*value).into()).unwrap_or_else(|| value.to_string()),
            Value::Text(charset, range) => {
                let parts = charset
                    .decode(of(range))
                    .into_iter()
                    .map(|part| match part {
                        DecodedPart::Text(text) => Some(text),
                        DecodedPart::Bad(_) => None,
                    });
                parts.collect::<Option<String>>()?
            }
            Value::Bytes(range) => {
                let bytes = of(range);
                let address = self.address_text(node, bytes);
                address.unwrap_or_else(|| hex::format(bytes))
            }
            Value::MadeText(text) => text.to_string(),
            Value::MadeBytes(bytes) => hex::format(bytes),
            Value::Empty(empty) => empty.text().to_owned(),
        })
    }

    /// The values of a message by the paths of their fields, as a person writes them. Lengths,
    /// counts and checksums that are right follow from the others, and are left out. `None` if the
    /// message is not whole, has bytes behind it or more fields than a person looks at, or if it
    /// cannot be made of values.
    pub fn written_values(&self, message: &[u8]) -> Option<BTreeMap<String, String>> {
        let mut tree = Tree::default();
        let rest = self.decode(message, &mut tree);
        let is_missing = |node: &Node| node.value == Value::Missing && !is_null(node, message);
        if rest > 0 || tree.len() > VALUES || tree.nodes().iter().any(is_missing) {
            return None;
        }
        let mut values = BTreeMap::new();
        self.write_values((&tree, message), 0, "", &mut values);
        let is_formula = |text: &String| text.trim_start().starts_with('=');
        if values.values().any(is_formula) {
            return None;
        }
        let (_, mistake) = self.made(&values);
        mistake.is_none().then_some(values)
    }

    fn write_values(
        &self,
        (tree, bytes): (&Tree, &[u8]),
        around: usize,
        prefix: &str,
        values: &mut BTreeMap<String, String>,
    ) {
        let Some(Value::Struct(of, _)) = tree.node(around).map(|node| &node.value) else {
            return;
        };
        let (seq, _) = self.plan().fields_of(*of);
        let inferred = inferred::fields(self.plan(), &seq);
        for child in tree.children(around) {
            let Some((node, index)) = tree.node(child).and_then(|node| Some((node, node.field?)))
            else {
                continue;
            };
            let Some(field) = self.plan().field(index).filter(|_| seq.contains(&index)) else {
                continue;
            };
            let follows = match &field.relation {
                Some(_) => node.fault.is_none(),
                None => inferred
                    .iter()
                    .any(|(from, of)| *from == index && tree.child_of(around, *of).is_some()),
            };
            if follows || field.contents.is_some() {
                continue;
            }
            let path = format!("{prefix}{}", field.name);
            if node.value != Value::List {
                self.write_value((tree, bytes), child, path, values);
                continue;
            }
            for (at, element) in tree.children(child).enumerate() {
                let path = format!("{path}[{at}]");
                // An element that has its usual value is one, too.
                values.insert(path.clone(), String::new());
                self.write_value((tree, bytes), element, path, values);
            }
        }
    }

    fn write_value(
        &self,
        (tree, bytes): (&Tree, &[u8]),
        number: usize,
        path: String,
        values: &mut BTreeMap<String, String>,
    ) {
        let Some(node) = tree.node(number) else {
            return;
        };
        let text = self.written_text(tree, number, bytes);
        match (text, &node.value) {
            (Some(text), _) if !text.is_empty() => {
                values.insert(path, text);
            }
            (None, Value::Struct(..)) => {
                let count = values.len();
                self.write_values((tree, bytes), number, &format!("{path}."), values);
                if values.len() > count {
                    // Its fields say that it is there.
                    values.remove(&path);
                }
            }
            _ => {}
        }
    }
}

fn is_scalar(of: &FieldType) -> bool {
    match of {
        FieldType::Written { notation, .. } => *notation == Notation::Scalar,
        _ => false,
    }
}

/// Whether a text would be written as another value of JSON, or in quotation marks as another
/// text.
fn looks_otherwise(text: &str) -> bool {
    let trimmed = text.trim();
    matches!(trimmed, "" | "null" | "true" | "false")
        || is_json_number(trimmed.as_bytes())
        || EmptyValue::of(trimmed.as_bytes()).is_some()
        || trimmed.len() > 1 && trimmed.starts_with('"') && trimmed.ends_with('"')
}
