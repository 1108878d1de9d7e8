//! Checks a description and makes its plan.

mod endless;
mod field;
mod form;
mod group_text;
mod keys;
mod names;
mod pattern_text;
mod relation;
mod repeat;

use super::field_type::{self, BuiltIn, NumberOrder};
use super::mistake::{SchemaMistake, SchemaProblem};
use super::plan::{Enumeration, Plan, TypePlan};
use super::type_spec::{FieldSpec, ParamSpec, TypeSpec};
use crate::payload::charset::Charset;
use names::{Names, within};
use relation::relation;
use std::collections::{BTreeMap, BTreeSet};

/// The most types, and the most fields of all types.
const TYPES: usize = 1_000;
pub const FIELDS: usize = 10_000;
/// How deep types may be nested in the text.
const DEPTH: usize = 32;

/// Defaults of a type and of the types in it.
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
    /// The number of regular expressions.
    patterns: usize,
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
        patterns: 0,
        plan: Plan::default(),
    };
    let defaults = Defaults {
        order: None,
        lowest_bit_first: false,
        charset: None,
    };
    if !spec.params.is_empty() {
        return mistake("params", SchemaProblem::RootParameters);
    }
    compiler.collect(spec, String::new(), defaults, 0)?;
    for number in 0..compiler.pending.len() {
        compiler.type_plan(number)?;
    }
    endless::find(&compiler.plan, compiler.own_name().unwrap_or_default())?;
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
        match form::has_others(spec) {
            true => self.collect(
                &form::PAIR,
                within(&path, form::OTHERS),
                defaults,
                depth + 1,
            ),
            false => Ok(()),
        }
    }

    fn type_plan(&mut self, number: usize) -> Result<(), SchemaMistake> {
        let Some(pending) = self.pending.get(number) else {
            return Ok(());
        };
        let (spec, path): (&TypeSpec, String) = (pending.spec, pending.path.clone());
        let begin = self.plan.fields.len();
        let charset = pending.defaults.charset.unwrap_or_default();
        let draft = form::draft(spec, begin, charset, &mut self.patterns);
        let draft = draft.map_err(|wrong| SchemaMistake {
            place: place(&path, &wrong.place),
            ..wrong
        })?;
        let mut names = BTreeSet::new();
        let given = spec.seq.iter().enumerate().map(|(at, field)| {
            let name = field.id.clone().unwrap_or_else(|| format!("_{at}"));
            (format!("seq.{at}"), name, field)
        });
        let instances = spec.instances.iter();
        let instances =
            instances.map(|(name, field)| (format!("instances.{name}"), name.clone(), field));
        let params = self.parameters(&path, &spec.params)?;
        let params = params.iter().zip(&spec.params).enumerate();
        let params = params.map(|(at, (field, of))| (format!("params.{at}"), of.id.clone(), field));
        let more = draft.more.iter().map(|field| {
            let name = field.id.clone().unwrap_or_default();
            (draft.key.to_owned(), name, field)
        });
        let all = given.chain(more).chain(instances).chain(params);
        let all: Vec<(String, String, &FieldSpec)> = all.collect();
        for (at, name, field) in &all {
            let place = place(&path, at);
            if field.id.is_some() && !is_name(name) {
                return mistake(place, SchemaProblem::BadName(name.clone()));
            }
            if !names.insert(name.as_str()) {
                return mistake(place, SchemaProblem::Duplicate(name.clone()));
            }
        }
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
        let middle = spec.seq.len() + draft.more.len();
        let instances = middle..middle + spec.instances.len();
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
            plan.is_helper = instances.contains(&at) && !plan.summary;
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
        let [middle, params] = [instances.start, instances.end].map(|place| begin + place);
        self.plan.types.push(TypePlan {
            path,
            text,
            seq: begin..middle,
            instances: middle..params,
            params: params..self.plan.fields.len(),
            form: draft.form,
            is_pair: std::ptr::eq(spec, &*form::PAIR),
        });
        Ok(())
    }

    /// The parameters of a type as fields. Their values come from where the type is used.
    fn parameters(
        &self,
        path: &str,
        params: &[ParamSpec],
    ) -> Result<Vec<FieldSpec>, SchemaMistake> {
        for (at, param) in params.iter().enumerate() {
            let name = param.r#type.as_deref().unwrap_or("bytes");
            let number = field_type::named(name, Some(NumberOrder::Big), false);
            let is_known = matches!(number, Some(BuiltIn::Type(_)));
            if !is_known && !matches!(name, "bool" | "str") {
                let problem = SchemaProblem::UnknownType(name.to_owned());
                return mistake(place(path, &format!("params.{at}")), problem);
            }
        }
        Ok(params.iter().map(ParamSpec::as_field).collect())
    }

    /// The name of the description.
    fn own_name(&self) -> Option<&str> {
        self.pending.first()?.spec.meta.id.as_deref()
    }
}

fn is_name(name: &str) -> bool {
    let letter = |c: char| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit();
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(letter)
}
