//! Tests of the fields of a message.

use super::MismatchReason;
use super::context::RuleContext;
use super::mistake::RuleProblem;
use crate::schema::Tree;
use crate::traffic::{FieldTest, MessageSchema, RecordKind};
use std::sync::Arc;

/// Tests that a message has to pass, all of them.
#[derive(Clone, Debug)]
pub(super) struct FieldTests {
    described: Arc<MessageSchema>,
    tests: Vec<FieldTest>,
}

impl FieldTests {
    /// Reads the tests by the description of the messages.
    ///
    /// # Errors
    /// If there is no description, or the first test that cannot be made.
    pub fn compile(words: &[String], context: &RuleContext) -> Result<Self, RuleProblem> {
        if words.iter().all(String::is_empty) {
            return Err(RuleProblem::Empty);
        }
        let described = context
            .described
            .as_ref()
            .ok_or(RuleProblem::NoDescription)?;
        let test = |word: &String| match FieldTest::read(word, described) {
            Some(Ok(test)) => match test.impossible() {
                None => Ok(test),
                Some(value) => Err(RuleProblem::FieldValue(value)),
            },
            Some(Err(value)) => Err(RuleProblem::FieldValue(value)),
            None => Err(RuleProblem::UnknownField(word.clone())),
        };
        // What is being typed in the window ends with a space.
        let words = words.iter().filter(|word| !word.is_empty());
        Ok(Self {
            tests: words.map(test).collect::<Result<_, _>>()?,
            described: Arc::clone(described),
        })
    }

    /// Tests a message.
    ///
    /// # Errors
    /// The first test that it does not pass.
    pub fn hold(&self, message: &[u8]) -> Result<(), MismatchReason> {
        let message = self.described.body(RecordKind::Received, message);
        let mut tree = Tree::default();
        self.described.schema.decode(message, &mut tree);
        let failed = self
            .tests
            .iter()
            .position(|test| !test.passes(&tree, message));
        match failed {
            None => Ok(()),
            Some(test) => Err(MismatchReason::Field { test }),
        }
    }
}
