//! The fields of the selected row as a tree, in the details.

use crate::schema::{Schema, Tree, Value};
use crate::ui::{UiContext, controls, grouped, theme};
use crate::{explain, t};
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use std::ops::Range;

/// The height of a line, and the room that an inner one stands farther right.
const LINE: f32 = 20.0;
const INDENT: f32 = 12.0;
/// The room between a name and its value.
const GAP: f32 = 10.0;
/// The most lines.
const LINES: usize = 2_000;

/// The fields of a message.
pub struct FieldsView<'a> {
    pub schema: &'a Schema,
    pub message: &'a [u8],
}

/// A line of the tree.
struct FieldLine {
    depth: usize,
    name: String,
    value: Option<String>,
    fault: Option<String>,
    range: Range<usize>,
    doc: Option<String>,
}

impl FieldsView<'_> {
    /// Shows the fields. A clicked one marks its bytes, and a marked one is shown as such.
    pub fn ui(&self, ui: &mut Ui, cx: UiContext<'_>, marked: &mut Option<Range<usize>>) {
        let mut tree = Tree::default();
        let rest = self.schema.decode(self.message, &mut tree);
        let heading = t!(cx.lang, "description.heading", name = self.schema.name());
        controls::heading(ui, &heading, cx.palette);
        let mut lines = Vec::new();
        self.collect(cx, &tree, 0, 0, &mut lines);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for line in &lines {
                line_ui(ui, cx, line, marked);
            }
        });
        if rest > 0 && tree.fault().is_none() {
            let text = t!(cx.lang, "description.rest", bytes = grouped(rest as u64));
            controls::error_line(ui, &text, cx.palette);
        }
    }

    fn collect(
        &self,
        cx: UiContext<'_>,
        tree: &Tree,
        around: usize,
        depth: usize,
        lines: &mut Vec<FieldLine>,
    ) {
        for child in tree.children(around) {
            let Some(node) = tree.node(child).filter(|_| lines.len() < LINES) else {
                return;
            };
            let name = self.schema.node_name(node);
            let value = self.schema.node_text(node, self.message, false);
            let fault = node.fault.as_ref();
            lines.push(FieldLine {
                depth,
                name,
                value,
                fault: fault.map(|fault| explain::field_fault(cx.lang, fault)),
                range: node.range.clone(),
                doc: self
                    .schema
                    .field_of(node)
                    .and_then(|field| field.doc.clone()),
            });
            if matches!(node.value, Value::Struct(..) | Value::List) {
                self.collect(cx, tree, child, depth + 1, lines);
            }
        }
    }
}

fn line_ui(ui: &mut Ui, cx: UiContext<'_>, line: &FieldLine, marked: &mut Option<Range<usize>>) {
    let size = vec2(ui.available_width(), LINE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let is_marked = marked.as_ref() == Some(&line.range) && !line.range.is_empty();
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
    if response.clicked() && !line.range.is_empty() {
        *marked = Some(line.range.clone());
    }
    match &line.doc {
        Some(doc) => response.on_hover_text(format!("{words}\n{doc}")),
        None => response.on_hover_text(words),
    };
}
