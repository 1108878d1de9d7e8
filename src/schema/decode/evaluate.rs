//! The value of an expression at a place in a message.

use super::cursor::Cursor;
use super::evaluated::Evaluated;
use super::operators::{binary, compare, unary};
use super::{Decoder, STEPS, functions, operators};
use crate::payload::EvaluationFault;
use crate::schema::empty::EmptyValue;
use crate::schema::expression::{Expression, Term};
use crate::schema::field_type;
use crate::schema::tree::{Node, OPEN, Value};
use std::ops::Range;

/// Where an expression stands.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The node of the type.
    pub structure: usize,
    /// The element that `_` is, and its place in the list.
    pub element: Option<usize>,
    pub index: Option<usize>,
    /// The place in the stream.
    pub at: usize,
}

type Result<T> = std::result::Result<T, EvaluationFault>;

/// The bytes that are changed in one step.
const BYTES_PER_STEP: usize = 256;

impl Scope {
    /// At the beginning of a message that was read.
    pub fn of_message() -> Self {
        Self {
            structure: 0,
            element: None,
            index: None,
            at: 0,
        }
    }

    pub(super) fn of(structure: usize, cursor: &Cursor) -> Self {
        Self {
            structure,
            element: None,
            index: None,
            at: cursor.at,
        }
    }
}

