//! The dock: one page at a time beside the log, or below it in a narrow window, and the strip
//! of buttons that open and close pages. The strip stays where it is when a page opens.

mod escape;
mod page;
pub mod rail;
mod strip;

pub use page::{COURSE, DESCRIPTIONS, HELP, PAGES, PageEntry};

use super::region::{self, Region};
use super::{Action, UiContext, controls, edge, theme};
use crate::settings::dock::{DockState, Page};
use crate::t;
use crate::words::Lang;
use egui::{
    Align, Context, Frame, Id, Layout, Margin, Panel, Rect, RichText, ScrollArea, Ui, UiBuilder,
};

/// In a window narrower than this the dock stands below the log.
const NARROW: f32 = 1_000.0;
/// The least a page needs, and the least it leaves of the log, in points.
const LEAST_WIDTH: f32 = 300.0;
const LEAST_HEIGHT: f32 = 100.0;
const LOG_WIDTH: f32 = 240.0;
const LOG_HEIGHT: f32 = 100.0;
/// The height of the log that stays above a page: its titles and two rows.
const LOW_LOG: f32 = 78.0;
/// The least that the log has beside the rail: five rows below the titles of the columns.
const LOG_ON_RAIL: f32 = theme::LOG_HEADER + 5.0 * 22.0 + 1.0;
/// A message above the panels leaves the composer its place in a window of at least this height,
/// where the log and a page below its title have at least these.
const ROOMY: f32 = 440.0;
const LOG_BESIDE_COMPOSER: f32 = theme::LOG_HEADER + 2.0 * 22.0 + 1.0;
const PAGE_BESIDE_COMPOSER: f32 = 76.0;
/// The height of the page of the plot below its title: a row of choices, and most of the picture.
const PLOT_BESIDE_COMPOSER: f32 = 212.0;
/// The height of the page of the doctor beside the rail: its button, and a verdict with what was
/// seen, what to do and a button.
const VERDICT: f32 = 260.0;
/// The name of the edge.
const EDGE: &str = "dock.edge";
/// The room of a scroll bar.
const BAR: i8 = 8;

/// The state of the pages.
pub struct PageState {
    /// Pages of which something is at work, or waits.
    pub marked: Vec<Page>,
    /// The title of the open page, where it is not the page's name.
    pub title: Option<String>,
}

/// Where the parts below the toolbar stand.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    pub log: Rect,
    page: Option<Rect>,
    /// `None` where it is on the rail.
    strip: Option<Rect>,
    /// `None` where there is none, or where the open page has its place.
    pub composer: Option<Rect>,
}

/// The room that is left for the composer; `height` is that of the log, the dock and the
/// composer together. It does not depend on the open page, so that the strip never moves.
pub fn room_for_composer(ctx: &Context, height: f32) -> f32 {
    match is_below(ctx) {
        _ if rail::is_shown(ctx) => height - LOG_ON_RAIL,
        true => height - LOW_LOG - LEAST_HEIGHT - strip::ROW,
        false => height - LOG_HEIGHT,
    }
}

impl DockState {
    /// Divides `area`, where the composer is `composer` high, or 0 if there is none.
    pub fn places(&self, ui: &Ui, lang: Lang, area: Rect, composer: f32) -> Places {
        let (above, below) = area.split_top_bottom_at_y(area.bottom() - composer);
        let composer = (composer > 0.0).then_some(below);
        if !is_below(ui.ctx()) {
            let strip = above.right() - strip::width(ui, lang);
            let (rest, strip) = above.split_left_right_at_x(strip);
            let most = (rest.width() - LOG_WIDTH).max(LEAST_WIDTH);
            let width = self.width.max(LEAST_WIDTH).min(most);
            let width = self.open.map_or(0.0, |_| width);
            let (log, page) = rest.split_left_right_at_x(rest.right() - width);
            return Places {
                log,
                page: self.open.map(|_| page),
                strip: Some(strip),
                composer,
            };
        }
        if rail::is_shown(ui.ctx()) {
            return self.beside_rail(ui.ctx(), area, above, composer);
        }
        let (above, strip) = above.split_top_bottom_at_y(above.bottom() - strip::ROW);
        let strip = Some(strip);
        let is_crowded = above.height() < LOW_LOG + LEAST_HEIGHT;
        if is_crowded && self.open.is_some() && composer.is_some() {
            return Places {
                log: above,
                page: composer,
                strip,
                composer: None,
            };
        }
        let most = (above.height() - LOW_LOG).max(LEAST_HEIGHT);
        let height = self.height.max(LEAST_HEIGHT).min(most);
        let height = self.open.map_or(0.0, |_| height);
        let (log, page) = above.split_top_bottom_at_y(above.bottom() - height);
        Places {
            log,
            page: self.open.map(|_| page),
            strip,
            composer,
        }
    }

