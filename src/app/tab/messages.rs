//! The messages that a tab's log shows.

use super::Tab;
use crate::settings::tab::PairBy;
use crate::traffic::LogUnit;
use crate::traffic::framing::SessionFraming;
use crate::traffic::messages::{MessageQuery, PairField, Pairing};

impl Tab {
    /// Finds the messages that the log is to show, and lets it show them.
    pub fn follow_messages(&mut self, wake: impl Fn() + Send + 'static) {
        let wanted = self.wanted_messages();
        let log = &mut self.session.log;
        self.messages.follow(wanted, log, wake);
        self.view.show_as(self.drafts.receive.unit, log);
    }

    /// `None` where reads are shown, or are the messages.
    fn wanted_messages(&self) -> Option<MessageQuery> {
        let unit = self.drafts.receive.unit;
        let framing = self.framing();
        let is_wanted = match unit {
            LogUnit::Read => false,
            LogUnit::Message => !framing.is_none(),
            LogUnit::Request => true,
        };
        is_wanted.then(|| MessageQuery {
            framing,
            pairing: (unit == LogUnit::Request).then(|| self.pairing()),
            filter: self.search.filter().cloned(),
        })
    }

    /// The framing of the session's messages. One that is not valid cuts no messages.
    pub(in crate::app) fn framing(&self) -> SessionFraming {
        let is_stream = self.session.is_stream();
        let kind = self.session.kind();
        self.drafts.receive.framing_of(kind, is_stream)
    }

    /// By the chosen field, or by that of the description, as long as there is such a field; by
    /// order otherwise.
    pub(super) fn pairing(&self) -> Pairing {
        let field = self.view.schema.as_ref().and_then(|described| {
            let path = match &self.drafts.receive.pair_by {
                PairBy::Description => described.schema.reply_by()?,
                PairBy::Order => return None,
                PairBy::Field(path) => path,
            };
            PairField::new(path, described)
        });
        field.map_or(Pairing::Order, Pairing::Field)
    }
}
