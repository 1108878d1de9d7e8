//! Choosing the fields of the plot, and how they are plotted.

use super::curves::MOST;
use super::offered::Offered;
use crate::schema::NumericField;
use crate::settings::tab::PlotDraft;
use crate::t;
use crate::ui::{UiContext, controls, theme};
use egui::{ComboBox, PopupCloseBehavior, RichText, ScrollArea, Ui, vec2};

/// The greatest height of a list.
const LIST: f32 = 300.0;
/// From this width on, a page has the choices side by side.
const WIDE: f32 = 560.0;
/// The seconds that may be in sight; 0 for all.
const SPANS: [u32; 5] = [0, 10, 60, 600, 3_600];

/// The fields, the x axis, the time in sight, and the other choices; `buttons` shows those that
/// act on the picture.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    draft: &mut PlotDraft,
    offered: &Offered,
    buttons: &mut dyn FnMut(&mut Ui),
) {
    let has_buttons = !draft.fields.is_empty();
    if ui.available_width() < WIDE {
        axes_ui(ui, cx, draft, offered, None);
        ui.horizontal_wrapped(|ui| checks_ui(ui, cx, draft));
        if has_buttons {
            ui.horizontal_wrapped(buttons);
        }
        return;
    }
    // Below the log a page is wide, and low: the picture has the rest of it.
    ui.horizontal(|ui| {
        let name = t!(cx.lang, "plot.options");
        let text = format!("{name} ▾");
        let taken = controls::small_width(ui, &text) + 3.0 * ui.spacing().item_spacing.x;
        let room = ((ui.available_width() - taken) / 3.0).floor();
        axes_ui(ui, cx, draft, offered, Some(room));
        let button = controls::small(ui, &text, &name);
        let close = PopupCloseBehavior::CloseOnClickOutside;
        controls::menu(&button).close_behavior(close).show(|ui| {
            checks_ui(ui, cx, draft);
            if has_buttons {
                buttons(ui);
            }
        });
        controls::regain_focus(ui, &button);
    });
}

/// Whether each peer has a curve, and whether numbers stand for the picture.
fn checks_ui(ui: &mut Ui, cx: UiContext<'_>, draft: &mut PlotDraft) {
    let (text, font) = (t!(cx.lang, "plot.by_peer"), theme::body());
    controls::check(ui, &mut draft.by_peer, &text, "", font, cx.palette);
    let (text, font) = (t!(cx.lang, "plot.large"), theme::body());
    controls::check(ui, &mut draft.large, &text, "", font, cx.palette);
}

/// The fields, the x axis and the time in sight, each in a row, or in a part so wide.
fn axes_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    draft: &mut PlotDraft,
    offered: &Offered,
    part: Option<f32>,
) {
    let width = controls::PLOT.width(ui, cx.lang);
    let row = |ui: &mut Ui, name: &str, add: &mut dyn FnMut(&mut Ui)| {
        let mut shown =
            |ui: &mut Ui| controls::labelled_row(ui, name, width, cx.palette, |ui| add(ui));
        match part {
            None => shown(ui),
            Some(part) => {
                ui.allocate_ui(vec2(part, theme::FIELD), |ui| {
                    ui.set_width(part);
                    shown(ui)
                })
                .inner
            }
        }
    };
    let name = t!(cx.lang, "plot.fields");
    row(ui, &name, &mut |ui| fields_ui(ui, cx, draft, offered));
    let name = t!(cx.lang, "plot.across");
    row(ui, &name, &mut |ui| {
        across_ui(ui, cx, draft, offered, &name)
    });
    if draft.across.is_none() {
        let name = t!(cx.lang, "plot.span");
        row(ui, &name, &mut |ui| {
            span_ui(ui, cx, &mut draft.seconds, &name)
        });
    }
}

