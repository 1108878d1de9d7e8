//! The dock: one page at a time beside the log, or below it in a narrow window, and the strip
//! of buttons that open and close pages.

mod escape;
mod page;
mod strip;

pub use page::{Entry, HELP, PAGES};

use super::region::{self, Region};
use super::{Action, UiContext, controls, edge, theme};
use crate::settings::dock::{DockState, Page};
use crate::t;
use egui::accesskit::Role;
use egui::{Align, Context, Frame, Layout, Margin, Panel, Rect, RichText, ScrollArea, Ui};

/// In a window narrower than this the dock stands below the log.
const NARROW: f32 = 1_000.0;
/// The least a page needs, and the least it leaves of the log, in points.
const LEAST_WIDTH: f32 = 300.0;
const LEAST_HEIGHT: f32 = 100.0;
const LOG_WIDTH: f32 = 240.0;
const LOG_HEIGHT: f32 = 100.0;
/// The name of the edge.
const EDGE: &str = "dock.edge";
/// The room of a scroll bar.
const BAR: i8 = 8;

/// What is told of the pages.
pub struct Shown {
    /// Pages of which something is at work, or waits.
    pub marked: Vec<Page>,
    /// The title of the open page, where it is not the page's name.
    pub title: Option<String>,
}

impl DockState {
    /// The room that is left for the composer; `height` is that of the log, the dock and the
    /// composer together.
    pub fn room_for_composer(&self, ctx: &Context, height: f32) -> f32 {
        let dock = match self.open {
            _ if !is_below(ctx) => 0.0,
            None => strip::ROW,
            Some(_) => strip::ROW + LEAST_HEIGHT,
        };
        height - LOG_HEIGHT - dock
    }

    /// Whether an open page needs this room too, where the composer needs at least `least`.
    pub fn crowds_out(&self, ctx: &Context, room: f32, least: f32) -> bool {
        self.open.is_some() && is_below(ctx) && room < least
    }

    /// Shows the strip and the open page, which `page` draws. The log takes the rest.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        shown: Shown,
        page: impl FnOnce(&mut Ui, Page) -> Option<Action>,
    ) -> Option<Action> {
        let escaped = self.open.filter(|open| escape::closes(ui.ctx(), *open));
        let asked = match is_below(ui.ctx()) {
            true => self.below_ui(ui, cx, shown, page),
            false => self.beside_ui(ui, cx, shown, page),
        };
        escaped.map(Action::TogglePage).or(asked)
    }

    fn beside_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        shown: Shown,
        page: impl FnOnce(&mut Ui, Page) -> Option<Action>,
    ) -> Option<Action> {
        let plain = Frame::new().fill(cx.palette.panel);
        let strip = Panel::right("strip")
            .exact_size(strip::width(ui, cx.lang))
            .resizable(false)
            .frame(plain)
            .show(ui, |ui| strip::column_ui(ui, cx, self.open, &shown.marked));
        let mut dock = strip.response.rect;
        let Some(open) = self.open else {
            region::stands(ui.ctx(), Region::Dock, dock);
            escape::follow(ui.ctx(), None, Rect::NOTHING);
            return strip.inner;
        };
        let most = (ui.available_width() - LOG_WIDTH).max(LEAST_WIDTH);
        let panel = Panel::right("page")
            .exact_size(self.width.max(LEAST_WIDTH).min(most))
            .resizable(false)
            .frame(plain.inner_margin(margin()));
        let panel = panel.show(ui, |ui| {
            name_page(ui, cx);
            let closed = head_ui(ui, cx, open, shown.title);
            closed.or(scrolled(ui, open, page))
        });
        dock |= panel.response.rect;
        region::stands(ui.ctx(), Region::Dock, dock);
        escape::follow(ui.ctx(), Some(open), panel.response.rect);
        if let Some(width) = edge::ui(ui, cx, panel.response.rect, edge::Side::Left, EDGE) {
            self.width = width.max(LEAST_WIDTH).min(most);
        }
        strip.inner.or(panel.inner)
    }

    fn below_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        shown: Shown,
        page: impl FnOnce(&mut Ui, Page) -> Option<Action>,
    ) -> Option<Action> {
        let open = self.open;
        let most = (ui.available_height() - strip::ROW - LOG_HEIGHT).max(LEAST_HEIGHT);
        let height = open.map_or(0.0, |_| self.height.max(LEAST_HEIGHT).min(most));
        let panel = Panel::bottom("dock")
            .exact_size(strip::ROW + height)
            .resizable(false)
            .frame(
                Frame::new()
                    .fill(cx.palette.panel)
                    .inner_margin(Margin { top: 0, ..margin() }),
            )
            .show(ui, |ui| {
                name_page(ui, cx);
                let gap = std::mem::take(&mut ui.spacing_mut().item_spacing.y);
                let asked = strip::row_ui(ui, cx, open, &shown.marked);
                ui.spacing_mut().item_spacing.y = gap;
                asked.or(open.and_then(|open| scrolled(ui, open, page)))
            });
        region::stands(ui.ctx(), Region::Dock, panel.response.rect);
        escape::follow(ui.ctx(), open, panel.response.rect);
        if open.is_some()
            && let Some(height) = edge::ui(ui, cx, panel.response.rect, edge::Side::Top, EDGE)
        {
            self.height = (height - strip::ROW).max(LEAST_HEIGHT).min(most);
        }
        panel.inner
    }
}

/// Whether the dock stands below the log.
pub fn is_below(ctx: &Context) -> bool {
    ctx.content_rect().width() < NARROW
}

fn margin() -> Margin {
    Margin {
        left: 12,
        right: 12 - BAR,
        top: 6,
        bottom: 4,
    }
}

fn name_page(ui: &Ui, cx: UiContext<'_>) {
    controls::name_group(ui, Role::Region, &t!(cx.lang, "regions.dock"));
}

/// The title of the page, and what closes it.
fn head_ui(ui: &mut Ui, cx: UiContext<'_>, page: Page, title: Option<String>) -> Option<Action> {
    let title = title.unwrap_or_else(|| t!(cx.lang, page.entry().name));
    ui.horizontal(|ui| {
        ui.set_min_height(theme::FIELD);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let closed = close_ui(ui, cx, page);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = RichText::new(title).font(theme::bold(13.0));
                ui.add(egui::Label::new(title).truncate());
            });
            closed
        })
        .inner
    })
    .inner
}

fn close_ui(ui: &mut Ui, cx: UiContext<'_>, page: Page) -> Option<Action> {
    let close = t!(cx.lang, "dock.close");
    let button = controls::icon_button(ui, "×", &close, cx.palette);
    button.clicked().then_some(Action::TogglePage(page))
}

/// The page scrolls inside itself, beside its bar.
fn scrolled(
    ui: &mut Ui,
    open: Page,
    page: impl FnOnce(&mut Ui, Page) -> Option<Action>,
) -> Option<Action> {
    let scroll = ScrollArea::vertical()
        .id_salt(open.entry().name)
        .auto_shrink(false);
    let scroll = scroll.show(ui, |ui| {
        ui.set_max_width(ui.available_width() - f32::from(BAR));
        page(ui, open)
    });
    scroll.inner
}
