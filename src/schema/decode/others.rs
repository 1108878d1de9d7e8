//! Lists that a text fills in any order, and what no field is declared for.

use super::cursor::Cursor;
use super::{Decoder, NodePlace};
use crate::schema::field_type::FieldType;
use crate::schema::json_path::NAME;
use crate::schema::plan::{FieldKind, FieldPlan};
use crate::schema::tree::{Node, Value};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

/// The lists of a text that is being read, by their field.
#[derive(Default)]
pub(super) struct Lists(BTreeMap<usize, OpenList>);

struct OpenList {
    node: usize,
    count: usize,
}

/// A pair for which no field is declared: its name, and the bytes of the name and of the whole.
pub(super) struct Other<'a> {
    pub name: &'a str,
    pub key: Range<usize>,
    pub whole: Range<usize>,
}

impl<'a> Decoder<'a> {
    /// The place of the next element of a list, which has these bytes. `None` if the list does not
    /// exist here.
    pub(super) fn next_in_list(
        &mut self,
        lists: &mut Lists,
        around: usize,
        (index, field): (usize, &FieldPlan),
        range: &Range<usize>,
    ) -> Option<NodePlace> {
        let list = match lists.0.entry(index) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let cursor = Cursor::new(range.clone());
                if !matches!(self.exists(around, (index, field), &cursor), Ok(true)) {
                    return None;
                }
                let list = Node::new(Some(index), Value::List, range.clone());
                let node = self.tree.add(Some(around), list);
                free.insert(OpenList { node, count: 0 })
            }
        };
        if let Some(node) = self.tree.node_mut(list.node) {
            node.range.end = node.range.end.max(range.end);
        }
        let place = NodePlace {
            scope: around,
            parent: list.node,
            index: Some(list.count),
        };
        list.count += 1;
        Some(place)
    }

    /// Adds what no field is declared for to the list of this field. Returns the place of its
    /// value, and the field of that.
    pub(super) fn other(
        &mut self,
        lists: &mut Lists,
        around: usize,
        list: Option<usize>,
        Other { name, key, whole }: Other<'_>,
    ) -> Option<(NodePlace, (usize, &'a FieldPlan))> {
        let plan = self.plan;
        let index = list?;
        let field = plan.field(index)?;
        let FieldKind::Type(FieldType::Struct(of)) = &field.kind else {
            return None;
        };
        let place = self.next_in_list(lists, around, (index, field), &whole)?;
        let mut pair = Node::new(Some(index), Value::Struct(*of, whole.clone()), whole);
        pair.index = place.index;
        let pair = self.tree.add(Some(place.parent), pair);
        let (parts, _) = plan.fields_of(*of);
        let name: String = name.chars().take(NAME).collect();
        let name = Node::new(Some(parts.start), Value::MadeText(name.into()), key);
        self.tree.add(Some(pair), name);
        let inside = NodePlace {
            scope: pair,
            parent: pair,
            index: None,
        };
        let value = parts.start + 1;
        Some((inside, (value, plan.field(value)?)))
    }
}
