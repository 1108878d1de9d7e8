//! The text of a description.

use crate::config::FileMistake;
use crate::explain;
use crate::schema::LONGEST_TEXT;
use crate::t;
use crate::ui::{UiContext, controls, theme};
use egui::{Context, FontSelection, Id, TextEdit, Ui};

/// The id of the field.
const FIELD: &str = "text of a description";
/// The lines that are shown at least.
const ROWS: usize = 16;

/// Shows the text and its first mistake, and says whether it was changed.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    text: &mut String,
    mistake: Option<&FileMistake>,
) -> bool {
    if let Some(mistake) = mistake {
        controls::error_line(ui, &explain::file_mistake(cx.lang, mistake), cx.palette);
        let go = t!(cx.lang, "editor.go_to_line", line = mistake.line);
        if controls::small(ui, &go, &go).clicked() {
            go_to(ui.ctx(), text, mistake);
        }
    }
    let edit = TextEdit::multiline(text)
        .id(Id::unique(FIELD))
        .font(FontSelection::FontId(theme::mono()))
        .char_limit(LONGEST_TEXT)
        .desired_width(f32::INFINITY)
        .desired_rows(ROWS);
    let response = ui.add(edit);
    let response = controls::named(ui, response, &t!(cx.lang, "editor.text_name"));
    if let Some(mistake) = mistake {
        let fault = explain::file_mistake(cx.lang, mistake);
        controls::describe_fault(ui, response.id, Some(&fault));
    }
    response.changed()
}

/// Gives the text the keys, with the cursor at a mistake in it.
pub(super) fn go_to(ctx: &Context, text: &str, mistake: &FileMistake) {
    controls::cursor_at_end(ctx, Id::unique(FIELD), before(text, mistake));
}

/// The text up to a mistake.
fn before<'a>(text: &'a str, mistake: &FileMistake) -> &'a str {
    let lines = text.split_inclusive('\n');
    let lines = lines.take(mistake.line.saturating_sub(1)).map(str::len);
    let begin: usize = lines.sum();
    let rest = text.get(begin..).unwrap_or_default();
    let mut letters = rest.char_indices();
    let at = letters.nth(mistake.column.saturating_sub(1));
    let length = at.map_or(rest.len(), |(at, _)| at);
    text.get(..begin + length).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::description;

    #[test]
    fn the_cursor_goes_to_the_mistake() {
        let text = "(\n  // 中\n  seq: [(id: \"a\", type: \"u9\")],\n)";
        let mistake = description::read(text).unwrap_err();
        assert!(text[before(text, &mistake).len()..].starts_with("(id: \"a\""));
    }
}
