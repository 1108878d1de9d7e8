//! Reads a message by its description, as far as it is true to it.

mod checks;
mod choice;
mod cursor;
mod evaluate;
mod evaluated;
mod form;
mod functions;
mod instances;
mod json;
pub(super) mod json_text;
mod operators;
mod others;
mod pairs;
mod params;
mod pass;
mod repeated;
mod shortcut;
mod window;

use super::field_type::FieldType;
use super::moment::Moment;
use super::plan::{DEPTH, FieldKind, FieldPlan, Plan};
use super::selection::{ALL, Selection, Wanted};
use super::tree::{Fault, Node, Tree, Value};
pub(super) use checks::right_value;
pub(super) use cursor::Cursor;
pub(super) use evaluate::Scope;
pub(super) use evaluated::Evaluated;
pub(super) use functions::FUNCTIONS;
pub(super) use json::value as json_value;
pub(super) use operators::text as decoded_text;
pub(super) use pairs::{Pair, next_pair};

/// The most nodes of a message.
pub(super) const NODES: usize = 20_000;
/// The most steps of all expressions for a message.
const STEPS: usize = 50_000;

/// The rest of what is around it cannot be read.
struct Stop;

/// Where a node stands.
#[derive(Clone, Copy)]
struct NodePlace {
    /// The node of the type, in which its expressions are evaluated.
    scope: usize,
    /// That node, or a list in it.
    parent: usize,
    index: Option<usize>,
}

pub(super) struct Decoder<'a> {
    plan: &'a Plan,
    bytes: &'a [u8],
    tree: &'a mut Tree,
    pub depth: usize,
    /// The steps that expressions have taken.
    pub steps: usize,
    /// The instances that are being read.
    at_work: Vec<(usize, usize)>,
    /// Where a message is made: what formulas ask for, and the message that it answers is the one
    /// that was read.
    moment: Option<&'a mut Moment>,
    /// The fields that are needed, unless all are, and what is wanted of the present one.
    selection: Option<&'a Selection>,
    wanted: &'a Wanted,
}

/// Reads a message into `tree`, which is cleared. Returns the number of bytes that the description
/// does not reach.
pub(super) fn decode(plan: &Plan, bytes: &[u8], tree: &mut Tree) -> usize {
    let (mut decoder, cursor, read) = begin(plan, None, bytes, tree);
    let root = 0;
    let rest = cursor.left();
    // A message that stopped has a fault where it did.
    if rest > 0 && read.is_ok() {
        decoder.mark(root, Fault::Rest(rest as u64));
    }
    rest
}

/// Reads the selected fields of a message into `tree`, which is cleared.
pub(super) fn decode_selected(plan: &Plan, selection: &Selection, bytes: &[u8], tree: &mut Tree) {
    // Where it stops, a node says why.
    let _ = begin(plan, Some(selection), bytes, tree);
}

/// Reads a message into its node. Returns where it ends.
fn begin<'a>(
    plan: &'a Plan,
    selection: Option<&'a Selection>,
    bytes: &'a [u8],
    tree: &'a mut Tree,
) -> (Decoder<'a>, Cursor, Result<(), Stop>) {
    tree.clear();
    let whole = 0..bytes.len();
    let root = Node::new(None, Value::Struct(0, whole.clone()), whole.clone());
    let root = tree.add(None, root);
    let mut decoder = Decoder {
        selection,
        wanted: selection.map_or(&ALL, |selection| &selection.wanted),
        ..Decoder::new(plan, bytes, tree)
    };
    let mut cursor = Cursor::new(whole);
    let read = decoder.structure(root, 0, &mut cursor);
    cursor.align();
    if let Some(node) = decoder.tree.node_mut(root) {
        node.range = 0..cursor.at;
    }
    (decoder, cursor, read)
}

impl<'a> Decoder<'a> {
    pub(super) fn new(plan: &'a Plan, bytes: &'a [u8], tree: &'a mut Tree) -> Self {
        Self {
            plan,
            bytes,
            tree,
            depth: 0,
            steps: 0,
            at_work: Vec::new(),
            moment: None,
            selection: None,
            wanted: &ALL,
        }
    }

    pub(super) fn tree(&self) -> &Tree {
        self.tree
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Evaluates formulas about a message that was read.
    pub(super) fn of_request(
        plan: &'a Plan,
        (tree, bytes): (&'a mut Tree, &'a [u8]),
        moment: &'a mut Moment,
    ) -> Self {
        Self {
            moment: Some(moment),
            ..Self::new(plan, bytes, tree)
        }
    }
}

impl Decoder<'_> {
    /// Reads the fields of a type into its node.
    fn structure(&mut self, node: usize, of: usize, cursor: &mut Cursor) -> Result<(), Stop> {
        let (plan, (seq, instances)) = (self.plan, self.plan.fields_of(of));
        self.depth += 1;
        if self.depth > DEPTH {
            self.depth -= 1;
            return self.fail(node, Fault::TooMuch);
        }
        let mut has_relation = false;
        let mut read = Ok(());
        if let Some(form) = plan.form_of(of) {
            has_relation = true;
            read = self.wanting(&ALL, |all| all.form(node, form, cursor));
        } else {
            for index in seq.clone() {
                if let Some(field) = plan.field(index) {
                    has_relation |= field.relation.is_some();
                    read = self.next(node, (index, field), cursor);
                    if read.is_err() {
                        break;
                    }
                }
            }
        }
        if read.is_ok() {
            if has_relation && self.selection.is_none() {
                self.check_relations(node, seq.start);
            }
            self.instances(node, instances, cursor.at);
            if matches!(self.wanted, Wanted::All | Wanted::Text) {
                self.set_text(node, of, cursor);
            }
        }
        self.depth -= 1;
        read
    }

