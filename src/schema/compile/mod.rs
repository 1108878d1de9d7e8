//! Checks a description and makes its plan.

mod keys;
mod names;
mod relation;

use super::expression::Expression;
use super::field_type::{self, BuiltIn, FieldType, NumberOrder};
use super::mistake::{SchemaMistake, SchemaProblem};
use super::plan::{
    Enumeration, FieldKind, FieldPlan, Length, Place, Plan, Repeat, Terminator, TypePlan,
};
use super::scalar::TypeReference;
use super::type_spec::{FieldSpec, TypeSpec, ValueBounds, ValueCheck};
use crate::payload::charset::Charset;
use names::{Names, find_around, within};
use relation::relation;
use std::collections::{BTreeMap, BTreeSet};

/// The most types, and the most fields of all types.
const TYPES: usize = 1_000;
const FIELDS: usize = 10_000;
/// How deep types may be nested in the text.
const DEPTH: usize = 32;

/// What holds for a type and those below it.
#[derive(Clone, Copy)]
struct Defaults {
    order: Option<NumberOrder>,
    lowest_bit_first: bool,
    charset: Option<Charset>,
}

/// A type of the description that is not compiled yet.
struct Pending<'a> {
    spec: &'a TypeSpec,
    path: String,
    defaults: Defaults,
}

struct Compiler<'a> {
    pending: Vec<Pending<'a>>,
    /// The numbers of types and enumerations by their path.
    types: BTreeMap<String, usize>,
    enums: BTreeMap<String, usize>,
    plan: Plan,
}

/// Checks a description.
///
/// # Errors
/// The first mistake, with its place.
pub fn compile(spec: &TypeSpec) -> Result<Plan, SchemaMistake> {
    let mut compiler = Compiler {
        pending: Vec::new(),
        types: BTreeMap::new(),
        enums: BTreeMap::new(),
        plan: Plan::default(),
    };
    let defaults = Defaults {
        order: None,
        lowest_bit_first: false,
        charset: None,
    };
    compiler.collect(spec, String::new(), defaults, 0)?;
    for number in 0..compiler.pending.len() {
        compiler.type_plan(number)?;
    }
    compiler.find_endless()?;
    Ok(compiler.plan)
}

fn mistake<T>(place: impl Into<String>, problem: SchemaProblem) -> Result<T, SchemaMistake> {
    Err(SchemaMistake {
        place: place.into(),
        problem,
    })
}

/// The path of something in a type to its place in the text.
fn place(path: &str, name: &str) -> String {
    let types = path.split("::").filter(|name| !name.is_empty());
    let mut parts: Vec<String> = types.map(|name| format!("types.{name}")).collect();
    parts.extend((!name.is_empty()).then(|| name.to_owned()));
    parts.join(".")
}

impl<'a> Compiler<'a> {
    /// Numbers a type, those in it, and their enumerations.
    fn collect(
        &mut self,
        spec: &'a TypeSpec,
        path: String,
        mut defaults: Defaults,
        depth: usize,
    ) -> Result<(), SchemaMistake> {
        if depth > DEPTH {
            return mistake(place(&path, ""), SchemaProblem::TooDeep(DEPTH));
        }
        if self.pending.len() >= TYPES {
            return mistake(place(&path, ""), SchemaProblem::TooMany(TYPES));
        }
        let meta = &spec.meta;
        let meta_place = |key: &str| place(&path, &format!("meta.{key}"));
        if let Some(name) = &meta.endian {
            let order = NumberOrder::named(name);
            let order =
                order.filter(|order| matches!(order, NumberOrder::Big | NumberOrder::Little));
            let Some(order) = order else {
                return mistake(
                    meta_place("endian"),
                    SchemaProblem::UnknownOrder(name.clone()),
                );
            };
            defaults.order = Some(order);
        }
        match meta.bit_endian.as_deref() {
            None => {}
            Some("be") => defaults.lowest_bit_first = false,
            Some("le") => defaults.lowest_bit_first = true,
            Some(other) => {
                return mistake(
                    meta_place("bit_endian"),
                    SchemaProblem::UnknownOrder(other.to_owned()),
                );
            }
        }
        if let Some(name) = &meta.encoding {
            let Some(charset) = field_type::charset(name) else {
                return mistake(
                    meta_place("encoding"),
                    SchemaProblem::UnknownEncoding(name.clone()),
                );
            };
            defaults.charset = Some(charset);
        }
        self.types.insert(path.clone(), self.pending.len());
        self.pending.push(Pending {
            spec,
            path: path.clone(),
            defaults,
        });
        for (name, values) in &spec.enums {
            let path = within(&path, name);
            self.enums.insert(path.clone(), self.plan.enums.len());
            let names = values.iter().map(|(value, name)| (*value, name.0.clone()));
            self.plan.enums.push(Enumeration {
                path,
                names: names.collect(),
            });
        }
        for (name, inner) in &spec.types {
            self.collect(inner, within(&path, name), defaults, depth + 1)?;
        }
        Ok(())
    }

