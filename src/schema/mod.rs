//! Descriptions of messages: what the bytes of a protocol mean, written once and used to read
//! them.
//!
//! A description is written in RON, in the vocabulary of Kaitai Struct, or in YAML as that has it.
//! It is checked once, and then reads messages into a [`Tree`] of fields, as far as these are true
//! to it.

mod code;
mod compile;
mod decode;
mod empty;
mod encode;
mod expression;
mod field_path;
mod field_type;
mod form;
mod formula;
mod inferred;
mod json;
mod json_path;
mod ksy;
mod listed;
mod mistake;
mod moment;
mod notation;
mod number;
mod pair;
mod path;
mod plain;
mod plan;
mod ready;
mod scalar;
mod selection;
mod show;
mod similar;
mod text_form;
mod tree;
mod type_spec;
mod written;

pub use crate::payload::{EncodeMistake, EncodeProblem, EvaluationFault};
pub use code::{CodeFraming, CodeLanguage, CodeProblem, CodeRefusal, DissectorPort};
pub use compile::FIELDS as MOST_FIELDS;
pub use empty::EmptyValue;
pub use encode::{BadPath, FieldValue, FieldValues};
pub use expression::{ExpressionMistake, ExpressionProblem};
pub use field_path::{FieldPath, ShownValue};
pub use field_type::FieldType;
pub use form::{ElementPlace, FieldForm, FormLine, FormValue};
pub use formula::{FormulaMistake, FormulaProblem, Formulas};
pub use ksy::{KsyFile, KsyImport, KsyMistake, KsyPlaces, TextPlace};
pub use listed::ListedField;
pub use mistake::{ExpectedValue, SchemaMistake, SchemaProblem};
pub use moment::Moment;
pub use number::Number;
pub use path::NumericField;
pub use plain::PlainValue;
pub use plan::{FieldPlan, Plan};
pub use ready::{READY_MADE, ReadyMade};
pub use selection::Selection;
pub use tree::{Fault, Node, Tree, Value};
pub use type_spec::{Display, FieldSpec, PairsSpec, ParamSpec, TypeMeta, TypeSpec};

use std::fmt;
use std::sync::Arc;

/// The longest text of a description, in bytes.
pub const LONGEST_TEXT: usize = 1 << 20;

/// A description that was checked.
#[derive(Clone)]
pub struct Schema {
    spec: Arc<TypeSpec>,
    plan: Arc<Plan>,
}

impl Schema {
    /// Reads a description in RON, and checks it.
    ///
    /// # Errors
    /// The first mistake.
    pub fn read(text: &str) -> Result<Self, SchemaMistake> {
        let wrong = |message: String| SchemaMistake {
            place: String::new(),
            problem: SchemaProblem::Text(message),
        };
        let options = ron::Options::default()
            .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        let spec: TypeSpec = options
            .from_str(text)
            .map_err(|error| wrong(error.to_string()))?;
        Self::new(spec)
    }

    /// Checks a description.
    ///
    /// # Errors
    /// The first mistake.
    pub fn new(spec: TypeSpec) -> Result<Self, SchemaMistake> {
        let plan = compile::compile(&spec)?;
        let schema = Self {
            spec: spec.into(),
            plan: plan.into(),
        };
        let path = |path: &str| path.split('.').map(str::to_owned).collect::<Vec<_>>();
        match schema.reply_by().filter(|by| !schema.has_path(&path(by))) {
            None => Ok(schema),
            Some(by) => Err(SchemaMistake {
                place: "meta.reply_by".to_owned(),
                problem: SchemaProblem::UnknownField(by.to_owned()),
            }),
        }
    }

    /// The name of the protocol.
    pub fn name(&self) -> &str {
        self.spec.meta.id.as_deref().unwrap_or("message")
    }

    /// The part of a message of a framed stream that is described.
    pub fn without_prefix<'a>(&self, message: &'a [u8]) -> &'a [u8] {
        message.get(self.prefix()..).unwrap_or_default()
    }

    /// The bytes before the message in a framed stream.
    pub fn prefix(&self) -> usize {
        self.spec.meta.stream_prefix.unwrap_or(0)
    }

    /// Where messages end in a stream, as it is written.
    pub fn framing(&self) -> Option<&str> {
        self.spec.meta.framing.as_deref()
    }

    /// The path of the field that a reply and its request have in common.
    pub fn reply_by(&self) -> Option<&str> {
        self.spec.meta.reply_by.as_deref()
    }

    pub fn spec(&self) -> &TypeSpec {
        &self.spec
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Reads a message into `tree`, which is cleared. Returns the number of bytes behind it.
    pub fn decode(&self, bytes: &[u8], tree: &mut Tree) -> usize {
        decode::decode(&self.plan, bytes, tree)
    }

    /// Reads the selected fields of a message into `tree`, which is cleared. What they do not
    /// depend on is passed over, and nothing is checked.
    pub fn decode_selected(&self, selection: &Selection, bytes: &[u8], tree: &mut Tree) {
        decode::decode_selected(&self.plan, selection, bytes, tree);
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schema").field(&self.name()).finish()
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.spec, &other.spec) || self.spec == other.spec
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod text_tests;
