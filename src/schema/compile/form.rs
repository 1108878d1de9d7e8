//! Types that are a text: an expression with groups, keys with values, JSON.

use super::keys;
use super::pattern_text::PatternText;
use crate::payload::charset::Charset;
use crate::payload::regular::{self, RegexMistake};
use crate::schema::mistake::{SchemaMistake, SchemaProblem};
use crate::schema::scalar::{Texts, TypeReference};
use crate::schema::text_form::{
    Alternative, Group, JsonForm, PairsForm, PatternForm, TextForm, push_to_pointer,
};
use crate::schema::type_spec::{FieldSpec, PairsSpec, TypeSpec};
use regex::bytes::{Regex, RegexBuilder};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The most expressions of a description: each has memory of its own.
const PATTERNS: usize = 100;
/// The most bytes of a compiled expression, and of each of its caches.
const REGEX_SIZE: usize = 1 << 20;
/// Texts of protocols are bytes, in any encoding.
const OF_BYTES: &str = "(?-u)";

/// The type of what no field is declared for, and the name of its list.
pub(super) const OTHERS: &str = "others";

/// That type, as a description would have it.
pub(super) static PAIR: LazyLock<TypeSpec> = LazyLock::new(|| {
    let field = |name: &str, of: &str| FieldSpec {
        r#type: Some(TypeReference::Named(of.to_owned())),
        size_eos: true,
        ..named(name)
    };
    TypeSpec {
        seq: vec![field("name", "str"), field("value", "scalar")],
        ..TypeSpec::default()
    }
});

/// How a type is a text, and the fields that it has besides those of `seq`.
#[derive(Default)]
pub(super) struct Draft {
    /// The key of the type that says so.
    pub key: &'static str,
    pub form: Option<TextForm>,
    pub more: Vec<FieldSpec>,
}

/// Reads how a type is a text. `begin` is the place of its first field among all fields, and
/// `patterns` counts the expressions of the description.
///
/// # Errors
/// The first mistake, with its place in the type.
pub(super) fn draft(
    spec: &TypeSpec,
    begin: usize,
    charset: Charset,
    patterns: &mut usize,
) -> Result<Draft, SchemaMistake> {
    let seq = spec.seq.iter().enumerate();
    let seq = seq.map(|(at, field)| (format!("seq.{at}"), field, has_others(spec)));
    let instances = spec.instances.iter();
    let instances = instances.map(|(name, field)| (format!("instances.{name}"), field, false));
    let mut fields = seq.chain(instances);
    if let Some((place, ..)) = fields.find(|(_, field, has_key)| field.key.is_some() && !has_key) {
        return wrong(place, SchemaProblem::UselessKey("key"));
    }
    if has_others(spec) && spec.types.contains_key(OTHERS) {
        let problem = SchemaProblem::Duplicate(OTHERS.to_owned());
        return wrong(format!("types.{OTHERS}"), problem);
    }
    match (&spec.pattern, &spec.pairs, spec.json) {
        (None, None, false) => Ok(Draft::default()),
        (Some(texts), None, false) => {
            *patterns += texts.0.len();
            if *patterns > PATTERNS {
                return wrong("pattern", SchemaProblem::TooMany(PATTERNS));
            }
            pattern(spec, texts, begin)
        }
        (None, Some(pairs), false) => of_pairs(spec, pairs, begin, charset),
        (None, None, true) => json(spec, begin),
        (None, Some(_), true) => wrong("json", SchemaProblem::SeveralForms),
        (Some(_), ..) => wrong("pattern", SchemaProblem::SeveralForms),
    }
}

/// Whether a type keeps what no field is declared for.
pub(super) fn has_others(spec: &TypeSpec) -> bool {
    spec.pairs.is_some() || spec.json
}

/// Whether a field of a type ends where the text that it is ends.
pub(super) fn gives_end(around: &TypeSpec, field: &FieldSpec) -> bool {
    let is_whole = match around.pattern {
        // Several elements share the text of one group.
        Some(_) => field.repeat.is_none(),
        None => has_others(around),
    };
    let has_end = field.size.is_some() || field.terminator.is_some() || keys::is_strz(field);
    let is_elsewhere = field.pos.is_some() || field.value.is_some();
    is_whole && !has_end && !is_elsewhere && field.contents.is_none()
}

