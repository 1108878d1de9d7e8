//! How the parts of received text stand out.

use crate::payload::printable::{self, PrintableRun};
use crate::traffic::{Filter, TextPart};
use crate::ui::theme::{self, Palette};
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Plain,
    Dim,
    /// Stands for a control character.
    Control,
    /// Stands for something that would deceive, or for a stray byte.
    Danger,
}

impl Ink {
    pub fn of(piece: &PrintableRun<'_>) -> Self {
        match piece {
            PrintableRun::Plain(_) => Self::Plain,
            PrintableRun::Mark(mark)
                if mark.chars().all(|c| printable::control_name(c).is_some()) =>
            {
                Self::Control
            }
            PrintableRun::Mark(_) => Self::Danger,
        }
    }
}

/// Appends `text`, with the matches of `filter` highlighted. Control pictures become the names of
/// their controls in little boxes, which can be read where the pictures themselves are too small.
pub fn append(
    job: &mut LayoutJob,
    text: &str,
    ink: Ink,
    palette: &Palette,
    filter: Option<&Filter>,
) {
    let colour = match ink {
        Ink::Plain => palette.text,
        Ink::Dim => palette.dim,
        Ink::Control => palette.event,
        Ink::Danger => palette.error,
    };
    if ink != Ink::Control {
        append_coloured(job, text, colour, palette, filter);
        return;
    }
    let format = TextFormat {
        valign: Align::Center,
        background: palette.event_soft,
        expand_bg: 1.5,
        ..TextFormat::simple(theme::tag(), colour)
    };
    for name in text.chars().filter_map(printable::control_name) {
        job.append(name, 3.5, format.clone());
    }
    // Keeps the last box off the text behind it.
    job.append("", 3.5, TextFormat::simple(theme::tag(), colour));
}

/// Appends `text` as it is, with the matches of `filter` highlighted.
pub fn append_coloured(
    job: &mut LayoutJob,
    text: &str,
    colour: Color32,
    palette: &Palette,
    filter: Option<&Filter>,
) {
    let is_match = false;
    let whole = || vec![TextPart { text, is_match }];
    let parts = filter.map_or_else(whole, |filter| filter.marked(text));
    for TextPart { text, is_match } in parts {
        let mut format = TextFormat {
            valign: Align::Center,
            ..TextFormat::simple(theme::mono(), colour)
        };
        if is_match {
            format.background = palette.found;
        }
        job.append(text, 0.0, format);
    }
}