    fn type_plan(&mut self, number: usize) -> Result<(), SchemaMistake> {
        let Some(Pending { spec, path, .. }) = self.pending.get(number) else {
            return Ok(());
        };
        let (spec, path): (&TypeSpec, String) = (spec, path.clone());
        let mut names = BTreeSet::new();
        let given = spec.seq.iter().enumerate().map(|(at, field)| {
            let name = field.id.clone().unwrap_or_else(|| format!("_{at}"));
            (format!("seq.{at}"), name, field)
        });
        let instances = spec.instances.iter();
        let instances =
            instances.map(|(name, field)| (format!("instances.{name}"), name.clone(), field));
        let all: Vec<(String, String, &FieldSpec)> = given.chain(instances).collect();
        for (at, name, field) in &all {
            let place = place(&path, at);
            if field.id.is_some() && !is_name(name) {
                return mistake(place, SchemaProblem::BadName(name.clone()));
            }
            if !names.insert(name.as_str()) {
                return mistake(place, SchemaProblem::Duplicate(name.clone()));
            }
        }
        let begin = self.plan.fields.len();
        if begin + all.len() > FIELDS {
            return mistake(place(&path, ""), SchemaProblem::TooMany(FIELDS));
        }
        let fields = all.iter().zip(begin..);
        let fields = fields
            .map(|((_, name, _), at)| (name.clone(), at))
            .collect();
        let names = Names {
            fields: &fields,
            enums: &self.enums,
            values: &self.plan.enums,
            path: &path,
        };
        let mut plans = Vec::new();
        for (at, (key, name, field)) in all.iter().enumerate() {
            let wrong = |problem| SchemaMistake {
                place: place(&path, key),
                problem,
            };
            if at < spec.seq.len() {
                keys::check_in_sequence(field).map_err(wrong)?;
            }
            let mut plan = self.field(number, name, field).map_err(wrong)?;
            plan.relation = relation(field, at, &spec.seq).map_err(wrong)?;
            names.resolve_field(&mut plan).map_err(wrong)?;
            plans.push(plan);
        }
        let mut text = spec.to_string.clone();
        if let Some(text) = &mut text {
            names.resolve(text).map_err(|problem| SchemaMistake {
                place: place(&path, "to_string"),
                problem,
            })?;
        }
        self.plan.fields.extend(plans);
        let middle = begin + spec.seq.len();
        self.plan.types.push(TypePlan {
            path,
            text,
            seq: begin..middle,
            instances: middle..self.plan.fields.len(),
        });
        Ok(())
    }