fn fields_ui(ui: &mut Ui, cx: UiContext<'_>, draft: &mut PlotDraft, offered: &Offered) {
    let name = t!(cx.lang, "plot.choose");
    let room = ui.available_width() - controls::small_width(ui, " ▾");
    let fits = |part: &str| controls::small_width(ui, part) <= room;
    let chosen = match draft.fields.as_slice() {
        [] if fits(&name) => name.clone(),
        [] => t!(cx.lang, "plot.choose_short"),
        fields => fields.join(", "),
    };
    let text = format!("{} ▾", crate::ui::narrow::middle_of(&chosen, fits));
    let button = controls::small(ui, &text, &name);
    let close = PopupCloseBehavior::CloseOnClickOutside;
    controls::menu(&button).close_behavior(close).show(|ui| {
        controls::edged(ui, cx.palette);
        ui.spacing_mut().item_spacing.y = 4.0;
        let list = ScrollArea::vertical().max_height(LIST);
        list.show(ui, |ui| {
            // Those that are not offered any more can still be taken away.
            let known = |name: &String| offered.fields().iter().any(|field| field.path == *name);
            let others = draft.fields.iter().filter(|name| !known(name));
            let others = others.map(|name| NumericField {
                path: name.clone(),
                unit: None,
            });
            let all: Vec<NumericField> = others.chain(offered.fields().iter().cloned()).collect();
            if all.is_empty() {
                let hint = RichText::new(t!(cx.lang, "plot.no_fields"));
                ui.label(hint.color(cx.palette.dim));
            }
            for field in &all {
                field_ui(ui, cx, draft, field);
            }
            controls::scroll_by_keys(ui);
        });
    });
    controls::regain_focus(ui, &button);
}

/// A field to be ticked.
fn field_ui(ui: &mut Ui, cx: UiContext<'_>, draft: &mut PlotDraft, field: &NumericField) {
    let was_on = draft.fields.contains(&field.path);
    let mut on = was_on;
    let is_full = !on && draft.fields.len() >= MOST;
    let why = is_full.then(|| t!(cx.lang, "plot.most", most = MOST));
    controls::unless(ui, why.as_deref(), |ui| {
        let unit = field.unit.as_deref().unwrap_or_default();
        controls::check(ui, &mut on, &field.path, unit, theme::small(), cx.palette);
    });
    if on && !was_on {
        draft.fields.push(field.path.clone());
    } else if was_on && !on {
        draft.fields.retain(|name| *name != field.path);
    }
}

fn across_ui(ui: &mut Ui, cx: UiContext<'_>, draft: &mut PlotDraft, offered: &Offered, name: &str) {
    let time = t!(cx.lang, "plot.time");
    let combo = ComboBox::from_id_salt("across")
        .icon(controls::combo_arrow)
        .selected_text(draft.across.as_ref().unwrap_or(&time))
        .truncate()
        .width(ui.available_width())
        .height(LIST)
        .show_ui(ui, |ui| {
            controls::item_of(ui, &mut draft.across, None, &time);
            for field in offered.fields() {
                let choice = Some(field.path.clone());
                controls::item_of(ui, &mut draft.across, choice, &field.path);
            }
            controls::close_when_chosen(ui);
        });
    controls::drop_down(ui, combo.response, name);
}

fn span_ui(ui: &mut Ui, cx: UiContext<'_>, seconds: &mut u32, name: &str) {
    let words = |seconds: u32| match seconds {
        0 => t!(cx.lang, "plot.all"),
        1..60 => t!(cx.lang, "plot.last_seconds", count = seconds),
        60..3_600 => t!(cx.lang, "plot.last_minutes", count = seconds / 60),
        _ => t!(cx.lang, "plot.last_hours", count = seconds / 3_600),
    };
    let combo = ComboBox::from_id_salt("span")
        .icon(controls::combo_arrow)
        .selected_text(words(*seconds))
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for choice in SPANS {
                controls::item_of(ui, seconds, choice, words(choice));
            }
            controls::close_when_chosen(ui);
        });
    controls::drop_down(ui, combo.response, name);
}
