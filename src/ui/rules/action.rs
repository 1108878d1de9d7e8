//! The action of a rule, in fields.

use super::request;
use crate::automation::Capabilities;
use crate::automation::rules::{
    ActionKind, LONGEST_DELAY, ReplyContent, RuleAction, RuleContext, preset,
};
use crate::engine::Remote;
use crate::payload::composition::Composition;
use crate::payload::template::Variable;
use crate::ui::{UiContext, controls, field_values, text_format, theme};
use crate::{explain, t};
use controls::TextField;
use egui::{ComboBox, DragValue, FontSelection, RichText, Stroke, StrokeKind, TextEdit, Ui};
use std::collections::BTreeMap;

/// Characters of a reply, enough for the longest datagram in hexadecimal, and the lines in sight.
const LONGEST: usize = 262_144;
const ROWS: usize = 3;
/// The room for the delay, its jitter and the captions in the line of a reply's receiver.
const DELAYS: f32 = 262.0;

/// The kind of an action, without its fields.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ActionChoice {
    Echo,
    Reply,
    Fields,
    Modbus,
    Ntp,
    Dns,
    Tftp,
    Drop,
    Close,
    Reset,
    Edit,
    Hold,
}

impl ActionChoice {
    const ALL: [Self; 12] = [
        Self::Reply,
        Self::Fields,
        Self::Echo,
        Self::Modbus,
        Self::Ntp,
        Self::Dns,
        Self::Tftp,
        Self::Drop,
        Self::Close,
        Self::Reset,
        Self::Edit,
        Self::Hold,
    ];

    fn of(action: &ActionKind) -> Self {
        match action {
            ActionKind::Reply { what, .. } => match what {
                ReplyContent::Echo => Self::Echo,
                ReplyContent::Written(_) => Self::Reply,
                ReplyContent::Fields(_) => Self::Fields,
                ReplyContent::Modbus | ReplyContent::ModbusDevice(_) => Self::Modbus,
                ReplyContent::Ntp => Self::Ntp,
                ReplyContent::Dns(_) => Self::Dns,
                ReplyContent::Tftp => Self::Tftp,
            },
            ActionKind::Edit(_) => Self::Edit,
            ActionKind::Drop => Self::Drop,
            ActionKind::Hold => Self::Hold,
            ActionKind::Close => Self::Close,
            ActionKind::Reset => Self::Reset,
        }
    }

    /// An action of this kind that keeps the applicable fields of the previous one.
    fn action(self, before: &ActionKind) -> ActionKind {
        let to = match before {
            ActionKind::Reply { to, .. } => to.clone(),
            _ => None,
        };
        let written = || match before {
            ActionKind::Reply {
                what: ReplyContent::Written(composition),
                ..
            }
            | ActionKind::Edit(ReplyContent::Written(composition)) => {
                ReplyContent::Written(composition.clone())
            }
            _ => ReplyContent::Written(preset::composition("${data}")),
        };
        let reply = |what| ActionKind::Reply { what, to };
        match self {
            Self::Echo => reply(ReplyContent::Echo),
            Self::Reply => reply(written()),
            Self::Fields => reply(ReplyContent::Fields(BTreeMap::new())),
            Self::Modbus => reply(ReplyContent::Modbus),
            Self::Ntp => reply(ReplyContent::Ntp),
            Self::Dns => reply(ReplyContent::Dns("127.0.0.1".into())),
            Self::Tftp => reply(ReplyContent::Tftp),
            Self::Drop => ActionKind::Drop,
            Self::Close => ActionKind::Close,
            Self::Reset => ActionKind::Reset,
            Self::Edit => ActionKind::Edit(written()),
            Self::Hold => ActionKind::Hold,
        }
    }