/// The type of a field that names none; `None` if it is bytes.
pub(super) fn usual_type(around: &TypeSpec, field: &FieldSpec) -> Option<&'static str> {
    match around {
        _ if field.contents.is_some() || field.value.is_some() || field.pos.is_some() => None,
        TypeSpec { json: true, .. } => Some("scalar"),
        TypeSpec { pattern, pairs, .. } => (pattern.is_some() || pairs.is_some()).then_some("str"),
    }
}

fn pattern(spec: &TypeSpec, texts: &Texts, begin: usize) -> Result<Draft, SchemaMistake> {
    let (mut alternatives, mut more) = (Vec::new(), Vec::<FieldSpec>::new());
    for text in &texts.0 {
        let regex = match regex(text) {
            Ok(regex) => regex,
            Err(problem) => return wrong("pattern", problem),
        };
        let mut written = PatternText::read(&format!("{OF_BYTES}{text}"));
        let mut groups = Vec::new();
        for (number, name) in regex.capture_names().enumerate() {
            let Some(name) = name else { continue };
            let mut known = spec.seq.iter().chain(&more);
            let known = known.position(|field| field.id.as_deref() == Some(name));
            let place = known.unwrap_or(spec.seq.len() + more.len());
            if known.is_none() {
                more.push(named(name));
            }
            let field = begin + place;
            let text = written.groups.remove(&number).unwrap_or_default();
            groups.push(Group {
                number,
                field,
                text,
            });
        }
        let parts = written.parts;
        alternatives.push(Alternative {
            regex,
            groups,
            parts,
        });
    }
    let has_group = |one: &Alternative, field| one.groups.iter().any(|group| group.field == field);
    for (at, field) in spec.seq.iter().enumerate() {
        if !alternatives.iter().any(|one| has_group(one, begin + at)) {
            let name = field.id.clone().unwrap_or_default();
            return wrong(format!("seq.{at}"), SchemaProblem::UnknownGroup(name));
        }
    }
    Ok(Draft {
        key: "pattern",
        form: Some(TextForm::Pattern(PatternForm { alternatives })),
        more,
    })
}

/// Compiles a regular expression of bounded size.
fn regex(text: &str) -> Result<Regex, SchemaProblem> {
    let of_bytes = format!("{OF_BYTES}{text}");
    let built = RegexBuilder::new(&of_bytes)
        .size_limit(REGEX_SIZE)
        .dfa_size_limit(REGEX_SIZE)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => SchemaProblem::RegexTooLarge,
        _ => {
            let RegexMistake { at, problem } = regular::mistake(&of_bytes);
            // What has no place is at the beginning.
            let at = at.saturating_sub(OF_BYTES.len());
            SchemaProblem::Regex(RegexMistake { at, problem })
        }
    })
}

fn of_pairs(
    spec: &TypeSpec,
    pairs: &PairsSpec,
    begin: usize,
    charset: Charset,
) -> Result<Draft, SchemaMistake> {
    let (between, within) = (pairs.between.as_bytes(), pairs.within.as_bytes());
    let are_signs = |text: &[u8]| !text.is_empty() && text.is_ascii();
    let is_in_both = between.iter().any(|sign| within.contains(sign));
    if !are_signs(between) || !are_signs(within) || is_in_both {
        return wrong("pairs", SchemaProblem::Separator);
    }
    let fields = by_key(spec, begin, |key| {
        let mut key = key.as_bytes().to_vec();
        if pairs.any_case {
            key.make_ascii_lowercase();
        }
        Ok(key)
    })?;
    let (others, more) = others(spec, begin);
    let keys = first_keys(spec, begin);
    let keys = keys.map(|(field, key)| (field, key.as_bytes().to_vec()));
    let form = PairsForm {
        between: between.to_vec(),
        within: within.to_vec(),
        any_case: pairs.any_case,
        quotes: pairs.quotes,
        charset,
        fields,
        keys: keys.collect(),
        others,
    };
    Ok(Draft {
        key: "pairs",
        form: Some(TextForm::Pairs(form)),
        more,
    })
}

