//! The value of a field as text, the same in every language.

use super::Schema;
use super::plan::FieldPlan;
use super::tree::{Node, Tree, Value};
use super::type_spec::Display;
use crate::payload::{hex, printable};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The most bytes of a field that are shown.
const BYTES: usize = 32;
/// The most characters of a text that are shown.
const LETTERS: usize = 200;

impl Schema {
    /// The plan of a node's field.
    pub fn field_of(&self, node: &Node) -> Option<&FieldPlan> {
        self.plan.field(node.field?)
    }

    /// The name of a node: that of its field, with its place if that is repeated.
    pub fn node_name(&self, node: &Node) -> String {
        let name = self.field_of(node).map_or(self.name(), |field| &field.name);
        match node.index {
            Some(index) => format!("{name}[{index}]"),
            None => name.to_owned(),
        }
    }

    /// The value of a node with its unit; none for a type or a list, whose parts have values. A
    /// value with a name has its number too, unless it is to be `brief`.
    pub fn node_text(&self, node: &Node, bytes: &[u8], brief: bool) -> Option<String> {
        let field = self.field_of(node);
        if let Some(text) = &node.text {
            return Some(quoted(&printable::line(text.as_bytes())));
        }
        let text = match &node.value {
            Value::Missing | Value::Struct(..) | Value::List => return None,
            Value::Integer(value) => self.integer(*value, field, brief),
            Value::Single(value) => scaled(field, f64::from(*value), || {
                float(*value, f64::from(*value))
            }),
            Value::Float(value) => {
                scaled(field, *value, || match field.and_then(|field| field.show) {
                    Some(Display::Time) => time(*value),
                    Some(Display::TimeMillis) => time(*value / 1e3),
                    _ => float(*value, *value),
                })
            }
            Value::Bool(value) => match field.and_then(|field| field.names) {
                Some(_) => self.integer(i128::from(*value), field, brief),
                None => value.to_string(),
            },
            Value::Text(charset, range) => {
                let text = bytes.get(range.clone()).unwrap_or_default();
                quoted(&printable::line_in(*charset, text))
            }
            Value::MadeText(text) => quoted(&printable::line(text.as_bytes())),
            Value::Bytes(range) => bytes_text(field, bytes.get(range.clone()).unwrap_or_default()),
            Value::MadeBytes(bytes) => bytes_text(field, bytes),
            Value::Empty(empty) => return Some(empty.text().to_owned()),
        };
        Some(match field.and_then(|field| field.unit.as_deref()) {
            Some(unit) => format!("{text} {unit}"),
            None => text,
        })
    }

    fn integer(&self, value: i128, field: Option<&FieldPlan>, brief: bool) -> String {
        let plain = || match field.and_then(|field| field.show) {
            Some(Display::Hex) => format!("0x{value:X}"),
            Some(Display::Bin) => format!("0b{value:b}"),
            Some(Display::Time) => time(value as f64),
            Some(Display::TimeMillis) => time(value as f64 / 1e3),
            Some(Display::Ip) => match u32::try_from(value) {
                Ok(address) => Ipv4Addr::from(address).to_string(),
                Err(_) => value.to_string(),
            },
            _ => value.to_string(),
        };
        let names = field.and_then(|field| field.names);
        let name = names.and_then(|names| {
            let value = i64::try_from(value).ok()?;
            self.plan.name_of(names, value)
        });
        match name {
            Some(name) if brief => name.to_owned(),
            Some(name) => format!("{name} ({})", plain()),
            None => scaled(field, value as f64, plain),
        }
    }

    /// The fields of a message in one line: `type=request seq=7 temp=23.5 °C`. Those of a type in
    /// it have its name before theirs. At most `most` characters.
    pub fn summary(&self, tree: &Tree, bytes: &[u8], most: usize) -> String {
        let mut line = String::new();
        self.push_summary(tree, bytes, 0, "", most, &mut line);
        line
    }

    fn push_summary(
        &self,
        tree: &Tree,
        bytes: &[u8],
        around: usize,
        prefix: &str,
        most: usize,
        line: &mut String,
    ) {
        for child in tree.children(around) {
            if line.len() >= most {
                // The details have them all.
                if !line.ends_with('…') {
                    line.push_str("  …");
                }
                return;
            }
            let Some(node) = tree.node(child) else {
                continue;
            };
            // A length and a checksum say nothing of their own.
            let is_shown = |field: &FieldPlan| field.summary && field.relation.is_none();
            if !self.field_of(node).is_some_and(is_shown) {
                continue;
            }
            let pair = self.pair(tree, child);
            let (name, node) = match pair {
                None => (self.node_name(node), node),
                Some((name, value)) => {
                    let name = printable::line(name.as_bytes());
                    (name, tree.node(value).unwrap_or(node))
                }
            };
            let name = format!("{prefix}{name}");
            match self.node_text(node, bytes, true) {
                Some(text) => {
                    if !line.is_empty() {
                        line.push_str("  ");
                    }
                    line.push_str(&name);
                    line.push('=');
                    line.push_str(&text);
                }
                None if pair.is_some() => {}
                None => {
                    let prefix = match node.value {
                        // Its elements have its name.
                        Value::List => prefix.to_owned(),
                        _ => format!("{name}."),
                    };
                    self.push_summary(tree, bytes, child, &prefix, most, line);
                }
            }
        }
    }

