//! The messages of a tab's log, while its lines are messages.

use crate::finder::MessageFinder;
use crate::jobs::Died;
use crate::traffic::Log;
use crate::traffic::messages::{MessageIndex, MessageQuery};
use std::sync::Arc;

/// Why no messages are found; the log shows its reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageFailure {
    /// The system started no thread for it.
    NoThread,
    /// A fault of the program ended it.
    Died(Died),
}

/// Finds the messages of one tab's log. Dropping it ends its thread.
#[derive(Default)]
pub struct MessageSearch {
    finder: Option<MessageFinder>,
    /// A query whose search failed; it is not started again.
    failed: Option<MessageQuery>,
    /// Why, until it is reported.
    failure: Option<MessageFailure>,
}

impl MessageSearch {
    /// Finds what `wanted` asks for in the rows that `log` has so far; `None` ends that.
    pub fn follow(
        &mut self,
        wanted: Option<MessageQuery>,
        log: &mut Log,
        wake: impl Fn() + Send + 'static,
    ) {
        let Some(wanted) = wanted else {
            self.failed = None;
            log.look_for_messages(None);
            return;
        };
        let failed = self.failed.as_ref();
        if failed.is_some_and(|failed| failed.is_same(&wanted)) {
            return;
        }
        let known = log.messages();
        if known.is_none_or(|known| !known.query().is_same(&wanted)) {
            self.begin(wanted, log, wake);
        }
        let Some(finder) = &self.finder else { return };
        let mut died = None;
        for update in finder.answers() {
            match update {
                Ok(update) => log.take_messages(update),
                Err(panic) => died = Some(panic),
            }
        }
        if let Some(died) = died.or_else(|| finder.death()) {
            self.finder = None;
            self.fail(MessageFailure::Died(died), log);
            return;
        }
        for slot in log.next_to_walk() {
            finder.walk(slot);
        }
    }

    fn begin(&mut self, wanted: MessageQuery, log: &mut Log, wake: impl Fn() + Send + 'static) {
        let query = Arc::new(wanted);
        log.look_for_messages(Some(MessageIndex::new(Arc::clone(&query))));
        if self.finder.is_none() {
            match MessageFinder::start(wake) {
                Ok(finder) => self.finder = Some(finder),
                Err(_) => return self.fail(MessageFailure::NoThread, log),
            }
        }
        if let Some(finder) = &self.finder {
            finder.begin(&query);
        }
    }

    fn fail(&mut self, failure: MessageFailure, log: &mut Log) {
        self.failed = log
            .messages()
            .map(|index| MessageQuery::clone(index.query()));
        self.failure = Some(failure);
        log.look_for_messages(None);
    }

    /// Why no messages are found, returned once.
    pub fn take_failure(&mut self) -> Option<MessageFailure> {
        self.failure.take()
    }
}
