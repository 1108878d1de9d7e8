//! The line of a poll table that is being edited.

use super::plan::{self, LONGEST, LineFault, SHORTEST};
use super::{PollAbout, table};
use crate::automation::rules::RuleContext;
use crate::payload::composition::{Composition, TextFormat};
use crate::settings::tab::{PollLineDraft, PollRequestDraft, SendDraft, SendSource};
use crate::t;
use crate::ui::{UiContext, controls, field_values, theme};
use controls::{SegmentedChoice, TextField};
use egui::{DragValue, RichText, ScrollArea, Ui};
use std::collections::BTreeMap;

/// The most fields of a reply that are offered, and the greatest height of their list.
const OFFERED: usize = 300;
const LIST: f32 = 320.0;
/// The descriptions whose requests read registers.
const MODBUS: [&str; 2] = ["modbus_tcp", "modbus_rtu"];

/// How a request is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RequestKind {
    Text,
    Hex,
    Fields,
}

impl RequestKind {
    fn of(request: &PollRequestDraft) -> Self {
        match request {
            PollRequestDraft::Written(composition) => match composition.format {
                TextFormat::Text => Self::Text,
                TextFormat::Hex => Self::Hex,
            },
            PollRequestDraft::Fields(_) => Self::Fields,
        }
    }

    /// A request of this kind, with the text of the one before.
    fn request(self, before: &PollRequestDraft) -> PollRequestDraft {
        let format = match self {
            Self::Text => TextFormat::Text,
            Self::Hex => TextFormat::Hex,
            Self::Fields => return PollRequestDraft::Fields(BTreeMap::new()),
        };
        let composition = match before {
            PollRequestDraft::Written(composition) => composition.clone(),
            PollRequestDraft::Fields(_) => Composition::default(),
        };
        PollRequestDraft::Written(Composition {
            format,
            ..composition
        })
    }
}

/// A line that sends the message below the log.
pub(super) fn of_message(send: &SendDraft) -> PollLineDraft {
    match send.source {
        SendSource::Fields => PollLineDraft {
            request: PollRequestDraft::Fields(send.fields.clone()),
            ..PollLineDraft::default()
        },
        SendSource::Typed | SendSource::File => written(&send.composition),
    }
}

/// A line that sends this message.
pub(super) fn written(composition: &Composition) -> PollLineDraft {
    PollLineDraft {
        request: PollRequestDraft::Written(composition.clone()),
        ..PollLineDraft::default()
    }
}

/// A line that reads ten holding registers; `None` if the session does not speak Modbus.
pub(super) fn modbus_read(context: &RuleContext) -> Option<PollLineDraft> {
    let schema = &context.described.as_ref()?.schema;
    let name = schema.name();
    if !MODBUS.contains(&name) {
        return None;
    }
    let mut fields = vec![
        ("unit", "1"),
        ("function", "read_holding_registers"),
        ("body.start", "0"),
        ("body.quantity", "10"),
    ];
    if name == "modbus_tcp" {
        // A late reply then has another number than the next request.
        fields.push(("transaction", "= count % 65536"));
    }
    let fields = fields
        .into_iter()
        .map(|(path, value)| (path.to_owned(), value.to_owned()));
    Some(PollLineDraft {
        request: PollRequestDraft::Fields(fields.collect()),
        show: "body.values".to_owned(),
        ..PollLineDraft::default()
    })
}

/// Shows the line at this place; says whether its fields are to be plotted.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    line: &mut PollLineDraft,
    place: usize,
    about: PollAbout<'_>,
) -> bool {
    let fault = plan::request(line, about.context).err();
    let text = fault.as_ref().map(|fault| fault.explain(cx));
    let width = controls::POLL.width(ui, cx.lang);
    ui.spacing_mut().item_spacing.y = 6.0;
    let caption = t!(cx.lang, "poll.name");
    controls::labelled_row(ui, &caption, width, cx.palette, |ui| {
        let hint = table::title(cx, place, &PollLineDraft::default());
        let width = ui.available_width().floor();
        TextField::new(&mut line.name, &caption, &hint, width).show(ui, cx.palette);
    });
    let of_request = |fault: &&LineFault| {
        matches!(
            fault,
            LineFault::Text(_) | LineFault::Empty | LineFault::Fields(_) | LineFault::Asks
        )
    };
    let request_fault = fault.as_ref().filter(of_request).and(text.as_deref());
    request_ui(ui, cx, (&mut *line, width), about, request_fault);
    times_ui(ui, cx, line, width);
    let is_of_show =
        |fault: &&LineFault| matches!(fault, LineFault::UnknownField(_) | LineFault::NoDescription);
    let show_fault = fault.as_ref().filter(is_of_show).and(text.as_deref());
    let plots = show_ui(ui, cx, (&mut *line, width), about.context, show_fault);
    // A mistake of a line that is on stands above the table.
    if let Some(text) = text.as_deref().filter(|_| !line.on) {
        controls::error_line(ui, text, cx.palette);
    }
    plots
}

