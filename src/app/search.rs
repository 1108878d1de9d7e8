//! A tab's search: what the log view is given to show.

use crate::engine::{Clock, Interfaces};
pub use crate::explain::describe;
use crate::finder::Finder;
use crate::jobs::Died;
use crate::peer::Peer;
use crate::traffic::{Filter, FilterMistake, Log, SearchHits, moment};
use crate::ui::log_view::Sought;
use crate::words::Lang;
use jiff::tz::TimeZone;
use std::sync::Arc;

#[derive(Default)]
pub struct Search {
    finder: Option<Finder>,
    found: Option<SearchHits>,
    /// The language in which notices were read.
    lang: Option<Lang>,
    /// What was written when it was read last, and what is wrong with it: then all rows
    /// are shown.
    written: String,
    /// Our own address when it was known last.
    local: Option<Peer>,
    mistake: Option<FilterMistake>,
    /// A fault of the program ended the search: then all rows are shown.
    died: Option<Died>,
}

/// What a search is read with.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    pub lang: Lang,
    pub interfaces: &'a Interfaces,
    pub zone: &'a TimeZone,
    /// Our own address, while the session is open.
    pub local: Option<Peer>,
}

impl Search {
    /// Looks for `text` in what `log` has by now; says whether that is another search.
    pub fn look_for(
        &mut self,
        text: &str,
        log: &Log,
        reading: Reading<'_>,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> bool {
        let restarted = self.read(text, log, reading);
        if restarted {
            self.died = None;
            if let Some(finder) = &self.finder {
                finder.restart();
            } else if self.found.is_some() {
                self.finder = Finder::start(wake).ok();
            }
        }
        // Without a thread there is no search, which the strip says.
        let (Some(found), Some(finder)) = (&mut self.found, &self.finder) else {
            return restarted;
        };
        for (slot, hits) in finder.answers() {
            match hits {
                Ok(hits) => found.take(slot, hits),
                Err(died) => self.died = Some(died),
            }
        }
        if let Some(died) = finder.death() {
            // The others answer less soon, or there are none: the next search has new ones.
            (self.died, self.finder) = (Some(died), None);
            return restarted;
        }
        // Following looks at the newest rows itself, in the window's thread.
        if self.died.is_some() {
            return restarted;
        }
        for question in found.follow(log) {
            finder.ask(found.filter(), question);
        }
        restarted
    }

    /// Reads what is written, if that or the language changed; says whether there is
    /// another search now, or none any more.
    fn read(&mut self, text: &str, log: &Log, reading: Reading<'_>) -> bool {
        let local = reading.local.or(self.local);
        let other_local = local != self.local;
        self.local = local;
        let other_words = self.found.is_some() && (self.lang != Some(reading.lang) || other_local);
        let same = self.looks_for(text);
        if same && !other_words {
            return false;
        }
        if !same {
            text.clone_into(&mut self.written);
        }
        self.lang = Some(reading.lang);
        let newest = log.rows().end.checked_sub(1).and_then(|row| log.get(row));
        let newest = newest.map_or_else(|| Clock::start().now(), |record| record.time);
        let time = |text: &str| moment(text, newest, reading.zone);
        let filter = |text: &str| {
            let describe = describe(reading.lang, reading.interfaces.clone());
            Filter::new(text, describe, &time)
        };
        let found = |filter| SearchHits::new(Arc::new(filter), log);
        match filter(text) {
            Ok(filter) => {
                let before = self.found.is_some();
                self.mistake = None;
                self.found = filter.map(|filter| found(filter.at(local)));
                before || self.found.is_some()
            }
            Err(mistake) => {
                self.mistake = Some(mistake);
                // Nothing is left out by what cannot be understood.
                self.found.take().is_some()
            }
        }
    }

    /// Whether this is what was read last.
    pub fn looks_for(&self, text: &str) -> bool {
        self.written == text
    }

    /// What is wrong with what was read last.
    pub fn mistake(&self) -> Option<&FilterMistake> {
        self.mistake.as_ref()
    }

    /// Why the search has no result, where that is a fault of the program.
    pub fn died(&self) -> Option<&Died> {
        self.died.as_ref()
    }

    pub fn sought(&self, only: bool) -> Option<Sought<'_>> {
        let lives = self.finder.is_some() && self.died.is_none();
        let found = self.found.as_ref().filter(|_| lives)?;
        Some(Sought { found, only })
    }
}
