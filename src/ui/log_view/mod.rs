//! The log table: only the rows in sight are read, laid out and painted.
//!
//! The view scrolls by lines of equal height, counted exactly by the log, so that any
//! place is reached equally fast at any length. A selected row stays where it is while
//! data arrives: selecting stops following, and lines are numbered for good.

mod content;
mod copy;
mod frame;
pub mod ink;
mod row;
mod scroll;

use super::receive_panel::ReceivePanel;
use super::{Look, theme};
use crate::say;
use crate::session::Session;
use crate::traffic::{Log, Shown};
pub use content::Content;
pub use copy::copied;
use egui::{EventFilter, Id, Key, Rect, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use row::{Columns, Row};
use std::ops::Range;

#[derive(Debug)]
pub struct LogView {
    pub shown: Shown,
    /// The line at the upper edge; its fraction is out of sight.
    top: f64,
    /// The row at the upper edge.
    top_row: u64,
    /// Lines that fit.
    visible: f64,
    follow: bool,
    /// Rows from this one on came while the view was paused.
    paused_at: Option<u64>,
    selected: Option<u64>,
}

impl Default for LogView {
    fn default() -> Self {
        Self {
            shown: Shown::default(),
            top: 0.0,
            top_row: 0,
            visible: 1.0,
            follow: true,
            paused_at: None,
            selected: None,
        }
    }
}

impl LogView {
    pub fn selected(&self) -> Option<u64> {
        self.selected
    }

    pub fn select(&mut self, row: Option<u64>) {
        self.selected = row;
        if row.is_some() {
            self.follow = false;
        }
    }

    pub fn follows(&self) -> bool {
        self.follow
    }

    pub fn follow(&mut self, follow: bool) {
        self.follow = follow;
    }

    /// Rows that came while the view was paused; `None` while it is not.
    pub fn waiting(&self, log: &Log) -> Option<u64> {
        self.paused_at.map(|row| log.rows().end.saturating_sub(row))
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

    /// Other kinds are shown from now on: the row at the top stays at the top.
    pub fn keep_in_place(&mut self, log: &Log) {
        if let Some(line) = log.line_of(self.top_row, self.shown) {
            self.top = line as f64;
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, look: Look<'_>, session: &Session, receive: &ReceivePanel) {
        let columns = Columns::of(receive);
        if receive.log_mode {
            frame::header(ui, look, &columns);
        }
        let area = ui.available_rect_before_wrap();
        // One id for good: those made from the order of widgets change when the inspector opens.
        let table = ui.interact(area, Id::unique("log table"), Sense::click());
        ui.advance_cursor_after_rect(area);
        let name = say!(look.lang, "log.table");
        table.widget_info(|| WidgetInfo::labeled(Role::Table, true, &name));
        let lines = self.lines(&session.log);
        if session.log.is_empty() {
            frame::empty(ui, look, session, area);
        } else if self
            .paused_at
            .is_some_and(|row| row < session.log.rows().start)
        {
            frame::hint(ui, look, &say!(look.lang, "log.paused_evicted"), area);
        }
        self.visible = f64::from(area.height() / theme::LINE);
        self.scroll(ui, area, &lines);
        self.keys(ui, look, table.id, session);
        self.settle(&lines);
        self.rows_ui(ui, look, area, table.id, session, &lines, receive, &columns);
        let range = lines.start as f64..lines.end as f64;
        if let Some(top) = scroll::bar(ui, area, &range, self.visible, self.top, look.palette) {
            self.move_to(top, &lines);
            ui.ctx().request_repaint();
        }
    }

    /// The lines there are to see.
    fn lines(&self, log: &Log) -> Range<u64> {
        let all = log.lines(self.shown);
        let end = match self.paused_at {
            None => all.end,
            // What was on show is gone: rather nothing than what came since.
            Some(row) if row < log.rows().start => all.start,
            Some(row) => log.line_of(row, self.shown).unwrap_or(all.end),
        };
        all.start..end.max(all.start)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one frame of one table"
    )]
    fn rows_ui(
        &mut self,
        ui: &Ui,
        look: Look<'_>,
        area: Rect,
        table: Id,
        session: &Session,
        lines: &Range<u64>,
        receive: &ReceivePanel,
        columns: &Columns,
    ) {
        let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        let mut clicked = None;
        let mut first = None;
        for line in session.log.lines_from(self.top.floor() as u64, self.shown) {
            let top = area.top() + ((line.line as f64 - self.top) * f64::from(theme::LINE)) as f32;
            if line.line >= lines.end || top >= area.bottom() {
                break;
            }
            first.get_or_insert(line.row);
            let height = if line.record.kind() == crate::traffic::Kind::Failure {
                2.0 * theme::LINE
            } else {
                theme::LINE
            };
            let rect = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), height));
            let response = ui.interact(rect.intersect(area), table.with(line.row), Sense::click());
            let selected = self.selected == Some(line.row);
            let row = Row {
                line: &line,
                look,
                receive,
                columns,
                selected,
                hovered: response.hovered(),
            };
            let said = row.paint(&painter, rect);
            let number = say!(look.lang, "log.row", number = line.row + 1);
            response.widget_info(|| {
                WidgetInfo::selected(Role::Row, true, selected, format!("{number} {said}"))
            });
            if response.clicked() {
                clicked = Some(line.row);
            }
            if line.record.kind() == crate::traffic::Kind::Failure {
                // The row may be too narrow for all of it.
                response.on_hover_text(copied(&line.record, look));
            }
        }
        self.top_row = first.unwrap_or(self.top_row);
        if let Some(row) = clicked {
            let again = self.selected == Some(row);
            self.select((!again).then_some(row));
            ui.memory_mut(|memory| memory.request_focus(table));
        }
    }

    /// The wheel and the touchpad.
    fn scroll(&mut self, ui: &Ui, area: Rect, lines: &Range<u64>) {
        if !ui.rect_contains_pointer(area) {
            return;
        }
        let points = ui.input(|input| input.smooth_scroll_delta.y);
        if points != 0.0 {
            self.move_to(self.top - f64::from(points / theme::LINE), lines);
        }
    }

    fn move_to(&mut self, top: f64, lines: &Range<u64>) {
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

    /// Moving the selection, while the table has the focus.
    fn keys(&mut self, ui: &Ui, look: Look<'_>, table: Id, session: &Session) {
        if !ui.memory(|memory| memory.has_focus(table)) {
            return;
        }
        let filter = EventFilter {
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(table, filter));
        let lines = self.lines(&session.log);
        let page = self.visible.floor().max(1.0) as i64;
        for (key, step) in [
            (Key::ArrowUp, -1),
            (Key::ArrowDown, 1),
            (Key::PageUp, -page),
            (Key::PageDown, page),
            (Key::Home, i64::MIN),
            (Key::End, i64::MAX),
        ] {
            if ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key)) {
                self.step(step, &lines, &session.log);
            }
        }
        let copies = ui.input(|input| {
            input
                .events
                .iter()
                .any(|event| matches!(event, egui::Event::Copy))
        });
        if copies && let Some(record) = self.selected.and_then(|row| session.log.get(row)) {
            ui.ctx().copy_text(copied(&record, look));
        }
    }

    /// Selects the row that many lines away, and brings it into sight.
    fn step(&mut self, step: i64, lines: &Range<u64>, log: &Log) {
        let Some(last) = lines.end.checked_sub(1).filter(|last| *last >= lines.start) else {
            return;
        };
        let here = self
            .selected
            .and_then(|row| log.line_of(row, self.shown))
            .unwrap_or(self.top.ceil() as u64);
        let mut line = here.saturating_add_signed(step).clamp(lines.start, last);
        let mut found = log.lines_from(line, self.shown).next().map(|line| line.row);
        // One line down from a failure is its own second line.
        if found == self.selected && step > 0 && line < last {
            line += 1;
            found = log.lines_from(line, self.shown).next().map(|line| line.row);
        }
        self.select(found);
        let line = line as f64;
        if line < self.top {
            self.top = line;
        } else if line + 1.0 > self.top + self.visible {
            self.top = line + 1.0 - self.visible;
        }
    }
}

#[cfg(test)]
mod tests;
