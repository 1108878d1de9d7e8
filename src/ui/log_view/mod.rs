//! The log table: only the rows in sight are read, laid out and painted.
//!
//! The view scrolls by lines of equal height, counted exactly by the log, so that any
//! place is reached equally fast at any length. A selected row stays where it is while
//! data arrives: selecting stops following, and lines are numbered for good.

mod badges;
mod cells;
mod column_drag;
mod column_menu;
mod columns;
pub mod content;
mod copy;
mod drag;
mod failure_row;
mod frame;
pub mod ink;
mod longest_cure;
mod marks;
mod menu;
mod message_note;
mod pill;
mod row;
mod row_button;
mod row_content;
mod row_fields;
mod row_words;
mod scene;
mod scroll;
mod selection;
pub mod sign;
mod table;
mod unit;

use crate::session::Session;
use crate::traffic::messages::Message;
use crate::traffic::{Log, MessageSchema, Rows, SearchHits, ViewOptions};
pub use content::Content;
pub use copy::{NotCopied, copied};
use egui::Rect;
use longest_cure::LongestCure;
use marks::Marks;
use menu::MenuState;
pub use row_button::newer_source;
use row_fields::RowFields;
use selection::Selection;
use std::ops::Range;
use std::sync::Arc;

#[derive(Debug)]
pub struct LogView {
    pub shown: ViewOptions,
    /// The description by which messages are read into fields.
    pub schema: Option<Arc<MessageSchema>>,
    fields: RowFields,
    longest_cure: LongestCure,
    /// The line at the upper edge; its fraction is out of sight.
    top: f64,
    /// The id of the line at the upper edge.
    top_id: u64,
    /// Whether ids are those of messages instead of rows.
    by_message: bool,
    /// Lines that fit, and the height of one in points.
    visible: f64,
    line: f32,
    follow: bool,
    /// It followed when a row was selected, and was not moved since.
    followed: bool,
    /// Rows from this one on came while the view was paused.
    paused_at: Option<u64>,
    selection: Selection,
    /// The row of what was selected last.
    selected_row: Option<u64>,
    /// Rows are being selected by dragging.
    dragged: bool,
    menu: MenuState,
    marks: Marks,
    /// The rows before this one were at some time the newest in sight.
    seen: u64,
    /// The id of the line to keep at the top until the search has come that far.
    anchor: Option<u64>,
    /// The part of the table below the last row, in the last frame.
    free: Rect,
    /// Why a copy was none, until that is shown.
    not_copied: Option<NotCopied>,
}

/// The matches of a search, and whether only they are shown.
#[derive(Clone, Copy)]
pub struct SearchView<'a> {
    pub found: &'a SearchHits,
    pub only: bool,
}

/// A session's log on screen: the matches of a search, and the view of the log.
pub struct OnShow<'a> {
    pub session: &'a Session,
    pub sought: Option<SearchView<'a>>,
    pub view: &'a mut LogView,
}

impl OnShow<'_> {
    /// Selects a row or a message by its id, and brings it into sight.
    pub fn go_to(&mut self, id: u64) {
        let rows = self.view.rows(&self.session.log, self.sought);
        self.view.go_to(id, &rows);
    }

    /// Selects a row, or a message that it ends, and brings it into sight.
    pub fn go_to_row(&mut self, row: u64) {
        let rows = self.view.rows(&self.session.log, self.sought);
        self.view.go_to(rows.id_of_row(row), &rows);
    }
}

impl Default for LogView {
    fn default() -> Self {
        Self {
            schema: None,
            fields: RowFields::default(),
            longest_cure: LongestCure::default(),
            shown: ViewOptions::default(),
            top: 0.0,
            top_id: 0,
            by_message: false,
            visible: 1.0,
            line: 1.0,
            follow: true,
            followed: false,
            paused_at: None,
            selection: Selection::default(),
            selected_row: None,
            dragged: false,
            menu: MenuState::default(),
            marks: Marks::default(),
            seen: 0,
            anchor: None,
            free: Rect::NOTHING,
            not_copied: None,
        }
    }
}

