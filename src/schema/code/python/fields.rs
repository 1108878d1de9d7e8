//! Fields and their types in Python.

use super::{build, terms};
use crate::payload::charset::Charset;
use crate::payload::checksum::Sum;
use crate::schema::code::literal::{python_bytes, python_text};
use crate::schema::code::refusal::CodeProblem;
use crate::schema::code::terms::list;
use crate::schema::code::types::{bounds_of, expressions_of, repeat_word, show_word};
use crate::schema::field_type::FieldType;
use crate::schema::plan::{FieldKind, FieldPlan, Plan, Relation, Repeat};
use crate::schema::show::digits;
use crate::schema::type_spec::ValueBounds;
use std::ops::Range;

/// A field of this number, of the type whose fields are `seq`, as a call of `Field`.
///
/// # Errors
/// What cannot be expressed.
pub(super) fn field(
    plan: &Plan,
    (seq, number): (&Range<usize>, usize),
    field: &FieldPlan,
) -> Result<String, CodeProblem> {
    let mut words = vec![python_text(&field.name)];
    match &field.kind {
        FieldKind::Type(of) => words.push(type_of(*of)?),
        FieldKind::Chosen {
            on,
            cases,
            other,
            optional,
        } => {
            let on = terms::expression(on)?;
            let mut all = String::new();
            for (case, of) in cases {
                let case = terms::expression(case)?;
                all.push_str(&format!("({case}, {}), ", type_of(*of)?));
            }
            let other = other.map(type_of).transpose()?;
            let other = other.unwrap_or_else(|| "None".to_owned());
            words.push(format!("None, chosen=({on}, [{all}], {other})"));
            words.extend(optional.then(|| "optional=True".to_owned()));
        }
    }
    if let Some(way) = repeat_word(&field.repeat) {
        let expression = match &field.repeat {
            Repeat::Times(expression) | Repeat::Until(expression) => terms::expression(expression)?,
            Repeat::Once | Repeat::ToEnd => "None".to_owned(),
        };
        words.push(format!("repeat=(\"{way}\", {expression})"));
    }
    for (key, expression) in expressions_of(field) {
        words.push(format!("{key}={}", terms::expression(expression)?));
    }
    words.extend(ends(field));
    if let Some(check) = &field.check {
        words.push(format!("check={{{}}}", bounds(check)?));
    }
    words.extend(looks(field));
    words.extend(field.relation.as_ref().and_then(relation));
    words.extend(build::words(plan, (seq, number), field));
    Ok(format!("Field({})", words.join(", ")))
}

/// Where it ends, and its bytes.
fn ends(field: &FieldPlan) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(field.length.to_end.then(|| "to_end=True".to_owned()));
    if let Some(end) = field.length.terminator {
        let [include, consume, required] = [end.include, end.consume, end.required].map(truth);
        let byte = end.byte;
        words.push(format!(
            "terminator=({byte}, {include}, {consume}, {required})"
        ));
    }
    let pad = field.length.pad;
    words.extend(pad.map(|byte| format!("pad={byte}")));
    let contents = field.contents.as_deref();
    words.extend(contents.map(|bytes| format!("contents={}", python_bytes(bytes))));
    words
}

/// How it is shown.
fn looks(field: &FieldPlan) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(field.names.map(|place| format!("names=ENUMS[{place}]")));
    for (key, factor) in [("scale", field.scale), ("offset", field.offset)] {
        words.extend(factor.map(|factor| format!("{key}={}", terms::float(factor))));
    }
    match digits(field.scale, field.offset) {
        0 => {}
        digits => words.push(format!("digits={digits}")),
    }
    words.extend(field.is_helper.then(|| "helper=True".to_owned()));
    let show = field.show.and_then(show_word);
    for (key, text) in [
        ("show", show),
        ("unit", field.unit.as_deref()),
        ("doc", field.doc.as_deref()),
    ] {
        words.extend(text.map(|text| format!("{key}={}", python_text(text))));
    }
    words
}

fn bounds(check: &ValueBounds) -> Result<String, CodeProblem> {
    let mut words = Vec::new();
    for (key, bound) in bounds_of(check) {
        words.push(format!("\"{key}\": {}", terms::expression(bound)?));
    }
    if !check.any_of.is_empty() {
        let all = list(&check.any_of, terms::expression)?;
        words.push(format!("\"any_of\": [{all}]"));
    }
    if check.in_enum {
        words.push("\"in_enum\": True".to_owned());
    }
    Ok(words.join(", "))
}

/// `None` for a checksum that nothing is known of.
fn relation(relation: &Relation) -> Option<String> {
    let (what, covers) = match relation {
        Relation::Counts(covers) => ("\"counts\"".to_owned(), covers),
        Relation::Checksum { sum, covers } => (function(*sum)?, covers),
    };
    Some(format!(
        "relation=({what}, {}, {})",
        covers.start, covers.end
    ))
}

/// A function that computes a checksum.
fn function(sum: Sum) -> Option<String> {
    Some(match sum {
        Sum::Sum8 => "lambda data: sum(data) & 0xFF".to_owned(),
        Sum::Negative => "lambda data: -sum(data) & 0xFF".to_owned(),
        Sum::Complement => "lambda data: ~sum(data) & 0xFF".to_owned(),
        Sum::Sum16 => "lambda data: sum(data) & 0xFFFF".to_owned(),
        Sum::Xor => "exclusive_or".to_owned(),
        Sum::Crc(_) => {
            let of = sum.parameters()?;
            format!(
                "crc({}, 0x{:X}, 0x{:X}, {}, {}, 0x{:X})",
                of.width,
                of.poly,
                of.init,
                truth(of.refin),
                truth(of.refout),
                of.xorout
            )
        }
    })
}

fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

fn type_of(of: FieldType) -> Result<String, CodeProblem> {
    Ok(match of {
        FieldType::Integer {
            width,
            signed,
            order,
        } => {
            let (signed, order) = (truth(signed), order.word());
            format!("(\"int\", {width}, {signed}, \"{order}\")")
        }
        FieldType::Float { width, order } => format!("(\"float\", {width}, \"{}\")", order.word()),
        FieldType::Bits {
            count,
            lowest_first,
        } => format!("(\"bits\", {count}, {})", truth(lowest_first)),
        FieldType::Varint => "(\"varint\",)".to_owned(),
        FieldType::Bytes => "(\"bytes\",)".to_owned(),
        FieldType::Text(charset) => format!("(\"text\", \"{}\")", codec(charset)),
        FieldType::Written { notation, .. } => {
            return Err(CodeProblem::WrittenNumber(notation.word()));
        }
        FieldType::Struct(number) => format!("(\"struct\", {number})"),
    })
}

/// The codec of Python for an encoding.
fn codec(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "utf-8",
        Charset::Gb18030 => "gb18030",
        Charset::Big5 => "big5hkscs",
        Charset::ShiftJis => "cp932",
        Charset::EucKr => "cp949",
        Charset::Utf16Le => "utf-16-le",
        Charset::Utf16Be => "utf-16-be",
        Charset::Latin1 => "latin-1",
        Charset::Windows1252 => "cp1252",
    }
}