    fn words(self, cx: UiContext<'_>, place: Capabilities) -> String {
        match self {
            Self::Echo => t!(cx.lang, "rules.do_echo"),
            Self::Reply => t!(cx.lang, "rules.do_reply"),
            Self::Fields => t!(cx.lang, "rules.do_fields"),
            Self::Modbus => t!(cx.lang, "rules.do_modbus"),
            Self::Ntp => t!(cx.lang, "rules.do_ntp"),
            Self::Dns => t!(cx.lang, "rules.do_dns"),
            Self::Tftp => t!(cx.lang, "rules.do_tftp"),
            // A relay forwards data unless a rule drops it.
            Self::Drop if place.relay => t!(cx.lang, "rules.do_discard"),
            Self::Drop => t!(cx.lang, "rules.do_drop"),
            Self::Close => t!(cx.lang, "rules.do_close"),
            Self::Reset => t!(cx.lang, "rules.do_reset"),
            Self::Edit => t!(cx.lang, "rules.do_edit"),
            Self::Hold => t!(cx.lang, "rules.do_hold"),
        }
    }
}

/// Shows the `number`th thing a rule does at `place`; says whether it is to be removed. `request`
/// has the values of fields that its messages are known to have.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    then: &mut RuleAction,
    (context, place): (&RuleContext, Capabilities),
    request: &BTreeMap<String, String>,
    number: usize,
    removable: bool,
) -> bool {
    let mut removed = false;
    let problem = then.problem(context);
    let fault = problem.map(|problem| explain::rule_problem(cx.lang, &problem));
    ui.horizontal_wrapped(|ui| {
        kind_ui(ui, cx, &mut then.kind, place, number);
        what_ui(ui, cx, &mut then.kind, number, fault.as_deref());
        let remove = t!(cx.lang, "rules.remove_action", number = number);
        removed = removable && controls::small(ui, "×", &remove).clicked();
    });
    if let Some(composition) = written(&mut then.kind) {
        written_ui(ui, cx, composition, number, fault.as_deref());
    }
    if let ActionKind::Reply {
        what: ReplyContent::Fields(fields),
        ..
    } = &mut then.kind
    {
        // The same field of the message that is answered is the likeliest value.
        let usual = |path: &str| {
            let described = context.described.as_ref();
            described.map_or_else(String::new, |described| {
                request::proposed(&described.schema, request, path)
            })
        };
        let place = format!("→{number}");
        let about = (context, place.as_str());
        field_values::ui(ui, cx, fields, about, fault.as_deref(), usual);
    }
    // Dropping, holding and editing take no delay.
    if matches!(
        then.kind,
        ActionKind::Drop | ActionKind::Hold | ActionKind::Edit(_)
    ) {
        return removed;
    }
    ui.horizontal_wrapped(|ui| {
        if let ActionKind::Reply { to, .. } = &mut then.kind {
            to_ui(ui, cx, to, number);
        }
        for (value, prefix, name) in [
            (
                &mut then.delay,
                "",
                t!(cx.lang, "rules.delay", number = number),
            ),
            (
                &mut then.jitter,
                "± ",
                t!(cx.lang, "rules.jitter", number = number),
            ),
        ] {
            let drag = DragValue::new(value)
                .range(0..=LONGEST_DELAY)
                .prefix(prefix)
                .suffix(" ms")
                .update_while_editing(false);
            let add = |ui: &mut Ui| ui.add_sized([76.0, theme::SMALL_BUTTON], drag);
            let after = t!(cx.lang, "rules.after");
            let drag = match prefix.is_empty() {
                true => {
                    let least = controls::REPLY.width(ui, cx.lang);
                    controls::captioned_in(ui, (&after, least), 76.0, cx.palette, add)
                }
                false => add(ui),
            };
            controls::named(ui, drag, &name);
        }
    });
    removed
}

