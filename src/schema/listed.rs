//! The fields of a description as a list.

use super::Schema;
use super::field_type::FieldType;
use super::plan::{FieldPlan, Plan, Repeat};

/// A field that messages may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedField {
    /// As filters have it: `queries.name`.
    pub path: String,
    /// Its type as a description writes it, with `[]` if it is repeated: `u2be`, `query[]`. Types
    /// of a choice have `|` between them; that of a computed field is `value`.
    pub kind: String,
    pub unit: Option<String>,
    pub doc: Option<String>,
}

impl Schema {
    /// The fields of messages, at most `most`, each type before the fields in it. The fields of a
    /// type within itself are not repeated. Those that only a message names, in `others`, are not
    /// known.
    pub fn listed(&self, most: usize) -> Vec<ListedField> {
        let mut list = Vec::new();
        push(self.plan(), 0, "", most, &mut Vec::new(), &mut list);
        list
    }
}

fn push(
    plan: &Plan,
    number: usize,
    before: &str,
    most: usize,
    outer: &mut Vec<usize>,
    list: &mut Vec<ListedField>,
) {
    outer.push(number);
    let (seq, instances) = plan.fields_of(number);
    for field in seq.chain(instances).filter_map(|index| plan.field(index)) {
        if list.len() >= most {
            break;
        }
        let path = format!("{before}{}", field.name);
        list.push(ListedField {
            path: path.clone(),
            kind: kind(plan, field),
            unit: field.unit.clone(),
            doc: field.doc.clone(),
        });
        for of in field.types() {
            if let FieldType::Struct(inner) = of
                && field.value.is_none()
                && !outer.contains(&inner)
                && !plan.types.get(inner).is_some_and(|of| of.is_pair)
            {
                push(plan, inner, &format!("{path}."), most, outer, list);
            }
        }
    }
    outer.pop();
}

fn kind(plan: &Plan, field: &FieldPlan) -> String {
    if field.value.is_some() {
        return "value".to_owned();
    }
    let mut words: Vec<String> = field.types().into_iter().map(|of| word(plan, of)).collect();
    words.dedup();
    let repeated = match field.repeat {
        Repeat::Once => "",
        Repeat::Times(_) | Repeat::ToEnd | Repeat::Until(_) => "[]",
    };
    format!("{}{repeated}", words.join("|"))
}

fn word(plan: &Plan, of: FieldType) -> String {
    match of {
        FieldType::Integer {
            width,
            signed,
            order,
        } => {
            let letter = if signed { 's' } else { 'u' };
            let order = if width > 1 { order.word() } else { "" };
            format!("{letter}{width}{order}")
        }
        FieldType::Float { width, order } => format!("f{width}{}", order.word()),
        FieldType::Bits {
            count,
            lowest_first,
        } => format!("b{count}{}", if lowest_first { "le" } else { "" }),
        FieldType::Varint => "varint".to_owned(),
        FieldType::Bytes => "bytes".to_owned(),
        FieldType::Text(charset) => format!("str({})", charset.name()),
        FieldType::Written { notation, .. } => notation.word().to_owned(),
        FieldType::Struct(number) => {
            let of = plan.types.get(number);
            of.map_or_else(String::new, |of| of.path.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_listed_with_their_types_as_they_are_written() {
        let text = r#"(meta: (endian: "be"), seq: [
            (id: "len", type: "u2", unit: "B", doc: "of all"),
            (id: "all", type: "item", repeat: "eos"),
            (id: "any", type: (switch_on: "len", cases: {"1": "u1", "_": "item"})),
        ], types: {"item": (seq: [
            (id: "bits", type: "b3"),
            (id: "name", type: "str", size: 2, encoding: "GBK"),
            (id: "inner", type: "item", if: "bits > 3"),
        ], instances: {"twice": (value: "bits * 2")})})"#;
        let listed = Schema::read(text).unwrap().listed(100);
        let lines: Vec<String> = listed
            .iter()
            .map(|field| format!("{} {}", field.path, field.kind))
            .collect();
        assert_eq!(
            lines,
            [
                "len u2be",
                "all item[]",
                "all.bits b3",
                "all.name str(GBK)",
                "all.inner item",
                "all.twice value",
                "any u1|item",
                "any.bits b3",
                "any.name str(GBK)",
                "any.inner item",
                "any.twice value",
            ]
        );
        assert_eq!(listed[0].unit.as_deref(), Some("B"));
        assert_eq!(listed[0].doc.as_deref(), Some("of all"));
        assert_eq!(Schema::read(text).unwrap().listed(3).len(), 3);
    }

    #[test]
    fn fields_of_a_text_are_listed_without_those_that_messages_name() {
        let text = r#"(
            json: true,
            seq: [(id: "temp", type: "real", unit: "°C"), (id: "place", type: "place")],
            types: {"place": (pattern: "(?P<x>[0-9]+),(?P<y>.*)", seq: [(id: "x", type: "dec")])},
        )"#;
        let listed = Schema::read(text).unwrap().listed(100);
        let lines: Vec<String> = listed
            .iter()
            .map(|field| format!("{} {}", field.path, field.kind))
            .collect();
        assert_eq!(
            lines,
            [
                "temp real",
                "place place",
                "place.x dec",
                "place.y str(UTF-8)",
                "others others",
            ]
        );
    }
}
