//! Choosing how the messages of a TCP stream are told apart.

use super::controls::{self, Field};
use super::{Look, theme};
use crate::say;
use crate::settings::tab::{FramingDraft, FramingFault, FramingWay as Way};
use crate::{explain, traffic};
use egui::{ComboBox, DragValue, RichText, Ui};

impl FramingDraft {
    pub fn ui(&mut self, ui: &mut Ui, look: Look<'_>) {
        let name = say!(look.lang, "framing.name");
        controls::labelled_row(ui, &name, 0.0, look.palette, |ui| {
            let words = |way| match way {
                Way::None => say!(look.lang, "framing.none"),
                Way::Lines => say!(look.lang, "framing.lines"),
                Way::Delimiter => say!(look.lang, "framing.delimiter"),
                Way::Fixed => say!(look.lang, "framing.fixed"),
                Way::LengthPrefix => say!(look.lang, "framing.length_prefix"),
                Way::IdleGap => say!(look.lang, "framing.idle_gap"),
            };
            let ways = [
                Way::None,
                Way::Lines,
                Way::Delimiter,
                Way::Fixed,
                Way::LengthPrefix,
                Way::IdleGap,
            ];
            let combo = ComboBox::from_id_salt("framing")
                .icon(controls::combo_arrow)
                .selected_text(words(self.way))
                .truncate()
                .width(ui.available_width())
                .show_ui(ui, |ui| {
                    for way in ways {
                        ui.selectable_value(&mut self.way, way, words(way));
                    }
                    controls::close_when_chosen(ui);
                });
            controls::drop_down(ui, combo.response, &name);
        });
        if !matches!(self.way, Way::None | Way::Lines) {
            ui.horizontal_wrapped(|ui| self.details_ui(ui, look));
        }
        let text = match self.framing() {
            Ok(_) => return,
            Err(FramingFault::Typed(mistake)) => explain::mistake(look.lang, &mistake),
            Err(FramingFault::Framing(mistake)) => explain::framing_mistake(look.lang, mistake),
        };
        controls::error_line(ui, &text, look.palette);
    }

    fn details_ui(&mut self, ui: &mut Ui, look: Look<'_>) {
        match self.way {
            Way::None | Way::Lines => {}
            Way::Delimiter => {
                Field::new(
                    &mut self.delimiter,
                    &say!(look.lang, "framing.delimiter"),
                    "\\r\\n",
                    120.0,
                )
                .show(ui, look.palette);
            }
            Way::Fixed => {
                let name = say!(look.lang, "framing.length");
                let most = traffic::framing::LONGEST;
                number(
                    ui,
                    look,
                    &name,
                    DragValue::new(&mut self.length).range(1..=most),
                );
            }
            Way::IdleGap => {
                let name = say!(look.lang, "framing.gap");
                let value = DragValue::new(&mut self.gap_millis).range(1..=86_400_000);
                number(ui, look, &name, value.suffix(" ms"));
            }
            Way::LengthPrefix => {
                for width in [1, 2, 4, 8] {
                    let text = say!(look.lang, "framing.width", bytes = width);
                    ui.selectable_value(&mut self.width, width, text);
                }
                let (little, big) = (
                    say!(look.lang, "inspector.little"),
                    say!(look.lang, "inspector.big"),
                );
                ui.selectable_value(&mut self.big_endian, true, big);
                ui.selectable_value(&mut self.big_endian, false, little);
                let name = say!(look.lang, "framing.offset");
                number(
                    ui,
                    look,
                    &name,
                    DragValue::new(&mut self.offset).range(0..=65_535),
                );
                let (text, font) = (say!(look.lang, "framing.includes"), theme::body());
                let includes = &mut self.includes_header;
                controls::check(ui, includes, &text, "", font, look.palette);
            }
        }
    }
}

fn number(ui: &mut Ui, look: Look<'_>, name: &str, value: DragValue<'_>) {
    ui.label(RichText::new(name).color(look.palette.dim));
    let value = ui.add(value.update_while_editing(false));
    controls::named(ui, value, name);
}
