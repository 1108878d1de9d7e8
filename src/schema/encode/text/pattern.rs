//! Writes a text that a regular expression matches.

use super::{Text, Wish, value_of};
use crate::payload::EncodeProblem;
use crate::schema::encode::values::FieldValue;
use crate::schema::encode::{Encoder, Stop};
use crate::schema::field_type::FieldType;
use crate::schema::notation::Notation;
use crate::schema::plan::{FieldKind, FieldPlan, Repeat};
use crate::schema::text_form::{Alternative, Group, PatternForm, TextPart};
use std::collections::BTreeMap;
use std::ops::Range;

/// The most zeros that are put before a number so that its group matches it.
const ZEROS: usize = 20;

/// A text that an expression matches.
struct Found<'f> {
    alternative: &'f Alternative,
    /// The places of groups, by their numbers.
    groups: BTreeMap<usize, Range<usize>>,
    end: usize,
}

/// The first expression that matches at the beginning of a text.
fn find<'f>(form: &'f PatternForm, text: &[u8]) -> Option<Found<'f>> {
    form.alternatives.iter().find_map(|alternative| {
        let mut places = alternative.regex.capture_locations();
        let found = alternative.regex.captures_read(&mut places, text)?;
        let groups = alternative.groups.iter().filter_map(|group| {
            let (start, end) = places.get(group.number)?;
            Some((group.number, start..end))
        });
        (found.start() == 0).then(|| Found {
            alternative,
            groups: groups.collect(),
            end: found.end(),
        })
    })
}

/// A pattern while its text is written.
struct Writing<'a, 'w> {
    text: &'w Text<'a>,
    alternative: &'w Alternative,
    /// The values of the groups that stand there, by their numbers.
    wishes: BTreeMap<usize, Wish<'a>>,
    /// Where groups stand, by their numbers.
    groups: BTreeMap<usize, Range<usize>>,
}

