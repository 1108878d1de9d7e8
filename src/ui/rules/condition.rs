//! A condition in fields, with its parts below it.

use crate::automation::rules::{BytePattern, Condition, RelayDirection, RuleContext};
use crate::payload::checksum::Checksum;
use crate::payload::composition::TextFormat;
use crate::ui::{UiContext, checksum_choice, controls, text_format, theme};
use crate::{explain, t};
use controls::TextField;
use egui::{Align, ComboBox, DragValue, Layout, Ui, vec2};

/// How deep conditions may stand in each other.
const DEEPEST: usize = 4;
/// Parts of one condition.
const MAX: usize = 20;
/// The least width of a text beside the kind of its condition.
const LEAST: f32 = 160.0;

/// The kind of a condition, without its fields.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ConditionChoice {
    Always,
    Is,
    StartsWith,
    Contains,
    EndsWith,
    Matches,
    Length,
    Valid,
    Fields,
    Connects,
    From,
    Every,
    Toward,
    All,
    Any,
    Not,
}

impl ConditionChoice {
    const ALL: [Self; 16] = [
        Self::Always,
        Self::Is,
        Self::StartsWith,
        Self::Contains,
        Self::EndsWith,
        Self::Matches,
        Self::Length,
        Self::Valid,
        Self::Fields,
        Self::Connects,
        Self::From,
        Self::Every,
        Self::Toward,
        Self::All,
        Self::Any,
        Self::Not,
    ];

    fn of(when: &Condition) -> Self {
        match when {
            Condition::Always => Self::Always,
            Condition::Is(_) => Self::Is,
            Condition::StartsWith(_) => Self::StartsWith,
            Condition::Contains(_) => Self::Contains,
            Condition::EndsWith(_) => Self::EndsWith,
            Condition::Matches(_) => Self::Matches,
            Condition::Length { .. } => Self::Length,
            Condition::Valid(_) => Self::Valid,
            Condition::Fields(_) => Self::Fields,
            Condition::Connects => Self::Connects,
            Condition::From(_) => Self::From,
            Condition::Every(_) => Self::Every,
            Condition::Toward(_) => Self::Toward,
            Condition::All(_) => Self::All,
            Condition::Any(_) => Self::Any,
            Condition::Not(_) => Self::Not,
        }
    }

    /// A condition of this kind that keeps the applicable fields of the previous one.
    fn when(self, before: &Condition) -> Condition {
        let pattern = match before {
            Condition::Is(pattern)
            | Condition::StartsWith(pattern)
            | Condition::Contains(pattern)
            | Condition::EndsWith(pattern) => pattern.clone(),
            Condition::Matches(text) => BytePattern::text(text),
            _ => BytePattern::default(),
        };
        let parts = || match before {
            Condition::All(parts) | Condition::Any(parts) => parts.clone(),
            Condition::Not(part) => vec![(**part).clone()],
            other => vec![other.clone()],
        };
        match self {
            Self::Always => Condition::Always,
            Self::Is => Condition::Is(pattern),
            Self::StartsWith => Condition::StartsWith(pattern),
            Self::Contains => Condition::Contains(pattern),
            Self::EndsWith => Condition::EndsWith(pattern),
            Self::Matches => Condition::Matches(pattern.text),
            Self::Length => Condition::Length { least: 1, most: 64 },
            Self::Valid => Condition::Valid(Checksum::default()),
            Self::Fields => Condition::Fields(Vec::new()),
            Self::Connects => Condition::Connects,
            Self::From => Condition::From("127.0.0.1".into()),
            Self::Every => Condition::Every(2),
            Self::Toward => Condition::Toward(RelayDirection::Target),
            Self::All => Condition::All(parts()),
            Self::Any => Condition::Any(parts()),
            Self::Not => Condition::Not(Box::new(parts().swap_remove(0))),
        }
    }

    fn words(self, cx: UiContext<'_>) -> String {
        match self {
            Self::Always => t!(cx.lang, "rules.always"),
            Self::Is => t!(cx.lang, "rules.is"),
            Self::StartsWith => t!(cx.lang, "rules.starts"),
            Self::Contains => t!(cx.lang, "rules.contains"),
            Self::EndsWith => t!(cx.lang, "rules.ends"),
            Self::Matches => t!(cx.lang, "rules.matches"),
            Self::Length => t!(cx.lang, "rules.length"),
            Self::Valid => t!(cx.lang, "rules.valid"),
            Self::Fields => t!(cx.lang, "rules.fields"),
            Self::Connects => t!(cx.lang, "rules.connects"),
            Self::From => t!(cx.lang, "rules.from"),
            Self::Every => t!(cx.lang, "rules.every"),
            Self::Toward => t!(cx.lang, "rules.toward"),
            Self::All => t!(cx.lang, "rules.all"),
            Self::Any => t!(cx.lang, "rules.any"),
            Self::Not => t!(cx.lang, "rules.not"),
        }
    }
}

/// Shows a condition; `number` is its place, such as `1.2`.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    when: &mut Condition,
    context: &RuleContext,
    number: &str,
) {
    line_ui(ui, cx, when, context, number, false);
}

