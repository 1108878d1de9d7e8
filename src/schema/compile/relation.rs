//! Lengths and checksums: numbers that depend on other fields.

use crate::payload::checksum::Sum;
use crate::schema::mistake::SchemaProblem;
use crate::schema::plan::Relation;
use crate::schema::type_spec::FieldSpec;
use std::ops::Range;

/// The relation of the field at this position to others.
pub(super) fn relation(
    spec: &FieldSpec,
    at: usize,
    all: &[FieldSpec],
) -> Result<Option<Relation>, SchemaProblem> {
    if let Some(name) = &spec.checksum {
        let Some(sum) = Sum::named(name) else {
            return Err(SchemaProblem::UnknownChecksum(name.clone()));
        };
        let covers = match &spec.covers {
            None => 0..at,
            Some(range) => range_of(range, all)?,
        };
        if covers.contains(&at) {
            return Err(SchemaProblem::BadRange(
                spec.covers.clone().unwrap_or_default(),
            ));
        }
        return Ok(Some(Relation::Checksum { sum, covers }));
    }
    let counts = spec.counts.as_deref().map(|range| range_of(range, all));
    Ok(counts.transpose()?.map(Relation::Counts))
}

/// The positions of fields: `type`, `type..crc`, `type..`, `..crc`; the last one belongs to them.
fn range_of(text: &str, all: &[FieldSpec]) -> Result<Range<usize>, SchemaProblem> {
    let wrong = || SchemaProblem::BadRange(text.to_owned());
    let place = |name: &str| {
        let found = all
            .iter()
            .position(|field| field.id.as_deref() == Some(name));
        found.ok_or_else(wrong)
    };
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let first = if first.is_empty() { 0 } else { place(first)? };
    let end = match last {
        "" => all.len(),
        last => place(last)? + 1,
    };
    if first >= end {
        return Err(wrong());
    }
    Ok(first..end)
}
