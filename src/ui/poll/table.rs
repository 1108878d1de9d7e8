//! The lines of a poll table, each with its last value.

use super::hint_ui;
use crate::engine::{PollProblem, PolledLine, Polling};
use crate::settings::tab::{PollDraft, PollLineDraft};
use crate::ui::measure::micros;
use crate::ui::{UiContext, controls, grouped, theme};
use crate::words;
use crate::{explain, t};
use egui::accesskit::Role;
use egui::{Align, Button, Label, Layout, RichText, Ui, WidgetInfo, vec2};

/// The width of a name.
const NAME: f32 = 120.0;
const GAP: f32 = 6.0;
/// The greatest length of a value that is shown without its rest.
const LONGEST: usize = 400;

/// The name of a line, or else its number.
pub(super) fn title(cx: UiContext<'_>, place: usize, line: &PollLineDraft) -> String {
    match line.name.trim() {
        "" => t!(cx.lang, "poll.line", number = place + 1),
        name => name.to_owned(),
    }
}

/// Shows the lines; a click chooses the one to edit.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    draft: &mut PollDraft,
    polling: Option<&Polling>,
    chosen: &mut usize,
) {
    if draft.lines.is_empty() {
        hint_ui(ui, cx, &t!(cx.lang, "poll.empty"));
    }
    ui.spacing_mut().item_spacing.y = 3.0;
    for (place, line) in draft.lines.iter_mut().enumerate() {
        let mut states = polling.into_iter().flat_map(|polling| &polling.lines);
        let state = states.find(|state| state.id == line.id);
        row_ui(ui, cx, (place, line), state, chosen);
    }
}

fn row_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (place, line): (usize, &mut PollLineDraft),
    state: Option<&PolledLine>,
    chosen: &mut usize,
) {
    let title = title(cx, place, line);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let name = t!(cx.lang, "poll.use", number = place + 1);
        let check = controls::check(ui, &mut line.on, "", "", theme::body(), cx.palette);
        controls::named(ui, check, &name);
        ui.scope(|ui| {
            controls::soft_choice(ui, cx.palette);
            let ink = match line.on {
                true => cx.palette.text,
                false => cx.palette.faint,
            };
            let text = RichText::new(&title).color(ink);
            let button = Button::selectable(*chosen == place, text).truncate();
            let left = Layout::left_to_right(Align::Center)
                .with_main_justify(true)
                .with_main_align(Align::LEFT);
            let size = vec2(NAME, theme::SMALL_BUTTON);
            let button = ui.allocate_ui_with_layout(size, left, |ui| ui.add(button));
            if controls::named(ui, button.inner, &title).clicked() {
                *chosen = place;
            }
        });
        value_ui(ui, cx, &title, line, state);
    });
    let Some(state) = state else { return };
    let details = RichText::new(details(cx, state)).font(theme::small());
    ui.add(Label::new(details.color(cx.palette.dim)).wrap());
    if let Some(problem) = &state.problem {
        let problem = RichText::new(explained(cx, line, problem)).font(theme::small());
        ui.add(Label::new(problem.color(cx.palette.error)).wrap());
    }
}

fn value_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    title: &str,
    line: &PollLineDraft,
    state: Option<&PolledLine>,
) {
    let value = state.and_then(|state| value(line, state));
    let value = value.unwrap_or_else(words::none);
    // A value that is not new any more.
    let ink = match state.is_some_and(|state| state.problem.is_some()) {
        true => cx.palette.faint,
        false => cx.palette.text,
    };
    let text = RichText::new(&value).font(theme::mono()).color(ink);
    let label = ui.add(Label::new(text).wrap().selectable(true));
    let name = t!(cx.lang, "poll.value_of", name = title, value = value);
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
}

