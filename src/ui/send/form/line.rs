//! A line of the form: a field with its value, which may be edited.

use super::{FormChange, next_of};
use crate::schema::{FormLine, FormValue};
use crate::ui::{UiContext, controls, theme};
use crate::{explain, t};
use controls::TextField;
use egui::{ComboBox, Id, Label, RichText, Ui, vec2};

/// The width of a field's name, of its value, and of the room that an inner one stands farther
/// right, in points.
const NAME: f32 = 150.0;
const VALUE: f32 = 180.0;
const INDENT: f32 = 12.0;
/// The narrowest name.
const LEAST: f32 = 60.0;
/// The most letters that a field for text takes.
const LETTERS: usize = 4_096;

impl FormLine {
    /// Shows the line; `mistake` is why the field cannot have its value. Texts that are edited are
    /// known by `id` and their path.
    pub(super) fn ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        id: Id,
        mistake: Option<&str>,
    ) -> Option<FormChange> {
        let shown = ui.horizontal(|ui| {
            let indent = INDENT * self.depth as f32;
            ui.add_space(indent);
            let width = (NAME - indent).max(LEAST);
            ui.allocate_ui(vec2(width, theme::FIELD), |ui| {
                ui.set_width(width);
                let ink = match self.value {
                    FormValue::Fixed(_) | FormValue::Computed(_) => cx.palette.dim,
                    _ => cx.palette.text,
                };
                let name = RichText::new(&self.name).font(theme::mono()).color(ink);
                let label = ui.add(Label::new(name).truncate());
                match &self.doc {
                    Some(doc) => label.on_hover_text(format!("{}\n{doc}", self.path)),
                    None => label.on_hover_text(&self.path),
                };
            });
            let mut change = self.value_ui(ui, cx, id, mistake);
            if self.follows && !matches!(self.value, FormValue::Computed(_)) {
                let compute = t!(cx.lang, "form.compute");
                let name = t!(cx.lang, "form.compute_again", path = self.path);
                if controls::small(ui, &compute, &name).clicked() {
                    change = Some(FormChange::Unset(self.path.clone()));
                }
            }
            if let Some(unit) = &self.unit {
                ui.label(RichText::new(unit).color(cx.palette.dim));
            }
            let removed = self.element.as_ref().filter(|_| {
                let remove = t!(cx.lang, "form.remove", path = self.path);
                controls::small(ui, "×", &remove).clicked()
            });
            let fault = self.fault.as_ref();
            let fault = fault.map(|fault| explain::field_fault(cx.lang, fault));
            if let Some(text) = mistake.map(str::to_owned).or(fault) {
                let words = RichText::new(&text).font(theme::small());
                let label = ui.add(Label::new(words.color(cx.palette.error)).truncate());
                label.on_hover_text(text);
            }
            change.or(removed.cloned().map(FormChange::Remove))
        });
        shown.inner
    }

    fn value_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        id: Id,
        mistake: Option<&str>,
    ) -> Option<FormChange> {
        let set = |text: String| FormChange::Set(self.path.clone(), text);
        let name = t!(cx.lang, "form.value", path = self.path);
        match &self.value {
            FormValue::Type => None,
            FormValue::Fixed(text) => {
                let words = RichText::new(text).font(theme::mono());
                ui.add(Label::new(words.color(cx.palette.dim)).truncate());
                None
            }
            FormValue::Computed(text) => {
                let words = RichText::new(text).font(theme::mono());
                ui.add(Label::new(words.color(cx.palette.dim)).truncate());
                let computed = RichText::new(t!(cx.lang, "form.computed")).font(theme::small());
                ui.label(computed.color(cx.palette.dim));
                let change = t!(cx.lang, "form.change");
                let name = t!(cx.lang, "form.change_computed", path = self.path);
                let changes = controls::small(ui, &change, &name).clicked();
                changes.then(|| {
                    // The field that stands here next has the keys.
                    controls::select_all(ui.ctx(), id.with(&self.path), text);
                    set(text.clone())
                })
            }
            FormValue::List { count, changes } => {
                let words = RichText::new(format!("× {count}")).font(theme::mono());
                ui.label(words.color(cx.palette.dim));
                let add = t!(cx.lang, "form.add", path = self.path);
                let added = *changes && controls::small(ui, "+", &add).clicked();
                added.then(|| FormChange::Set(next_of(self, *count), String::new()))
            }
            FormValue::Bit(bit) => {
                let mut on = *bit;
                let check = controls::check(ui, &mut on, "", "", theme::small(), cx.palette);
                controls::named(ui, check, &name);
                (on != *bit).then(|| set(on.to_string()))
            }
            FormValue::Choice {
                name: chosen,
                number,
                names,
            } => choice_ui(ui, cx, (&name, &self.path), (chosen, number), names).map(set),
            FormValue::Text {
                given,
                value,
                names,
            } => {
                let text = given.as_ref().unwrap_or(value);
                if text.chars().nth(LETTERS).is_some() {
                    // A field would cut it.
                    let words = RichText::new(text).font(theme::mono());
                    ui.add(Label::new(words.color(cx.palette.dim)).truncate());
                    return None;
                }
                let mut text = text.clone();
                let field = TextField {
                    id: Some(id.with(&self.path)),
                    ..TextField::new(&mut text, &name, value, VALUE).fault(mistake)
                };
                let hint = t!(cx.lang, "form.hint");
                let field = field.show(ui, cx.palette).on_hover_text(hint);
                let named = names_ui(ui, cx, &name, names);
                match named {
                    Some(chosen) => Some(set(chosen)),
                    None if field.changed() => Some(set(text)),
                    // An empty field has its usual value.
                    None if field.lost_focus() && text.is_empty() && given.is_some() => {
                        (!self.path.ends_with(']')).then(|| FormChange::Unset(self.path.clone()))
                    }
                    None => None,
                }
            }
        }
    }
}

/// A list of names, of which one is chosen, or a number that has none. The last item makes the
/// number a text.
fn choice_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (name, path): (&str, &str),
    (chosen, number): (&Option<String>, &str),
    names: &[String],
) -> Option<String> {
    let mut now = chosen.clone();
    let mut other = false;
    let text = chosen.as_deref().unwrap_or(number);
    let combo = ComboBox::from_id_salt(("field", path))
        .icon(controls::combo_arrow)
        .selected_text(RichText::new(text).font(theme::mono()))
        .width(VALUE)
        .truncate()
        .height(360.0)
        .show_ui(ui, |ui| {
            for name in names {
                let text = RichText::new(name).font(theme::mono());
                controls::item_of(ui, &mut now, Some(name.clone()), text);
            }
            let words = t!(cx.lang, "form.other_value");
            other = controls::item(ui, false, words).clicked();
            controls::close_when_chosen(ui);
        });
    controls::drop_down(ui, combo.response, name);
    if other {
        return Some(number.to_owned());
    }
    (now != *chosen).then_some(now).flatten()
}

/// The names that a value may have instead of its text, if there are any.
fn names_ui(ui: &mut Ui, cx: UiContext<'_>, name: &str, names: &[String]) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let title = t!(cx.lang, "form.names", value = name);
    let button = controls::small(ui, "▾", &title);
    let mut chosen = None;
    controls::menu(&button).show(|ui| {
        for name in names {
            let text = RichText::new(name).font(theme::mono());
            controls::item_of(ui, &mut chosen, Some(name.clone()), text);
        }
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
    chosen
}
