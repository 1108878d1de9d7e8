//! Fields, which may be repeated.

use super::cursor::Cursor;
use super::evaluate::Scope;
use super::{Decoder, NodePlace, Stop};
use crate::schema::plan::{FieldPlan, Repeat};
use crate::schema::tree::{Fault, Node, Value};

impl Decoder<'_> {
    /// Reads a field, once or repeatedly.
    pub(super) fn field(
        &mut self,
        around: usize,
        (index, field): (usize, &FieldPlan),
        cursor: &mut Cursor,
    ) -> Result<(), Stop> {
        if !self.exists(around, (index, field), cursor)? {
            return Ok(());
        }
        let scope = Scope::of(around, cursor);
        let times = match &field.repeat {
            Repeat::Once => {
                let place = NodePlace {
                    scope: around,
                    parent: around,
                    index: None,
                };
                return self.element(place, (index, field), cursor).map(|_| ());
            }
            Repeat::Times(times) => match self.integer(times, &scope) {
                Ok(times) => match usize::try_from(times) {
                    Ok(times) => Some(times),
                    Err(_) => return self.broken(around, index, cursor, Fault::Size(times)),
                },
                Err(fault) => return self.broken(around, index, cursor, Fault::Expression(fault)),
            },
            Repeat::ToEnd | Repeat::Until(_) => None,
        };
        let begin = cursor.at;
        let list = self.tree.add(
            Some(around),
            Node::new(Some(index), Value::List, begin..begin),
        );
        let mut count = 0;
        let read = loop {
            let is_over = match (&field.repeat, times) {
                (_, Some(times)) => count >= times,
                (Repeat::ToEnd, _) => cursor.left() == 0,
                _ => false,
            };
            if is_over {
                break Ok(());
            }
            let before = (cursor.at, cursor.bit);
            let place = NodePlace {
                scope: around,
                parent: list,
                index: Some(count),
            };
            let element = match self.element(place, (index, field), cursor) {
                Ok(element) => element,
                Err(stop) => break Err(stop),
            };
            count += 1;
            if let Repeat::Until(last) = &field.repeat {
                let scope = Scope {
                    element: Some(element),
                    index: Some(count - 1),
                    ..Scope::of(around, cursor)
                };
                match self.truth(last, &scope) {
                    Ok(true) => break Ok(()),
                    Ok(false) => {}
                    Err(fault) => break self.fail(element, Fault::Expression(fault)),
                }
            }
            // Elements without bytes would never end.
            if times.is_none() && before == (cursor.at, cursor.bit) {
                break self.fail(list, Fault::TooMuch);
            }
        };
        if let Some(node) = self.tree.node_mut(list) {
            node.range = begin..cursor.at.max(begin);
        }
        read
    }
}
