//! Mistakes in descriptions of messages, and what messages are not as described, in words.

use crate::schema::{EvaluationFault, ExpressionProblem, Fault, SchemaProblem};
use crate::t;
use crate::words::{Lang, grouped};

/// What is wrong with a description.
pub fn schema_problem(lang: Lang, problem: &SchemaProblem) -> String {
    match problem {
        SchemaProblem::Text(message) => message.clone(),
        SchemaProblem::Expression(mistake) => {
            if let ExpressionProblem::Instead(word) = mistake.problem {
                let place = mistake.at + 1;
                return t!(lang, "description.instead", word = word, place = place);
            }
            let what = t!(
                lang,
                match mistake.problem {
                    ExpressionProblem::End => "description.end",
                    ExpressionProblem::Instead(_) | ExpressionProblem::Unexpected =>
                        "description.unexpected",
                    ExpressionProblem::OpenText => "description.open_text",
                    ExpressionProblem::Number => "description.number",
                    ExpressionProblem::TooDeep => "description.nested",
                }
            );
            t!(
                lang,
                "description.in_expression",
                what = what,
                place = mistake.at + 1
            )
        }
        SchemaProblem::UnknownType(name) => t!(lang, "description.type", name = name),
        SchemaProblem::UnknownEnum(name) => t!(lang, "description.enum", name = name),
        SchemaProblem::UnknownEncoding(name) => t!(lang, "description.encoding", name = name),
        SchemaProblem::UnknownChecksum(name) => t!(lang, "description.checksum", name = name),
        SchemaProblem::UnknownOrder(name) => t!(lang, "description.order", name = name),
        SchemaProblem::NoByteOrder(name) => t!(lang, "description.no_order", name = name),
        SchemaProblem::Repeat(name) => t!(lang, "description.repeat", name = name),
        SchemaProblem::TypedContents => t!(lang, "description.typed_contents"),
        SchemaProblem::NoEnd => t!(lang, "description.no_end"),
        SchemaProblem::Duplicate(name) => t!(lang, "description.duplicate", name = name),
        SchemaProblem::BadName(name) => t!(lang, "description.bad_name", name = name),
        SchemaProblem::UnknownField(name) => t!(lang, "description.field", name = name),
        SchemaProblem::BadRange(range) => t!(lang, "description.range", range = range),
        SchemaProblem::UselessKey(key) => t!(lang, "description.useless_key", key = key),
        SchemaProblem::SumWidth { sum, field } => {
            t!(lang, "description.sum_width", sum = sum, field = field)
        }
        SchemaProblem::Endless(name) => t!(lang, "description.endless", name = name),
        SchemaProblem::TooMany(most) => {
            t!(lang, "description.too_many", most = grouped(*most as u64))
        }
        SchemaProblem::TooDeep(most) => t!(lang, "description.too_deep", most = most),
    }
}

/// Why a field is not what the description says.
pub fn field_fault(lang: Lang, fault: &Fault) -> String {
    match fault {
        Fault::Short(bytes) => t!(lang, "description.short", bytes = grouped(*bytes)),
        Fault::Rest(bytes) => t!(lang, "description.rest", bytes = grouped(*bytes)),
        Fault::NoTerminator => t!(lang, "description.no_terminator"),
        Fault::Contents => t!(lang, "description.contents"),
        Fault::Invalid => t!(lang, "description.invalid"),
        Fault::Checksum(right) => t!(
            lang,
            "description.right_checksum",
            right = format!("{right:X}")
        ),
        Fault::Count(right) => t!(lang, "description.right_count", right = grouped(*right)),
        Fault::Size(size) => t!(lang, "description.size", size = size),
        Fault::NoType => t!(lang, "description.no_type"),
        Fault::Expression(fault) => t!(
            lang,
            match fault {
                EvaluationFault::Absent => "description.absent",
                EvaluationFault::Kind => "description.kind",
                EvaluationFault::Overflow => "description.overflow",
                EvaluationFault::Circular => "description.circular",
                EvaluationFault::Unsupported => "description.unsupported",
                EvaluationFault::TooMuch => "description.too_long",
            }
        ),
        Fault::TooMuch => t!(lang, "description.too_much"),
    }
}