    /// Whether a field exists here.
    fn exists(
        &mut self,
        around: usize,
        (index, field): (usize, &FieldPlan),
        cursor: &Cursor,
    ) -> Result<bool, Stop> {
        let scope = Scope::of(around, cursor);
        let condition = field.condition.as_ref();
        let holds = condition.map_or(Ok(true), |condition| self.truth(condition, &scope));
        let exists = holds.and_then(|holds| Ok(holds && self.has_type(field, &scope)?));
        match exists {
            Ok(exists) => Ok(exists),
            Err(fault) => self.broken(around, index, cursor, Fault::Expression(fault)),
        }
    }

    /// Reads one value of a field.
    fn element(
        &mut self,
        place: NodePlace,
        (index, field): (usize, &FieldPlan),
        cursor: &mut Cursor,
    ) -> Result<usize, Stop> {
        let NodePlace { scope, parent, .. } = place;
        if self.tree.len() >= NODES {
            self.fail(parent, Fault::TooMuch)?;
        }
        let of = match &field.kind {
            FieldKind::Type(of) => Some(*of),
            FieldKind::Chosen {
                on, cases, other, ..
            } => match self.choose(on, cases, *other, &Scope::of(scope, cursor)) {
                Ok(of) => of,
                Err(fault) => {
                    self.broken(parent, index, cursor, Fault::Expression(fault))?;
                    None
                }
            },
        };
        let Some(of) = of else {
            // Without a type and a length nothing says where it ends.
            return self.broken(parent, index, cursor, Fault::NoType);
        };
        if !matches!(of, FieldType::Bits { .. }) {
            cursor.align();
        }
        let begin = cursor.at;
        let mut node = Node::new(Some(index), Value::Missing, begin..begin);
        node.index = place.index;
        let node = self.tree.add(Some(parent), node);
        let read = match of {
            FieldType::Integer { .. }
            | FieldType::Float { .. }
            | FieldType::Bits { .. }
            | FieldType::Varint => cursor.number(of, self.bytes),
            FieldType::Bytes | FieldType::Text(_) | FieldType::Written { .. } => {
                self.bytes_of(field, of, scope, cursor)
            }
            FieldType::Struct(number) => {
                if let Some(arguments) = &field.arguments {
                    let scope = Scope {
                        index: place.index,
                        ..Scope::of(scope, cursor)
                    };
                    if let Err(fault) = self.give(node, number, arguments, &scope) {
                        return self.fail(node, Fault::Expression(fault));
                    }
                }
                let read = self.inner(node, number, (field, scope), cursor);
                self.end(node, begin, cursor);
                return read.map(|()| node);
            }
        };
        let failed = match read {
            Ok(value) => {
                self.set(node, value);
                None
            }
            Err((value, fault)) => {
                self.set(node, value);
                Some(fault)
            }
        };
        self.end(node, begin, cursor);
        if let Some(fault) = failed {
            self.fail(node, fault)?;
        }
        if let FieldType::Written { notation, .. } = of {
            self.written(node, notation);
        }
        if self.selection.is_none() {
            self.check(node, field, scope, cursor);
        }
        Ok(node)
    }

    /// Computes the text of a type's value, if it has one.
    fn set_text(&mut self, node: usize, of: usize, cursor: &Cursor) {
        let text = self.plan.types.get(of).and_then(|of| of.text.as_ref());
        let Some(text) = text else {
            return;
        };
        // Without it, its fields are shown.
        if let Ok(Evaluated::Text(text)) = self.evaluate(&text.root, &Scope::of(node, cursor))
            && let Some(node) = self.tree.node_mut(node)
        {
            node.text = Some(text.into());
        }
    }

    fn set(&mut self, node: usize, value: Value) {
        if let Some(node) = self.tree.node_mut(node) {
            node.value = value;
        }
    }

    /// Sets where a node ends. Bits that end within a byte have that byte.
    fn end(&mut self, node: usize, begin: usize, cursor: &Cursor) {
        let end = cursor.at + usize::from(cursor.bit > 0);
        if let Some(node) = self.tree.node_mut(node) {
            node.range = begin..end.max(begin);
        }
    }

    /// Marks a node, behind which nothing can be read.
    fn fail<T>(&mut self, node: usize, fault: Fault) -> Result<T, Stop> {
        self.mark(node, fault);
        Err(Stop)
    }

    /// Marks a node, unless it is already.
    fn mark(&mut self, node: usize, fault: Fault) {
        if let Some(node) = self.tree.node_mut(node) {
            node.fault.get_or_insert_with(|| fault.into());
        }
    }

    /// Adds a node for a field that cannot be read.
    fn broken<T>(
        &mut self,
        parent: usize,
        index: usize,
        cursor: &Cursor,
        fault: Fault,
    ) -> Result<T, Stop> {
        let node = Node::new(Some(index), Value::Missing, cursor.at..cursor.at);
        let node = self.tree.add(Some(parent), node);
        self.fail(node, fault)
    }
}