impl Encoder<'_> {
    pub(super) fn pattern(&mut self, text: &Text<'_>, form: &PatternForm) -> Result<(), Stop> {
        let begin = self.out.bytes.len();
        let origin = text.origin().unwrap_or_default();
        let found = text.origin().and_then(|origin| find(form, origin));
        let alternative = match &found {
            Some(found) if has_all(text, found.alternative) => found.alternative,
            _ => match chosen(text, form) {
                Some(alternative) => alternative,
                None => return self.fail(text.node, EncodeProblem::NoType),
            },
        };
        let has_group = |index: usize| alternative.groups.iter().any(|of| of.field == index);
        let absent = text
            .seq
            .clone()
            .find(|index| text.given(*index).is_some() && !has_group(*index));
        if let Some(field) = absent.and_then(|index| text.plan.field(index)) {
            return self.fail_at(text.node, Some(&field.name), EncodeProblem::Absent);
        }
        let was = |number: usize| found.as_ref().and_then(|found| found.groups.get(&number));
        let mut wishes = BTreeMap::new();
        let mut is_same = true;
        for group in &alternative.groups {
            let place = was(group.number);
            let wish = self.wish(text, group.field, place.is_some());
            let field = text.plan.field(group.field);
            // Without its condition it is a part of the text that is no field.
            let is_bare = wish.is_none() && field.is_some_and(|field| field.condition.is_some());
            is_same &= is_bare || wish.is_some() == place.is_some();
            if let Some(wish) = wish {
                wishes.insert(group.number, wish);
            }
        }
        let mut writing = Writing {
            text,
            alternative,
            wishes,
            groups: BTreeMap::new(),
        };
        let same = found
            .filter(|found| is_same && std::ptr::eq(found.alternative, alternative))
            .filter(|found| {
                found
                    .groups
                    .values()
                    .is_sorted_by(|one, next| one.end <= next.start)
            });
        let has_origin = same.is_some();
        match same {
            Some(found) => self.changed_pattern(&mut writing, &found, origin)?,
            None => self.parts(&mut writing, &alternative.parts)?,
        }
        self.verify(&writing, form, begin, has_origin)
    }

    /// Writes a text again, with other values in the places of its groups.
    fn changed_pattern(
        &mut self,
        writing: &mut Writing<'_, '_>,
        found: &Found<'_>,
        origin: &[u8],
    ) -> Result<(), Stop> {
        let mut at = 0;
        for (number, range) in &found.groups {
            self.out
                .push(origin.get(at..range.start).unwrap_or_default());
            let group = writing.alternative.group(*number);
            if let Some(group) = group {
                let was = origin.get(range.clone()).unwrap_or_default();
                self.group(writing, group, Some(was))?;
            }
            at = range.end;
        }
        self.out.push(origin.get(at..).unwrap_or_default());
        Ok(())
    }

    fn parts(&mut self, writing: &mut Writing<'_, '_>, parts: &[TextPart]) -> Result<(), Stop> {
        for part in parts {
            match part {
                TextPart::Literal(text) => self.out.push(text),
                TextPart::Group(number) => {
                    if let Some(group) = writing.alternative.group(*number) {
                        self.group(writing, group, None)?;
                    }
                }
                TextPart::Optional(parts) => {
                    if part.any_group(&|number| writing.wishes.contains_key(&number)) {
                        self.parts(writing, parts)?;
                    }
                }
                TextPart::Choice(branches) => {
                    if let Some(branch) = chosen_branch(&writing.wishes, branches) {
                        self.parts(writing, branch)?;
                    }
                }
                TextPart::Open(part) => {
                    return self.fail(writing.text.node, EncodeProblem::Pattern(part.clone()));
                }
            }
        }
        Ok(())
    }

    /// Writes a group, which had another text before, if it had one.
    fn group(
        &mut self,
        writing: &mut Writing<'_, '_>,
        group: &Group,
        was: Option<&[u8]>,
    ) -> Result<(), Stop> {
        let text = writing.text;
        let begin = self.out.bytes.len();
        let Some(field) = text.plan.field(group.field) else {
            return Ok(());
        };
        let wish = writing.wishes.get(&group.number);
        let value = wish.and_then(|wish| value_of(wish));
        if self.is_in_text(text, group.field, field) {
            let usual = match value {
                Some(_) => None,
                None => match usual(text, group, field) {
                    Ok(usual) => usual,
                    Err(problem) => return self.fail_at(text.node, Some(&field.name), problem),
                },
            };
            let before = (self.out.bytes.len(), self.tree.len());
            self.field_of_group(text, (group, field), value.or(usual.as_ref()))?;
            // A number that follows stays as it was written, if it is the same.
            let written = self.out.bytes.get(before.0..).unwrap_or_default();
            let same = was.filter(|was| text.follows(group.field) && is_same(field, was, written));
            if let Some(was) = same {
                self.out.bytes.truncate(before.0);
                self.tree.truncate(before.1);
                let was = FieldValue::Bytes(was.to_vec());
                self.field_of_group(text, (group, field), Some(&was))?;
            }
        } else if value.is_some() {
            return self.fail_at(text.node, Some(&field.name), EncodeProblem::Absent);
        } else {
            self.out.push(was.unwrap_or(&group.text.usual));
        }
        let end = self.out.bytes.len();
        writing.groups.insert(group.number, begin..end);
        Ok(())
    }

    /// Writes the field of a group: a number with as many zeros before it as the group needs.
    fn field_of_group(
        &mut self,
        text: &Text<'_>,
        (group, field): (&Group, &FieldPlan),
        value: Option<&FieldValue>,
    ) -> Result<(), Stop> {
        let begin = (self.out.bytes.len(), self.tree.len());
        let place = text.place(group.field, group.text.least);
        self.field(place, field, value)?;
        let is_number = matches!(field.kind, FieldKind::Type(FieldType::Written { .. }))
            && matches!(field.repeat, Repeat::Once)
            && !matches!(value, Some(FieldValue::Kept(_) | FieldValue::Bytes(_)));
        let written = self.out.bytes.get(begin.0..).unwrap_or_default();
        if !is_number || group.text.takes(written) {
            return Ok(());
        }
        let length = written.len();
        // Without any it is written again at last, so that what is wrong is said of it.
        for zeros in (1..=ZEROS).chain([0]) {
            self.out.bytes.truncate(begin.0);
            self.tree.truncate(begin.1);
            let place = text.place(group.field, length + zeros);
            self.field(place, field, value)?;
            let written = self.out.bytes.get(begin.0..).unwrap_or_default();
            if group.text.takes(written) {
                break;
            }
        }
        Ok(())
    }

    /// Checks that the expression finds each group where it was written.
    fn verify(
        &mut self,
        writing: &Writing<'_, '_>,
        form: &PatternForm,
        begin: usize,
        has_origin: bool,
    ) -> Result<(), Stop> {
        let node = |encoder: &Self, group: &Group| {
            let node = encoder.tree.child_of(writing.text.node, group.field);
            node.unwrap_or(writing.text.node)
        };
        let bytes = self.out.bytes.get(begin..).unwrap_or_default();
        let found = find(form, bytes)
            .filter(|found| std::ptr::eq(found.alternative, writing.alternative))
            .filter(|found| has_origin || found.end == bytes.len());
        let differs = |group: &&Group| {
            let written = writing.groups.get(&group.number);
            let written = written.map(|range| range.start - begin..range.end - begin);
            let read = found.as_ref().map(|found| found.groups.get(&group.number));
            read != Some(written.as_ref())
        };
        let mut groups = writing.alternative.groups.iter();
        let Some(group) = groups.find(differs) else {
            // Without groups it may still not match.
            return match found {
                Some(_) => Ok(()),
                None => self.fail(writing.text.node, EncodeProblem::Different),
            };
        };
        // The one whose text its own expression does not match is to blame.
        let mut written = writing.groups.iter().filter_map(|(number, range)| {
            let group = writing.alternative.group(*number)?;
            Some((group, self.out.bytes.get(range.clone())?))
        });
        let refused = written.find(|(group, text)| !group.text.takes(text));
        let refused =
            refused.map(|(group, text)| (group, String::from_utf8_lossy(text).into_owned()));
        let (node, problem) = match refused {
            Some((group, text)) => (node(&*self, group), EncodeProblem::NotTaken(text)),
            None => (node(&*self, group), EncodeProblem::Different),
        };
        self.fail(node, problem)
    }
}

