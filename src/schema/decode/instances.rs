//! Instances: fields at other places, and computed values.

use super::cursor::Cursor;
use super::evaluate::Scope;
use super::evaluated::Evaluated;
use super::{DEPTH, Decoder, NODES, Stop};
use crate::schema::plan::FieldPlan;
use crate::schema::tree::{EvaluationFault, Fault, Node, Value};

impl Decoder<'_> {
    /// Reads an instance of a type, unless that was done. Returns its node, if it exists.
    pub(super) fn instance(&mut self, around: usize, index: usize) -> Option<usize> {
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
        let read = self.read_instance(around, (index, field), cursor);
        self.depth -= 1;
        self.at_work.pop();
        read.ok().and_then(|()| self.tree.child_of(around, index))
    }

    fn read_instance(
        &mut self,
        around: usize,
        (index, field): (usize, &FieldPlan),
        mut cursor: Cursor,
    ) -> Result<(), Stop> {
        let scope = Scope::of(around, &cursor);
        let wrong = Fault::Expression;
        // Where it does not exist, nothing of it has a value.
        let exists = field.condition.as_ref();
        match exists.map_or(Ok(true), |holds| self.truth(holds, &scope)) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(fault) => return self.broken(around, index, &cursor, wrong(fault)),
        }
        if let Some(value) = &field.value {
            return match self.evaluate(&value.root, &scope) {
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
            match self.evaluate(&stream.root, &scope) {
                Ok(Evaluated::Stream(stream)) => cursor = Cursor::new(stream),
                Ok(_) => return self.broken(around, index, &cursor, wrong(EvaluationFault::Kind)),
                Err(fault) => return self.broken(around, index, &cursor, wrong(fault)),
            }
        }
        match self.integer(&place.at, &scope) {
            Ok(at) => match usize::try_from(at).ok().filter(|at| *at <= cursor.left()) {
                Some(at) => cursor.at += at,
                None => return self.broken(around, index, &cursor, Fault::Size(at)),
            },
            Err(fault) => return self.broken(around, index, &cursor, wrong(fault)),
        }
        self.field(around, (index, field), &mut cursor)
    }
}
