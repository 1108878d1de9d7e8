//! Sending the same message again and again.

use super::Blocked;
use crate::automation::Plan;
use crate::engine::Repeating;
use crate::payload::message::Message;
use crate::payload::width;
use crate::settings::tab::RepeatDraft;
use crate::t;
use crate::ui::controls::{self, TextField};
use crate::ui::{UiContext, grouped};
use egui::{RichText, Ui};
use std::sync::Arc;
use std::time::Duration;

/// A day: longer intervals are a mistake.
const LONGEST: u64 = 86_400_000;

impl RepeatDraft {
    /// The plan that repeats `message`, if it is to be repeated.
    ///
    /// # Errors
    /// A number that is none, or out of range.
    pub fn plan(&self, message: Arc<Message>) -> Result<Option<Plan>, Blocked> {
        if !self.on {
            return Ok(None);
        }
        let interval = number(&self.interval, 1..=LONGEST).ok_or(Blocked::Interval)?;
        let plan = Plan::every(Duration::from_millis(interval), message, self.count()?);
        Ok(Some(plan))
    }

    fn count(&self) -> Result<Option<u64>, Blocked> {
        count(&self.count)
    }

    /// The interval and the number of times.
    pub fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        controls::edged(ui, cx.palette);
        ui.spacing_mut().item_spacing.y = 6.0;
        let name = t!(cx.lang, "repeat.interval");
        let faulty = number(&self.interval, 1..=LONGEST).is_none();
        let text = &mut self.interval;
        field_ui(ui, cx, text, (&name, "1000", "ms"), faulty);
        let (name, endless) = (t!(cx.lang, "repeat.count"), t!(cx.lang, "repeat.endless"));
        let faulty = count(&self.count).is_err();
        field_ui(ui, cx, &mut self.count, (&name, &endless, ""), faulty);
    }
}

fn field_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    text: &mut String,
    (name, hint, unit): (&str, &str, &str),
    faulty: bool,
) {
    let width = controls::REPEAT.width(ui, cx.lang);
    controls::labelled_row(ui, name, width, cx.palette, |ui| {
        let field = TextField {
            faulty,
            ..TextField::new(text, name, hint, 96.0)
        };
        field.show(ui, cx.palette);
        ui.label(RichText::new(unit).color(cx.palette.dim));
    });
}

/// How often; nothing written is for ever.
pub fn count(text: &str) -> Result<Option<u64>, Blocked> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let count = number(text, 1..=1_000_000_000_000).ok_or(Blocked::Count)?;
    Ok(Some(count))
}

fn number(text: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
    let number = width::to_ascii(text).trim().parse().ok()?;
    range.contains(&number).then_some(number)
}

/// How it goes: `1,234 · 999.8/s`.
pub fn progress(repeating: &Repeating, cx: UiContext<'_>) -> String {
    let seconds = repeating.elapsed.as_secs_f64();
    let sent = grouped(repeating.sent);
    let sent = match repeating.total {
        Some(total) => format!("{sent}/{}", grouped(total)),
        None => sent,
    };
    // The first message is sent at once: the following ones make the rate.
    let later = repeating.sent.saturating_sub(1) as f64;
    let rate = if seconds > 0.0 { later / seconds } else { 0.0 };
    t!(
        cx.lang,
        "repeat.said",
        sent = sent,
        rate = format!("{rate:.1}")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(interval: &str, count: &str) -> Result<Option<Plan>, Blocked> {
        let draft = RepeatDraft {
            on: true,
            interval: interval.into(),
            count: count.into(),
        };
        draft.plan(Arc::new(Message::from(Arc::from(&b"a"[..]))))
    }

    #[test]
    fn intervals_are_from_a_millisecond_to_a_day() {
        for good in ["1", " 1000 ", "１０", "86400000"] {
            assert!(plan(good, "").is_ok(), "{good}");
        }
        for bad in ["0", "", "1.5", "-1", "1000000000000", "abc"] {
            assert_eq!(plan(bad, "").err(), Some(Blocked::Interval), "{bad}");
        }
    }

    #[test]
    fn a_count_is_a_number_or_nothing() {
        assert_eq!(plan("1", "").unwrap().unwrap().rounds, None);
        assert_eq!(plan("1", "3").unwrap().unwrap().rounds, Some(3));
        for bad in ["0", "x", "10000000000000000000000"] {
            assert_eq!(plan("1", bad).err(), Some(Blocked::Count), "{bad}");
        }
    }

    #[test]
    fn nothing_is_checked_while_it_is_off() {
        let draft = RepeatDraft {
            interval: "0".into(),
            ..RepeatDraft::default()
        };
        let message = Arc::new(Message::from(Arc::from(&b"a"[..])));
        assert!(matches!(draft.plan(message), Ok(None)));
    }
}
