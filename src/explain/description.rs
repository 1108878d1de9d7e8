//! Mistakes in descriptions of messages, and what messages are not as described, in words.

use super::regular::wrong_regex;
use crate::payload::printable;
use crate::schema::{
    CodeProblem, CodeRefusal, EncodeMistake, EncodeProblem, EvaluationFault, ExpectedValue,
    ExpressionMistake, ExpressionProblem, Fault, FormulaMistake, FormulaProblem, SchemaProblem,
};
use crate::t;
use crate::words::{Lang, grouped, listed};

/// A mistake in a description, in words.
pub fn schema_problem(lang: Lang, problem: &SchemaProblem) -> String {
    match problem {
        SchemaProblem::Text(message) => message.clone(),
        SchemaProblem::Yaml(message) => t!(lang, "description.yaml", message = message),
        SchemaProblem::YamlTooMuch { depth, aliases } => {
            t!(
                lang,
                "description.yaml_too_much",
                depth = depth,
                aliases = aliases
            )
        }
        SchemaProblem::Expression(mistake) => expression_mistake(lang, mistake),
        SchemaProblem::UnknownType(name) => t!(lang, "description.type", name = name),
        SchemaProblem::UnknownEnum(name) => t!(lang, "description.enum", name = name),
        SchemaProblem::UnknownValue { name, of, similar } => match similar {
            Some(similar) => {
                t!(
                    lang,
                    "description.value_meant",
                    name = name,
                    of = of,
                    similar = similar
                )
            }
            None => t!(lang, "description.value", name = name, of = of),
        },
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
        SchemaProblem::BadFraming(text) => t!(lang, "description.framing", text = text),
        SchemaProblem::BadRange(range) => t!(lang, "description.range", range = range),
        SchemaProblem::UselessKey(key) => t!(lang, "description.useless_key", key = key),
        SchemaProblem::SumWidth { sum, field } => {
            t!(lang, "description.sum_width", sum = sum, field = field)
        }
        SchemaProblem::Arguments {
            name,
            wanted,
            given,
        } => t!(
            lang,
            "description.arguments",
            name = name,
            wanted = wanted,
            given = given
        ),
        SchemaProblem::CaseArguments(name) => t!(lang, "description.case_arguments", name = name),
        SchemaProblem::RootParameters => t!(lang, "description.root_parameters"),
        SchemaProblem::Unsupported(what) => t!(lang, "description.not_here", what = what),
        SchemaProblem::UnknownKey(key) => t!(lang, "description.unknown_key", key = key),
        SchemaProblem::MissingKey(key) => t!(lang, "description.missing_key", key = key),
        SchemaProblem::ImportedRoot => t!(lang, "description.imported_root"),
        SchemaProblem::Expected(value) => t!(
            lang,
            match value {
                ExpectedValue::Text => "description.text_expected",
                ExpectedValue::Flag => "description.flag_expected",
                ExpectedValue::Integer => "description.integer_expected",
                ExpectedValue::Byte => "description.byte_expected",
                ExpectedValue::List => "description.list_expected",
                ExpectedValue::Map => "description.map_expected",
            }
        ),
        SchemaProblem::Regex(mistake) => wrong_regex(lang, mistake),
        SchemaProblem::RegexTooLarge => t!(lang, "rule.regex_too_large"),
        SchemaProblem::UnknownGroup(name) => t!(lang, "description.group", name = name),
        SchemaProblem::SeveralForms => t!(lang, "description.several_forms"),
        SchemaProblem::Separator => t!(lang, "description.separator"),
        SchemaProblem::BadPointer(text) => t!(lang, "description.pointer", text = text),
        SchemaProblem::Endless(name) => t!(lang, "description.endless", name = name),
        SchemaProblem::TooMany(most) => {
            t!(lang, "description.too_many", most = grouped(*most as u64))
        }
        SchemaProblem::TooDeep(most) => t!(lang, "description.too_deep", most = most),
    }
}

/// Why a text is no expression.
fn expression_mistake(lang: Lang, mistake: &ExpressionMistake) -> String {
    let place = mistake.at + 1;
    let what = match &mistake.problem {
        ExpressionProblem::Instead(word) => {
            return t!(lang, "description.instead", word = word, place = place);
        }
        ExpressionProblem::End => t!(lang, "description.end"),
        ExpressionProblem::Unexpected => t!(lang, "description.unexpected"),
        ExpressionProblem::OpenText => t!(lang, "description.open_text"),
        ExpressionProblem::Number => t!(lang, "description.number"),
        ExpressionProblem::TooDeep => t!(lang, "description.nested"),
    };
    t!(
        lang,
        "description.in_expression",
        what = what,
        place = place
    )
}

/// A mistake in the value of a field that is to be sent, in words.
pub fn formula_mistake(lang: Lang, mistake: &FormulaMistake) -> String {
    let problem = match &mistake.problem {
        FormulaProblem::UnknownField { similar: None } => t!(lang, "encode.unknown_field"),
        FormulaProblem::UnknownField {
            similar: Some(similar),
        } => t!(lang, "encode.similar_field", similar = similar),
        FormulaProblem::Overlap(around) => t!(lang, "encode.overlap", around = around),
        FormulaProblem::Expression(mistake) => expression_mistake(lang, mistake),
        FormulaProblem::UnknownName(name) => t!(lang, "encode.unknown_name", name = name),
        FormulaProblem::UnknownFunction(name) => t!(lang, "encode.unknown_function", name = name),
        FormulaProblem::Arguments { function, count } => {
            t!(lang, "encode.arguments", function = function, count = count)
        }
        FormulaProblem::Value(problem) => encode_problem(lang, problem),
    };
    at_field(lang, &mistake.path, &problem)
}