    /// The same with the strip on the rail. A page that has no room above the composer takes
    /// its place.
    fn beside_rail(
        &self,
        ctx: &Context,
        area: Rect,
        above: Rect,
        composer: Option<Rect>,
    ) -> Places {
        let page = match self.open {
            Some(Page::Plot) => PLOT_BESIDE_COMPOSER,
            Some(Page::Diagnose) => VERDICT,
            _ => PAGE_BESIDE_COMPOSER,
        };
        let least = match ctx.content_rect().height() < ROOMY {
            true => LOW_LOG + strip::ROW + LEAST_HEIGHT,
            false => LOG_BESIDE_COMPOSER + strip::ROW + page,
        };
        let is_crowded = above.height() < least;
        let (above, composer) = match is_crowded && self.open.is_some() {
            true => (area, None),
            false => (above, composer),
        };
        // Below a message the log has fewer rows, then the page less than it needs.
        let usual = (above.height() - LOG_BESIDE_COMPOSER).min(strip::ROW + LEAST_HEIGHT);
        let most = (above.height() - self.log_on_rail(ctx)).max(usual);
        let height = (strip::ROW + self.height.max(self.least_on_rail())).min(most);
        let height = self.open.map_or(0.0, |_| height);
        let (log, page) = above.split_top_bottom_at_y(above.bottom() - height);
        Places {
            log,
            page: self.open.map(|_| page),
            strip: None,
            composer,
        }
    }

    /// The least height of the page below its title beside the rail, where there is room.
    fn least_on_rail(&self) -> f32 {
        match self.open {
            Some(Page::Diagnose) => VERDICT,
            _ => LEAST_HEIGHT,
        }
    }

    /// The least height of the log beside the rail: above the picture of the plot, and above a
    /// verdict, it has fewer rows.
    fn log_on_rail(&self, ctx: &Context) -> f32 {
        let is_low = match self.open {
            Some(Page::Plot | Page::Diagnose) => ctx.content_rect().height() >= ROOMY,
            _ => false,
        };
        match is_low {
            true => LOG_BESIDE_COMPOSER,
            false => LOG_ON_RAIL,
        }
    }

