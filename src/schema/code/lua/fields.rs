//! Fields and their types in Lua.

use super::terms;
use super::texts::decoder;
use crate::payload::checksum::Sum;
use crate::schema::code::literal;
use crate::schema::code::refusal::CodeProblem;
use crate::schema::code::terms::list;
use crate::schema::code::types::{bounds_of, expressions_of, repeat_word, show_word};
use crate::schema::field_type::FieldType;
use crate::schema::plan::{FieldKind, FieldPlan, Relation, Repeat};
use crate::schema::show::digits;
use crate::schema::type_spec::ValueBounds;

/// The most digits behind the point that Lua formats.
const DIGITS: usize = 99;

/// A field of this number as a call of `field`.
///
/// # Errors
/// The part of the field that the language cannot express.
pub(super) fn field(number: usize, field: &FieldPlan) -> Result<String, CodeProblem> {
    let mut words = Vec::new();
    match &field.kind {
        FieldKind::Type(of) => words.push(format!("of = {}", type_of(*of)?)),
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
                all.push_str(&format!("{{{case}, {}}}, ", type_of(*of)?));
            }
            let other = other.map(type_of).transpose()?;
            let other = other.unwrap_or_else(|| "nil".to_owned());
            words.push(format!(
                "chosen = {{on = {on}, cases = {{{all}}}, other = {other}, optional = {optional}}}"
            ));
        }
    }
    if let Some(way) = repeat_word(&field.repeat) {
        words.push(format!("way = \"{way}\""));
    }
    if let Repeat::Times(expression) | Repeat::Until(expression) = &field.repeat {
        words.push(format!("repeated = {}", terms::expression(expression)?));
    }
    for (key, expression) in expressions_of(field) {
        words.push(format!("{key} = {}", terms::expression(expression)?));
    }
    words.extend(ends(field));
    if let Some(check) = &field.check {
        words.push(format!("check = {{{}}}", bounds(check)?));
    }
    words.extend(looks(field)?);
    words.extend(field.relation.as_ref().and_then(relation));
    let (name, words) = (literal::lua_text(&field.name), words.join(", "));
    Ok(format!("field({number}, {name}, {{{words}}})"))
}

/// Where it ends, and its bytes.
fn ends(field: &FieldPlan) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(field.length.to_end.then(|| "to_end = true".to_owned()));
    if let Some(end) = field.length.terminator {
        let byte = literal::lua_bytes(&[end.byte]);
        let (include, consume, required) = (end.include, end.consume, end.required);
        words.push(format!(
            "terminator = {{byte = {byte}, include = {include}, consume = {consume}, required = {required}}}"
        ));
    }
    let pad = field.length.pad;
    words.extend(pad.map(|byte| format!("pad = {byte}")));
    let contents = field.contents.as_deref();
    words.extend(contents.map(|bytes| format!("contents = {}", literal::lua_bytes(bytes))));
    words
}

/// How it is shown.
fn looks(field: &FieldPlan) -> Result<Vec<String>, CodeProblem> {
    let mut words = Vec::new();
    words.extend(field.names.map(|place| format!("names = ENUMS[{place}]")));
    for (key, factor) in [("scale", field.scale), ("offset", field.offset)] {
        words.extend(factor.map(|factor| format!("{key} = {}", terms::float(factor))));
    }
    match digits(field.scale, field.offset) {
        0 => {}
        digits if digits > DIGITS => return Err(CodeProblem::Digits(digits)),
        digits => words.push(format!("digits = {digits}")),
    }
    let show = field.show.and_then(show_word);
    let label = literal::lua_line(&field.name);
    let is_safe = label == literal::lua_text(&field.name);
    words.extend((!is_safe).then(|| format!("label = {label}")));
    for (key, text) in [
        ("show", show),
        ("unit", field.unit.as_deref()),
        ("doc", field.doc.as_deref()),
    ] {
        words.extend(text.map(|text| format!("{key} = {}", literal::lua_line(text))));
    }
    words.extend((!field.summary).then(|| "summary = false".to_owned()));
    Ok(words)
}

fn bounds(check: &ValueBounds) -> Result<String, CodeProblem> {
    let mut words = Vec::new();
    for (key, bound) in bounds_of(check) {
        words.push(format!("{key} = {}", terms::expression(bound)?));
    }
    if !check.any_of.is_empty() {
        let all = list(&check.any_of, terms::expression)?;
        words.push(format!("any_of = {{{all}}}"));
    }
    if check.in_enum {
        words.push("in_enum = true".to_owned());
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
        "relation = {{{what}, {}, {}}}",
        covers.start, covers.end
    ))
}

/// A function that computes a checksum.
fn function(sum: Sum) -> Option<String> {
    let of_sum = |value: &str| format!("sum(function(all) return {value} end)");
    Some(match sum {
        Sum::Sum8 => of_sum("all % 256"),
        Sum::Negative => of_sum("-all % 256"),
        Sum::Complement => of_sum("255 - all % 256"),
        Sum::Sum16 => of_sum("all % 65536"),
        Sum::Xor => "exclusive_or".to_owned(),
        Sum::Crc(_) => {
            let of = sum.parameters()?;
            format!(
                "crc({}, 0x{:X}, 0x{:X}, {}, {}, 0x{:X})",
                of.width, of.poly, of.init, of.refin, of.refout, of.xorout
            )
        }
    })
}

fn type_of(of: FieldType) -> Result<String, CodeProblem> {
    Ok(match of {
        FieldType::Integer {
            width,
            signed,
            order,
        } => format!("{{\"int\", {width}, {signed}, \"{}\"}}", order.word()),
        FieldType::Float { width, order } => {
            format!("{{\"float\", {width}, \"{}\"}}", order.word())
        }
        FieldType::Bits {
            count,
            lowest_first,
        } => format!("{{\"bits\", {count}, {lowest_first}}}"),
        FieldType::Varint => "{\"varint\"}".to_owned(),
        FieldType::Bytes => "{\"bytes\"}".to_owned(),
        FieldType::Text(charset) => {
            let unknown = || CodeProblem::Encoding(charset.name().to_owned());
            format!(
                "{{\"text\", DECODE.{}}}",
                decoder(charset).ok_or_else(unknown)?
            )
        }
        FieldType::Written { notation, .. } => {
            return Err(CodeProblem::WrittenNumber(notation.word()));
        }
        FieldType::Struct(number) => format!("{{\"struct\", {number}}}"),
    })
}
