//! The export of a tab's log to a file.

use super::tab::Tab;
use super::{App, search};
use crate::capture::export::{Export, ExportOutcome, ExportPart, ExportRequest};
use crate::capture::{CaptureContext, KnownSession};
use crate::disk::Existing;
use crate::settings::dock::Page;
use crate::settings::preferences::Terms;
use crate::traffic::stream_text::StreamTextReader;
use crate::traffic::{Upstreams, ViewOptions};
use crate::ui::description::capture_fields;
use crate::ui::export_window::{ExportAction, ExportOptions};
use crate::ui::{Action, UiContext};
use crate::words::Lang;
use egui::{Context, Ui};
use std::ops::RangeInclusive;

/// Draws the export page; returns its action.
pub(super) fn page_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tab: &mut Tab,
    terms: Terms,
) -> Option<Action> {
    let progress = tab.export.as_ref().map(Export::progress);
    let log = &tab.session.log;
    let sought = tab.search.sought(tab.search_box.only);
    let only = sought.filter(|sought| sought.only);
    let partial = only.is_some_and(|sought| sought.found.looked_through(log) < log.count().rows());
    let has_config = tab.file.is_none();
    let config = has_config.then(|| tab.config(cx.interfaces, terms));
    let config = config.flatten();
    let bound = tab.session.local();
    let window = &mut tab.export_window;
    let config = config.as_ref().map(Result::as_ref);
    let asked = window.ui(ui, cx, progress, partial, (config, bound));
    asked.map(Action::Export)
}

impl App {
    /// Polls the active tab's export, whether or not its page is open.
    pub(super) fn follow_export(&mut self, ctx: &Context) {
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        if let Some(outcome) = tab.export.as_ref().and_then(Export::outcome) {
            tab.export = None;
            tab.export_window.ended(self.lang, &outcome);
        }
        if tab.export.is_some() {
            // The progress bar moves.
            ctx.request_repaint_after(std::time::Duration::from_millis(100));
        }
    }

    /// Starts or cancels an export.
    pub(super) fn export(&mut self, ctx: &Context, asked: ExportAction) {
        match asked {
            ExportAction::Start(wanted) => self.start_export(ctx, wanted),
            ExportAction::Cancel => {
                // The window does not wait for a write that hangs: the export stops when it
                // continues. `cancel` returns false once the file is being moved into its place.
                if let Some(tab) = self.tabs.get_mut(self.active)
                    && tab.export.as_ref().is_some_and(Export::cancel)
                {
                    tab.export = None;
                    tab.export_window
                        .ended(self.lang, &ExportOutcome::Cancelled);
                }
            }
        }
    }

    /// Asks for the file of a scenario of these rows of the active tab.
    pub(super) fn make_scenario(&mut self, rows: Vec<RangeInclusive<u64>>) {
        self.show_page(Page::Export);
        if let Some(tab) = self.tabs.get_mut(self.active) {
            tab.export_window.make_scenario(rows);
        }
    }

    /// Shows the program for the other side of the active tab's session; it sends the bytes of this
    /// row, or a greeting.
    pub(super) fn show_peer_code(&mut self, row: Option<u64>) {
        self.show_page(Page::Export);
        if let Some(tab) = self.tabs.get_mut(self.active) {
            let record = row.and_then(|row| tab.session.log.get(row));
            let bytes = record.map(|record| record.bytes().to_vec());
            tab.export_window.seek_peer_code(bytes);
        }
    }

    fn start_export(&mut self, ctx: &Context, wanted: ExportOptions) {
        let wake = self.waker(ctx);
        let context = CaptureContext {
            local: None,
            is_stream: false,
            upstreams: Upstreams::default(),
            zone: self.zone.clone(),
            describe: search::describe(self.lang, self.interfaces.clone()),
            reader: StreamTextReader::default(),
            fields: None,
            session: KnownSession::default(),
            before: 0,
        };
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        let order = tab.export_order(wanted, context, self.lang);
        match Export::start(order, wake) {
            Ok(export) => tab.export = Some(export),
            Err(error) => tab.export_window.failed(self.lang, &error),
        }
    }
}

impl Tab {
    /// The export of the log as it is now.
    fn export_order(
        &self,
        wanted: ExportOptions,
        context: CaptureContext,
        lang: Lang,
    ) -> ExportRequest {
        let log = &self.session.log;
        let sought = self.search.sought(self.search_box.only);
        let only = sought.filter(|sought| sought.only && wanted.shown_only);
        let part = |slot: u64| {
            let (first, end) = (log.before(slot), log.before(slot + 1));
            Some(ExportPart {
                first: first.rows(),
                source: log.source(slot)?,
                hits: match only {
                    Some(sought) => Some(sought.found.hits(slot)?.clone()),
                    None => None,
                },
                rows: (end - first).rows(),
            })
        };
        ExportRequest {
            path: wanted.path,
            existing: match wanted.replaces {
                true => Existing::Replace,
                false => Existing::Keep,
            },
            format: wanted.format,
            context: CaptureContext {
                local: self.session.local(),
                is_stream: self.session.is_stream(),
                reader: self.reader(log.rows().start),
                fields: capture_fields(lang, self.view.schema.as_ref()),
                session: self.known_session(),
                ..context
            },
            shown: match wanted.shown_only {
                true => self.view.shown,
                false => ViewOptions::default(),
            },
            selected: wanted.selected,
            parts: log.slots().filter_map(part).collect(),
        }
    }

    /// The settings of the session that a scenario repeats.
    fn known_session(&self) -> KnownSession {
        KnownSession {
            kind: Some(self.session.kind()),
            framing: self.framing(),
            // A description that cannot be read would make a scenario that cannot run.
            describe: self
                .view
                .schema
                .as_ref()
                .and_then(|_| self.drafts.receive.description.written()),
        }
    }
}

#[cfg(test)]
mod tests;