/// The last value: that of the field, those of several with their paths, or the whole reply.
fn value(line: &PollLineDraft, state: &PolledLine) -> Option<String> {
    let last = state.last.as_ref()?;
    let found = last.values.iter().zip(line.paths());
    let found: Vec<_> = found
        .filter_map(|(value, path)| Some((path, value.as_ref()?)))
        .collect();
    let text = match found.as_slice() {
        // A reply of another kind, such as an exception, says what it is.
        [] => last.text.clone(),
        [(_, value)] if last.values.len() == 1 => value.text.clone(),
        several => {
            let pairs = several
                .iter()
                .map(|(path, value)| format!("{path} {}", value.text));
            pairs.collect::<Vec<_>>().join(" · ")
        }
    };
    Some(match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    })
}

/// Age, round trip and counters: `0.4 s ago · 2.10 ms · 119 of 120 answered · 1 without a reply`.
fn details(cx: UiContext<'_>, state: &PolledLine) -> String {
    let mut parts = Vec::new();
    if let Some(last) = &state.last {
        let age = (cx.now - last.time).max(0) as f64 / 1e6;
        let seconds = format!("{age:.1}");
        parts.push(t!(cx.lang, "poll.age", seconds = seconds));
        parts.push(micros(last.round_trip.as_micros() as f64));
    }
    let (replies, requests) = (grouped(state.replies), grouped(state.requests));
    parts.push(t!(
        cx.lang,
        "poll.counts",
        replies = replies,
        requests = requests
    ));
    for (count, key) in [
        (state.timeouts, "poll.timeouts"),
        (state.faulty, "poll.faulty"),
        (state.unsent, "poll.unsent"),
        (state.missed, "poll.missed"),
    ] {
        if count > 0 {
            parts.push(t!(cx.lang, key, count = grouped(count)));
        }
    }
    parts.join(" · ")
}

fn explained(cx: UiContext<'_>, line: &PollLineDraft, problem: &PollProblem) -> String {
    match problem {
        PollProblem::Timeout => t!(cx.lang, "poll.no_reply", millis = line.timeout),
        PollProblem::Fault(path, fault) => {
            let fault = explain::field_fault(cx.lang, fault);
            match path.as_str() {
                // What is behind the message belongs to no field.
                "" => fault,
                path => t!(cx.lang, "app.named", name = path, value = fault),
            }
        }
        PollProblem::NotMade(failure) => explain::failure(cx.lang, failure).what_and_why(cx.lang),
        PollProblem::NotSent => t!(cx.lang, "poll.not_sent"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::PolledReply;
    use crate::schema::ShownValue;
    use std::time::Duration;

    fn reply(values: Vec<Option<&str>>) -> PolledLine {
        let shown = |text: &str| ShownValue {
            text: text.to_owned(),
            plain: text.to_owned(),
            unit: String::new(),
        };
        let values = values.into_iter().map(|value| value.map(shown));
        PolledLine {
            requests: 1_000,
            replies: 999,
            timeouts: 1,
            last: Some(PolledReply {
                time: -1_500_000,
                round_trip: Duration::from_micros(2_100),
                values: values.collect(),
                text: "exception=illegal".to_owned(),
            }),
            ..PolledLine::default()
        }
    }

    #[test]
    fn a_value_stands_alone_and_several_with_their_paths() {
        let line = |show: &str| PollLineDraft {
            show: show.into(),
            ..PollLineDraft::default()
        };
        let shown = |show: &str, values| value(&line(show), &reply(values)).unwrap();
        assert_eq!(shown("temp", vec![Some("23.5 °C")]), "23.5 °C");
        let two = vec![Some("23.5 °C"), Some("48 %")];
        assert_eq!(shown("temp, hum", two), "temp 23.5 °C · hum 48 %");
        let one = vec![None, Some("48 %")];
        assert_eq!(shown("temp, hum", one), "hum 48 %");
        assert_eq!(shown("temp", vec![None]), "exception=illegal");
        assert_eq!(shown("", vec![]), "exception=illegal");
    }

    #[test]
    fn counters_that_are_zero_are_left_out() {
        let text = details(UiContext::for_tests(), &reply(vec![]));
        let expected = "1.5 s ago · 2.10 ms · 999 of 1,000 answered · 1 without a reply";
        assert_eq!(text, expected);
    }
}