    fn field(
        &self,
        number: usize,
        name: &str,
        spec: &FieldSpec,
    ) -> Result<FieldPlan, SchemaProblem> {
        let Some(Pending { path, .. }) = self.pending.get(number) else {
            return Err(SchemaProblem::UnknownType(name.to_owned()));
        };
        if spec.contents.is_some() && spec.r#type.is_some() {
            return Err(SchemaProblem::TypedContents);
        }
        let terminator = spec.terminator.or(keys::is_strz(spec).then_some(0));
        let length = Length {
            size: spec.size.clone(),
            to_end: spec.size_eos,
            terminator: terminator.map(|byte| Terminator {
                byte,
                include: spec.include,
                consume: spec.consume.unwrap_or(true),
                required: spec.eos_error.unwrap_or(true),
            }),
            pad: spec.pad_right,
        };
        let kind = match &spec.r#type {
            None => FieldKind::Type(FieldType::Bytes),
            Some(TypeReference::Named(name)) => {
                FieldKind::Type(self.field_type(number, name, spec)?)
            }
            Some(TypeReference::Chosen(choice)) => {
                let (mut cases, mut other) = (Vec::new(), None);
                for (case, name) in &choice.cases {
                    let of = self.field_type(number, name, spec)?;
                    if case.0 == "_" {
                        other = Some(of);
                        continue;
                    }
                    let case = Expression::new(&case.0);
                    cases.push((case, of));
                }
                // Without a case for all others these are bytes, if something says how many.
                let has_end = spec.size.is_some() || spec.size_eos;
                FieldKind::Chosen {
                    on: choice.switch_on.clone(),
                    cases,
                    other: other.or(has_end.then_some(FieldType::Bytes)),
                }
            }
        };
        let repeat = repeat(spec)?;
        keys::check(spec, &kind)?;
        let needs_end = matches!(kind, FieldKind::Type(FieldType::Bytes | FieldType::Text(_)));
        let has_end = length.size.is_some() || length.to_end || length.terminator.is_some();
        if needs_end && !has_end && spec.contents.is_none() && spec.value.is_none() {
            return Err(SchemaProblem::NoEnd);
        }
        let names = match &spec.r#enum {
            None => None,
            Some(name) => match find_around(&self.enums, path, name) {
                None => return Err(SchemaProblem::UnknownEnum(name.clone())),
                found => found,
            },
        };
        Ok(FieldPlan {
            name: name.to_owned(),
            doc: spec.doc.clone(),
            kind,
            repeat,
            condition: spec.r#if.clone(),
            length,
            contents: spec.contents.as_ref().map(|contents| contents.0.clone()),
            names,
            check: spec.valid.as_ref().map(|check| match check {
                ValueCheck::Equal(value) => ValueBounds {
                    eq: Some(value.clone()),
                    ..ValueBounds::default()
                },
                ValueCheck::Within(bounds) => (**bounds).clone(),
            }),
            place: spec.pos.as_ref().map(|at| Place {
                at: at.clone(),
                stream: spec.io.clone(),
            }),
            value: spec.value.clone(),
            scale: spec.scale,
            offset: spec.offset,
            unit: spec.unit.clone(),
            show: spec.show,
            summary: spec.summary.unwrap_or(true),
            relation: None,
        })
    }

    fn field_type(
        &self,
        number: usize,
        name: &str,
        spec: &FieldSpec,
    ) -> Result<FieldType, SchemaProblem> {
        let unknown = || SchemaProblem::UnknownType(name.to_owned());
        let Pending { path, defaults, .. } = self.pending.get(number).ok_or_else(unknown)?;
        if matches!(name, "str" | "strz") {
            let charset = match &spec.encoding {
                None => defaults.charset,
                Some(name) => match field_type::charset(name) {
                    None => return Err(SchemaProblem::UnknownEncoding(name.clone())),
                    found => found,
                },
            };
            return Ok(FieldType::Text(charset.unwrap_or_default()));
        }
        // Arguments of a type are not supported; its name says so.
        if let Some(found) = find_around(&self.types, path, name) {
            return Ok(FieldType::Struct(found));
        }
        match field_type::named(name, defaults.order, defaults.lowest_bit_first) {
            Some(BuiltIn::Type(found)) => Ok(found),
            Some(BuiltIn::NoByteOrder) => Err(SchemaProblem::NoByteOrder(name.to_owned())),
            None => Err(unknown()),
        }
    }

    /// Finds a type that contains itself in every message.
    fn find_endless(&self) -> Result<(), SchemaMistake> {
        for number in 0..self.plan.types.len() {
            let (mut seen, mut next) = (BTreeSet::new(), vec![number]);
            while let Some(inner) = next.pop() {
                let (seq, _) = self.plan.fields_of(inner);
                for field in self.plan.fields.get(seq).unwrap_or_default() {
                    let always = field.condition.is_none() && matches!(field.repeat, Repeat::Once);
                    if let (true, FieldKind::Type(FieldType::Struct(of))) = (always, &field.kind) {
                        if *of == number {
                            let path = self.plan.types.get(number).map(|of| of.path.clone());
                            let path = path.unwrap_or_default();
                            return mistake(place(&path, ""), SchemaProblem::Endless(path));
                        }
                        if seen.insert(*of) {
                            next.push(*of);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    let letter = |c: char| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit();
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(letter)
}

fn repeat(spec: &FieldSpec) -> Result<Repeat, SchemaProblem> {
    let wrong = |way: &str| SchemaProblem::Repeat(way.to_owned());
    match spec.repeat.as_deref() {
        None => Ok(Repeat::Once),
        Some("eos") => Ok(Repeat::ToEnd),
        Some(way @ "expr") => {
            let times = spec.repeat_expr.clone();
            times.map(Repeat::Times).ok_or_else(|| wrong(way))
        }
        Some(way @ "until") => {
            let last = spec.repeat_until.clone();
            last.map(Repeat::Until).ok_or_else(|| wrong(way))
        }
        Some(way) => Err(wrong(way)),
    }
}
