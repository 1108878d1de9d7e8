//! Instances: fields at other places, and computed values.

use super::cursor::Cursor;
use super::evaluate::Scope;
use super::evaluated::Evaluated;
use super::{DEPTH, Decoder, NODES, Stop};
use crate::payload::EvaluationFault;
use crate::schema::plan::FieldPlan;
use crate::schema::selection::ALL;
use crate::schema::tree::{Fault, Node, Value};

impl Decoder<'_> {
    /// The value of a field, or of an instance, which is read if it was not. `at` is the place in
    /// the stream of the type, where one is known.
    pub(super) fn field_value(
        &mut self,
        structure: usize,
        index: usize,
        at: Option<usize>,
    ) -> Result<Evaluated, EvaluationFault> {
        let instances = match self.tree.node(structure).map(|node| &node.value) {
            Some(Value::Struct(of, _)) => self.plan.fields_of(*of).1,
            _ => 0..0,
        };
        let is_instance = instances.contains(&index);
        let node = match self.tree.child_of(structure, index) {
            Some(node) => node,
            None if !is_instance => return Err(EvaluationFault::Absent),
            None if self.at_work.contains(&(structure, index)) => {
                return Err(EvaluationFault::Circular);
            }
            None => {
                let node = self.wanting(&ALL, |all| all.instance(structure, index, at));
                node.ok_or(EvaluationFault::Absent)?
            }
        };
        match is_instance {
            true => self.instance_value(node, (structure, index), at),
            false => self.value(node),
        }
    }

    /// The value of the node of an instance. A computed type or list is not kept: it stands
    /// elsewhere.
    fn instance_value(
        &mut self,
        node: usize,
        (structure, index): (usize, usize),
        at: Option<usize>,
    ) -> Result<Evaluated, EvaluationFault> {
        let (plan, read) = (self.plan, self.tree.node(node));
        let is_elsewhere =
            read.is_some_and(|read| read.value == Value::Missing && read.fault.is_none());
        let value = plan.field(index).and_then(|field| field.value.as_ref());
        let Some(value) = value.filter(|_| is_elsewhere) else {
            return self.value(node);
        };
        // One may stand for another, and that for a third one.
        if self.depth >= DEPTH {
            return Err(EvaluationFault::TooMuch);
        }
        self.depth += 1;
        let scope = Scope {
            structure,
            element: None,
            index: None,
            at: at.unwrap_or_default(),
        };
        let value = self.evaluate(&value.root, &scope);
        self.depth -= 1;
        value
    }

    /// Reads an instance of a type, unless that was done. Returns its node, if it exists. `at` is
    /// the place in the stream of the type, which is its begin if none is known.
    pub(super) fn instance(
        &mut self,
        around: usize,
        index: usize,
        at: Option<usize>,
    ) -> Option<usize> {
        let known = self.tree.child_of(around, index);
        if known.is_some() || self.at_work.contains(&(around, index)) {
            return known;
        }
        let field = self.plan.field(index)?;
        let Value::Struct(_, stream) = self.tree.node(around)?.value.clone() else {
            return None;
        };
        if self.tree.len() >= NODES || self.depth >= DEPTH {
            self.mark(around, Fault::TooMuch);
            return None;
        }
        self.at_work.push((around, index));
        self.depth += 1;
        let cursor = Cursor::new(stream);
        let scope = Scope {
            at: at.unwrap_or(cursor.at),
            ..Scope::of(around, &cursor)
        };
        let read = self.read_instance(&scope, (index, field), cursor);
        self.depth -= 1;
        self.at_work.pop();
        read.ok().and_then(|()| self.tree.child_of(around, index))
    }

    fn read_instance(
        &mut self,
        scope: &Scope,
        (index, field): (usize, &FieldPlan),
        mut cursor: Cursor,
    ) -> Result<(), Stop> {
        let around = scope.structure;
        let wrong = Fault::Expression;
        // Where it does not exist, nothing of it has a value.
        let exists = field.condition.as_ref();
        match exists.map_or(Ok(true), |holds| self.truth(holds, scope)) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(fault) => return self.broken(around, index, &cursor, wrong(fault)),
        }
        if let Some(value) = &field.value {
            return match self.evaluate(&value.root, scope) {
                Ok(value) => {
                    let node = Node::new(Some(index), Self::kept(value), 0..0);
                    self.tree.add(Some(around), node);
                    Ok(())
                }
                Err(fault) => self.broken(around, index, &cursor, wrong(fault)),
            };
        }
        let Some(place) = &field.place else {
            return self.field(around, (index, field), &mut cursor);
        };
        if let Some(stream) = &place.stream {
            match self.evaluate(&stream.root, scope) {
                Ok(Evaluated::Stream(stream)) => cursor = Cursor::new(stream),
                Ok(_) => return self.broken(around, index, &cursor, wrong(EvaluationFault::Kind)),
                Err(fault) => return self.broken(around, index, &cursor, wrong(fault)),
            }
        }
        match self.integer(&place.at, scope) {
            Ok(at) => match usize::try_from(at).ok().filter(|at| *at <= cursor.left()) {
                Some(at) => cursor.at += at,
                None => return self.broken(around, index, &cursor, Fault::Size(at)),
            },
            Err(fault) => return self.broken(around, index, &cursor, wrong(fault)),
        }
        self.field(around, (index, field), &mut cursor)
    }
}
