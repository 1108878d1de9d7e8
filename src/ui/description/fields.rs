//! The fields of the selected row as a tree, in the details.

use crate::payload::printable;
use crate::schema::{Schema, Tree, Value};
use crate::ui::{UiContext, controls, grouped, theme};
use crate::{explain, t};
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use std::borrow::Cow;
use std::ops::Range;

/// The height of a line, and the room that an inner one stands farther right.
const LINE: f32 = 20.0;
const INDENT: f32 = 12.0;
/// The room between a name and its value.
const GAP: f32 = 10.0;
/// The most lines.
const LINES: usize = 2_000;

/// A message, and where it stands in the selected row.
pub struct RowMessage<'a> {
    pub bytes: Cow<'a, [u8]>,
    /// Its number in its stream.
    pub number: Option<u64>,
    /// The offset in the message of the part that is in the row, and that part in the row.
    pub place: Option<(usize, Range<usize>)>,
}

impl<'a> RowMessage<'a> {
    /// The message that a row is.
    pub fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes: bytes.into(),
            number: None,
            place: Some((0, 0..bytes.len())),
        }
    }

    /// The bytes of the row that these of the message are, if all of them are there.
    fn in_row(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (offset, part) = self.place.as_ref()?;
        let begin = range.start.checked_sub(*offset)? + part.start;
        let end = range.end.checked_sub(*offset)? + part.start;
        (!range.is_empty() && end <= part.end).then_some(begin..end)
    }
}

/// The fields of the messages of a row.
pub struct FieldsView<'a> {
    pub schema: &'a Schema,
    pub messages: Vec<RowMessage<'a>>,
}

/// A line of the tree.
struct FieldLine {
    depth: usize,
    name: String,
    value: Option<String>,
    fault: Option<String>,
    /// Its bytes in the row.
    range: Option<Range<usize>>,
    doc: Option<String>,
}

impl FieldsView<'_> {
    /// Shows the fields. A clicked one marks its bytes, and a marked one is shown as such.
    pub fn ui(&self, ui: &mut Ui, cx: UiContext<'_>, marked: &mut Option<Range<usize>>) {
        for message in &self.messages {
            let mut tree = Tree::default();
            self.schema.decode(&message.bytes, &mut tree);
            let name = self.schema.name();
            let heading = match message.number {
                Some(number) => {
                    let number = grouped(number);
                    t!(
                        cx.lang,
                        "description.of_message",
                        name = name,
                        number = number
                    )
                }
                None => t!(cx.lang, "description.heading", name = name),
            };
            controls::heading(ui, &heading, cx.palette);
            let mut lines = Vec::new();
            self.collect(cx, (message, &tree), 0, 0, &mut lines);
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for line in &lines {
                    line_ui(ui, cx, line, marked);
                }
            });
            // What is wrong with the message as a whole.
            if let Some(fault) = tree.node(0).and_then(|whole| whole.fault.as_deref()) {
                let text = explain::field_fault(cx.lang, fault);
                controls::error_line(ui, &text, cx.palette);
            }
            ui.add_space(6.0);
        }
    }

    fn collect(
        &self,
        cx: UiContext<'_>,
        (message, tree): (&RowMessage<'_>, &Tree),
        around: usize,
        depth: usize,
        lines: &mut Vec<FieldLine>,
    ) {
        for child in tree.children(around) {
            let Some(node) = tree.node(child).filter(|_| lines.len() < LINES) else {
                return;
            };
            let pair = self.schema.pair(tree, child);
            let name = match pair {
                Some((name, _)) => printable::line(name.as_bytes()),
                None => self.schema.node_name(node),
            };
            let shown = pair.and_then(|(_, value)| tree.node(value)).unwrap_or(node);
            let value = self.schema.node_text(shown, &message.bytes, false);
            let fault = shown.fault.as_ref();
            lines.push(FieldLine {
                depth,
                name,
                value,
                fault: fault.map(|fault| explain::field_fault(cx.lang, fault)),
                range: message.in_row(&node.range),
                doc: self
                    .schema
                    .field_of(node)
                    .and_then(|field| field.doc.clone()),
            });
            if pair.is_none() && matches!(node.value, Value::Struct(..) | Value::List) {
                self.collect(cx, (message, tree), child, depth + 1, lines);
            }
        }
    }
}

fn line_ui(ui: &mut Ui, cx: UiContext<'_>, line: &FieldLine, marked: &mut Option<Range<usize>>) {
    let size = vec2(ui.available_width(), LINE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let is_marked = line.range.is_some() && *marked == line.range;
    let said = match (&line.value, &line.fault) {
        (Some(value), Some(fault)) => format!("{value} · {fault}"),
        (Some(text), None) | (None, Some(text)) => text.clone(),
        (None, None) => String::new(),
    };
    let words = match said.as_str() {
        "" => line.name.clone(),
        said => format!("{}: {said}", line.name),
    };
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_marked, &words));
    let ground = match (is_marked, response.hovered()) {
        (true, _) => cx.palette.selected,
        (false, true) => cx.palette.hover,
        (false, false) => Color32::TRANSPARENT,
    };
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, theme::ROUND, ground);
    let left = rect.left() + 4.0 + line.depth as f32 * INDENT;
    let ink = match line.fault {
        Some(_) => cx.palette.error,
        None => cx.palette.text,
    };
    let place = pos2(left, rect.center().y);
    let name = (Align2::LEFT_CENTER, line.name.as_str(), cx.palette.dim);
    let name = painter.text(place, name.0, name.1, theme::small_mono(), name.2);
    let place = pos2(name.right() + GAP, rect.center().y);
    let mut job = LayoutJob::simple_singleline(said, theme::small_mono(), ink);
    job.wrap = TextWrapping::truncate_at_width((rect.right() - place.x).max(0.0));
    let value = painter.layout_job(job);
    painter.galley(place - vec2(0.0, value.size().y / 2.0), value, ink);
    if response.clicked() && line.range.is_some() {
        marked.clone_from(&line.range);
    }
    match &line.doc {
        Some(doc) => response.on_hover_text(format!("{words}\n{doc}")),
        None => response.on_hover_text(words),
    };
}
