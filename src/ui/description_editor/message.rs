//! A message, read by the description as it is edited.

use crate::payload::hex;
use crate::schema::{Schema, Tree};
use crate::t;
use crate::ui::controls::{self, TextField};
use crate::ui::description::{FieldsView, RowMessage};
use crate::ui::{UiContext, theme};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Label, RichText, Ui};
use std::ops::Range;

/// The most bytes of a message that are read, and those in a line.
pub const MOST: usize = 4_096;
const ACROSS: usize = 16;
/// The most lines of bytes.
const LINES: usize = 32;

/// Finds the bytes of the selected message of the log, at most [`MOST`].
pub type SelectedBytes<'a> = &'a dyn Fn() -> Vec<u8>;

/// How far the fields of an earlier version are dimmed.
const STALE: f32 = 0.6;

/// The description that reads the message.
#[derive(Clone, Copy)]
pub(super) struct SampleReader<'a> {
    /// The last version without a mistake.
    pub schema: Option<&'a Schema>,
    /// Whether the description has a mistake now.
    pub is_stale: bool,
    /// The selected field, by its type and its place there.
    pub row: Option<(&'a str, usize)>,
}

/// The message that is read.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// In hexadecimal digits.
    text: String,
    /// Bytes were taken or written.
    is_filled: bool,
    marked: Option<Range<usize>>,
    /// The field whose bytes are marked.
    field: Option<(String, usize)>,
}

impl Sample {
    /// Takes the selected message, unless bytes were taken or written before.
    pub fn fill(&mut self, selected: Option<SelectedBytes<'_>>) {
        if !self.is_filled
            && let Some(bytes) = selected
        {
            self.text = hex::format(&bytes());
            self.is_filled = true;
        }
    }

    /// Shows the bytes and their fields. `selected` is the selected message of the log.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        reader: SampleReader<'_>,
        selected: Option<SelectedBytes<'_>>,
    ) {
        controls::heading(ui, &t!(cx.lang, "editor.sample"), cx.palette);
        let name = t!(cx.lang, "editor.sample_bytes");
        let bytes = hex::parse(&self.text);
        let take = t!(cx.lang, "editor.take_row");
        ui.horizontal(|ui| {
            let beside = controls::small_width(ui, &take) + ui.spacing().item_spacing.x;
            let width = (ui.available_width() - beside).max(80.0);
            let field = TextField::new(&mut self.text, &name, "01 17 41 BC", width);
            let field = field.faulty(bytes.is_err()).show(ui, cx.palette);
            self.is_filled |= field.changed();
            let button = controls::small_if(ui, selected.is_some(), &take, &take);
            let why = t!(cx.lang, "editor.no_row");
            if controls::unusable(ui, button, &why).clicked() {
                let bytes = selected.map(|bytes| bytes()).unwrap_or_default();
                self.text = hex::format(&bytes);
            }
        });
        let (Ok(bytes), Some(schema)) = (bytes, reader.schema) else {
            return;
        };
        let bytes = bytes.get(..MOST).unwrap_or(&bytes);
        if bytes.is_empty() {
            return;
        }
        let row = reader.row.map(|(of, row)| (of.to_owned(), row));
        if self.field != row {
            let found = row.as_ref();
            self.marked = found.and_then(|(of, row)| place(schema, bytes, of, *row));
            self.field = row;
        }
        let dump = dump(cx, bytes, self.marked.as_ref());
        ui.add(Label::new(dump).selectable(true));
        let view = FieldsView {
            schema,
            messages: vec![RowMessage::of(bytes)],
        };
        if !reader.is_stale {
            view.ui(ui, cx, &mut self.marked);
            return;
        }
        let stale = RichText::new(t!(cx.lang, "editor.stale")).color(cx.palette.event);
        ui.add(Label::new(stale.font(theme::small())).wrap());
        ui.scope(|ui| {
            ui.multiply_opacity(STALE);
            view.ui(ui, cx, &mut self.marked);
        });
    }
}

/// The bytes of the first field of a message that this row of a type describes.
fn place(schema: &Schema, bytes: &[u8], of: &str, row: usize) -> Option<Range<usize>> {
    let plan = schema.plan();
    let number = plan.types.iter().position(|known| known.path == of)?;
    let (seq, _) = plan.fields_of(number);
    let field = seq
        .start
        .checked_add(row)
        .filter(|field| seq.contains(field))?;
    let mut tree = Tree::default();
    schema.decode(bytes, &mut tree);
    let node = tree.nodes().iter().find(|node| node.field == Some(field))?;
    Some(node.range.clone()).filter(|range| !range.is_empty())
}

/// The bytes in lines, the marked ones on another ground.
fn dump(cx: UiContext<'_>, bytes: &[u8], marked: Option<&Range<usize>>) -> LayoutJob {
    let mut job = LayoutJob::default();
    let format = |color, background| TextFormat {
        font_id: theme::small_mono(),
        color,
        background,
        ..TextFormat::default()
    };
    for (line, part) in bytes.chunks(ACROSS).take(LINES).enumerate() {
        let begin = line * ACROSS;
        let lead = if line > 0 { "\n" } else { "" };
        let offset = format!("{lead}{begin:04X}  ");
        job.append(&offset, 0.0, format(cx.palette.dim, Color32::TRANSPARENT));
        for (at, byte) in part.iter().enumerate() {
            let is_marked = marked.is_some_and(|marked| marked.contains(&(begin + at)));
            let ground = match is_marked {
                true => cx.palette.selected,
                false => Color32::TRANSPARENT,
            };
            let text = format!("{byte:02X} ");
            job.append(&text, 0.0, format(cx.palette.text, ground));
        }
    }
    if bytes.len() > ACROSS * LINES {
        job.append("\n…", 0.0, format(cx.palette.dim, Color32::TRANSPARENT));
    }
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_field_are_found_by_its_type_and_place() {
        let text = r#"(seq: [(id: "n", type: "u1"), (id: "all", type: "part", repeat: "eos")],
            types: {"part": (seq: [(id: "a", type: "u1"), (id: "b", type: "u2be")])})"#;
        let schema = Schema::read(text).unwrap();
        let bytes = [9, 1, 2, 3, 4, 5, 6];
        assert_eq!(place(&schema, &bytes, "", 0), Some(0..1));
        assert_eq!(place(&schema, &bytes, "", 1), Some(1..7));
        assert_eq!(place(&schema, &bytes, "part", 1), Some(2..4));
        assert_eq!(place(&schema, &bytes, "part", 2), None);
        assert_eq!(place(&schema, &bytes, "none", 0), None);
    }
}