fn kind_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    action: &mut ActionKind,
    place: Capabilities,
    number: usize,
) {
    let mut kind = ActionChoice::of(action);
    let before = kind;
    let combo = ComboBox::from_id_salt("action")
        .icon(controls::combo_arrow)
        .selected_text(kind.words(cx, place))
        .width(126.0)
        .height(360.0)
        .show_ui(ui, |ui| {
            for choice in ActionChoice::ALL {
                controls::item_of(ui, &mut kind, choice, choice.words(cx, place));
            }
            controls::close_when_chosen(ui);
        });
    let name = t!(cx.lang, "rules.action_number", number = number);
    controls::drop_down(ui, combo.response, &name);
    if kind != before {
        *action = kind.action(action);
    }
}

fn what_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    action: &mut ActionKind,
    number: usize,
    fault: Option<&str>,
) {
    let name = t!(cx.lang, "rules.reply_text", number = number);
    if let Some(composition) = written(action) {
        let number = format!("→{number}");
        text_format::switch_ui(ui, cx, &mut composition.format, &number);
    }
    if let ActionKind::Reply {
        what: ReplyContent::Dns(address),
        ..
    } = action
    {
        let field = TextField::new(address, &name, "127.0.0.1", 160.0).fault(fault);
        field.show(ui, cx.palette);
    }
}

/// The message that the user wrote for it.
fn written(action: &mut ActionKind) -> Option<&mut Composition> {
    match action {
        ActionKind::Reply {
            what: ReplyContent::Written(composition),
            ..
        }
        | ActionKind::Edit(ReplyContent::Written(composition)) => Some(composition),
        _ => None,
    }
}

/// The message in lines; a line end in it goes out as it is.
fn written_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    composition: &mut Composition,
    number: usize,
    fault: Option<&str>,
) {
    let known = [&Variable::QUOTING[..], &Variable::WRITTEN[..]].concat();
    let hint = t!(cx.lang, "rules.variables", known = known.join("  "));
    let name = t!(cx.lang, "rules.reply_text", number = number);
    let empty = RichText::new("${data}").font(theme::mono());
    let edit = TextEdit::multiline(&mut composition.text)
        .font(FontSelection::FontId(theme::mono()))
        .hint_text(empty.color(cx.palette.faint))
        .char_limit(LONGEST)
        .desired_rows(ROWS)
        .desired_width(f32::INFINITY);
    let edit = ui.add(edit);
    if let Some(fault) = fault {
        controls::describe_fault(ui, edit.id, Some(fault));
        let line = Stroke::new(1.0, cx.palette.error);
        ui.painter()
            .rect_stroke(edit.rect, theme::ROUND, line, StrokeKind::Inside);
    }
    controls::named(ui, edit, &name).on_hover_text(fault.unwrap_or(&hint));
}

fn to_ui(ui: &mut Ui, cx: UiContext<'_>, to: &mut Option<String>, number: usize) {
    let mut text = to.clone().unwrap_or_default();
    let is_address = text.is_empty() || Remote::parse(&text, cx.interfaces).is_some();
    let name = t!(cx.lang, "rules.to_of", number = number);
    let source = t!(cx.lang, "rules.to_source");
    // The delay and its jitter stand behind it.
    let width = (ui.available_width() - DELAYS).clamp(96.0, 160.0);
    let field = TextField::new(&mut text, &name, &source, width).faulty(!is_address);
    let hint = t!(cx.lang, "rules.to_hint");
    let caption = t!(cx.lang, "rules.to");
    let caption = (caption.as_str(), controls::REPLY.width(ui, cx.lang));
    let field = controls::captioned_in(ui, caption, width, cx.palette, |ui| {
        field.show(ui, cx.palette)
    });
    field.on_hover_text(hint);
    *to = (!text.trim().is_empty()).then_some(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_discards_where_others_do_not_reply() {
        let words = |relay| {
            let place = Capabilities {
                is_stream: false,
                relay,
            };
            ActionChoice::Drop.words(UiContext::for_tests(), place)
        };
        assert_eq!([words(true), words(false)], ["Discard", "Do nothing"]);
    }
}
