//! A description that was checked, as its decoder uses it.

use super::expression::Expression;
use super::field_type::FieldType;
use super::text_form::TextForm;
use super::type_spec::{Display, ValueBounds};
use crate::payload::checksum::Sum;
use std::collections::BTreeMap;
use std::ops::Range;

/// The name that every checksum has besides its own.
const CHECKSUM: &str = "crc";

/// How deep types may be nested in a message.
pub const DEPTH: usize = 64;

/// The types of a description; the first one is that of a message.
#[derive(Debug, Default)]
pub struct Plan {
    pub types: Vec<TypePlan>,
    /// The fields of all types.
    pub fields: Vec<FieldPlan>,
    pub enums: Vec<Enumeration>,
}

/// The names of values.
#[derive(Debug, Default)]
pub struct Enumeration {
    /// With the types around it: `query::kind`.
    pub path: String,
    pub names: BTreeMap<i64, String>,
}

#[derive(Debug, Default)]
pub struct TypePlan {
    /// With the types around it.
    pub path: String,
    /// The text of a value.
    pub text: Option<Expression>,
    /// The fields one after the other, and those at other places, among all fields.
    pub seq: Range<usize>,
    pub instances: Range<usize>,
    /// Its parameters, among all fields: their nodes have the values of arguments.
    pub params: Range<usize>,
    /// How the fields of `seq` stand in a text, if they do not follow each other.
    pub form: Option<TextForm>,
    /// Whether it is the name and the value of something for which no field is declared.
    pub is_pair: bool,
}

#[derive(Debug)]
pub struct FieldPlan {
    pub name: String,
    pub doc: Option<String>,
    pub kind: FieldKind,
    /// The arguments for the parameters of its type: a list.
    pub arguments: Option<Expression>,
    pub repeat: Repeat,
    pub condition: Option<Expression>,
    pub length: Length,
    pub contents: Option<Vec<u8>>,
    /// The enumeration of its values.
    pub names: Option<usize>,
    pub check: Option<ValueBounds>,
    pub place: Option<Place>,
    pub value: Option<Expression>,
    pub scale: Option<f64>,
    pub offset: Option<f64>,
    pub unit: Option<String>,
    pub show: Option<Display>,
    /// Whether it stands in the line of its message.
    pub summary: bool,
    /// Whether it only helps other fields to be read: an instance that is left out of the line of
    /// its message. Files do not have it.
    pub is_helper: bool,
    /// The fields of the same type whose bytes it counts, or whose checksum it is.
    pub relation: Option<Relation>,
}

#[derive(Debug)]
pub enum FieldKind {
    Type(FieldType),
    Chosen {
        on: Expression,
        cases: Vec<(Expression, FieldType)>,
        other: Option<FieldType>,
        /// Whether the field is absent where it has no type.
        optional: bool,
    },
}

#[derive(Debug, Default)]
pub enum Repeat {
    #[default]
    Once,
    /// This often.
    Times(Expression),
    /// Up to the end of the stream.
    ToEnd,
    /// Until this holds for an element, which is the last.
    Until(Expression),
}

/// Where bytes, a text, or a type with a stream of its own end.
#[derive(Debug, Default)]
pub struct Length {
    pub size: Option<Expression>,
    pub to_end: bool,
    pub terminator: Option<Terminator>,
    pub pad: Option<u8>,
}

#[derive(Clone, Copy, Debug)]
pub struct Terminator {
    pub byte: u8,
    pub include: bool,
    pub consume: bool,
    pub required: bool,
}

/// Where an instance stands.
#[derive(Debug)]
pub struct Place {
    pub at: Expression,
    /// Another stream than the one of its type.
    pub stream: Option<Expression>,
}

/// The relation of a number to other fields, by their positions among those of its type.
#[derive(Debug)]
pub enum Relation {
    Counts(Range<usize>),
    Checksum { sum: Sum, covers: Range<usize> },
}

impl FieldPlan {
    /// Whether it has this name, which for a checksum may be that of all of them.
    pub fn is_named(&self, name: &str) -> bool {
        let is_sum = matches!(self.relation, Some(Relation::Checksum { .. }));
        self.name == name || is_sum && name == CHECKSUM
    }

    /// The types that it may have.
    pub fn types(&self) -> Vec<FieldType> {
        match &self.kind {
            FieldKind::Type(of) => vec![*of],
            FieldKind::Chosen { cases, other, .. } => {
                cases.iter().map(|(_, of)| *of).chain(*other).collect()
            }
        }
    }
}

impl Plan {
    /// A field of all fields.
    pub fn field(&self, index: usize) -> Option<&FieldPlan> {
        self.fields.get(index)
    }

    /// The fields of a type that stand one after the other, and its instances.
    pub fn fields_of(&self, number: usize) -> (Range<usize>, Range<usize>) {
        let of = self.types.get(number);
        of.map_or((0..0, 0..0), |of| (of.seq.clone(), of.instances.clone()))
    }

    /// The value of this name.
    pub fn value_of(&self, enumeration: usize, name: &str) -> Option<i64> {
        let names = &self.enums.get(enumeration)?.names;
        let (value, _) = names.iter().find(|(_, known)| *known == name)?;
        Some(*value)
    }

    /// The parameters of a type.
    pub fn params_of(&self, number: usize) -> Range<usize> {
        let of = self.types.get(number);
        of.map_or(0..0, |of| of.params.clone())
    }

    /// The fields among these with the condition of this one, which is one of them; none if it has
    /// no condition.
    pub fn sharing_condition(
        &self,
        fields: &Range<usize>,
        index: usize,
    ) -> impl Iterator<Item = usize> {
        let condition = move |index: usize| Some(self.field(index)?.condition.as_ref()?.text());
        let own = condition(index);
        fields
            .clone()
            .filter(move |other| own.is_some() && condition(*other) == own)
    }

    /// How the fields of a type stand in a text; `None` if they follow each other.
    pub fn form_of(&self, number: usize) -> Option<&TextForm> {
        self.types.get(number)?.form.as_ref()
    }

    /// The name of this value.
    pub fn name_of(&self, enumeration: usize, value: i64) -> Option<&str> {
        self.enums
            .get(enumeration)?
            .names
            .get(&value)
            .map(String::as_str)
    }
}
