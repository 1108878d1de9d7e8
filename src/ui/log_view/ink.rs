//! How the parts of received text stand out.

use crate::payload::printable::{self, Piece};
use crate::traffic::Filter;
use crate::ui::theme::{self, Palette};
use egui::Align;
use egui::text::{LayoutJob, TextFormat};

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
    pub fn of(piece: &Piece<'_>) -> Self {
        match piece {
            Piece::Plain(_) => Self::Plain,
            Piece::Mark(mark) if mark.chars().all(|c| printable::control_name(c).is_some()) => {
                Self::Control
            }
            Piece::Mark(_) => Self::Danger,
        }
    }
}

/// Appends `text`, with what `filter` looks for on a ground of its own.
pub fn append_marked(
    job: &mut LayoutJob,
    text: &str,
    ink: Ink,
    palette: &Palette,
    filter: Option<&Filter>,
) {
    let Some(filter) = filter.filter(|_| matches!(ink, Ink::Plain | Ink::Dim)) else {
        return append(job, text, ink, palette);
    };
    for (part, found) in filter.marked(text) {
        let first = job.sections.len();
        append(job, part, ink, palette);
        let sections = job.sections.get_mut(first..).unwrap_or_default();
        for section in sections.iter_mut().filter(|_| found) {
            section.format.background = palette.found;
        }
    }
}

/// Appends `text`; control pictures as the names of their controls in little boxes,
/// which can be read where the pictures themselves are too small.
pub fn append(job: &mut LayoutJob, text: &str, ink: Ink, palette: &Palette) {
    let colour = match ink {
        Ink::Plain => palette.text,
        Ink::Dim => palette.dim,
        Ink::Control => palette.event,
        Ink::Danger => palette.error,
    };
    if ink != Ink::Control {
        job.append(
            text,
            0.0,
            TextFormat {
                valign: Align::Center,
                ..TextFormat::simple(theme::mono(), colour)
            },
        );
        return;
    }
    let format = TextFormat {
        valign: Align::Center,
        background: palette.event_soft,
        expand_bg: 1.5,
        ..TextFormat::simple(theme::control_name(), colour)
    };
    for name in text.chars().filter_map(printable::control_name) {
        job.append(name, 3.5, format.clone());
    }
    // Keeps the last box off the text behind it.
    job.append("", 3.5, TextFormat::simple(theme::control_name(), colour));
}
