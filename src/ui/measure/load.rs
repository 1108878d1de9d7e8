//! How many packets are to be sent, and how fast.

use crate::automation::Load;
use crate::engine::{FloodRequest, SenderCommand};
use crate::session::Session;
use crate::settings::tab::{LoadDraft, SendDraft};
use crate::t;
use crate::traffic::meter::Header;
use crate::ui::{Action, UiContext, controls, grouped, theme};
use crate::words;
use egui::{DragValue, RichText, Ui};

/// The most packets a second and in all that the fields offer.
const FASTEST: f64 = 10_000_000.0;
const MAX: u64 = 1_000_000_000;
/// The longest payload of a datagram.
const LONGEST: usize = 65_507;

impl LoadDraft {
    fn load(&self) -> Load {
        Load {
            rate: (self.rate > 0.0).then_some(self.rate),
            count: (self.count > 0).then_some(self.count),
        }
    }

    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        draft: &SendDraft,
    ) -> Option<Action> {
        let flooding = session.activity().flooding;
        let running = flooding.is_some_and(|flooding| !flooding.over);
        let mut action = None;
        ui.horizontal_wrapped(|ui| {
            let locked = running.then(|| t!(cx.lang, "measure.is_running"));
            controls::unless(ui, locked.as_deref(), |ui| self.fields_ui(ui, cx));
            ui.end_row();
            let command = self.load().check().is_ok().then(|| draft.to(cx, session));
            let enabled = running || matches!(command, Some(Ok(_)));
            let name = match running {
                true => t!(cx.lang, "measure.stop"),
                false => t!(cx.lang, "measure.start"),
            };
            let button = controls::small_if(ui, enabled, &name, &name);
            if let Some(Err(blocked)) = &command
                && let Some(why) = blocked.explain(cx).filter(|_| !running)
            {
                let why = t!(cx.lang, "measure.blocked", reason = why);
                controls::unusable(ui, button.clone(), &why);
                ui.end_row();
                let why = RichText::new(why).color(cx.palette.dim);
                ui.add(egui::Label::new(why).wrap());
            }
            if button.clicked() {
                action = match (running, command) {
                    (true, _) => Some(Action::Worker(SenderCommand::EndFlood.into())),
                    (false, Some(Ok(to))) => {
                        let order = FloodRequest {
                            to,
                            load: self.load(),
                            size: self.size,
                            // Another number each time: an old stray packet is none of these.
                            flow: self.numbered.then(|| fastrand::u32(1..)),
                        };
                        Some(Action::Worker(SenderCommand::Flood(order).into()))
                    }
                    _ => None,
                };
            }
        });
        if let Some(flooding) = flooding {
            let achieved = flooding.per_second(flooding.sent);
            let bits = flooding.per_second(flooding.bytes * 8);
            let asked = match flooding.load.rate {
                Some(rate) => t!(cx.lang, "measure.asked", rate = words::rate(rate)),
                None => t!(cx.lang, "measure.fastest"),
            };
            let text = t!(
                cx.lang,
                "measure.sent_so_far",
                sent = grouped(flooding.sent),
                rate = achieved.map_or_else(words::none, words::rate),
                bits = bits.map_or_else(words::none, words::bit_rate),
                asked = asked
            );
            let text = RichText::new(text).color(cx.palette.dim);
            ui.add(egui::Label::new(text).wrap());
        }
        action
    }

    fn fields_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let endless = t!(cx.lang, "repeat.endless");
        let fastest = t!(cx.lang, "measure.fastest");
        let name = t!(cx.lang, "measure.rate");
        let rate = DragValue::new(&mut self.rate)
            .range(0.0..=FASTEST)
            .speed(10.0)
            .max_decimals(1)
            .custom_formatter(move |value, _| match value {
                0.0 => fastest.clone(),
                value => format!("{value:.0}/s"),
            })
            .custom_parser(|text| text.trim().trim_end_matches("/s").trim().parse().ok())
            .update_while_editing(false);
        number_ui(ui, cx, &name, 92.0, rate);
        let name = t!(cx.lang, "measure.count");
        let count = DragValue::new(&mut self.count)
            .range(0..=MAX)
            .speed(100.0)
            .custom_formatter(move |value, _| match value {
                0.0 => endless.clone(),
                value => format!("× {value:.0}"),
            })
            .custom_parser(|text| text.trim().trim_start_matches('×').trim().parse().ok())
            .update_while_editing(false);
        number_ui(ui, cx, &name, 92.0, count);
        let least = if self.numbered { Header::LENGTH } else { 0 };
        let size = DragValue::new(&mut self.size)
            .range(least..=LONGEST)
            .suffix(" B")
            .update_while_editing(false);
        number_ui(ui, cx, &t!(cx.lang, "measure.size"), 72.0, size);
        let text = t!(cx.lang, "measure.numbered");
        let check = &mut self.numbered;
        controls::check(ui, check, &text, "", theme::body(), cx.palette)
            .on_hover_text(t!(cx.lang, "measure.numbered_hint"));
    }
}

/// A number of this width behind its name.
fn number_ui(ui: &mut Ui, cx: UiContext<'_>, name: &str, width: f32, number: DragValue<'_>) {
    let size = [width, theme::SMALL_BUTTON];
    let add = |ui: &mut Ui| ui.add_sized(size, number);
    let caption = (name, controls::MEASURE.width(ui, cx.lang));
    let number = controls::captioned_in(ui, caption, width, cx.palette, add);
    controls::named(ui, number, name);
}
