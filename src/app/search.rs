//! The search of a tab: its filter, its hits and its errors.

use crate::engine::{Clock, Interfaces};
pub use crate::explain::describe;
use crate::finder::Finder;
use crate::peer::Peer;
use crate::traffic::{Filter, FilterMistake, Log, MessageSchema, SearchHits, moment};
use crate::ui::log_view::SearchView;
use crate::ui::search_box::SearchFailure;
use crate::words::Lang;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// The search of one tab. Dropping it ends its threads.
#[derive(Default)]
pub struct Search {
    finder: Option<Finder>,
    found: Option<SearchHits>,
    /// The language in which notices are searched.
    lang: Option<Lang>,
    /// The text of the filter that was parsed last. If it is wrong (`mistake`), all rows are shown.
    written: String,
    /// The session's local address, as last known.
    local: Option<Peer>,
    /// The fields that its terms may name.
    fields: Option<Arc<MessageSchema>>,
    mistake: Option<FilterMistake>,
    /// Why there is no search; all rows are shown then.
    failure: Option<SearchFailure>,
}

/// The context in which a filter is parsed.
#[derive(Clone, Copy)]
pub struct FilterContext<'a> {
    pub lang: Lang,
    pub interfaces: &'a Interfaces,
    pub zone: &'a TimeZone,
    /// The session's local address while it is open.
    pub local: Option<Peer>,
    /// The fields that terms may name.
    pub fields: Option<&'a Arc<MessageSchema>>,
}

impl Search {
    /// Searches the rows that `log` has so far for `text`. Returns whether this is a new search.
    pub fn look_for(
        &mut self,
        text: &str,
        log: &Log,
        reading: FilterContext<'_>,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> bool {
        let restarted = self.read(text, log, reading);
        if restarted {
            self.failure = None;
            if let Some(finder) = &self.finder {
                finder.restart();
            } else if self.found.is_some() {
                match Finder::start(wake) {
                    Ok(finder) => self.finder = Some(finder),
                    Err(_) => self.failure = Some(SearchFailure::NoThread),
                }
            }
        }
        // Without a thread there is no search; the strip reports it.
        let (Some(found), Some(finder)) = (&mut self.found, &self.finder) else {
            return restarted;
        };
        for (slot, hits) in finder.answers() {
            match hits {
                Ok(hits) => found.take(slot, hits),
                Err(died) => self.failure = Some(SearchFailure::Died(died)),
            }
        }
        if let Some(died) = finder.death() {
            // The remaining threads are slower, or none is left: the next search starts new ones.
            self.failure = Some(SearchFailure::Died(died));
            self.finder = None;
            return restarted;
        }
        // `follow` checks the newest rows itself, on the window's thread.
        if self.failure.is_some() {
            return restarted;
        }
        for question in found.follow(log) {
            finder.ask(found.filter(), question);
        }
        restarted
    }

    /// Parses the filter if its text, the language or the local address changed. Returns whether
    /// the search changed.
    fn read(&mut self, text: &str, log: &Log, reading: FilterContext<'_>) -> bool {
        let local = reading.local.or(self.local);
        let other_local = local != self.local;
        self.local = local;
        let other_words = self.found.is_some() && (self.lang != Some(reading.lang) || other_local);
        let other_fields = self.fields.as_ref() != reading.fields;
        if other_fields {
            self.fields = reading.fields.cloned();
        }
        let same = self.looks_for(text);
        if same && !other_words && !other_fields {
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
            Filter::new(text, describe, &time, reading.fields)
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
                // A wrong filter hides no row.
                self.found.take().is_some()
            }
        }
    }

    /// Whether this text was parsed last.
    pub fn looks_for(&self, text: &str) -> bool {
        self.written == text
    }

    /// The filter that is searched for; `None` if the text has no term, or is wrong.
    pub fn filter(&self) -> Option<&Arc<Filter>> {
        self.found.as_ref().map(SearchHits::filter)
    }

    /// The error in the text that was parsed last.
    pub fn mistake(&self) -> Option<&FilterMistake> {
        self.mistake.as_ref()
    }

    /// Why the search has no result.
    pub fn failure(&self) -> Option<&SearchFailure> {
        self.failure.as_ref()
    }

    /// The hits, if a search is active and its threads are alive. `only` hides all other rows.
    pub fn sought(&self, only: bool) -> Option<SearchView<'_>> {
        let lives = self.finder.is_some() && self.failure.is_none();
        let found = self.found.as_ref().filter(|_| lives)?;
        Some(SearchView { found, only })
    }
}
