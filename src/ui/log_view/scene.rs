//! What one frame of the table is painted from.

use super::Sought;
use super::columns::Columns;
use crate::session::Session;
use crate::settings::tab::ReceiveDraft;
use crate::t;
use crate::traffic::{Filter, RecordKind, RowPosition, Rows};
use crate::ui::{Composed, UiContext, grouped};
use egui::{Id, Rect};

pub(super) struct Scene<'a> {
    pub(super) cx: UiContext<'a>,
    pub(super) rows: Rows<'a>,
    pub(super) receive: &'a ReceiveDraft,
    pub(super) columns: Columns,
    pub(super) sought: Option<Sought<'a>>,
    pub(super) table: Id,
    pub(super) area: Rect,
    /// What stands over the rows, whose texts end before it.
    pub(super) over: Rect,
    /// Whether rows are reads of TCP streams.
    pub(super) in_stream: bool,
    pub(super) session: &'a Session,
}

impl Scene<'_> {
    /// Points at the right of a row that its texts leave free.
    pub(super) fn taken(&self, row: Rect) -> f32 {
        match row.intersects(self.over) {
            true => row.right() - self.over.left(),
            false => 0.0,
        }
    }

    /// The message of a row, to be edited and sent.
    pub(super) fn composed(&self, line: &RowPosition<'_>) -> Option<Composed> {
        let (log, record) = (self.rows.log(), &line.record);
        let read_as = &self.receive.read_as;
        let read = read_as.read(log, line.row, record, self.in_stream);
        Composed::of(self.session, record, read.reading)
    }

    /// How often a failure is repeated in its row, and when last; `None` where it is not.
    pub(super) fn repeated(&self, line: &RowPosition<'_>) -> Option<String> {
        let is_failure = line.record.kind() == RecordKind::Failure;
        let repeats = is_failure.then(|| self.rows.repeats(line.row)).flatten()?;
        Some(t!(
            self.cx.lang,
            "log.repeated",
            count = grouped(repeats.count),
            time = self.cx.time(repeats.last, self.columns.time_format)
        ))
    }

    /// What to mark in a row: only what makes it one of those found.
    pub(super) fn filter_of(&self, row: u64) -> Option<&Filter> {
        let found = self.sought?.found;
        found
            .has(row, self.rows.log())
            .then(|| found.filter().as_ref())
    }
}
