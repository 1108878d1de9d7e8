//! The fields of a message that is made, each with its value.

use super::{UiContext, controls, theme};
use crate::automation::rules::RuleContext;
use crate::t;
use controls::TextField;
use egui::{ComboBox, RichText, Ui};
use std::collections::BTreeMap;

/// The most fields that are offered.
const OFFERED: usize = 300;
/// The most width of a field's name, and the width of the list of fields.
const NAME: f32 = 126.0;

/// Shows the fields whose values are given, and offers the others; `place` names the message, and
/// `usual` is the value of a field that is added.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    fields: &mut BTreeMap<String, String>,
    (context, place): (&RuleContext, &str),
    fault: Option<&str>,
    usual: impl Fn(&str) -> String,
) {
    let Some(described) = &context.described else {
        let hint = RichText::new(t!(cx.lang, "rules.needs_description"));
        ui.add(egui::Label::new(hint.color(cx.palette.error)).wrap());
        return;
    };
    let known = described.schema.written_paths(OFFERED);
    // In the order of the message.
    let place_of = |path: &String| known.iter().position(|known| known == path);
    let mut paths: Vec<String> = fields.keys().cloned().collect();
    paths.sort_by_key(|path| place_of(path).unwrap_or(known.len()));
    let name_width = name_width(ui, cx, &paths);
    let mut removed = None;
    for path in &paths {
        let Some(value) = fields.get_mut(path) else {
            continue;
        };
        ui.horizontal(|ui| {
            let label = RichText::new(path).font(theme::mono());
            ui.allocate_ui(egui::vec2(name_width, theme::FIELD), |ui| {
                ui.set_width(name_width);
                ui.add(egui::Label::new(label).truncate())
                    .on_hover_text(path);
            });
            let cross = controls::small_width(ui, "×") + ui.spacing().item_spacing.x;
            let width = (ui.available_width() - cross).floor().max(80.0);
            let name = t!(cx.lang, "rules.field_value", path = path, place = place);
            // The mistake names the field it is about.
            let fault = fault.filter(|fault| fault.contains(path.as_str()));
            let hint = t!(cx.lang, "rules.field_hint");
            let field = TextField::new(value, &name, "= 20 + sine(60, 5)", width).fault(fault);
            field.show(ui, cx.palette).on_hover_text(hint);
            let remove = t!(cx.lang, "rules.remove_field", path = path);
            if controls::small(ui, "×", &remove).clicked() {
                removed = Some(path.clone());
            }
        });
    }
    if let Some(path) = removed {
        fields.remove(&path);
    }
    let mut chosen: Option<String> = None;
    let add = t!(cx.lang, "rules.add_field");
    let combo = ComboBox::from_id_salt(("add field", place))
        .icon(controls::combo_arrow)
        .selected_text(&add)
        .width(NAME)
        .height(360.0)
        .show_ui(ui, |ui| {
            for path in known.iter().filter(|path| !fields.contains_key(*path)) {
                let text = RichText::new(path).font(theme::mono());
                controls::item_of(ui, &mut chosen, Some(path.clone()), text);
            }
            controls::close_when_chosen(ui);
        });
    let name = t!(cx.lang, "rules.add_field_of", place = place);
    controls::drop_down(ui, combo.response, &name);
    if let Some(path) = chosen {
        let value = usual(&path);
        fields.insert(path, value);
    }
}

/// The width of the widest name, as far as there is room.
fn name_width(ui: &Ui, cx: UiContext<'_>, paths: &[String]) -> f32 {
    let widths = paths.iter().map(|path| {
        let painter = ui.painter();
        let shape = painter.layout_no_wrap(path.clone(), theme::mono(), cx.palette.text);
        shape.size().x
    });
    widths.fold(0.0, f32::max).ceil().min(NAME)
}
