//! A number with bounds, a unit and a name.

use crate::ui::{controls, theme};
use egui::{DragValue, Ui, emath::Numeric};

pub struct Number<'a> {
    name: &'a str,
    least: f64,
    most: f64,
    before: &'a str,
    unit: &'a str,
    /// The meaning of zero, if it is not a number.
    zero: &'a str,
    /// Its width in points; otherwise two stand side by side in a row.
    width: Option<f32>,
}

/// The least and the greatest width of a number or list, of which two stand side by side.
const LEAST: f32 = 86.0;
const GREATEST: f32 = 126.0;

/// The width of a number or list, of which two stand side by side.
pub fn column(ui: &Ui) -> f32 {
    let half = (ui.max_rect().width() - ui.spacing().item_spacing.x) / 2.0;
    half.floor().clamp(LEAST, GREATEST)
}

impl<'a> Number<'a> {
    pub fn new(name: &'a str, least: f64, most: f64) -> Self {
        Self {
            name,
            least,
            most,
            before: "",
            unit: "",
            zero: "",
            width: None,
        }
    }

    /// Of a hundred.
    pub fn percent(name: &'a str) -> Self {
        Self::new(name, 0.0, 100.0).unit(" %")
    }

    pub fn millis(name: &'a str) -> Self {
        Self::new(name, 0.0, 3_600_000.0).unit(" ms")
    }

    pub fn before(self, before: &'a str) -> Self {
        Self { before, ..self }
    }

    pub fn unit(self, unit: &'a str) -> Self {
        Self { unit, ..self }
    }

    pub fn zero(self, zero: &'a str) -> Self {
        Self { zero, ..self }
    }

    pub fn width(self, width: f32) -> Self {
        let width = Some(width);
        Self { width, ..self }
    }

    pub fn ui<N: Numeric>(&self, ui: &mut Ui, value: &mut N) {
        let (least, most) = (N::from_f64(self.least), N::from_f64(self.most));
        let none = value.to_f64() == 0.0 && !self.zero.is_empty();
        let mut drag = DragValue::new(value)
            .range(least..=most)
            .prefix(self.before)
            .max_decimals(3)
            .speed(if N::INTEGRAL { 1.0 } else { 0.1 })
            .update_while_editing(false);
        if none {
            let (zero, read) = (self.zero.to_owned(), self.zero.to_owned());
            drag = drag
                .custom_formatter(move |_, _| zero.clone())
                .custom_parser(move |text| match text.trim() == read {
                    true => Some(0.0),
                    false => text.trim().parse().ok(),
                });
        } else {
            drag = drag.suffix(self.unit);
        }
        let width = self.width.unwrap_or_else(|| column(ui));
        // The words before a number have room in half a row.
        let padding = std::mem::replace(&mut ui.spacing_mut().button_padding.x, 4.0);
        let drag = ui.add_sized([width, theme::SMALL_BUTTON], drag);
        ui.spacing_mut().button_padding.x = padding;
        controls::named(ui, drag, self.name);
    }
}