impl Decoder<'_> {
    pub fn truth(&mut self, expression: &Expression, scope: &Scope) -> Result<bool> {
        if let Some(holds) = self.plain_truth(&expression.root, scope) {
            self.spend(1)?;
            return Ok(holds);
        }
        match self.evaluate(&expression.root, scope)? {
            Evaluated::Bool(holds) => Ok(holds),
            _ => Err(EvaluationFault::Kind),
        }
    }

    pub fn integer(&mut self, expression: &Expression, scope: &Scope) -> Result<i128> {
        if let Some(value) = self.plain_integer(&expression.root, scope) {
            self.spend(1)?;
            return Ok(value);
        }
        match self.evaluate(&expression.root, scope)? {
            Evaluated::Integer(value) => Ok(value),
            _ => Err(EvaluationFault::Kind),
        }
    }

    /// A number, or a truth as 0 or 1.
    pub fn whole(&mut self, expression: &Expression, scope: &Scope) -> Result<i128> {
        match self.evaluate(&expression.root, scope)? {
            Evaluated::Integer(value) => Ok(value),
            Evaluated::Bool(value) => Ok(value.into()),
            _ => Err(EvaluationFault::Kind),
        }
    }

    /// Counts steps: hostile descriptions would take for ever.
    pub(super) fn spend(&mut self, steps: usize) -> Result<()> {
        self.steps = self.steps.saturating_add(steps);
        match self.steps > STEPS {
            true => Err(EvaluationFault::TooMuch),
            false => Ok(()),
        }
    }

    pub fn evaluate(&mut self, term: &Term, scope: &Scope) -> Result<Evaluated> {
        self.spend(1)?;
        match term {
            Term::Unreadable(_) => Err(EvaluationFault::Unsupported),
            Term::Integer(value) => Ok(Evaluated::Integer(*value)),
            Term::Float(value) => Ok(Evaluated::Float(*value)),
            Term::Text(text) => Ok(Evaluated::Text(text.clone())),
            Term::Bool(value) => Ok(Evaluated::Bool(*value)),
            Term::List(terms) => {
                let terms = terms.iter().map(|term| self.evaluate(term, scope));
                terms.collect::<Result<_>>().map(Evaluated::List)
            }
            Term::Name(name) => self.name(name, scope),
            // A checked description has none.
            Term::Constant(..) => Err(EvaluationFault::Absent),
            Term::Field(index) => self.field_value(scope.structure, *index, Some(scope.at)),
            Term::Member(of, name) => {
                let of = self.evaluate(of, scope)?;
                self.member(of, name, &[], scope)
            }
            Term::Call(of, name, arguments) => {
                let of = self.evaluate(of, scope)?;
                let arguments = arguments.iter().map(|term| self.evaluate(term, scope));
                let arguments: Vec<_> = arguments.collect::<Result<_>>()?;
                self.member(of, name, &arguments, scope)
            }
            Term::Function(name, terms) => {
                let arguments = terms.iter().map(|term| self.evaluate(term, scope));
                let arguments: Vec<_> = arguments.collect::<Result<_>>()?;
                let moment = self.moment.as_mut().ok_or(EvaluationFault::Unsupported)?;
                functions::value(name, &arguments, moment)
            }
            Term::Index(of, index) => {
                let of = self.evaluate(of, scope)?;
                let Evaluated::Integer(index) = self.evaluate(index, scope)? else {
                    return Err(EvaluationFault::Kind);
                };
                let index = usize::try_from(index).map_err(|_| EvaluationFault::Absent)?;
                self.element_of(&of, index)
            }
            Term::Unary(operator, of) => unary(*operator, &self.evaluate(of, scope)?),
            Term::Binary(operator, left, right) => {
                let left = self.evaluate(left, scope)?;
                // The right side may make sense only where the left one decides nothing.
                if let Some(known) = operators::decided(*operator, &left) {
                    return Ok(Evaluated::Bool(known));
                }
                let right = self.evaluate(right, scope)?;
                match operators::equality(*operator) {
                    Some(wanted) => Ok(Evaluated::Bool(self.is_equal(&left, &right) == wanted)),
                    None => binary(*operator, &left, &right),
                }
            }
            Term::Choice(condition, holds, other) => {
                let is_true = match self.plain_truth(condition, scope) {
                    Some(is_true) => is_true,
                    None => match self.evaluate(condition, scope)? {
                        Evaluated::Bool(is_true) => is_true,
                        _ => return Err(EvaluationFault::Kind),
                    },
                };
                self.evaluate(if is_true { holds } else { other }, scope)
            }
        }
    }

    fn name(&mut self, name: &str, scope: &Scope) -> Result<Evaluated> {
        if let Some(moment) = &self.moment {
            return match name {
                "req" => Ok(Evaluated::Node(0)),
                "count" => Ok(Evaluated::Integer(moment.count.into())),
                "time" => Ok(Evaluated::Float(moment.seconds)),
                _ => Err(EvaluationFault::Absent),
            };
        }
        match name {
            "_" => self.value(scope.element.ok_or(EvaluationFault::Absent)?),
            "_index" => {
                let index = scope.index.ok_or(EvaluationFault::Absent)?;
                Ok(Evaluated::Integer(index as i128))
            }
            "_root" => Ok(Evaluated::Node(0)),
            "_parent" | "_io" => self.member(Evaluated::Node(scope.structure), name, &[], scope),
            name => self.child(scope.structure, name),
        }
    }

    /// The value of a member of this name: a field of a type, or an instance.
    fn child(&mut self, structure: usize, name: &str) -> Result<Evaluated> {
        let Some(Value::Struct(of, _)) = self.tree.node(structure).map(|node| &node.value) else {
            return Err(EvaluationFault::Kind);
        };
        let (seq, instances) = self.plan.fields_of(*of);
        let mut fields = seq.chain(instances).chain(self.plan.params_of(*of));
        let is_it = |at: &usize| self.plan.field(*at).is_some_and(|field| field.name == name);
        let index = fields.find(is_it).ok_or(EvaluationFault::Absent)?;
        self.field_value(structure, index, None)
    }

    /// The value of a node.
    pub(super) fn value(&self, node: usize) -> Result<Evaluated> {
        let read = self.tree.node(node).ok_or(EvaluationFault::Absent)?;
        let bytes = |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        Ok(match &read.value {
            Value::Missing => return Err(EvaluationFault::Absent),
            Value::Integer(_) | Value::Float(_) | Value::Single(_)
                if self.moment.is_some() && self.is_scaled(read) =>
            {
                Evaluated::Float(self.scaled(read).ok_or(EvaluationFault::Absent)?)
            }
            Value::Integer(value) => Evaluated::Integer(*value),
            Value::Float(value) => Evaluated::Float(*value),
            Value::Single(value) => Evaluated::Float(f64::from(*value)),
            Value::Bool(value) => Evaluated::Bool(*value),
            Value::Text(charset, range) => Evaluated::Text(operators::text(*charset, bytes(range))),
            Value::Bytes(range) => Evaluated::Bytes(bytes(range).to_vec()),
            Value::MadeText(text) => Evaluated::Text(text.to_string()),
            Value::MadeBytes(bytes) => Evaluated::Bytes(bytes.to_vec()),
            Value::Empty(EmptyValue::List) => Evaluated::List(Vec::new()),
            Value::Empty(EmptyValue::Object) => return Err(EvaluationFault::Absent),
            Value::Struct(..) | Value::List => Evaluated::Node(node),
        })
    }

    fn is_scaled(&self, node: &Node) -> bool {
        let field = node.field.and_then(|field| self.plan.field(field));
        field.is_some_and(|field| field.scale.is_some() || field.offset.is_some())
    }

    /// A number as it is shown: formulas are about those.
    fn scaled(&self, node: &Node) -> Option<f64> {
        let field = self.plan.field(node.field?)?;
        let value = match &node.value {
            Value::Integer(value) => *value as f64,
            Value::Float(value) => *value,
            Value::Single(value) => f64::from(*value),
            _ => return None,
        };
        Some(value * field.scale.unwrap_or(1.0) + field.offset.unwrap_or(0.0))
    }

    /// The values of the elements of a list.
    pub fn elements(&self, list: usize) -> Option<Vec<Result<Evaluated>>> {
        let node = self.tree.node(list)?;
        let is_list = node.value == Value::List;
        is_list.then(|| {
            self.tree
                .children(list)
                .map(|node| self.value(node))
                .collect()
        })
    }

    /// A computed value, as a node keeps it.
    pub(super) fn kept(value: Evaluated) -> Value {
        match value {
            Evaluated::Integer(value) => Value::Integer(value),
            Evaluated::Float(value) => Value::Float(value),
            Evaluated::Bool(value) => Value::Bool(value),
            Evaluated::Text(text) => Value::MadeText(text.into()),
            Evaluated::Bytes(bytes) => Value::MadeBytes(bytes.into()),
            Evaluated::Stream(range) => Value::Bytes(range),
            // A list of bytes is written as one of numbers.
            Evaluated::List(list) => {
                let byte = |one: &Evaluated| match one {
                    Evaluated::Integer(value) => u8::try_from(*value).ok(),
                    _ => None,
                };
                let bytes: Option<Vec<u8>> = list.iter().map(byte).collect();
                bytes.map_or(Value::Missing, |bytes| Value::MadeBytes(bytes.into()))
            }
            // A type or a list of fields has them elsewhere.
            Evaluated::Node(_) => Value::Missing,
        }
    }

    fn element_of(&mut self, of: &Evaluated, index: usize) -> Result<Evaluated> {
        let absent = EvaluationFault::Absent;
        match of {
            Evaluated::List(all) => all.get(index).cloned().ok_or(absent),
            Evaluated::Bytes(bytes) => {
                let byte = bytes.get(index).ok_or(absent)?;
                Ok(Evaluated::Integer(i128::from(*byte)))
            }
            Evaluated::Node(node) => {
                self.spend(index)?;
                let element = self.tree.children(*node).nth(index);
                self.value(element.ok_or(absent)?)
            }
            _ => Err(EvaluationFault::Kind),
        }
    }

    /// A member or a method of a value.
    fn member(
        &mut self,
        of: Evaluated,
        name: &str,
        arguments: &[Evaluated],
        scope: &Scope,
    ) -> Result<Evaluated> {
        match (of, name) {
            (Evaluated::Node(node), "join") => self.join(node, arguments),
            (Evaluated::Node(node), name) => self.member_of_node(node, name),
            // Its end is not known while it is written.
            (Evaluated::Stream(stream), "size" | "eof") if stream.end == OPEN => {
                Err(EvaluationFault::Absent)
            }
            (Evaluated::Stream(stream), "size") => Ok(Evaluated::Integer(stream.len() as i128)),
            (Evaluated::Stream(stream), "pos") => {
                let at = scope.at.saturating_sub(stream.start);
                Ok(Evaluated::Integer(at as i128))
            }
            (Evaluated::Stream(stream), "eof") => Ok(Evaluated::Bool(scope.at >= stream.end)),
            (Evaluated::Bytes(bytes), "to_s") => {
                let charset = match arguments {
                    [Evaluated::Text(name)] => field_type::charset(name),
                    _ => Some(crate::payload::charset::Charset::Utf8),
                };
                let charset = charset.ok_or(EvaluationFault::Unsupported)?;
                Ok(Evaluated::Text(operators::text(charset, &bytes)))
            }
            (Evaluated::Bytes(bytes), "xor") => {
                self.spend(bytes.len() / BYTES_PER_STEP)?;
                operators::xor(bytes, arguments)
            }
            (of, name) => operators::member(of, name, arguments),
        }
    }

    /// The texts of a list's elements that are not empty, with one between them. Kaitai Struct has
    /// no such method.
    fn join(&mut self, list: usize, arguments: &[Evaluated]) -> Result<Evaluated> {
        let [Evaluated::Text(between)] = arguments else {
            return Err(EvaluationFault::Kind);
        };
        self.spend(self.tree.children(list).count())?;
        let mut all = String::new();
        for element in self.tree.children(list) {
            let read = self.tree.node(element).ok_or(EvaluationFault::Absent)?;
            let value = match &read.text {
                Some(_) => None,
                None => Some(self.value(element)?),
            };
            let text = match (&read.text, &value) {
                (Some(text), _) => text,
                (None, Some(Evaluated::Text(text))) => text.as_str(),
                (None, _) => return Err(EvaluationFault::Kind),
            };
            if !text.is_empty() && !all.is_empty() {
                all.push_str(between);
            }
            all.push_str(text);
        }
        operators::short(all)
    }

    fn member_of_node(&mut self, node: usize, name: &str) -> Result<Evaluated> {
        let absent = EvaluationFault::Absent;
        let value = self.tree.node(node).ok_or(absent)?.value.clone();
        if value == Value::List {
            self.spend(self.tree.children(node).count())?;
        }
        match (value, name) {
            (Value::Struct(_, stream), "_io") => Ok(Evaluated::Stream(stream)),
            (Value::Struct(..), "_root") => Ok(Evaluated::Node(0)),
            (Value::Struct(..), "_parent") => {
                let mut around = self.tree.parent(node).ok_or(absent)?;
                // An element's type is in a list.
                while matches!(
                    self.tree.node(around).map(|node| &node.value),
                    Some(Value::List)
                ) {
                    around = self.tree.parent(around).ok_or(absent)?;
                }
                Ok(Evaluated::Node(around))
            }
            (Value::Struct(..), name) => self.child(node, name),
            (Value::List, "size" | "length") => {
                Ok(Evaluated::Integer(self.tree.children(node).count() as i128))
            }
            (Value::List, "first") => self.value(self.tree.children(node).next().ok_or(absent)?),
            (Value::List, "last") => self.value(self.tree.children(node).last().ok_or(absent)?),
            (Value::List, "min" | "max") => {
                let values = self.tree.children(node).map(|node| self.value(node));
                let values: Vec<_> = values.collect::<Result<_>>()?;
                let mut found: Option<Evaluated> = None;
                for value in values {
                    let is_better = match &found {
                        None => true,
                        Some(best) if name == "min" => compare(&value, best)?.is_lt(),
                        Some(best) => compare(&value, best)?.is_gt(),
                    };
                    if is_better {
                        found = Some(value);
                    }
                }
                found.ok_or(absent)
            }
            _ => Err(EvaluationFault::Unsupported),
        }
    }

    pub(super) fn is_equal(&self, left: &Evaluated, right: &Evaluated) -> bool {
        operators::is_equal(left, right)
    }
}
