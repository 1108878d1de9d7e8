//! The field that filters the log.

use super::log_view::{LogView, OnShow, SearchView};
use super::palette::{WindowCommand, with_key};
use super::{UiContext, controls, filter_help, filter_terms, theme};
use crate::jobs::Died;
use crate::peer::Peer;
use crate::session::Session;
use crate::traffic::{FilterMistake, Rows};
use crate::{explain, t};
use egui::accesskit::Invalid;
use egui::{
    Align, Button, EventFilter, Key, Layout, Modifiers, Popup, PopupCloseBehavior, Rect, Response,
    RichText, Ui, UiBuilder, vec2,
};

/// The room for the switches in the field, in points.
const SWITCHES: i8 = 78;

/// Why there is no search; all rows are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchFailure {
    /// The system started no thread for it.
    NoThread,
    /// A fault of the program ended it.
    Died(Died),
}

#[derive(Debug)]
pub struct SearchBox {
    pub text: String,
    /// Whether rows without it are hidden, rather than only passed over.
    pub only: bool,
    /// The error of the text; the matches of the text before it stay shown.
    pub mistake: Option<FilterMistake>,
    /// Why the text is not searched for.
    pub failure: Option<SearchFailure>,
    /// The fields that terms may name.
    pub fields: Vec<String>,
}

impl Default for SearchBox {
    fn default() -> Self {
        Self {
            text: String::new(),
            only: true,
            mistake: None,
            failure: None,
            fields: Vec::new(),
        }
    }
}

impl SearchBox {
    /// Gives the field the focus, its text selected.
    pub fn focus(&self, ctx: &egui::Context) {
        controls::select_all(ctx, id(), &self.text);
    }

    /// Shows the rows of this peer alone.
    pub fn show_peer(&mut self, peer: Peer) {
        self.text = format!("peer:\"{peer}\"");
        self.only = true;
    }

    /// The field. Enter goes to the next row found, Shift+Enter to the one before, Escape
    /// ends the search.
    pub fn field_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, width: f32, shown: &mut OnShow<'_>) {
        let mistake = self.mistake.as_ref();
        let fault = mistake.map(|mistake| explain::filter_mistake(cx.lang, mistake));
        let field = controls::TextField {
            text: &mut self.text,
            name: &t!(cx.lang, "search.name"),
            hint: &t!(cx.lang, "search.hint"),
            width,
            faulty: fault.is_some(),
            fault: fault.as_deref(),
            id: Some(id()),
        };
        let response = field.show_with_inset(ui, cx.palette, SWITCHES);
        self.switches_ui(ui, cx, response.rect);
        self.completions_ui(cx, &response);
        if response.lost_focus() {
            let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
            if pressed(Modifiers::SHIFT, Key::Enter) {
                step(shown, SearchDirection::Back);
                response.request_focus();
            } else if pressed(Modifiers::NONE, Key::Enter) {
                step(shown, SearchDirection::On);
                response.request_focus();
            } else if pressed(Modifiers::NONE, Key::Escape) {
                self.text.clear();
            }
        }
        let Some(mistake) = &self.mistake else {
            let hint = t!(cx.lang, "search.field_hint");
            with_key(response, &hint, WindowCommand::Search);
            return;
        };
        let reason = explain::filter_mistake(cx.lang, mistake);
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_invalid(Invalid::True);
            node.set_description(reason.as_str());
        });
        response.on_hover_text(reason);
    }

    /// The switches at the right of the field.
    fn switches_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, field: Rect) {
        let left = field.right() - f32::from(SWITCHES);
        let rect = field.with_min_x(left).shrink2(vec2(2.0, 2.0));
        let switches = UiBuilder::new().id_salt("switches").max_rect(rect);
        let ui = &mut ui.new_child(switches.layout(Layout::left_to_right(Align::Center)));
        ui.spacing_mut().item_spacing.x = 1.0;
        ui.spacing_mut().button_padding = vec2(4.0, 1.0);
        controls::soft_choice(ui, cx.palette);
        let case = (!filter_terms::is_any_case(&self.text), "search.case");
        if switch_ui(ui, cx, "Aa", case) {
            self.text = filter_terms::toggle_case(&self.text);
        }
        let regex = (filter_terms::is_regex(&self.text), "search.regex");
        if switch_ui(ui, cx, ".*", regex) {
            self.text = filter_terms::toggle_regex(&self.text);
        }
        let name = t!(cx.lang, "search.help");
        let help = Button::new(RichText::new("?").color(cx.palette.dim));
        let help = ui.add(help.frame_when_inactive(false));
        let help = controls::named(ui, help, &name);
        controls::menu(&help).show(|ui| filter_help::ui(ui, cx));
        help.on_hover_text(name);
    }

    /// The completions of the key being typed; Tab takes the first.
    fn completions_ui(&mut self, cx: UiContext<'_>, field: &Response) {
        let keys = filter_terms::completions(&self.text, &self.fields);
        let (ctx, popup) = (&field.ctx, id().with("keys"));
        // A press on the list takes the focus from the field.
        let hovered = ctx.read_response(popup);
        let hovered = hovered.is_some_and(|list| list.contains_pointer());
        let mut open = !keys.is_empty() && (field.has_focus() || hovered);
        if !open {
            return;
        }
        let filter = EventFilter {
            tab: true,
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ctx.memory_mut(|memory| memory.set_focus_lock_filter(field.id, filter));
        let tab = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Tab));
        let list = Popup::from_response(field)
            .id(popup)
            .open_bool(&mut open)
            .close_behavior(PopupCloseBehavior::IgnoreClicks)
            .show(|ui| {
                let hint = RichText::new(t!(cx.lang, "search.complete"));
                ui.label(hint.font(theme::small()).color(cx.palette.dim));
                let clicked = |key: &&String| ui.button(key.as_str()).clicked();
                keys.iter().find(clicked)
            });
        let first = keys.first().filter(|_| tab);
        if let Some(key) = first.or(list.and_then(|list| list.inner)) {
            self.text = filter_terms::completed(&self.text, key);
            controls::cursor_at_end(ctx, id(), &self.text);
        }
    }
}