/// Why a message cannot be made of values.
pub fn encode_mistake(lang: Lang, mistake: &EncodeMistake) -> String {
    at_field(lang, &mistake.path, &encode_problem(lang, &mistake.problem))
}

fn at_field(lang: Lang, path: &str, problem: &str) -> String {
    match path {
        "" => problem.to_owned(),
        path => t!(lang, "encode.field", path = path, problem = problem),
    }
}

fn encode_problem(lang: Lang, problem: &EncodeProblem) -> String {
    match problem {
        EncodeProblem::UnknownField => t!(lang, "encode.unknown_field"),
        EncodeProblem::Computed(sources) => match sources.as_slice() {
            [] => t!(lang, "encode.computed"),
            sources => {
                let fields = listed(lang, sources);
                t!(lang, "encode.computed_from", fields = fields)
            }
        },
        EncodeProblem::Absent => t!(lang, "encode.absent"),
        EncodeProblem::NotNumber(text) => t!(lang, "encode.not_number", text = text),
        EncodeProblem::NotWhole(text) => t!(lang, "encode.not_whole", text = text),
        EncodeProblem::Range { bits, signed } => {
            let bits = u32::from((*bits).clamp(1, 64));
            let (least, most) = match signed {
                true => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1),
                false => (0, (1_i128 << bits) - 1),
            };
            t!(lang, "encode.range", least = least, most = most)
        }
        EncodeProblem::TooLarge => t!(lang, "encode.too_large"),
        EncodeProblem::NotBytes(text) => t!(lang, "encode.not_bytes", text = text),
        EncodeProblem::Kind => t!(lang, "encode.kind"),
        EncodeProblem::Size { found, expected } => {
            t!(lang, "encode.size", found = found, expected = expected)
        }
        EncodeProblem::Elements { found, expected } => {
            t!(lang, "encode.elements", found = found, expected = expected)
        }
        EncodeProblem::NoLength(length) => t!(lang, "encode.no_length", length = length),
        EncodeProblem::Terminator(byte) => {
            t!(lang, "encode.terminator", byte = format!("{byte:02X}"))
        }
        EncodeProblem::Charset(lacking) => {
            t!(lang, "encode.charset", character = lacking.character)
        }
        EncodeProblem::NoType => t!(lang, "description.no_type"),
        EncodeProblem::Expression(fault) => evaluation_fault(lang, *fault),
        EncodeProblem::TooMuch => t!(lang, "description.too_much"),
        EncodeProblem::Unsettled => t!(lang, "encode.unsettled"),
        EncodeProblem::NoPrefix(bytes) => t!(lang, "encode.no_prefix", bytes = bytes),
        EncodeProblem::Separator(byte) => {
            t!(lang, "encode.separator", byte = format!("{byte:02X}"))
        }
        EncodeProblem::NotTaken(text) => {
            let text = printable::line(text.as_bytes());
            t!(lang, "encode.not_taken", text = text)
        }
        EncodeProblem::NotGiven => t!(lang, "encode.not_given"),
        EncodeProblem::Pattern(part) => t!(lang, "encode.pattern", part = part),
        EncodeProblem::Different => t!(lang, "encode.different"),
    }
}

/// Why a description cannot be written in another language.
pub fn code_refusal(lang: Lang, language: &str, refusal: &CodeRefusal) -> String {
    let why = match &refusal.problem {
        CodeProblem::Encoding(name) => t!(lang, "description.code_encoding", name = name),
        CodeProblem::TooDeep(most) => t!(lang, "description.code_depth", most = most),
        CodeProblem::WideNumber(number) => t!(lang, "description.code_number", number = number),
        CodeProblem::Digits(digits) => t!(lang, "description.code_digits", digits = digits),
        CodeProblem::TooManyFields(most) => {
            t!(
                lang,
                "description.code_fields",
                most = grouped(*most as u64)
            )
        }
        CodeProblem::TextForm(form) => t!(lang, "description.code_form", form = form),
        CodeProblem::WrittenNumber(notation) => {
            t!(lang, "description.code_written", notation = notation)
        }
    };
    let field = printable::line(refusal.field.as_bytes());
    match field.as_str() {
        "" => t!(lang, "description.code", language = language, why = why),
        field => t!(
            lang,
            "description.code_field",
            language = language,
            field = field,
            why = why
        ),
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
        Fault::NoMatch => t!(lang, "description.no_match"),
        Fault::NotNumber => t!(lang, "description.not_number"),
        Fault::Json(place) => t!(lang, "description.not_json", place = grouped(*place)),
        Fault::Expression(fault) => evaluation_fault(lang, *fault),
        Fault::TooMuch => t!(lang, "description.too_much"),
    }
}

/// Why an expression has no value.
fn evaluation_fault(lang: Lang, fault: EvaluationFault) -> String {
    t!(
        lang,
        match fault {
            EvaluationFault::Absent => "description.absent",
            EvaluationFault::Kind => "description.kind",
            EvaluationFault::Overflow => "description.overflow",
            EvaluationFault::Argument => "description.argument",
            EvaluationFault::Circular => "description.circular",
            EvaluationFault::Unsupported => "description.unsupported",
            EvaluationFault::TooMuch => "description.too_long",
        }
    )
}
