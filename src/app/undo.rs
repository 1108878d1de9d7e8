//! Undoing closed tabs, cleared logs and removed entries.

use super::App;
use super::tab::Tab;
use crate::automation::rules::Rule;
use crate::settings::TabSettings;
use crate::settings::library::RemovedSnippet;
use crate::settings::tab::{PollLineDraft, StepDraft};
use crate::t;
use crate::ui::tabs::UndoOffer;
use crate::words::grouped;
use std::time::Duration;

/// How many seconds the window offers to restore.
const OFFERED: u64 = 10;
/// How many seconds it says that there is nothing to restore.
const NOTHING: u64 = 3;
/// The number of commands of which the closed tabs are kept, with their logs.
const CLOSED: usize = 3;

/// A closed tab that can be reopened.
pub struct Closed {
    tab: Tab,
    /// The tab's position before it was closed.
    place: usize,
    /// The second of the program's life in which the tab was closed.
    second: u64,
    /// The empty tab that replaced the last one.
    successor: Option<u64>,
    /// How many tabs the same command closed before this one.
    before: usize,
}

/// An entry of a list, and where it stood.
pub struct Removed {
    entry: UndoEntry,
    at: usize,
    second: u64,
}

enum UndoEntry {
    Snippet(RemovedSnippet),
    /// With the identity of its tab.
    Rule(u64, Rule),
    Step(u64, StepDraft),
    Poll(u64, PollLineDraft),
}

enum Gone {
    /// Those of the tab at this place.
    Rows(usize),
    Tab,
    Entry,
}

impl App {
    /// Closes a tab and its session. The last tab is replaced by an empty one.
    pub(super) fn close_tab(&mut self, place: usize) {
        self.close_with(place, 0);
    }

    /// Closes a tab by a command that closed `before` others.
    fn close_with(&mut self, place: usize, before: usize) {
        if place >= self.tabs.len() {
            return;
        }
        let mut tab = self.tabs.remove(place);
        tab.close();
        if before == 0 {
            self.forget_oldest();
        }
        let second = self.second();
        let successor = self.tabs.is_empty().then(|| self.add_tab());
        self.closed.push(Closed {
            tab,
            place,
            second,
            successor,
            before,
        });
        if place < self.active {
            self.active -= 1;
        }
        self.active = self.active.min(self.tabs.len() - 1);
    }

    /// Closes every tab but the one at this place.
    pub(super) fn close_other_tabs(&mut self, place: usize) {
        let others = (0..self.tabs.len()).rev().filter(|other| *other != place);
        for (before, other) in others.enumerate() {
            self.close_with(other, before);
        }
    }

    /// Forgets the tabs of the oldest command if the maximum number is kept.
    fn forget_oldest(&mut self) {
        let firsts = self.closed.iter().enumerate();
        let firsts = firsts.filter(|(_, closed)| closed.before == 0);
        let firsts: Vec<usize> = firsts.map(|(at, _)| at).collect();
        if firsts.len() < CLOSED {
            return;
        }
        let next = firsts.get(1).copied().unwrap_or(self.closed.len());
        for closed in self.closed.drain(..next) {
            closed.tab.discard();
        }
    }

    /// Reopens the tab that was closed last, and those that the same command closed.
    fn reopen(&mut self) {
        let mut more = true;
        while more && let Some(closed) = self.closed.pop() {
            let successor = closed.successor;
            let is_spare = |tab: &Tab| Some(tab.id) == successor && tab.is_untouched();
            self.tabs.retain(|tab| !is_spare(tab));
            let place = closed.place.min(self.tabs.len());
            self.tabs.insert(place, closed.tab);
            self.active = place;
            more = closed.before > 0;
        }
    }

    /// Takes a snippet out of the group at this place.
    pub(super) fn remove_snippet(&mut self, group: usize, at: usize) {
        let second = self.second();
        let removed = self.library.snippets.remove(group, at);
        if let Some(snippet) = removed {
            self.removed = Some(Removed {
                entry: UndoEntry::Snippet(snippet),
                at,
                second,
            });
        }
    }

    /// Takes a rule out of the active tab.
    pub(super) fn remove_rule(&mut self, at: usize) {
        self.remove_entry(at, |drafts| &mut drafts.rules.rules, UndoEntry::Rule);
    }

    /// Takes a step out of the sequence of the active tab.
    pub(super) fn remove_step(&mut self, at: usize) {
        self.remove_entry(at, |drafts| &mut drafts.sequence.steps, UndoEntry::Step);
    }

    /// Takes a line out of the poll table of the active tab.
    pub(super) fn remove_poll(&mut self, at: usize) {
        self.remove_entry(at, |drafts| &mut drafts.poll.lines, UndoEntry::Poll);
    }

    /// Takes an entry out of a list of the active tab.
    fn remove_entry<T>(
        &mut self,
        at: usize,
        list: impl FnOnce(&mut TabSettings) -> &mut Vec<T>,
        entry: impl FnOnce(u64, T) -> UndoEntry,
    ) {
        let second = self.second();
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        let list = list(&mut tab.drafts);
        if at < list.len() {
            self.removed = Some(Removed {
                entry: entry(tab.id, list.remove(at)),
                at,
                second,
            });
        }
    }

    /// The tab of an entry, which comes to the front.
    fn tab_of(&mut self, id: u64) -> Option<&mut Tab> {
        let place = self.tabs.iter().position(|tab| tab.id == id)?;
        self.active = place;
        self.tabs.get_mut(place)
    }