/// A switch in the field; says whether it was clicked.
fn switch_ui(ui: &mut Ui, cx: UiContext<'_>, sign: &str, (on, key): (bool, &str)) -> bool {
    let name = t!(cx.lang, key);
    let ink = match on {
        true => cx.palette.text,
        false => cx.palette.dim,
    };
    let button = Button::new(RichText::new(sign).color(ink)).selected(on);
    let button = ui.add(button.frame_when_inactive(on));
    let button = controls::named(ui, button, &name);
    button.on_hover_text(name).clicked()
}

/// The field's: one for all tabs, of which one is shown.
fn id() -> egui::Id {
    egui::Id::unique("search field")
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SearchDirection {
    On,
    Back,
}

/// Goes to the row found next to the present one, and around at the ends.
pub(super) fn step(shown: &mut OnShow<'_>, direction: SearchDirection) {
    let (view, Some(sought)) = (&*shown.view, shown.sought) else {
        return;
    };
    let rows = matching(shown.session, sought, view);
    let lines = rows.lines();
    let first = || rows.from(lines.start).next().map(|line| line.id);
    let last = || {
        rows.from(lines.end.checked_sub(1)?)
            .next()
            .map(|line| line.id)
    };
    let found = match (view.selected_id(), direction) {
        // From the visible rows on: the end, while the view follows it.
        (None, SearchDirection::On) if !view.follows() => rows.next(view.top_id()).or_else(first),
        (None, _) => last(),
        (Some(id), SearchDirection::On) => rows.next(id).or_else(first),
        (Some(id), SearchDirection::Back) => rows.previous(id).or_else(last),
    };
    if let Some(id) = found {
        shown.go_to(id);
    }
}

/// The rows found, or the messages.
pub(super) fn matching<'a>(
    session: &'a Session,
    sought: SearchView<'a>,
    view: &LogView,
) -> Rows<'a> {
    Rows::new(&session.log, view.shown, Some(sought.found))
}
