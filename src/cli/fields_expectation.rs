//! Expectations of the fields of a message.

use crate::config::FieldTestProblem;
use crate::schema::Tree;
use crate::traffic::framing::SessionFraming;
use crate::traffic::{FieldTest, MessageSchema, RecordKind};
use std::sync::Arc;

/// The most characters of the fields of a message that came instead.
const SHOWN: usize = 400;

/// Tests as a filter has them, all of which a message has to pass.
#[derive(Clone, Debug)]
pub struct FieldsExpectation {
    /// As they were written.
    pub words: Vec<String>,
    bound: Option<BoundTests>,
}

/// The tests, once the description is known.
#[derive(Clone, Debug)]
struct BoundTests {
    described: Arc<MessageSchema>,
    tests: Vec<FieldTest>,
}

impl FieldsExpectation {
    pub fn new(words: Vec<String>) -> Self {
        Self { words, bound: None }
    }

    /// Reads the tests by the description of their session.
    ///
    /// # Errors
    /// The first test that cannot be made.
    pub fn bind(&mut self, described: Option<&Arc<MessageSchema>>) -> Result<(), FieldTestProblem> {
        let described = described.ok_or(FieldTestProblem::NoDescription)?;
        // They get messages, and need no framing.
        let of_message = Arc::new(MessageSchema {
            schema: described.schema.clone(),
            framing: SessionFraming::default(),
        });
        let test = |word: &String| match FieldTest::read(word, &of_message) {
            Some(test) => test.map_err(FieldTestProblem::Value),
            None => Err(FieldTestProblem::Unknown(word.clone())),
        };
        let tests = self.words.iter().map(test).collect::<Result<_, _>>()?;
        self.bound = Some(BoundTests {
            described: Arc::clone(described),
            tests,
        });
        Ok(())
    }

    /// Whether a message passes all tests.
    pub fn holds(&self, message: &[u8]) -> bool {
        self.bound.as_ref().is_some_and(|bound| {
            let message = bound.described.body(RecordKind::Received, message);
            let mut tests = bound.tests.iter();
            tests.all(|test| test.holds(RecordKind::Received, message))
        })
    }

    /// Where the message at the beginning of a stream ends, if it passes all tests.
    pub fn end_in(&self, stream: &[u8]) -> Option<usize> {
        let bound = self.bound.as_ref()?;
        let mut tree = Tree::default();
        let rest = bound.described.schema.decode(stream, &mut tree);
        let end = stream.len().checked_sub(rest)?;
        let message = stream.get(..end)?;
        self.holds(message).then_some(end)
    }

    /// The fields of a message that came instead.
    pub fn shown(&self, came: &[u8]) -> String {
        let mut tree = Tree::default();
        let line = self.bound.as_ref().map(|bound| {
            let came = bound.described.body(RecordKind::Received, came);
            bound.described.schema.decode(came, &mut tree);
            bound.described.schema.summary(&tree, came, SHOWN)
        });
        line.unwrap_or_default()
    }
}