/// Whether an expression has a group for each field that is given.
fn has_all(text: &Text<'_>, alternative: &Alternative) -> bool {
    let given = text
        .seq
        .clone()
        .filter(|index| text.given(*index).is_some());
    let count = given.count();
    count == given_in(text, alternative)
}

/// The number of given fields that an expression has groups for.
fn given_in(text: &Text<'_>, alternative: &Alternative) -> usize {
    let groups = alternative.groups.iter();
    groups
        .filter(|group| text.given(group.field).is_some())
        .count()
}

/// The first of the expressions that have the most of the given fields.
fn chosen<'f>(text: &Text<'_>, form: &'f PatternForm) -> Option<&'f Alternative> {
    let all = form.alternatives.iter().rev();
    all.max_by_key(|alternative| given_in(text, alternative))
}

/// The first of the branches that have the most of the groups that stand there; without any, the
/// first that needs none.
fn chosen_branch<'f>(
    wishes: &BTreeMap<usize, Wish<'_>>,
    branches: &'f [Vec<TextPart>],
) -> Option<&'f Vec<TextPart>> {
    let has = |branch: &[TextPart], number: usize| {
        let mut parts = branch.iter();
        parts.any(|part| part.any_group(&|of| of == number))
    };
    let count = |branch: &[TextPart]| {
        let wished = wishes.keys().filter(|number| has(branch, **number));
        wished.count()
    };
    let needs_none = |branch: &[TextPart]| !branch.iter().any(TextPart::has_group);
    let all = branches.iter().rev();
    all.max_by_key(|branch| (count(branch), count(branch) == 0 && needs_none(branch)))
}

/// Whether two texts are the same number.
fn is_same(field: &FieldPlan, one: &[u8], other: &[u8]) -> bool {
    match field.kind {
        FieldKind::Type(FieldType::Written { notation, .. }) => {
            notation.read(one) == notation.read(other)
        }
        _ => false,
    }
}

/// A value for a group that has to stand there and is not given; none where the field has one.
///
/// # Errors
/// No text stands for none.
fn usual(
    text: &Text<'_>,
    group: &Group,
    field: &FieldPlan,
) -> Result<Option<FieldValue>, EncodeProblem> {
    let usual = || Some(FieldValue::Bytes(group.text.usual.clone()));
    let default = || match group.text.is_default {
        true => Ok(usual()),
        false => Err(EncodeProblem::NotGiven),
    };
    let is_once = matches!(field.repeat, Repeat::Once);
    let is_known = field.check.is_some() || field.names.is_some() || text.follows(group.field);
    if !is_once || is_known {
        return Ok(None);
    }
    match field.kind {
        FieldKind::Type(FieldType::Text(_) | FieldType::Bytes) => default(),
        FieldKind::Type(FieldType::Written { notation, .. }) => match notation {
            Notation::Hexadecimal => Ok(None),
            Notation::Scalar => default(),
            Notation::Decimal | Notation::Real => {
                Ok(usual().filter(|_| notation.read(&group.text.usual).is_some()))
            }
        },
        _ => Ok(None),
    }
}
