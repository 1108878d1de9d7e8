//! The names in expressions.

use crate::schema::expression::{Expression, Term};
use crate::schema::mistake::SchemaProblem;
use crate::schema::plan::{Enumeration, FieldKind, FieldPlan, Repeat};
use crate::schema::similar::similar;
use std::collections::BTreeMap;

/// The names that the expressions of a type can use.
pub(super) struct Names<'a> {
    /// The fields of the type, by their place among all fields.
    pub fields: &'a BTreeMap<String, usize>,
    /// The enumerations by their path, and their values.
    pub enums: &'a BTreeMap<String, usize>,
    pub values: &'a [Enumeration],
    /// The path of the type.
    pub path: &'a str,
}

/// The entry of this name in a type of this path, or in one around it.
pub(super) fn find_around(
    known: &BTreeMap<String, usize>,
    path: &str,
    name: &str,
) -> Option<usize> {
    let mut around = path;
    loop {
        if let Some(found) = known.get(&within(around, name)) {
            return Some(*found);
        }
        if around.is_empty() {
            return None;
        }
        around = around.rsplit_once("::").map_or("", |(outer, _)| outer);
    }
}

/// The path of a name in a type.
pub(super) fn within(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}::{name}"),
    }
}

impl Names<'_> {
    /// Replaces the names of fields and of values in all expressions of a field.
    ///
    /// # Errors
    /// The first expression that is none, or has a name that means nothing.
    pub(super) fn resolve_field(&self, field: &mut FieldPlan) -> Result<(), SchemaProblem> {
        expressions(field).try_for_each(|expression| self.resolve(expression))
    }

    /// The same for an expression.
    ///
    /// # Errors
    /// Why it is none, or the name.
    pub(super) fn resolve(&self, expression: &mut Expression) -> Result<(), SchemaProblem> {
        if let Some(wrong) = expression.mistake() {
            return Err(SchemaProblem::Expression(wrong.clone()));
        }
        self.resolve_term(&mut expression.root)
    }

    /// The value of this name in the enumeration at this path.
    ///
    /// # Errors
    /// Which of the two is not there.
    fn constant(&self, path: &str, name: &str) -> Result<i64, SchemaProblem> {
        let found = find_around(self.enums, self.path, path);
        let known = found.and_then(|place| self.values.get(place));
        let Some(Enumeration { names, .. }) = known else {
            return Err(SchemaProblem::UnknownEnum(path.to_owned()));
        };
        let found = names.iter().find(|(_, known)| *known == name);
        let unknown = || SchemaProblem::UnknownValue {
            name: name.to_owned(),
            of: path.to_owned(),
            similar: similar(name, names.values().cloned()),
        };
        found.map(|(value, _)| *value).ok_or_else(unknown)
    }

    fn resolve_term(&self, term: &mut Term) -> Result<(), SchemaProblem> {
        match term {
            Term::Name(name) if name.starts_with('_') => Ok(()),
            Term::Name(name) => {
                let field = self.fields.get(name.as_str()).copied();
                let unknown = || SchemaProblem::UnknownField(name.clone());
                *term = Term::Field(field.ok_or_else(unknown)?);
                Ok(())
            }
            Term::Constant(path, name) => {
                let value = self.constant(path, name)?;
                *term = Term::Integer(i128::from(value));
                Ok(())
            }
            Term::Function(name, _) => Err(SchemaProblem::UnknownField(format!("{name}()"))),
            Term::Unreadable(_)
            | Term::Field(_)
            | Term::Integer(_)
            | Term::Float(_)
            | Term::Text(_)
            | Term::Bool(_) => Ok(()),
            Term::List(terms) => terms
                .iter_mut()
                .try_for_each(|term| self.resolve_term(term)),
            Term::Member(of, _) | Term::Unary(_, of) => self.resolve_term(of),
            Term::Call(of, _, arguments) => {
                self.resolve_term(of)?;
                arguments
                    .iter_mut()
                    .try_for_each(|term| self.resolve_term(term))
            }
            Term::Index(of, with) | Term::Binary(_, of, with) => {
                self.resolve_term(of)?;
                self.resolve_term(with)
            }
            Term::Choice(condition, holds, other) => {
                self.resolve_term(condition)?;
                self.resolve_term(holds)?;
                self.resolve_term(other)
            }
        }
    }
}

/// All expressions of a field.
fn expressions(field: &mut FieldPlan) -> impl Iterator<Item = &mut Expression> {
    let (on, cases) = match &mut field.kind {
        FieldKind::Type(_) => (None, None),
        FieldKind::Chosen { on, cases, .. } => (Some(on), Some(cases)),
    };
    let cases = cases.into_iter().flatten().map(|(case, _)| case);
    let repeat = match &mut field.repeat {
        Repeat::Once | Repeat::ToEnd => None,
        Repeat::Times(times) => Some(times),
        Repeat::Until(last) => Some(last),
    };
    let (at, stream) = match &mut field.place {
        Some(place) => (Some(&mut place.at), place.stream.as_mut()),
        None => (None, None),
    };
    let check = field.check.iter_mut().flat_map(|check| {
        let one = [
            &mut check.eq,
            &mut check.min,
            &mut check.max,
            &mut check.expr,
        ];
        one.into_iter().flatten().chain(&mut check.any_of)
    });
    let own = [
        field.condition.as_mut(),
        field.length.size.as_mut(),
        field.value.as_mut(),
        field.arguments.as_mut(),
        on,
        repeat,
        at,
        stream,
    ];
    own.into_iter().flatten().chain(cases).chain(check)
}
