//! Writing a tab's log to a file.

use super::tab::Tab;
use super::{App, search};
use crate::capture::About;
use crate::capture::export::{Export, Order, Outcome, Part};
use crate::disk::Existing;
use crate::traffic::stream_text::Reader;
use crate::traffic::{Shown, Upstreams};
use crate::ui::export_window::{Asked, Wanted};
use crate::ui::{Look, theme};
use egui::Context;

impl App {
    /// Shows the window, and carries out what it asks for.
    pub(super) fn export(&mut self, ctx: &Context) {
        let look = Look {
            lang: self.lang,
            palette: theme::palette(ctx),
            interfaces: &self.interfaces,
            zone: &self.zone,
            second: self.second(),
            now: self.clock.now(),
        };
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        if let Some(outcome) = tab.export.as_ref().and_then(Export::outcome) {
            tab.export = None;
            tab.export_window.ended(look, &outcome);
        }
        let progress = tab.export.as_ref().map(Export::progress);
        if progress.is_some() {
            // Its progress moves.
            ctx.request_repaint_after(std::time::Duration::from_millis(100));
        }
        let log = &tab.session.log;
        let sought = tab.search.sought(tab.search_box.only);
        let only = sought.filter(|sought| sought.only);
        let partial =
            only.is_some_and(|sought| sought.found.looked_through(log) < log.count().rows());
        let asked = tab.export_window.is_open() && tab.file.is_none();
        let terms = self.preferences.terms();
        let config = asked.then(|| tab.config(look, terms)).flatten();
        let window = &mut tab.export_window;
        match window.ui(ctx, look, progress, partial, config.as_ref()) {
            // A write that hangs is not waited for: it finds out when it goes on.
            Some(Asked::Cancel) if tab.export.as_ref().is_some_and(Export::cancel) => {
                tab.export = None;
                tab.export_window.ended(look, &Outcome::Cancelled);
            }
            // Too late: it is being put in its place.
            Some(Asked::Cancel) => {}
            Some(Asked::Start(wanted)) => self.start_export(ctx, wanted),
            None => {}
        }
    }

    fn start_export(&mut self, ctx: &Context, wanted: Wanted) {
        let wake = self.waker(ctx);
        let about = About {
            local: None,
            tcp: false,
            upstreams: Upstreams::default(),
            zone: self.zone.clone(),
            describe: search::describe(self.lang, self.interfaces.clone()),
            reader: Reader::default(),
            before: 0,
        };
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        let order = tab.export_order(wanted, about);
        match Export::start(order, wake) {
            Ok(export) => tab.export = Some(export),
            Err(error) => tab.export_window.failed(self.lang, &error),
        }
    }
}

impl Tab {
    /// What is to be written, as the log is now.
    fn export_order(&self, wanted: Wanted, about: About) -> Order {
        let log = &self.session.log;
        let sought = self.search.sought(self.search_box.only);
        let only = sought.filter(|sought| sought.only && wanted.shown_only);
        let part = |slot: u64| {
            let (first, end) = (log.before(slot), log.before(slot + 1));
            Some(Part {
                first: first.rows(),
                source: log.source(slot)?,
                hits: match only {
                    Some(sought) => Some(sought.found.hits(slot)?.clone()),
                    None => None,
                },
                rows: (end - first).rows(),
            })
        };
        Order {
            path: wanted.path,
            existing: match wanted.replaces {
                true => Existing::Replace,
                false => Existing::Keep,
            },
            format: wanted.format,
            about: About {
                local: self.session.local(),
                tcp: self.session.is_stream(),
                reader: self.reader(log.rows().start),
                before: 0,
                ..about
            },
            shown: match wanted.shown_only {
                true => self.view.shown,
                false => Shown::default(),
            },
            parts: log.slots().filter_map(part).collect(),
        }
    }
}