    /// Restores the entry that was removed last, in its place.
    fn restore_removed(&mut self) {
        let Some(Removed { entry, at, .. }) = self.removed.take() else {
            return;
        };
        match entry {
            UndoEntry::Snippet(RemovedSnippet { group, snippet }) => {
                self.library.snippets.insert(&group, at, snippet);
            }
            UndoEntry::Rule(id, rule) => {
                if let Some(tab) = self.tab_of(id) {
                    let rules = &mut tab.drafts.rules.rules;
                    rules.insert(at.min(rules.len()), rule);
                }
            }
            UndoEntry::Step(id, step) => {
                if let Some(tab) = self.tab_of(id) {
                    let steps = &mut tab.drafts.sequence.steps;
                    steps.insert(at.min(steps.len()), step);
                }
            }
            UndoEntry::Poll(id, line) => {
                if let Some(tab) = self.tab_of(id) {
                    let lines = &mut tab.drafts.poll.lines;
                    lines.insert(at.min(lines.len()), line);
                }
            }
        }
    }

    /// Closed tabs, which still receive the last events of their sessions.
    pub(super) fn closed_tabs(&mut self) -> impl Iterator<Item = &mut Tab> {
        self.closed.iter_mut().map(|closed| &mut closed.tab)
    }

    pub(super) fn discard_closed(&mut self) {
        let closed = self.closed.drain(..);
        closed.for_each(|closed| closed.tab.discard());
    }

    /// Undoes the last closing, clearing or removal: a log while that is offered, a tab as long as
    /// it is kept, a snippet or rule until another is removed.
    pub(super) fn undo(&mut self) {
        match self.last_gone() {
            Some((Gone::Rows(place), _)) => {
                if let Some(tab) = self.tabs.get_mut(place) {
                    tab.undo_clear();
                    self.active = place;
                }
            }
            Some((Gone::Tab, _)) => self.reopen(),
            Some((Gone::Entry, _)) => self.restore_removed(),
            None => self.nothing_gone = Some(self.second()),
        }
    }

    /// The kind and the second of the last removal: rows of a tab, a tab, or an entry of a list.
    fn last_gone(&self) -> Option<(Gone, u64)> {
        let cleared = self.tabs.iter().enumerate();
        let cleared = cleared.filter_map(|(place, tab)| Some((place, tab.cleared_second()?)));
        // Of several tabs cleared in one second, the one in front.
        let cleared = cleared.max_by_key(|(place, second)| (*second, *place == self.active));
        let closed = self.closed.last().map(|closed| closed.second);
        let removed = self.removed.as_ref().map(|removed| removed.second);
        let gone = [
            closed.map(|second| (Gone::Tab, second)),
            removed.map(|second| (Gone::Entry, second)),
            cleared.map(|(place, second)| (Gone::Rows(place), second)),
        ];
        let known = gone.into_iter().flatten();
        // Of several removals in one second, the last of these.
        known.max_by_key(|(_, second)| *second)
    }

    /// The current offer, and how many more seconds it is shown.
    fn offered(&self) -> Option<(Gone, u64)> {
        let (gone, second) = self.last_gone()?;
        Some((gone, (second + OFFERED).checked_sub(self.second())?))
    }

    /// The text of the offer.
    pub(super) fn undo_offer(&self) -> Option<UndoOffer> {
        let Some((gone, seconds)) = self.offered() else {
            return self.says_nothing_gone().then(|| UndoOffer {
                text: t!(self.lang, "undo.nothing"),
                seconds: None,
            });
        };
        let text = match gone {
            Gone::Rows(place) => {
                let rows = grouped(self.tabs.get(place)?.cleared_rows());
                t!(self.lang, "undo.cleared", count = rows)
            }
            Gone::Tab => match self.closed.last().map_or(0, |closed| closed.before) {
                0 => t!(self.lang, "undo.closed"),
                before => t!(self.lang, "undo.closed_tabs", count = before + 1),
            },
            Gone::Entry => match self.removed.as_ref()?.entry {
                UndoEntry::Snippet(..) => t!(self.lang, "undo.removed"),
                UndoEntry::Rule(..) => t!(self.lang, "undo.removed_rule"),
                UndoEntry::Step(..) => t!(self.lang, "undo.removed_step"),
                UndoEntry::Poll(..) => t!(self.lang, "undo.removed_poll"),
            },
        };
        Some(UndoOffer {
            text,
            seconds: Some(seconds),
        })
    }

    /// Whether it was to restore something lately, and there was nothing.
    fn says_nothing_gone(&self) -> bool {
        let asked = self.nothing_gone;
        asked.is_some_and(|asked| self.second() <= asked + NOTHING)
    }

    /// Deletes cleared logs that are no longer offered. Returns when to call again.
    pub(super) fn end_offers(&mut self) -> Option<Duration> {
        let second = self.second();
        let closed = self.closed.iter_mut().map(|closed| &mut closed.tab);
        for tab in self.tabs.iter_mut().chain(closed) {
            if tab
                .cleared_second()
                .is_some_and(|cleared| second > cleared + OFFERED)
            {
                tab.forget_cleared();
            }
        }
        let says = self.offered().is_some() || self.says_nothing_gone();
        says.then_some(Duration::from_millis(500))
    }
}