fn request_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (line, width): (&mut PollLineDraft, f32),
    about: PollAbout<'_>,
    fault: Option<&str>,
) {
    let caption = t!(cx.lang, "poll.request");
    let mut kind = RequestKind::of(&line.request);
    controls::labelled_row(ui, &caption, width, cx.palette, |ui| {
        let kinds = [
            (RequestKind::Text, "receive.text"),
            (RequestKind::Hex, "receive.hex"),
            (RequestKind::Fields, "poll.fields"),
        ];
        let kinds = kinds.map(|(value, key)| {
            let text = t!(cx.lang, key);
            let name = format!("{caption} {text}");
            SegmentedChoice { value, text, name }
        });
        let name = t!(cx.lang, "poll.request_kind");
        if controls::segments_ui(ui, &name, &mut kind, &kinds, cx.palette) {
            line.request = kind.request(&line.request);
        }
    });
    match &mut line.request {
        PollRequestDraft::Written(composition) => {
            controls::labelled_row(ui, "", width, cx.palette, |ui| {
                let width = ui.available_width().floor();
                let field = TextField::new(&mut composition.text, &caption, "", width);
                field.fault(fault).show(ui, cx.palette);
            });
            controls::labelled_row(ui, "", width, cx.palette, |ui| {
                let take = t!(cx.lang, "snippets.options");
                let hint = t!(cx.lang, "poll.options_hint");
                if controls::small(ui, &take, &take)
                    .on_hover_text(hint)
                    .clicked()
                {
                    *composition = Composition {
                        format: composition.format,
                        text: composition.text.clone(),
                        ..about.send.composition.clone()
                    };
                }
            });
        }
        PollRequestDraft::Fields(fields) => {
            let of = (about.context, caption.as_str());
            // Nothing is answered from which a value could come.
            field_values::ui(ui, cx, fields, of, fault, |_| "0".to_owned());
        }
    }
}

fn times_ui(ui: &mut Ui, cx: UiContext<'_>, line: &mut PollLineDraft, width: f32) {
    for (value, key, least) in [
        (&mut line.period, "poll.period", SHORTEST),
        (&mut line.timeout, "poll.timeout", 1),
    ] {
        let caption = t!(cx.lang, key);
        controls::labelled_row(ui, &caption, width, cx.palette, |ui| {
            let drag = DragValue::new(value)
                .range(least..=LONGEST)
                .speed(10.0)
                .suffix(" ms")
                .update_while_editing(false);
            let drag = ui.add_sized([96.0, theme::SMALL_BUTTON], drag);
            controls::named(ui, drag, &caption);
        });
    }
}

/// The fields of the reply that are shown; says whether they are to be plotted.
fn show_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (line, width): (&mut PollLineDraft, f32),
    context: &RuleContext,
    fault: Option<&str>,
) -> bool {
    let caption = t!(cx.lang, "poll.show");
    let offer = t!(cx.lang, "poll.offer");
    controls::labelled_row(ui, &caption, width, cx.palette, |ui| {
        let button = controls::small_width(ui, "▾") + ui.spacing().item_spacing.x;
        let width = (ui.available_width() - button).floor().max(80.0);
        let hint = t!(cx.lang, "poll.show_hint");
        let field = TextField::new(&mut line.show, &caption, &hint, width).fault(fault);
        field.show(ui, cx.palette);
        let described = context.described.as_ref();
        let menu = controls::small_if(ui, described.is_some(), "▾", &offer);
        let menu = controls::unusable(ui, menu, &t!(cx.lang, "poll.no_description"));
        controls::menu(&menu).show(|ui| {
            controls::edged(ui, cx.palette);
            ScrollArea::vertical().max_height(LIST).show(ui, |ui| {
                let paths = described.map(|described| described.schema.paths(OFFERED));
                for path in paths.unwrap_or_default() {
                    let text = RichText::new(&path).font(theme::mono());
                    if ui.button(text).clicked() {
                        let is_first = line.paths().next().is_none();
                        line.show = match is_first {
                            true => path,
                            false => format!("{}, {path}", line.show.trim()),
                        };
                    }
                }
            });
            controls::close_when_chosen(ui);
        });
        controls::regain_focus(ui, &menu);
    });
    let mut plots = false;
    controls::labelled_row(ui, "", width, cx.palette, |ui| {
        let plot = t!(cx.lang, "poll.plot");
        let any = line.paths().next().is_some();
        let button = controls::small_if(ui, any, &plot, &plot);
        let why = t!(cx.lang, "poll.no_fields");
        plots = controls::unusable(ui, button, &why).clicked();
    });
    plots
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::rules::PreparedPayload;
    use crate::payload::template::TemplateContext;

    #[test]
    fn a_modbus_read_is_a_request_as_it_is_added() {
        let expected: [(&str, &[u8]); 2] = [
            ("modbus_tcp", b"\0\x05\0\0\0\x06\x01\x03\0\0\0\x0A"),
            ("modbus_rtu", b"\x01\x03\0\0\0\x0A\xC5\xCD"),
        ];
        for (name, bytes) in expected {
            let context = RuleContext::of_ready_made(name);
            let line = modbus_read(&context).unwrap();
            let request = plan::request(&line, &context).unwrap();
            let PreparedPayload::Written { message, .. } = &request.message else {
                panic!("{:?}", request.message);
            };
            let moment = TemplateContext {
                seq: 65_541,
                ..TemplateContext::default()
            };
            let made = message.render(&moment, 99, &mut fastrand::Rng::with_seed(0));
            let made = made.unwrap().to_vec();
            assert_eq!(made, bytes, "{name}");
        }
        assert_eq!(modbus_read(&RuleContext::of_ready_made("dns")), None);
        assert_eq!(modbus_read(&RuleContext::default()), None);
    }

    #[test]
    fn another_notation_keeps_the_text() {
        let before = written(&Composition {
            text: "0A".into(),
            ..Composition::default()
        });
        let hex = RequestKind::Hex.request(&before.request);
        let PollRequestDraft::Written(composition) = &hex else {
            panic!("{hex:?}");
        };
        assert_eq!(
            (composition.format, &*composition.text),
            (TextFormat::Hex, "0A")
        );
        assert!(RequestKind::of(&hex) == RequestKind::Hex);
        let fields = RequestKind::Fields.request(&hex);
        assert!(RequestKind::of(&fields) == RequestKind::Fields);
    }
}