impl LogView {
    /// The row selected last; of a message, that of its last byte.
    pub fn selected(&self) -> Option<u64> {
        self.selected_row
    }

    /// The id of what was selected last: the number of its row, or that of its message.
    pub fn selected_id(&self) -> Option<u64> {
        self.selection.head()
    }

    /// The message that was selected last, in a view of messages.
    pub fn selected_message(&self, log: &Log) -> Option<Message> {
        let (id, rows) = (self.selected_id()?, self.rows(log, None));
        let found = rows.from(rows.line_of(id)?).next()?;
        found.message.filter(|_| found.id == id)
    }

    /// Selects what has this id alone, or nothing.
    pub fn select(&mut self, id: Option<u64>) {
        self.choose(id.map_or_else(Selection::default, Selection::one));
    }

    fn choose(&mut self, selection: Selection) {
        self.selection = selection;
        self.selected_row = self.selected_id().map(|id| self.row_near(id));
        if self.selected_id().is_some() {
            self.followed |= self.follow;
            self.follow = false;
        } else if std::mem::take(&mut self.followed) {
            // After looking at a row, the user wants to follow new rows again.
            self.follow = true;
        }
    }

    /// The id of what stands at the upper edge.
    pub fn top_id(&self) -> u64 {
        self.top_id
    }

    /// The part of the table without rows, as it was last shown.
    pub fn free(&self) -> Rect {
        self.free
    }

    pub fn is_paused(&self) -> bool {
        self.paused_at.is_some()
    }

    pub fn follows(&self) -> bool {
        self.follow
    }

    pub fn follow(&mut self, follow: bool) {
        self.follow = follow;
        self.followed = false;
    }

    /// Shows the newest row from now on.
    pub fn to_newest(&mut self) {
        self.paused_at = None;
        self.follow(true);
    }

    pub fn toggle_pause(&mut self, log: &Log) {
        self.paused_at = if self.paused_at.is_some() {
            None
        } else {
            Some(log.rows().end)
        };
    }

    /// The log was cleared.
    pub fn reset(&mut self) {
        *self = Self {
            shown: self.shown,
            paused_at: self.paused_at.map(|_| 0),
            ..Self::default()
        };
    }

    /// Other rows are shown from now on: the row at the top stays at the top.
    pub fn keep_in_place(&mut self) {
        self.anchor = Some(self.top_id);
    }

    /// The rows on show: with `sought`, perhaps only those found.
    pub fn rows<'a>(&self, log: &'a Log, sought: Option<SearchView<'a>>) -> Rows<'a> {
        let only = sought.filter(|sought| sought.only);
        Rows::new(log, self.shown, only.map(|sought| sought.found))
    }

    /// How many rows are on show, out of sight or not.
    pub fn count_shown(&self, log: &Log, sought: Option<SearchView<'_>>) -> u64 {
        self.rows(log, sought).count().of(self.shown)
    }

    /// The lines there are to see.
    fn lines(&self, rows: &Rows<'_>) -> Range<u64> {
        let all = rows.lines();
        let end = match self.paused_at {
            None => all.end,
            // The rows on screen were trimmed: the view shows nothing rather than newer rows.
            Some(row) if row < rows.log().rows().start => all.start,
            Some(row) if row >= rows.log().rows().end => all.end,
            // An unreadable row ends the shown range: the view shows no newer rows instead.
            Some(row) => rows.line_of(rows.first_id(row)).unwrap_or(all.start),
        };
        all.start..end.max(all.start)
    }

    /// Keeps what is at the top there while other rows are shown around it.
    fn hold(&mut self, rows: &Rows<'_>) {
        let Some(id) = self.anchor else { return };
        if let Some(line) = rows.line_of(id) {
            self.top = line as f64;
        }
        if rows.covers(id) {
            self.anchor = None;
        }
    }

