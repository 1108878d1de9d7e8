//! A tab's search: what the log view is given to show.

use crate::explain;
use crate::finder::Finder;
use crate::net::Interfaces;
use crate::traffic::{Describe, Filter, Found, Log, Notice};
use crate::ui::log_view::Sought;
use crate::words::Lang;
use std::sync::Arc;

#[derive(Default)]
pub struct Search {
    finder: Option<Finder>,
    found: Option<Found>,
    /// The language in which notices were read.
    lang: Option<Lang>,
}

impl Search {
    /// Looks for `text` in what `log` has by now; says whether that is another search.
    pub fn look_for(
        &mut self,
        text: &str,
        log: &Log,
        lang: Lang,
        interfaces: &Interfaces,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> bool {
        let restarted = !self.looks_for(text) || (self.found.is_some() && self.lang != Some(lang));
        if restarted {
            self.lang = Some(lang);
            let filter = Filter::new(text, describe(lang, interfaces.clone()));
            self.found = filter.map(|filter| Found::new(Arc::new(filter), log));
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
            found.take(slot, hits);
        }
        for question in found.follow(log) {
            finder.ask(found.filter(), question);
        }
        restarted
    }

    /// Whether this is what is being looked for.
    pub fn looks_for(&self, text: &str) -> bool {
        match &self.found {
            Some(found) => found.filter().text() == text,
            None => !Filter::is_in(text),
        }
    }

    pub fn sought(&self, only: bool) -> Option<Sought<'_>> {
        let found = self.found.as_ref().filter(|_| self.finder.is_some())?;
        Some(Sought { found, only })
    }
}

/// What the log says of a notice: the words a person would look for.
fn describe(lang: Lang, interfaces: Interfaces) -> Describe {
    Arc::new(move |notice| match notice {
        Notice::Failed(failure) => {
            let said = explain::failure(lang, failure);
            format!("{} {} {}", said.what, said.detail, said.cure)
        }
        _ => {
            let peer = notice.peer().map(|peer| interfaces.show(peer));
            let said = explain::notice(lang, notice, &interfaces);
            format!("{} {said}", peer.unwrap_or_default())
        }
    })
}
