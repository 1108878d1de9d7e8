//! The input method of the system: its composition is committed before a click acts, and on X11
//! it stays on when the focus moves.
//!
//! On X11 the toolkit ends a composition, and leaves a text field, by a new input context. In a
//! new context fcitx5 starts with its input method off.

use egui::output::IMEOutput;
use egui::{Context, Event, FullOutput, IMEPurpose, ImeEvent, Plugin, RawInput, Rect};

#[derive(Debug, Default)]
pub struct InputMethod {
    /// Whether it is allowed without a text field, and not interrupted where nothing is composed.
    stays: bool,
    /// The text being composed; the focused field shows it.
    preedit: String,
    /// Whether this frame committed a word that the input method still composes.
    committed: bool,
    /// The last place of the cursor, for frames without one.
    place: Option<IMEOutput>,
}

/// Commits the text being composed before a click acts.
pub fn install(ctx: &Context) {
    ctx.add_plugin(InputMethod::default());
}

/// Keeps the input method on when the focus moves.
pub fn stay_on(ctx: &Context) {
    ctx.plugin_or_default::<InputMethod>().lock().stays = true;
}

impl Plugin for InputMethod {
    fn debug_name(&self) -> &'static str {
        "input method"
    }

    fn input_hook(&mut self, _: &Context, input: &mut RawInput) {
        for event in std::mem::take(&mut input.events) {
            match &event {
                Event::Ime(ImeEvent::Preedit { text, .. }) => self.preedit.clone_from(text),
                Event::Ime(ImeEvent::Commit(_)) => self.preedit.clear(),
                event => {
                    let clicks = matches!(event, Event::PointerButton { pressed: true, .. });
                    // Over XIM, fcitx5 and ibus drop the word when the window loses the focus.
                    let leaves = self.stays && *event == Event::WindowFocused(false);
                    if (leaves || clicks) && !self.preedit.is_empty() {
                        let text = std::mem::take(&mut self.preedit);
                        input.events.push(Event::Ime(ImeEvent::Commit(text)));
                        self.committed |= !leaves;
                    }
                }
            }
            input.events.push(event);
        }
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        let ime = &mut output.platform_output.ime;
        let committed = std::mem::take(&mut self.committed);
        if !self.stays {
            if let Some(ime) = ime {
                ime.should_interrupt_composition |= committed;
            }
            return;
        }
        let asked = ime.is_none_or(|ime| ime.should_interrupt_composition);
        let place = ime.or(self.place).unwrap_or(IMEOutput {
            purpose: IMEPurpose::Normal,
            rect: Rect::ZERO,
            cursor_rect: Rect::ZERO,
            should_interrupt_composition: false,
        });
        let ends = committed || asked && !self.preedit.is_empty();
        if ends {
            self.preedit.clear();
        }
        self.place = Some(place);
        *ime = Some(IMEOutput {
            should_interrupt_composition: ends,
            ..place
        });
    }
}
