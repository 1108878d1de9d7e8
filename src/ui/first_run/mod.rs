//! The content of an empty log: tasks to choose from, and the next step of the chosen one; and
//! below its first rows, while nothing has arrived, who can send here.

mod card;
mod grid;
mod sample_command;
mod steps;

use super::network_panel::button_keys;
use super::{Action, UiContext, controls, dock};
use crate::kind::SessionKind;
use crate::session::{Session, SessionState};
use crate::settings::dock::Page;
use crate::settings::tab::TabSettings;
use crate::t;
use card::Card;
use egui::{Align, Layout, Rect, ScrollArea, Ui, UiBuilder};
use grid::FirstChoice;

/// A lower part of the log shows nothing of it.
const LEAST: f32 = 40.0;

#[derive(Debug, Default)]
pub struct FirstRun {
    chosen: Option<&'static Card>,
    /// It was chosen in the frame before.
    is_fresh: bool,
}

/// The part of it that is shown.
#[derive(Clone, Copy, Debug)]
pub enum FirstRunPage {
    Cards,
    /// The next step of a card.
    Steps(&'static Card),
    /// The session is open, and nothing has arrived.
    Waiting,
}

impl FirstRun {
    /// The part shown in the log of this session; `kind` is the kind of the next one.
    pub fn page(&self, session: &Session, kind: SessionKind) -> Option<FirstRunPage> {
        match session.state() {
            SessionState::Closed if session.log.is_empty() => Some(
                self.chosen_for(kind)
                    .map_or(FirstRunPage::Cards, FirstRunPage::Steps),
            ),
            SessionState::Open if session.log.total().received == 0 => Some(FirstRunPage::Waiting),
            _ => None,
        }
    }

    /// The chosen card, unless another kind of session was chosen since.
    fn chosen_for(&self, kind: SessionKind) -> Option<&'static Card> {
        self.chosen.filter(|card| card.kind == kind)
    }

    /// Shows it in this part of the log.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        (page, area): (FirstRunPage, Rect),
        session: &Session,
        drafts: &mut TabSettings,
    ) -> Option<Action> {
        if area.height() < LEAST {
            return None;
        }
        let builder = UiBuilder::new().id_salt("first run").max_rect(area);
        let mut inside = ui.new_child(builder.layout(Layout::top_down(Align::Min)));
        inside.set_clip_rect(area.intersect(ui.clip_rect()));
        let scroll = ScrollArea::vertical()
            .id_salt("first run")
            .auto_shrink(false);
        let shown = scroll.show(&mut inside, |ui| {
            let action = match page {
                FirstRunPage::Cards => self.cards_ui(ui, cx, area.height(), drafts),
                FirstRunPage::Steps(card) => {
                    self.steps_ui(ui, cx, area.height(), (card, &*drafts));
                    None
                }
                FirstRunPage::Waiting => {
                    let card = self.chosen_for(session.kind());
                    steps::waiting_ui(ui, cx, session, card)
                }
            };
            controls::scroll_by_keys(ui);
            action
        });
        shown.inner
    }

    fn cards_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        height: f32,
        drafts: &mut TabSettings,
    ) -> Option<Action> {
        let open = t!(cx.lang, button_keys(drafts.network.kind).open);
        let card = match grid::ui(ui, cx, height, &open)? {
            FirstChoice::Card(card) => card,
            FirstChoice::Course => return Some(Action::ShowPage(Page::Course)),
        };
        card.fill(drafts, cx.lang);
        (self.chosen, self.is_fresh) = (Some(card), true);
        ui.ctx().request_repaint();
        // Below the log a page would take the room of the next step.
        let page = card.page.filter(|_| !dock::is_below(ui.ctx()));
        page.map(Action::ShowPage)
    }

    fn steps_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        height: f32,
        (card, drafts): (&'static Card, &TabSettings),
    ) {
        let is_fresh = std::mem::take(&mut self.is_fresh);
        if steps::ui(ui, cx, height, (card, is_fresh), &drafts.network) {
            self.chosen = None;
            ui.ctx().request_repaint();
        }
    }
}