    /// Shows the open page, which `page` draws, and the strip unless it is on the rail, in
    /// reading order.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        places: &Places,
        shown: PageState,
        page: impl FnOnce(&mut Ui, Page) -> Option<Action>,
    ) -> Option<Action> {
        let escaped = self.open.filter(|open| escape::closes(ui.ctx(), *open));
        let (open, on_page) = (self.open, places.page.unwrap_or(Rect::NOTHING));
        let stands = places.strip.map_or(on_page, |strip| strip | on_page);
        if stands.is_positive() {
            region::stands(ui.ctx(), Region::Dock, stands);
        }
        let strip_ui = |ui: &mut Ui| {
            let place = places.strip?;
            strip::ui(ui, cx, place, open, &shown.marked)
        };
        let strip = places.strip.unwrap_or(Rect::NOTHING);
        let strip_is_first = on_page.top() > strip.top();
        let mut asked = None;
        if strip_is_first {
            asked = strip_ui(ui);
        }
        if let (Some(open), Some(place)) = (open, places.page) {
            asked = asked.or(page_ui(ui, cx, place, (open, shown.title), page));
            self.edge_ui(ui, cx, places, place);
        }
        if !strip_is_first {
            asked = asked.or(strip_ui(ui));
        }
        escape::follow(ui.ctx(), open, on_page);
        escaped.map(Action::TogglePage).or(asked)
    }

    /// The edge between the page and the log; none where the page has the place of the
    /// composer.
    fn edge_ui(&mut self, ui: &Ui, cx: UiContext<'_>, places: &Places, page: Rect) {
        if !is_below(ui.ctx()) {
            let most = (places.log.width() + page.width() - LOG_WIDTH).max(LEAST_WIDTH);
            if let Some(width) = edge::ui(ui, cx, page, edge::PanelEdge::Left, EDGE) {
                self.width = width.max(LEAST_WIDTH).min(most);
            }
        } else if rail::is_shown(ui.ctx()) {
            let log = self.log_on_rail(ui.ctx());
            let most = places.log.height() + page.height() - strip::ROW - log;
            if let Some(height) = edge::ui(ui, cx, page, edge::PanelEdge::Top, EDGE) {
                let least = self.least_on_rail();
                self.height = (height - strip::ROW).max(least).min(most.max(least));
            }
        } else if places.strip.is_some_and(|strip| page.top() < strip.top()) {
            let most = (places.log.height() + page.height() - LOW_LOG).max(LEAST_HEIGHT);
            if let Some(height) = edge::ui(ui, cx, page, edge::PanelEdge::Top, EDGE) {
                self.height = height.max(LEAST_HEIGHT).min(most);
            }
        }
    }
}

/// Shows the open page, with its title above it where it stands beside the log.
fn page_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    place: Rect,
    (open, title): (Page, Option<String>),
    page: impl FnOnce(&mut Ui, Page) -> Option<Action>,
) -> Option<Action> {
    let is_titled = !is_below(ui.ctx()) || rail::is_shown(ui.ctx());
    let panel = match is_below(ui.ctx()) {
        true => Panel::bottom("page").exact_size(place.height()),
        false => Panel::right("page").exact_size(place.width()),
    };
    let frame = Frame::new().inner_margin(margin());
    let mut ui = ui.new_child(UiBuilder::new().id_salt("page").max_rect(place));
    let shown = panel.resizable(false).frame(frame).show(&mut ui, |ui| {
        region::name(ui, cx, "regions.dock");
        let closed = match is_titled {
            true => head_ui(ui, cx, open, title),
            false => None,
        };
        closed.or(scrolled(ui, open, page))
    });
    shown.inner
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

/// The title of the page, and its close button.
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

/// The page scrolls inside itself, beside its bar, and begins at the top when it is opened.
fn scrolled(
    ui: &mut Ui,
    open: Page,
    page: impl FnOnce(&mut Ui, Page) -> Option<Action>,
) -> Option<Action> {
    let mut scroll = ScrollArea::vertical()
        .id_salt(open.entry().name)
        .auto_shrink(false);
    if is_opened(ui.ctx(), open) {
        scroll = scroll.vertical_scroll_offset(0.0);
    }
    let scroll = scroll.show(ui, |ui| {
        ui.set_max_width(ui.available_width() - f32::from(BAR));
        region::gate(ui, Region::Dock);
        let asked = page(ui, open);
        controls::scroll_by_keys(ui);
        asked
    });
    scroll.inner
}

/// Whether the page was not shown in the last frame. Stands where it is shown.
fn is_opened(ctx: &Context, open: Page) -> bool {
    let (id, frame) = (Id::unique("page of the dock"), ctx.cumulative_frame_nr());
    let before: Option<(Page, u64)> = ctx.data(|data| data.get_temp(id));
    ctx.data_mut(|data| data.insert_temp(id, (open, frame)));
    before.is_none_or(|(page, shown)| page != open || shown + 1 < frame)
}