    /// The path of a node, as filters and expectations name it: `queries[0].name`.
    pub fn path(&self, tree: &Tree, number: usize) -> String {
        let mut parts = Vec::new();
        let mut at = Some(number);
        while let Some(here) = at {
            let Some(node) = tree.node(here).filter(|node| node.field.is_some()) else {
                break;
            };
            let around = tree.parent(here);
            let in_list = around.and_then(|around| tree.node(around));
            let in_list = in_list.is_some_and(|around| around.value == Value::List);
            parts.push(self.node_name(node));
            // The list has the same name.
            at = match in_list {
                true => around.and_then(|list| tree.parent(list)),
                false => around,
            };
        }
        parts.reverse();
        parts.join(".")
    }
}

/// A time of these seconds since 1970, in UTC to the millisecond.
fn time(seconds: f64) -> String {
    let millis = (seconds * 1e3).round();
    let is_time = millis.abs() < 1e15;
    let time = is_time.then(|| jiff::Timestamp::from_millisecond(millis as i64).ok());
    match time.flatten() {
        Some(time) => format!("{time:.3}"),
        None => seconds.to_string(),
    }
}

/// A number with as many digits as it has, with an exponent where it would be long.
pub(super) fn float<F: fmt::Display + fmt::LowerExp>(shown: F, value: f64) -> String {
    match value.abs() {
        size if size != 0.0 && !(1e-4..1e16).contains(&size) => format!("{shown:e}"),
        _ => shown.to_string(),
    }
}

/// The digits behind the point of a number with this scale and offset: more of them would be
/// errors of binary fractions.
pub(super) fn digits(scale: Option<f64>, offset: Option<f64>) -> usize {
    let of = |factor: Option<f64>| {
        let text = factor.map(|factor| factor.to_string());
        let digits = text.as_ref().and_then(|text| text.split_once('.'));
        digits.map_or(0, |(_, digits)| digits.len())
    };
    of(scale).max(of(offset))
}

/// A number with its scale and offset, if it has them.
pub(super) fn scaled(
    field: Option<&FieldPlan>,
    value: f64,
    plain: impl FnOnce() -> String,
) -> String {
    match field {
        Some(FieldPlan { scale, offset, .. }) if scale.is_some() || offset.is_some() => {
            let value = value * scale.unwrap_or(1.0) + offset.unwrap_or(0.0);
            format!("{value:.*}", digits(*scale, *offset))
        }
        _ => plain(),
    }
}

impl Schema {
    /// The bytes of a node as the address that they are.
    pub(super) fn address_text(&self, node: &Node, bytes: &[u8]) -> Option<String> {
        address(self.field_of(node)?.show?, bytes)
    }

    /// A number as the address that it is.
    pub(super) fn integer_address(&self, node: &Node) -> Option<String> {
        match (self.field_of(node)?.show?, &node.value) {
            (Display::Ip, Value::Integer(value)) => {
                let address = u32::try_from(*value).ok()?;
                Some(Ipv4Addr::from(address).to_string())
            }
            _ => None,
        }
    }
}

fn bytes_text(field: Option<&FieldPlan>, bytes: &[u8]) -> String {
    let show = field.and_then(|field| field.show);
    if let Some(text) = show.and_then(|show| address(show, bytes)) {
        return text;
    }
    let shown = bytes.get(..BYTES).unwrap_or(bytes);
    let rest = if shown.len() < bytes.len() {
        " …"
    } else {
        ""
    };
    format!("{}{rest}", hex::format(shown))
}

/// Bytes as an address, if they are to be shown as one and can be one.
fn address(show: Display, bytes: &[u8]) -> Option<String> {
    match show {
        Display::Ip => {
            let four = <[u8; 4]>::try_from(bytes).map(Ipv4Addr::from);
            let sixteen = <[u8; 16]>::try_from(bytes).map(Ipv6Addr::from);
            let four = four.ok().map(|address| address.to_string());
            four.or_else(|| sixteen.ok().map(|address| address.to_string()))
        }
        Display::Mac => {
            let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Some(bytes.join(":"))
        }
        _ => None,
    }
}

fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(LETTERS).collect();
    let rest = if shown.len() < text.len() { "…" } else { "" };
    format!("\"{shown}{rest}\"")
}