fn json(spec: &TypeSpec, begin: usize) -> Result<Draft, SchemaMistake> {
    let pointer = |key: &str| {
        // That of the whole text is empty.
        if !key.is_empty() && !key.starts_with('/') {
            let mut pointer = String::new();
            push_to_pointer(&mut pointer, key);
            return Ok(pointer);
        }
        let mut escapes = key.split('~').skip(1);
        match escapes.all(|rest| rest.starts_with(['0', '1'])) {
            true => Ok(key.to_owned()),
            false => Err(SchemaProblem::BadPointer(key.to_owned())),
        }
    };
    let fields = by_key(spec, begin, pointer)?;
    let keys = first_keys(spec, begin);
    let keys = keys.filter_map(|(field, key)| Some((field, pointer(key).ok()?)));
    let keys = keys.collect();
    let (others, more) = others(spec, begin);
    Ok(Draft {
        key: "json",
        form: Some(TextForm::Json(JsonForm {
            fields,
            keys,
            others,
        })),
        more,
    })
}

/// The places of the fields by what their keys are for the text.
fn by_key<K: Ord>(
    spec: &TypeSpec,
    begin: usize,
    read: impl Fn(&str) -> Result<K, SchemaProblem>,
) -> Result<BTreeMap<K, usize>, SchemaMistake> {
    let mut fields = BTreeMap::new();
    let declared = spec.seq.iter().enumerate();
    for (at, field) in declared.filter(|(_, field)| !is_others(field)) {
        let name = field.id.as_deref().filter(|_| field.key.is_none());
        let keys = field.key.iter().flat_map(|keys| &keys.0);
        for key in name.into_iter().chain(keys.map(String::as_str)) {
            let known = match read(key) {
                Ok(key) => fields.insert(key, begin + at),
                Err(problem) => return wrong(format!("seq.{at}"), problem),
            };
            if known.is_some() {
                let problem = SchemaProblem::Duplicate(key.to_owned());
                return wrong(format!("seq.{at}"), problem);
            }
        }
    }
    Ok(fields)
}

/// The key of each field that is written: the first one of it.
fn first_keys(spec: &TypeSpec, begin: usize) -> impl Iterator<Item = (usize, &str)> {
    let declared = spec.seq.iter().zip(begin..);
    declared
        .filter(|(field, _)| !is_others(field))
        .filter_map(|(field, place)| {
            let first = field.key.as_ref().and_then(|keys| keys.0.first());
            Some((place, first.or(field.id.as_ref())?.as_str()))
        })
}

/// The list of what no field is declared for, and its field, if the description has none. There is
/// no list where another field has its name.
fn others(spec: &TypeSpec, begin: usize) -> (Option<usize>, Vec<FieldSpec>) {
    if let Some(place) = spec.seq.iter().position(is_others) {
        return (Some(begin + place), Vec::new());
    }
    let mut names = spec.seq.iter().filter_map(|field| field.id.as_deref());
    if names.any(|name| name == OTHERS) || spec.instances.contains_key(OTHERS) {
        return (None, Vec::new());
    }
    let list = FieldSpec {
        r#type: Some(TypeReference::Named(OTHERS.to_owned())),
        ..named(OTHERS)
    };
    (Some(begin + spec.seq.len()), vec![list])
}

fn is_others(field: &FieldSpec) -> bool {
    matches!(&field.r#type, Some(TypeReference::Named(name)) if name == OTHERS)
}

fn named(name: &str) -> FieldSpec {
    FieldSpec {
        id: Some(name.to_owned()),
        ..FieldSpec::default()
    }
}

fn wrong<T>(place: impl Into<String>, problem: SchemaProblem) -> Result<T, SchemaMistake> {
    super::mistake(place, problem)
}
