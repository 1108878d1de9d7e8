//! A message about the program itself, above the panels, until it is dismissed.

use super::theme::Palette;
use super::{Action, UiContext, controls};
use egui::accesskit::Live;
use egui::{Align, Color32, Context, Layout, Rect, RichText, Ui};
use std::time::Duration;

/// Seconds for which the bar stays once the pointer has left it.
const STAYS: f64 = 1.0;

/// How urgent a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something failed, or is lost.
    Fault,
    /// Something is withheld by a setting.
    Withheld,
}

impl Tone {
    /// The colour of the text.
    fn ink(self, palette: &Palette) -> Color32 {
        match self {
            Self::Fault => palette.error,
            Self::Withheld => palette.event,
        }
    }

    /// The colour of the bar.
    pub fn ground(self, palette: &Palette) -> Color32 {
        match self {
            Self::Fault => palette.error_soft,
            Self::Withheld => palette.event_soft,
        }
    }
}

/// A button of an alert.
#[derive(Clone, Debug)]
pub struct AlertAction {
    pub name: String,
    pub action: Action,
}

impl AlertAction {
    pub fn new(name: String, action: Action) -> Self {
        Self { name, action }
    }
}

/// The content of a message in the banner.
#[derive(Clone, Debug)]
pub struct Alert {
    pub text: String,
    /// The actions it offers, the least important first.
    pub offers: Vec<AlertAction>,
    pub tone: Tone,
}

/// The bar among the frames. A message that ends by itself stays while the pointer is over it:
/// otherwise a click on its buttons could hit a control that moves to their place.
#[derive(Debug, Default)]
pub struct BannerBar {
    shown: Option<ShownAlert>,
}

#[derive(Debug)]
struct ShownAlert {
    message: Alert,
    /// The bar, in points.
    rect: Rect,
    /// When the pointer was last over it, on the toolkit's clock in seconds.
    touched: Option<f64>,
    /// Whether one of its buttons was pressed. It may still hold for some frames.
    answered: bool,
}

impl BannerBar {
    /// The message to show, and whether it still holds.
    pub fn message(&mut self, ctx: &Context, now: Option<Alert>) -> Option<(Alert, bool)> {
        let (time, pointer) = ctx.input(|input| (input.time, input.pointer.hover_pos()));
        if let Some(shown) = &mut self.shown
            && pointer.is_some_and(|pointer| shown.rect.contains(pointer))
        {
            shown.touched = Some(time);
        }
        if let Some(message) = now {
            return Some((message, true));
        }
        let shown = self.shown.take().filter(|shown| !shown.answered)?;
        let left = shown.touched? + STAYS - time;
        if left <= 0.0 {
            return None;
        }
        ctx.request_repaint_after(Duration::from_secs_f64(left));
        let message = shown.message.clone();
        self.shown = Some(shown);
        Some((message, false))
    }

    /// The message was shown at `rect`; `answered` is whether one of its buttons was pressed.
    pub fn follow(&mut self, message: Alert, rect: Rect, answered: bool) {
        let before = self.shown.take();
        let is_same = |before: &&ShownAlert| before.message.text == message.text;
        let answered_before = before
            .as_ref()
            .filter(is_same)
            .is_some_and(|it| it.answered);
        self.shown = Some(ShownAlert {
            touched: before.and_then(|before| before.touched),
            answered: answered || answered_before,
            message,
            rect,
        });
    }
}

pub fn ui(ui: &mut Ui, cx: UiContext<'_>, message: &Alert) -> Option<Action> {
    let mut action = None;
    let ink = message.tone.ink(cx.palette);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        for offer in &message.offers {
            if controls::small(ui, &offer.name, &offer.name).clicked() {
                action = Some(offer.action.clone());
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let text = crate::payload::printable::line(message.text.as_bytes());
            ui.label(RichText::new("⚠").color(ink));
            let words = RichText::new(&text).color(ink);
            let words = ui.add(egui::Label::new(words).truncate());
            controls::announced(ui, words, Live::Assertive).on_hover_text(&text);
        });
    });
    action
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Event, RawInput, pos2, vec2};

    #[test]
    fn a_message_that_ends_by_itself_stays_under_the_pointer() {
        let alert = Alert {
            text: "paused".into(),
            offers: Vec::new(),
            tone: Tone::Fault,
        };
        let rect = Rect::from_min_size(pos2(0.0, 40.0), vec2(800.0, 36.0));
        let (ctx, mut bar) = (Context::default(), BannerBar::default());
        let mut frame = |time: f64, pointer: f32, now: bool, answered: bool| {
            let input = RawInput {
                time: Some(time),
                events: vec![Event::PointerMoved(pos2(400.0, pointer))],
                ..RawInput::default()
            };
            let mut holds = None;
            let mut output = ctx.run_ui(input, |ui| {
                let now = now.then(|| alert.clone());
                let message = bar.message(ui.ctx(), now);
                holds = message.as_ref().map(|(_, holds)| *holds);
                if let Some((message, _)) = message {
                    bar.follow(message, rect, answered);
                }
            });
            output.textures_delta.clear();
            holds
        };
        assert_eq!(frame(0.0, 50.0, true, false), Some(true));
        assert_eq!(frame(0.1, 50.0, true, false), Some(true));
        assert_eq!(frame(5.0, 50.0, false, false), Some(false));
        assert_eq!(frame(5.9, 200.0, false, false), Some(false));
        assert_eq!(frame(6.1, 200.0, false, false), None);
        assert_eq!(frame(7.0, 200.0, true, false), Some(true));
        assert_eq!(
            frame(7.1, 200.0, false, false),
            None,
            "the pointer is elsewhere"
        );
        assert_eq!(frame(8.0, 50.0, true, true), Some(true));
        assert_eq!(frame(8.1, 50.0, true, false), Some(true));
        assert_eq!(frame(8.2, 50.0, false, false), None, "it is answered");
    }
}
