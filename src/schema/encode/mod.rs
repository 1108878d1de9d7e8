//! Makes a message of the values of its fields.
//!
//! Fields are written one after the other, as the decoder reads them, so that conditions, sizes
//! and choices are evaluated by the same code. Lengths, counts and checksums that are not given
//! follow from what is written: the message is written again until they agree. Fields of a text
//! stand where its expression, its keys or its pointers say. At last the message is read back, and
//! refused if it says something else.

mod computed;
mod element;
mod follows;
mod number;
mod presence;
mod read_back;
mod shown;
mod text;
mod values;
mod writer;
mod written;

pub(super) use shown::{Shown, is_written_by_text, shown};
pub(super) use values::is_null;
pub use values::{BadPath, FieldValue, FieldValues};

use super::Schema;
use super::decode::{Decoder, NODES, Scope};
use super::inferred;
use super::plan::DEPTH;
use super::plan::{FieldPlan, Plan, Relation, Repeat};
use super::tree::{Node, OPEN, Tree, Value};
use crate::payload::{EncodeMistake, EncodeProblem, EvaluationFault};
use presence::shares_condition;
use std::collections::BTreeMap;
use std::ops::Range;
use writer::Writer;

/// The most times that a message is written until its lengths agree.
const PASSES: usize = 8;

/// The rest cannot be written.
struct Stop;

impl Schema {
    /// Makes a message. Fields that are not given have their usual value: what the description
    /// says that they must be, else 0 or nothing.
    ///
    /// # Errors
    /// The first value that its field cannot have.
    pub fn encode(&self, values: &FieldValues) -> Result<Vec<u8>, EncodeMistake> {
        let (bytes, mistake) = self.encode_partly(values);
        mistake.map_or(Ok(bytes), Err)
    }

    /// Makes a message as far as it can be made, and says the first value that its field cannot
    /// have.
    pub(super) fn encode_partly(&self, values: &FieldValues) -> (Vec<u8>, Option<EncodeMistake>) {
        let mut computed = BTreeMap::new();
        for _ in 0..PASSES {
            let mut encoder = Encoder {
                plan: self.plan(),
                out: Writer::default(),
                tree: Tree::default(),
                computed: &computed,
                found: BTreeMap::new(),
                problem: None,
                depth: 0,
                steps: 0,
            };
            encoder.message(values);
            let Encoder {
                out,
                tree,
                found,
                problem,
                ..
            } = encoder;
            if found != computed {
                computed = found;
                continue;
            }
            let wrong = |node, problem| EncodeMistake {
                path: self.path(&tree, node),
                problem,
            };
            if let Some((node, name, problem)) = problem {
                let mut mistake = wrong(node, problem);
                if let Some(name) = name {
                    let dot = if mistake.path.is_empty() { "" } else { "." };
                    mistake.path = format!("{}{dot}{name}", mistake.path);
                }
                return (out.bytes, Some(mistake));
            }
            let mut read = Tree::default();
            self.decode(&out.bytes, &mut read);
            let differs = self.difference(&tree, (&read, &out.bytes), (0, 0));
            let mistake = differs.map(|node| wrong(node, EncodeProblem::Different));
            return (out.bytes, mistake);
        }
        let mistake = EncodeMistake {
            path: String::new(),
            problem: EncodeProblem::Unsettled,
        };
        (Vec::new(), Some(mistake))
    }
}

struct Encoder<'a> {
    plan: &'a Plan,
    out: Writer,
    /// The fields that are written so far.
    tree: Tree,
    /// The numbers that followed from the message when it was written before, by their nodes.
    computed: &'a BTreeMap<usize, i128>,
    /// Those that follow from it now.
    found: BTreeMap<usize, i128>,
    /// The first one, with its node, and the name of a field that has none.
    problem: Option<(usize, Option<String>, EncodeProblem)>,
    depth: usize,
    steps: usize,
}