    fn move_to(&mut self, top: f64, lines: &Range<u64>) {
        self.anchor = None;
        self.followed = false;
        self.follow = top >= self.bottom(lines) - 0.01;
        self.top = top;
    }

    /// The top line that shows the last line at the lower edge.
    fn bottom(&self, lines: &Range<u64>) -> f64 {
        (lines.end as f64 - self.visible).max(lines.start as f64)
    }

    fn settle(&mut self, lines: &Range<u64>) {
        let bottom = self.bottom(lines);
        self.top = if self.follow && self.paused_at.is_none() {
            bottom
        } else {
            self.top.clamp(lines.start as f64, bottom)
        };
    }

    /// Selects a row or a message by its id, and brings it into sight.
    pub fn go_to(&mut self, id: u64, rows: &Rows<'_>) {
        let id = rows.standing_for(id);
        self.select(Some(id));
        self.selected_row = Some(rows.row_of(id));
        // Where the search has not come yet, its place is not known for good.
        self.anchor = (!rows.covers(id)).then_some(id);
        let Some(line) = rows.line_of(id) else {
            return;
        };
        let line = line as f64;
        if line < self.top || line + 1.0 > self.top + self.visible {
            self.top = line - (self.visible / 3.0).floor();
        }
    }

    /// So many lines fitted before: where fewer do now, the selected row stays in sight.
    fn keep_in_sight(&mut self, before: f64, rows: &Rows<'_>) {
        let line = self.selected_id().and_then(|id| rows.line_of(id));
        if let Some(line) = line.map(|line| line as f64)
            && line >= self.top
            && line + 1.0 <= self.top + before
        {
            self.top = self.top.max(line + 1.0 - self.visible);
        }
    }

    /// Selects the row that many lines away, with `extends` also those up to there, and brings
    /// it into sight.
    fn step(&mut self, (step, extends): (i64, bool), lines: &Range<u64>, rows: &Rows<'_>) {
        let Some(last) = lines.end.checked_sub(1).filter(|last| *last >= lines.start) else {
            return;
        };
        let here = self
            .selected_id()
            .and_then(|id| rows.line_of(id))
            .unwrap_or(self.top.ceil() as u64);
        let line = here.saturating_add_signed(step).clamp(lines.start, last);
        let mut found = rows.from(line).next();
        // One line down from a row of several lines is its own second line.
        if let Some(own) = found.filter(|own| Some(own.id) == self.selected_id() && step > 0) {
            let height = rows.shown().height(own.record.kind());
            found = rows.from((own.line + height).min(last)).next();
        }
        self.anchor = None;
        let id = found.map(|found| found.id);
        match id.filter(|_| extends) {
            Some(id) => self.extend(id),
            None => self.select(id),
        }
        if let Some(found) = found {
            let height = rows.shown().height(found.record.kind());
            self.reveal((found.line + height - 1) as f64);
            self.reveal(found.line as f64);
        }
    }

    /// Scrolls just as far as brings a line into sight.
    fn reveal(&mut self, line: f64) {
        if line < self.top {
            self.top = line;
        } else if line + 1.0 > self.top + self.visible {
            self.top = line + 1.0 - self.visible;
        }
    }

    /// Selects everything from where the selection began to this id.
    fn extend(&mut self, id: u64) {
        let mut selection = self.selection.clone();
        selection.extend(id);
        self.choose(selection);
    }

    /// Adds a row or a message to the selection, or takes it away.
    fn toggle(&mut self, id: u64) {
        let mut selection = self.selection.clone();
        selection.toggle(id);
        self.choose(selection);
    }

    /// Selects all rows on show.
    fn select_all(&mut self, lines: &Range<u64>, rows: &Rows<'_>) {
        let id_at = |line: u64| rows.from(line).next().map(|line| line.id);
        let last = lines.end.checked_sub(1).filter(|last| *last >= lines.start);
        if let Some((first, last)) = id_at(lines.start).zip(last.and_then(id_at)) {
            self.choose(Selection::all(first, last));
        }
    }
}

#[cfg(test)]
mod tests;
