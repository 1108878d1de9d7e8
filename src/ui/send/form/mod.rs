//! The format *Fields*: a form of the fields of a message.

mod line;

use super::{Blocked, SendPanel};
use crate::explain;
use crate::payload::message::Message;
use crate::schema::{ElementPlace, FieldForm, FormLine, FormulaMistake};
use crate::t;
use crate::traffic::MessageSchema;
use crate::ui::{UiContext, controls, grouped, theme};
use egui::{Label, RichText, Ui};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The description of the messages, and the form that was made of it.
#[derive(Debug, Default)]
pub(super) struct FormState {
    described: Option<Arc<MessageSchema>>,
    /// Until the values change.
    made: Option<MadeForm>,
}

#[derive(Debug)]
struct MadeForm {
    fields: BTreeMap<String, String>,
    form: FieldForm,
    message: Result<Arc<Message>, FormulaMistake>,
}

/// A change of the values.
enum FormChange {
    Set(String, String),
    Unset(String),
    Remove(ElementPlace),
}

impl FormState {
    /// Takes another description.
    pub(super) fn describe(&mut self, described: Option<Arc<MessageSchema>>) {
        *self = Self {
            described,
            made: None,
        };
    }

    pub(super) fn has_description(&self) -> bool {
        self.described.is_some()
    }

    /// The message of these values.
    ///
    /// # Errors
    /// There is no description, or a field cannot have its value.
    pub(super) fn message(
        &mut self,
        fields: &BTreeMap<String, String>,
    ) -> Result<Arc<Message>, Blocked> {
        let made = self.made(fields).ok_or(Blocked::NoDescription)?;
        let message = made.message.clone();
        message.map_err(|mistake| Blocked::Field(mistake.into()))
    }

    /// The form of these values; `None` without a description.
    fn made(&mut self, fields: &BTreeMap<String, String>) -> Option<&MadeForm> {
        let described = self.described.as_ref()?;
        let known = self.made.take().filter(|made| made.fields == *fields);
        let made = known.unwrap_or_else(|| MadeForm::new(described, fields));
        Some(self.made.insert(made))
    }
}

impl MadeForm {
    fn new(described: &Arc<MessageSchema>, fields: &BTreeMap<String, String>) -> Self {
        let form = described.schema.form(fields);
        let message = match form.mistakes.values().next() {
            Some(mistake) => Err(mistake.clone()),
            None => described.message(&form.given).map(Arc::new),
        };
        Self {
            fields: fields.clone(),
            form,
            message,
        }
    }
}

impl SendPanel {
    /// Takes another description of the messages.
    pub fn describe(&mut self, described: Option<Arc<MessageSchema>>) {
        self.form.describe(described);
    }

    /// Shows the form, whose values are in `fields`.
    pub(super) fn form_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        fields: &mut BTreeMap<String, String>,
    ) {
        // The keys of the text are none here.
        self.text = None;
        let focuses = std::mem::take(&mut self.focuses);
        let Some(MadeForm { form, .. }) = self.form.made(fields) else {
            let hint = RichText::new(t!(cx.lang, "rules.needs_description"));
            ui.add(Label::new(hint.color(cx.palette.dim)).wrap());
            return;
        };
        let id = ui.scope_id().with("field");
        if focuses {
            controls::focus_next(ui, id);
        }
        let mut change = None;
        for line in &form.lines {
            let mistake = form.mistakes.get(&line.path);
            let mistake = mistake.map(|mistake| explain::formula_mistake(cx.lang, mistake));
            let asked = line.ui(ui, cx, id, mistake.as_deref());
            change = change.or(asked);
        }
        remarks_ui(ui, cx, form);
        match change {
            None => {}
            Some(FormChange::Set(path, text)) => {
                fields.insert(path, text);
            }
            Some(FormChange::Unset(path)) => {
                fields.remove(&path);
            }
            Some(FormChange::Remove(place)) => place.remove(fields),
        }
    }
}

/// Notes on the message as a whole.
fn remarks_ui(ui: &mut Ui, cx: UiContext<'_>, form: &FieldForm) {
    let whole = form.mistakes.get("");
    let whole = whole.map(|mistake| explain::formula_mistake(cx.lang, mistake));
    let fault = form.fault.as_ref();
    let fault = fault.map(|fault| explain::field_fault(cx.lang, fault));
    for text in whole.into_iter().chain(fault) {
        controls::error_line(ui, &text, cx.palette);
    }
    let aside = match form.aside.len() {
        0 => None,
        count => Some(t!(cx.lang, "form.aside", count = grouped(count as u64))),
    };
    let cut = form.is_cut.then(|| {
        let count = grouped(form.lines.len() as u64);
        t!(cx.lang, "form.cut", count = count)
    });
    let mut dim = |text: String| {
        let text = RichText::new(text).font(theme::small());
        ui.add(Label::new(text.color(cx.palette.dim)).wrap())
    };
    if let Some(text) = aside {
        dim(text).on_hover_text(form.aside.join(", "));
    }
    if let Some(text) = cut {
        dim(text);
    }
}

/// The path of the element that would be added behind the others of a list.
fn next_of(line: &FormLine, count: usize) -> String {
    format!("{}[{count}]", line.path)
}