impl Encoder<'_> {
    fn message(&mut self, values: &FieldValues) {
        let root = self
            .tree
            .add(None, Node::new(None, Value::Struct(0, 0..OPEN), 0..0));
        // Where it stops, the problem is known.
        if self.structure(root, 0, values).is_ok() {
            self.out.align();
            self.out.push(&values.rest);
        }
    }

    /// Writes the fields of a type.
    fn structure(&mut self, node: usize, of: usize, values: &FieldValues) -> Result<(), Stop> {
        let plan = self.plan;
        let (seq, _) = plan.fields_of(of);
        let known = |name: &str| {
            let fields = plan.fields.get(seq.clone()).unwrap_or_default();
            fields.iter().any(|field| field.name == name)
        };
        if let Some(name) = values.fields.keys().find(|name| !known(name)) {
            let problem = match computed::sources(plan, of, name) {
                Some(sources) => EncodeProblem::Computed(sources),
                None => EncodeProblem::UnknownField,
            };
            return self.fail_at(node, Some(name), problem);
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return self.fail(node, EncodeProblem::TooMuch);
        }
        if let Some(form) = plan.form_of(of) {
            self.text((node, &seq), form, values)?;
            self.depth -= 1;
            return Ok(());
        }
        let inferred = inferred::fields(plan, &seq);
        let given = |index: usize| {
            let field = plan.field(index)?;
            let value = values.fields.get(&field.name)?;
            (*value != FieldValue::Usual).then_some(value)
        };
        // The numbers that follow from what they count.
        let follows = |index: usize| {
            let is_inferred = inferred.iter().any(|(from, _)| *from == index);
            let has_relation = plan.field(index).is_some_and(|of| of.relation.is_some());
            (is_inferred || has_relation) && given(index).is_none()
        };
        for index in seq.clone() {
            let Some(field) = plan.field(index) else {
                continue;
            };
            let value = given(index);
            let is_given = value.is_some()
                || match &field.relation {
                    Some(Relation::Counts(covers) | Relation::Checksum { covers, .. }) => {
                        covers.clone().any(|at| given(seq.start + at).is_some())
                    }
                    None => inferred
                        .iter()
                        .any(|(from, of)| *from == index && given(*of).is_some()),
                }
                || shares_condition(plan, &seq, index, &given);
            match self.is_there(node, field, &follows, is_given) {
                true => {
                    let place = FieldPlace {
                        around: node,
                        index,
                        follows: follows(index),
                        is_free: inferred::lengths(field)
                            .any(|length| inferred::only_field(length).is_some_and(&follows)),
                        least: None,
                    };
                    self.field(place, field, value)?;
                }
                false if value.is_some() => {
                    return self.fail_at(node, Some(&field.name), EncodeProblem::Absent);
                }
                false => {}
            }
        }
        self.depth -= 1;
        self.find_relations(node, seq.start, &follows);
        Ok(())
    }

    /// Whether the message has a field. Where that depends on what is not known yet, it has those
    /// that are given.
    fn is_there(
        &mut self,
        around: usize,
        field: &FieldPlan,
        follows: &impl Fn(usize) -> bool,
        is_given: bool,
    ) -> bool {
        let holds = match &field.condition {
            None => true,
            Some(condition) if condition.has_field(follows) => is_given,
            Some(condition) => self
                .evaluate(around, |decoder, scope| decoder.truth(condition, scope))
                .unwrap_or(is_given),
        };
        let has_type = |decoder: &mut Decoder<'_>, scope: &Scope| decoder.has_type(field, scope);
        holds && self.evaluate(around, has_type).unwrap_or(true)
    }

    /// Writes a field, once or repeatedly.
    fn field(
        &mut self,
        place: FieldPlace,
        field: &FieldPlan,
        value: Option<&FieldValue>,
    ) -> Result<(), Stop> {
        if let Repeat::Once = field.repeat {
            let node = self.element(&place, (place.around, None), field, value)?;
            if place.follows && !self.found.contains_key(&node) {
                self.found
                    .insert(node, self.computed.get(&node).copied().unwrap_or(0));
            }
            return Ok(());
        }
        self.out.align();
        let begin = self.out.at();
        let list = self.tree.add(
            Some(place.around),
            Node::new(Some(place.index), Value::List, begin..begin),
        );
        let times = match &field.repeat {
            Repeat::Times(times) if !self.counts_follow(times, &place) => {
                match self.evaluate(place.around, |decoder, scope| decoder.integer(times, scope)) {
                    Ok(times) => Some(times),
                    Err(fault) => return self.fail(list, EncodeProblem::Expression(fault)),
                }
            }
            _ => None,
        };
        let parts = match value {
            None | Some(FieldValue::Usual) => {
                let count = match (&field.repeat, times) {
                    (_, Some(times)) => usize::try_from(times).unwrap_or(NODES),
                    (Repeat::Until(_), None) => 1,
                    _ => 0,
                };
                vec![FieldValue::Usual; count.min(NODES)]
            }
            Some(value) => match value.elements() {
                Some(parts) => parts,
                None => return self.fail(list, EncodeProblem::Kind),
            },
        };
        if let Some(expected) = times
            && expected != parts.len() as i128
        {
            let Ok(expected) = i64::try_from(expected) else {
                return self.fail(list, EncodeProblem::TooMuch);
            };
            let found = parts.len();
            return self.fail(list, EncodeProblem::Elements { found, expected });
        }
        for (at, part) in parts.iter().enumerate() {
            let part = (*part != FieldValue::Usual).then_some(part);
            self.element(&place, (list, Some(at)), field, part)?;
        }
        let is_kept = matches!(parts.last(), Some(FieldValue::Kept(_)));
        if place.least.is_some() && !is_kept {
            self.drop_last_terminator(list, field);
        }
        if let Repeat::Times(times) = &field.repeat {
            self.find(&place, list, times, parts.len());
        }
        let end = self.out.bytes.len();
        if let Some(node) = self.tree.node_mut(list) {
            node.range = begin..end;
        }
        Ok(())
    }

    /// Evaluates at the end of what is written.
    fn evaluate<T>(
        &mut self,
        around: usize,
        value: impl FnOnce(&mut Decoder<'_>, &Scope) -> Result<T, EvaluationFault>,
    ) -> Result<T, EvaluationFault> {
        let count = self.tree.len();
        let scope = Scope {
            structure: around,
            element: None,
            index: None,
            at: self.out.at(),
        };
        let mut decoder = Decoder::new(self.plan, &self.out.bytes, &mut self.tree);
        decoder.depth = self.depth;
        decoder.steps = self.steps;
        let value = value(&mut decoder, &scope);
        self.steps = decoder.steps;
        // Instances that were read for it would be other ones later.
        self.tree.truncate(count);
        value
    }

    fn fail<T>(&mut self, node: usize, problem: EncodeProblem) -> Result<T, Stop> {
        self.fail_at(node, None, problem)
    }

    fn fail_at<T>(
        &mut self,
        node: usize,
        name: Option<&str>,
        problem: EncodeProblem,
    ) -> Result<T, Stop> {
        let name = name.map(str::to_owned);
        self.problem.get_or_insert((node, name, problem));
        Err(Stop)
    }

    /// Keeps a problem that need not end the writing.
    fn note(&mut self, node: usize, problem: EncodeProblem) {
        self.problem.get_or_insert((node, None, problem));
    }

    fn set(&mut self, node: usize, value: Value, range: Range<usize>) {
        if let Some(node) = self.tree.node_mut(node) {
            node.value = value;
            node.range = range;
        }
    }
}

/// Where a field is written.
struct FieldPlace {
    /// The node of its type.
    around: usize,
    /// Its place among all fields.
    index: usize,
    /// Whether its number follows from other fields.
    follows: bool,
    /// Whether its length, or the number of its elements, is written in a number that follows.
    is_free: bool,
    /// The fewest bytes of a number, where it stands in a text.
    least: Option<usize>,
}

#[cfg(test)]
pub(super) mod tests;
