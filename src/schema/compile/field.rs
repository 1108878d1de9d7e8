//! The plan of a field.

use super::names::find_around;
use super::repeat::repeat;
use super::{Compiler, Pending, form, keys};
use crate::schema::expression::{Expression, Term};
use crate::schema::field_type::{self, BuiltIn, FieldType};
use crate::schema::mistake::SchemaProblem;
use crate::schema::notation::Notation;
use crate::schema::plan::{FieldKind, FieldPlan, Length, Place, Terminator};
use crate::schema::scalar::{TypeChoice, TypeReference};
use crate::schema::type_spec::{Display, FieldSpec, ValueBounds, ValueCheck};

impl Compiler<'_> {
    /// The plan of a field of the type of this number; its expressions still have names.
    ///
    /// # Errors
    /// The first mistake.
    pub(super) fn field(
        &self,
        number: usize,
        name: &str,
        spec: &FieldSpec,
    ) -> Result<FieldPlan, SchemaProblem> {
        let Some(pending) = self.pending.get(number) else {
            return Err(SchemaProblem::UnknownType(name.to_owned()));
        };
        if spec.contents.is_some() && spec.r#type.is_some() {
            return Err(SchemaProblem::TypedContents);
        }
        let terminator = spec.terminator.or(keys::is_strz(spec).then_some(0));
        let length = Length {
            size: spec.size.clone(),
            to_end: spec.size_eos || form::gives_end(pending.spec, spec),
            terminator: terminator.map(|byte| Terminator {
                byte,
                include: spec.include,
                consume: spec.consume.unwrap_or(true),
                required: spec.eos_error.unwrap_or(true),
            }),
            pad: spec.pad_right,
        };
        let (kind, arguments) = match &spec.r#type {
            None => {
                let of = match form::usual_type(pending.spec, spec) {
                    Some(name) => self.field_type(number, name, spec)?,
                    None => FieldType::Bytes,
                };
                (FieldKind::Type(of), None)
            }
            Some(TypeReference::Named(text)) => {
                let (name, arguments) = with_arguments(text)?;
                let of = self.field_type(number, name, spec)?;
                self.check_arguments(name, of, arguments.as_ref())?;
                (FieldKind::Type(of), arguments)
            }
            Some(TypeReference::Chosen(choice)) => (self.chosen(number, choice, spec)?, None),
        };
        let repeat = repeat(spec)?;
        keys::check(spec, &kind)?;
        let has_end = length.size.is_some() || length.to_end || length.terminator.is_some();
        if needs_end(&kind) && !has_end && spec.contents.is_none() && spec.value.is_none() {
            return Err(SchemaProblem::NoEnd);
        }
        let names = match &spec.r#enum {
            None => None,
            Some(name) => match find_around(&self.enums, &pending.path, name) {
                None => return Err(SchemaProblem::UnknownEnum(name.clone())),
                found => found,
            },
        };
        let is_hex = matches!(
            kind,
            FieldKind::Type(FieldType::Written {
                notation: Notation::Hexadecimal,
                ..
            })
        );
        Ok(FieldPlan {
            name: name.to_owned(),
            doc: spec.doc.clone(),
            kind,
            arguments,
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
            show: spec.show.or(is_hex.then_some(Display::Hex)),
            summary: spec.summary.unwrap_or(true),
            is_helper: false,
            relation: None,
        })
    }

    fn chosen(
        &self,
        number: usize,
        choice: &TypeChoice,
        spec: &FieldSpec,
    ) -> Result<FieldKind, SchemaProblem> {
        let (mut cases, mut other) = (Vec::new(), None);
        for (case, name) in &choice.cases {
            if name.contains('(') {
                return Err(SchemaProblem::CaseArguments(name.clone()));
            }
            let of = self.field_type(number, name, spec)?;
            self.check_arguments(name, of, None)?;
            if case.0 == "_" {
                other = Some(of);
                continue;
            }
            let case = Expression::new(&case.0);
            cases.push((case, of));
        }
        // Without a case for all others these are bytes, if something says how many.
        let has_end = spec.size.is_some() || spec.size_eos;
        Ok(FieldKind::Chosen {
            on: choice.switch_on.clone(),
            cases,
            other: other.or(has_end.then_some(FieldType::Bytes)),
            optional: choice.optional,
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
        let charset = || match &spec.encoding {
            None => Ok(defaults.charset.unwrap_or_default()),
            Some(name) => field_type::charset(name)
                .ok_or_else(|| SchemaProblem::UnknownEncoding(name.clone())),
        };
        if matches!(name, "str" | "strz") {
            return charset().map(FieldType::Text);
        }
        if let Some(found) = find_around(&self.types, path, name) {
            return Ok(FieldType::Struct(found));
        }
        if let Some(notation) = Notation::named(name) {
            return charset().map(|charset| FieldType::Written { notation, charset });
        }
        match field_type::named(name, defaults.order, defaults.lowest_bit_first) {
            Some(BuiltIn::Type(found)) => Ok(found),
            Some(BuiltIn::NoByteOrder) => Err(SchemaProblem::NoByteOrder(name.to_owned())),
            // The description is a type of its own name.
            None if self.own_name() == Some(name) => Ok(FieldType::Struct(0)),
            None => Err(unknown()),
        }
    }

    /// Checks that a type gets as many arguments as it has parameters.
    fn check_arguments(
        &self,
        name: &str,
        of: FieldType,
        arguments: Option<&Expression>,
    ) -> Result<(), SchemaProblem> {
        let wanted = match of {
            FieldType::Struct(number) => self.pending.get(number),
            _ => None,
        };
        let wanted = wanted.map_or(0, |of| of.spec.params.len());
        let given = match arguments.map(|arguments| &arguments.root) {
            None => 0,
            Some(Term::List(terms)) => terms.len(),
            // Resolving its names finds the mistake.
            Some(_) => return Ok(()),
        };
        if given == wanted {
            return Ok(());
        }
        Err(SchemaProblem::Arguments {
            name: name.to_owned(),
            wanted,
            given,
        })
    }
}

/// The name of a type, and the list of the arguments in brackets behind it.
fn with_arguments(text: &str) -> Result<(&str, Option<Expression>), SchemaProblem> {
    let Some((name, rest)) = text.split_once('(') else {
        return Ok((text, None));
    };
    let Some(list) = rest.trim_end().strip_suffix(')') else {
        return Err(SchemaProblem::UnknownType(text.to_owned()));
    };
    let mut arguments = Expression::new(&format!("[{list}]"));
    if let Term::Unreadable(mistake) = &mut arguments.root {
        mistake.at += name.len();
    }
    Ok((name.trim_end(), Some(arguments)))
}

/// Whether values may be bytes or texts, of which something has to say where they end.
fn needs_end(kind: &FieldKind) -> bool {
    let needs = |of: &FieldType| {
        let is_text = matches!(of, FieldType::Text(_) | FieldType::Written { .. });
        is_text || *of == FieldType::Bytes
    };
    match kind {
        FieldKind::Type(of) => needs(of),
        FieldKind::Chosen { cases, other, .. } => {
            cases.iter().map(|(_, of)| of).chain(other).any(needs)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::{Schema, SchemaMistake, SchemaProblem, Tree};

    fn mistake(text: &str) -> Option<SchemaMistake> {
        Schema::read(text).err()
    }

    #[test]
    fn a_type_is_given_arguments() {
        let schema = Schema::read(
            r#"(
            seq: [(id: "all", type: "part(_index, 2 * 3)", repeat: "eos")],
            types: {"part": (
                params: [(id: "at", type: "u4", enum: "place"), (id: "least", type: "u1")],
                seq: [(id: "value", type: "u1", valid: (min: "least + at"))],
                instances: {"double": (value: "at * 2")},
            )},
            enums: {"place": {0: "first"}},
        )"#,
        )
        .unwrap();
        let mut tree = Tree::default();
        assert_eq!(schema.decode(&[6, 7], &mut tree), 0);
        assert_eq!(tree.fault(), None);
        let line = "all[0].value=6  all[0].double=0  all[1].value=7  all[1].double=2";
        assert_eq!(schema.summary(&tree, &[6, 7], 200), line);
        schema.decode(&[6, 6], &mut tree);
        let fault = tree.fault().map(|(node, _)| schema.path(&tree, node));
        assert_eq!(fault.as_deref(), Some("all[1].value"));
    }

    #[test]
    fn a_parameter_is_a_member_of_its_type() {
        let text = r#"(
            seq: [(id: "a", type: "part(5)")],
            types: {"part": (params: [(id: "n")], seq: [(id: "x", type: "u1")])},
            instances: {"sum": (value: "a.n + a.x")},
        )"#;
        let schema = Schema::read(text).unwrap();
        let mut tree = Tree::default();
        schema.decode(&[2], &mut tree);
        assert_eq!(schema.summary(&tree, &[2], 200), "a.x=2  sum=7");
    }

    #[test]
    fn arguments_and_parameters_are_as_many() {
        let with = |name: &str| {
            format!(
                r#"(seq: [(id: "a", type: {name})], types: {{"p": (params: [(id: "n", type: "u1")])}})"#
            )
        };
        let arguments = |name: &str, wanted, given| SchemaProblem::Arguments {
            name: name.to_owned(),
            wanted,
            given,
        };
        for (name, problem) in [
            (r#""p""#, arguments("p", 1, 0)),
            (r#""p(1, 2)""#, arguments("p", 1, 2)),
            (r#""u1(1)""#, arguments("u1", 0, 1)),
            (r#""p(1""#, SchemaProblem::UnknownType("p(1".to_owned())),
            (
                r#"(switch_on: "1", cases: {"1": "p(1)"})"#,
                SchemaProblem::CaseArguments("p(1)".to_owned()),
            ),
        ] {
            let found = mistake(&with(name)).map(|mistake| mistake.problem);
            assert_eq!(found, Some(problem), "{name}");
        }
        let Some(SchemaProblem::Expression(wrong)) =
            mistake(&with(r#""p(1 +)""#)).map(|mistake| mistake.problem)
        else {
            panic!("no expression");
        };
        assert_eq!(wrong.at, 5);
        let root = mistake(r#"(params: [(id: "n")])"#);
        let found = root.map(|mistake| (mistake.place, mistake.problem));
        let expected = ("params".to_owned(), SchemaProblem::RootParameters);
        assert_eq!(found, Some(expected));
        let strange = mistake(r#"(types: {"p": (params: [(id: "n", type: "p")])})"#);
        let place = strange.map(|mistake| mistake.place);
        assert_eq!(place.as_deref(), Some("types.p.params.0"));
    }

    #[test]
    fn a_description_is_a_type_of_its_own_name() {
        let text = r#"(
            meta: (id: "box"),
            seq: [
                (id: "more", type: "u1"),
                (id: "inner", type: "box", if: "more == 1"),
            ],
        )"#;
        let schema = Schema::read(text).unwrap();
        let mut tree = Tree::default();
        assert_eq!(schema.decode(&[1, 0], &mut tree), 0);
        assert_eq!(schema.summary(&tree, &[1, 0], 200), "more=1  inner.more=0");
        let endless = mistake(r#"(meta: (id: "box"), seq: [(id: "inner", type: "box")])"#);
        let problem = SchemaProblem::Endless("box".to_owned());
        assert_eq!(endless.map(|mistake| mistake.problem), Some(problem));
    }

    #[test]
    fn a_text_of_a_choice_has_an_end() {
        let with = |cases: &str, end: &str| {
            format!(
                r#"(seq: [(id: "k", type: "u1"), (id: "a", type: (switch_on: "k", cases: {cases}){end})])"#
            )
        };
        let mixed = r#"{"1": "strz", "2": "u1"}"#;
        let problem = mistake(&with(mixed, "")).map(|mistake| mistake.problem);
        assert_eq!(problem, Some(SchemaProblem::NoEnd));
        assert_eq!(mistake(&with(mixed, ", size: 3")), None);
        let schema = Schema::read(&with(r#"{"1": "strz"}"#, "")).unwrap();
        let mut tree = Tree::default();
        assert_eq!(schema.decode(b"\x01hi\0", &mut tree), 0);
        assert_eq!(schema.summary(&tree, b"\x01hi\0", 200), "k=1  a=\"hi\"");
    }
}
