//! Keys of a field that mean nothing together: reading would ignore them in silence.

use crate::payload::checksum::Sum;
use crate::schema::field_type::FieldType;
use crate::schema::mistake::SchemaProblem;
use crate::schema::plan::FieldKind;
use crate::schema::type_spec::FieldSpec;

/// Checks that each key of the field says something.
///
/// # Errors
/// The first key that does not, or a checksum of another width than the number.
pub(super) fn check(spec: &FieldSpec, kind: &FieldKind) -> Result<(), SchemaProblem> {
    let is_terminated = spec.terminator.is_some() || is_strz(spec);
    let repeat = spec.repeat.as_deref();
    let mut useless = vec![
        ("covers", spec.covers.is_some() && spec.checksum.is_none()),
        ("include", spec.include && !is_terminated),
        ("consume", spec.consume.is_some() && !is_terminated),
        ("eos_error", spec.eos_error.is_some() && !is_terminated),
        (
            "repeat_expr",
            spec.repeat_expr.is_some() && repeat != Some("expr"),
        ),
        (
            "repeat_until",
            spec.repeat_until.is_some() && repeat != Some("until"),
        ),
    ];
    if let (FieldKind::Type(of), None) = (kind, &spec.value) {
        let is_number = of.is_number();
        let has_bytes = matches!(of, FieldType::Bytes | FieldType::Text(_));
        let (is_written, is_whole) = match of {
            FieldType::Written { notation, .. } => (true, notation.is_whole()),
            _ => (false, is_number),
        };
        useless.extend([
            ("size", spec.size.is_some() && is_number),
            ("size_eos", spec.size_eos && is_number),
            ("terminator", spec.terminator.is_some() && is_number),
            ("pad_right", spec.pad_right.is_some() && is_number),
            ("scale", spec.scale.is_some() && has_bytes),
            ("offset", spec.offset.is_some() && has_bytes),
            ("counts", spec.counts.is_some() && !is_whole),
            ("checksum", spec.checksum.is_some() && !is_whole),
            ("enum", spec.r#enum.is_some() && has_bytes),
            (
                "encoding",
                spec.encoding.is_some() && is_written && is_whole,
            ),
        ]);
    }
    if let Some((key, _)) = useless.into_iter().find(|(_, is_useless)| *is_useless) {
        return Err(SchemaProblem::UselessKey(key));
    }
    let sum = spec.checksum.as_deref().and_then(Sum::named);
    match (sum, kind) {
        (Some(sum), FieldKind::Type(FieldType::Integer { width, .. }))
            if sum.width() != usize::from(*width) =>
        {
            Err(SchemaProblem::SumWidth {
                sum: sum.width(),
                field: usize::from(*width),
            })
        }
        _ => Ok(()),
    }
}

/// Checks that a field of a sequence has no key of an instance.
///
/// # Errors
/// The first such key.
pub(super) fn check_in_sequence(spec: &FieldSpec) -> Result<(), SchemaProblem> {
    let keys = [
        ("value", spec.value.is_some()),
        ("pos", spec.pos.is_some()),
        ("io", spec.io.is_some()),
    ];
    match keys.into_iter().find(|(_, is_there)| *is_there) {
        Some((key, _)) => Err(SchemaProblem::UselessKey(key)),
        None => Ok(()),
    }
}

/// Whether a value of the field is always a text that a zero byte ends.
pub(super) fn is_strz(spec: &FieldSpec) -> bool {
    let mut names = spec.type_names().peekable();
    names.peek().is_some() && names.all(|name| name == "strz")
}

#[cfg(test)]
mod tests {
    use crate::schema::{Schema, SchemaProblem};

    fn problem(field: &str) -> Option<SchemaProblem> {
        let text = format!(r#"(meta: (endian: "be"), seq: [(id: "a", type: "u1"), {field}])"#);
        Schema::read(&text).err().map(|mistake| mistake.problem)
    }

    #[test]
    fn a_key_that_says_nothing_is_a_mistake() {
        for (field, key) in [
            (r#"(id: "b", type: "u1", size: "2")"#, "size"),
            (r#"(id: "b", type: "b4", size_eos: true)"#, "size_eos"),
            (r#"(id: "b", type: "u2", terminator: 0)"#, "terminator"),
            (
                r#"(id: "b", type: "str", size: "2", checksum: "XOR-8")"#,
                "checksum",
            ),
            (r#"(id: "b", size: "2", counts: "a")"#, "counts"),
            (r#"(id: "b", type: "strz", scale: 0.1)"#, "scale"),
            (r#"(id: "b", type: "u1", covers: "a")"#, "covers"),
            (r#"(id: "b", size: "1", include: true)"#, "include"),
            (r#"(id: "b", type: "u1", repeat_expr: "2")"#, "repeat_expr"),
            (r#"(id: "b", value: "7")"#, "value"),
            (r#"(id: "b", type: "u1", pos: "0")"#, "pos"),
            (
                r#"(id: "b", type: "u1", repeat: "eos", repeat_until: "true")"#,
                "repeat_until",
            ),
        ] {
            let found = problem(field);
            assert_eq!(found, Some(SchemaProblem::UselessKey(key)), "{field}");
        }
        for field in [
            r#"(id: "b", type: "strz", include: true)"#,
            r#"(id: "b", type: "str", size: "2", pad_right: 32)"#,
            r#"(id: "b", type: "u2", checksum: "CRC-16/MODBUS")"#,
        ] {
            assert_eq!(problem(field), None, "{field}");
        }
    }

    #[test]
    fn a_checksum_needs_a_number_of_its_width() {
        let found = problem(r#"(id: "b", type: "u1", checksum: "CRC-16/MODBUS")"#);
        assert_eq!(found, Some(SchemaProblem::SumWidth { sum: 2, field: 1 }));
    }
}