/// Says whether it is to be removed.
fn line_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    when: &mut Condition,
    context: &RuleContext,
    number: &str,
    removable: bool,
) -> bool {
    let mut removed = false;
    ui.push_id(number, |ui| {
        let problem = when.problem(context);
        let fault = problem.map(|problem| explain::rule_problem(cx.lang, &problem));
        ui.horizontal_wrapped(|ui| {
            kind_ui(ui, cx, when, number);
            fields_ui(ui, cx, when, number, (fault.as_deref(), removable));
            let remove = t!(cx.lang, "rules.remove_condition", number = number);
            removed = removable && controls::small(ui, "×", &remove).clicked();
        });
        match when {
            Condition::All(parts) | Condition::Any(parts) => {
                parts_ui(ui, cx, parts, context, number)
            }
            Condition::Not(part) => {
                ui.indent("not", |ui| {
                    line_ui(ui, cx, part, context, &format!("{number}.1"), false)
                });
            }
            _ => {}
        }
    });
    removed
}

fn kind_ui(ui: &mut Ui, cx: UiContext<'_>, when: &mut Condition, number: &str) {
    let mut kind = ConditionChoice::of(when);
    let before = kind;
    let deep = number.split('.').count() >= DEEPEST;
    let combo = ComboBox::from_id_salt("kind")
        .icon(controls::combo_arrow)
        .selected_text(kind.words(cx))
        .width(126.0)
        .height(360.0)
        .show_ui(ui, |ui| {
            for choice in ConditionChoice::ALL {
                let nests = matches!(
                    choice,
                    ConditionChoice::All | ConditionChoice::Any | ConditionChoice::Not
                );
                if !(deep && nests) {
                    controls::item_of(ui, &mut kind, choice, choice.words(cx));
                }
            }
            controls::close_when_chosen(ui);
        });
    let name = t!(cx.lang, "rules.condition", number = number);
    controls::drop_down(ui, combo.response, &name);
    if kind != before {
        *when = kind.when(when);
    }
}

fn fields_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    when: &mut Condition,
    number: &str,
    (fault, removable): (Option<&str>, bool),
) {
    let name = t!(cx.lang, "rules.value", number = number);
    let remove = match removable {
        true => controls::small_width(ui, "×") + ui.spacing().item_spacing.x,
        false => 0.0,
    };
    // Up to the right edge, in a line of its own where this one has little room.
    let field = |ui: &mut Ui, text: &mut String, hint: &str| {
        let rest = ui.available_size_before_wrap().x - remove;
        let width = match rest >= LEAST {
            true => rest,
            false => ui.available_width() - remove,
        };
        let width = width.floor().max(80.0);
        let field = TextField::new(text, &name, hint, width).fault(fault);
        field.show(ui, cx.palette);
    };
    match when {
        Condition::Is(pattern)
        | Condition::StartsWith(pattern)
        | Condition::Contains(pattern)
        | Condition::EndsWith(pattern) => {
            text_format::ui(ui, cx, &mut pattern.format, number);
            let hint = match pattern.format {
                TextFormat::Text => r"AT+  \r\n  \x01",
                TextFormat::Hex => "01 03 ?? ??",
            };
            field(ui, &mut pattern.text, hint);
        }
        Condition::Matches(text) => field(ui, text, r"name=(\w+)"),
        Condition::Fields(tests) => {
            // As in a filter. What is being typed is kept, with the space that ends a word.
            let mut text = tests.join(" ");
            field(ui, &mut text, "type:request  crc:ok");
            *tests = text.split(' ').map(str::to_owned).collect();
        }
        Condition::From(text) => field(ui, text, "192.168.1.0/24  :9000  unix:*"),
        Condition::Length { least, most } => {
            let size = vec2(
                2.0 * 70.0 + ui.spacing().item_spacing.x,
                theme::SMALL_BUTTON,
            );
            let row = Layout::left_to_right(Align::Center);
            // Both bounds in one line.
            ui.allocate_ui_with_layout(size, row, |ui| {
                for (value, name) in [
                    (least, t!(cx.lang, "rules.least", number = number)),
                    (most, t!(cx.lang, "rules.most", number = number)),
                ] {
                    let drag = DragValue::new(value).range(0..=1_048_576).suffix(" B");
                    let drag = ui.add_sized([70.0, theme::SMALL_BUTTON], drag);
                    controls::named(ui, drag, &name);
                }
            });
        }
        Condition::Valid(checksum) => checksum_choice::button_ui(ui, cx, &name, checksum),
        Condition::Every(every) => {
            let drag = DragValue::new(every).range(1..=1_000_000);
            let drag = ui.add_sized([70.0, theme::SMALL_BUTTON], drag);
            controls::named(ui, drag, &name);
        }
        Condition::Toward(toward) => {
            let ways = [
                (RelayDirection::Target, t!(cx.lang, "rules.toward_target")),
                (RelayDirection::Client, t!(cx.lang, "rules.toward_client")),
            ];
            ui.allocate_ui(egui::vec2(200.0, theme::FIELD), |ui| {
                controls::segmented(ui, &name, toward, &ways, cx.palette);
            });
        }
        Condition::Always
        | Condition::Connects
        | Condition::All(_)
        | Condition::Any(_)
        | Condition::Not(_) => {}
    }
}

fn parts_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    parts: &mut Vec<Condition>,
    context: &RuleContext,
    number: &str,
) {
    ui.indent("parts", |ui| {
        let mut removed = None;
        for (place, part) in parts.iter_mut().enumerate() {
            let number = format!("{number}.{}", place + 1);
            if line_ui(ui, cx, part, context, &number, true) {
                removed = Some(place);
            }
        }
        if let Some(place) = removed {
            parts.remove(place);
        }
        let add = t!(cx.lang, "rules.add_condition");
        let name = format!("{add} {number}");
        let button = controls::small_if(ui, parts.len() < MAX, &add, &name);
        let full = t!(cx.lang, "rules.most_conditions", most = MAX);
        if controls::unusable(ui, button, &full).clicked() {
            parts.push(Condition::Contains(BytePattern::default()));
        }
    });
}
