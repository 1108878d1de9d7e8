//! The table as it is painted and operated.

use super::columns::ColumnLayout;
use super::copy::CopyAs;
use super::menu::RowMenuChoice;
use super::message_note::MessageNote;
use super::row::LogRow;
use super::row_button::RowButton;
use super::scene::Scene;
use super::{LogView, SearchView, cells, copied, frame, scroll};
use crate::payload::reading::Reading;
use crate::session::Session;
use crate::settings::columns::ColumnWidths;
use crate::settings::tab::{Display, ReceiveDraft};
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Micros, Record, RecordKind, RowPosition, Rows, ViewOptions};
use crate::ui::region::{self, Region};
use crate::ui::{Action, Composed, UiContext, controls, narrow};
use crate::words::Lang;
use crate::{explain, t};
use egui::{
    Event, EventFilter, Id, Key, Modifiers, Rect, Sense, Ui, UiBuilder, WidgetInfo,
    accesskit::Role, pos2, vec2,
};
use std::ops::Range;

/// The user's requests to one row.
struct RowRequest {
    selects: bool,
    /// Its message, where that is to be edited and sent.
    edits: Option<Composed>,
    action: Option<Action>,
}

impl LogView {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        sought: Option<SearchView<'_>>,
        (receive, widths): (&ReceiveDraft, &mut ColumnWidths),
        titles: Option<f32>,
    ) -> Option<Action> {
        let is_classic = receive.display == Display::Classic;
        if let Some(strip) = titles {
            frame::header(ui, cx, (receive.log_mode && !is_classic, strip), widths);
        }
        let width = ui.available_width();
        let columns = self.columns(ColumnLayout::of(receive.log_mode, widths, width), width);
        self.line = columns.line;
        let shown = ViewOptions {
            lines: columns.lines as u64 + u64::from(is_classic),
            failure_lines: columns.failure_lines as u64,
            folds: widths.folds,
            ..self.shown
        };
        if std::mem::replace(&mut self.shown, shown) != shown {
            self.keep_in_place();
        }
        let area = ui.available_rect_before_wrap();
        region::gate(ui, Region::Log);
        // One id for good: those made from the order of widgets change when the inspector opens.
        let table = ui.interact(area, Id::unique("log table"), Sense::click_and_drag());
        ui.advance_cursor_after_rect(area);
        let name = t!(cx.lang, "log.table");
        table.widget_info(|| WidgetInfo::labeled(Role::Table, true, &name));
        let rows = self.rows(&session.log, sought);
        let lines = self.lines(&rows);
        if let Some(hint) = self.hint(cx, &rows, sought, lines.is_empty()) {
            frame::hint(ui, cx, &hint, area);
        }
        let visible = f64::from(area.height() / self.line);
        let before = std::mem::replace(&mut self.visible, visible);
        self.keep_in_sight(before, &rows);
        self.hold(&rows);
        self.scroll(ui, area, &lines);
        let mut scene = Scene {
            cx,
            rows,
            receive,
            schema: self.schema.clone(),
            columns,
            sought,
            table: table.id,
            area,
            over: Rect::NOTHING,
            in_stream: session.is_stream(),
            session,
        };
        self.keys(ui, &scene, &lines);
        self.drag(ui, &table, (&lines, &scene.rows));
        self.settle(&lines);
        let pill = self.pill(ui, &scene, &lines);
        scene.over = pill.as_ref().map_or(Rect::NOTHING, |pill| pill.rect);
        // To screen readers the rows are in the table.
        let inside = UiBuilder::new().max_rect(area);
        let inside = ui.new_child(inside.accessibility_parent(table.id));
        let action = self.rows_ui(&inside, &scene, &lines);
        self.selected_row = self.selected_id().map(|id| scene.rows.row_of(id));
        let height = (lines.end as f64 - self.top) * f64::from(self.line);
        self.free = area.with_min_y((area.top() + height as f32).min(area.bottom()));
        if let Some(pill) = pill {
            self.pill_ui(ui, &scene, pill);
        }
        let range = lines.start as f64..lines.end as f64;
        if let Some(top) = scroll::bar(ui, area, &range, self.visible, self.top, cx.palette) {
            self.move_to(top, &lines);
            ui.ctx().request_repaint();
        }
        action
    }

    /// Why there is nothing to see, where there could be.
    fn hint(
        &self,
        cx: UiContext<'_>,
        rows: &Rows<'_>,
        sought: Option<SearchView<'_>>,
        nothing: bool,
    ) -> Option<String> {
        let log = rows.log();
        let trimmed = self.paused_at.is_some_and(|row| row < log.rows().start);
        if trimmed && !log.is_empty() {
            return Some(t!(cx.lang, "log.paused_trimmed"));
        }
        let (looked_through, all) = (rows.looked_through(), log.count().rows());
        let done = looked_through == all;
        if nothing && !done && rows.messages().is_some() {
            let part = looked_through as f32 / all.max(1) as f32;
            let part = (part * 100.0) as u32;
            return Some(t!(cx.lang, "log.finding_messages", part = part));
        }
        let sought = sought.filter(|sought| sought.only && nothing && !log.is_empty())?;
        let filter = sought.found.filter();
        done.then(|| match filter.unknown_key() {
            Some(unknown) => explain::unknown_key(cx.lang, unknown),
            None => t!(cx.lang, "search.none", text = filter.text()),
        })
    }

    fn rows_ui(&mut self, ui: &Ui, scene: &Scene<'_>, lines: &Range<u64>) -> Option<Action> {
        let area = scene.area;
        let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        let mut clicked = None;
        let (mut first, mut action, mut edited) = (None, None, None);
        let mut before = None;
        for line in scene.rows.from(self.top.floor() as u64) {
            let top = area.top() + ((line.line as f64 - self.top) * f64::from(self.line)) as f32;
            if line.line >= lines.end || top >= area.bottom() {
                break;
            }
            if first.is_none() {
                let row = scene.rows.previous(line.id);
                let row = row.map(|id| scene.rows.row_of(id));
                let record = row.and_then(|row| scene.rows.log().get(row));
                before = record.map(|record| record.time);
                first = Some(line.id);
            }
            let joined = scene.joined(&line);
            let line = match &joined {
                Some(bytes) => line.with_bytes(bytes),
                None => line,
            };
            let time = line.record.time;
            let gap = before
                .replace(time)
                .map(|before| time.saturating_sub(before));
            let height = scene.rows.shown().height(line.record.kind());
            let size = vec2(area.width(), height as f32 * self.line);
            let rect = Rect::from_min_size(pos2(area.left(), top), size);
            let button = RowButton::of(&line.record, scene.session, scene.cx, &painter);
            let taken = scene.taken(rect);
            let free = rect.with_max_x(rect.right() - taken);
            let reserved = taken + button.as_ref().map_or(0.0, RowButton::width);
            // Combining marks pile up beyond their line.
            let in_row = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
            let asked = self.row_ui(ui, scene, &in_row, (rect, reserved), (&line, gap));
            if asked.selects {
                clicked = Some(line.id);
            }
            edited = edited.or(asked.edits.map(|composed| (line.id, composed)));
            action = action.or(asked.action);
            let head = free.with_max_y(free.top() + self.line);
            let pressed = button.and_then(|button| button.ui(ui, scene, &painter, (head, line.id)));
            action = pressed.or(action);
        }
        self.leave_menu(ui, scene);
        if self.anchor.is_none() {
            self.top_id = first.unwrap_or(self.top_id);
        }
        if let Some(id) = clicked {
            self.click(id, controls::pointer_modifiers(ui.ctx()));
            ui.memory_mut(|memory| memory.request_focus(scene.table));
        }
        let Some((id, composed)) = edited else {
            return action;
        };
        // The second click on it took its selection away.
        self.select(Some(id));
        Some(Action::Compose(composed))
    }

    /// Shift selects all rows up to this one, Ctrl adds it or takes it away.
    fn click(&mut self, id: u64, modifiers: Modifiers) {
        if modifiers.shift {
            self.extend(id);
        } else if modifiers.command {
            self.toggle(id);
        } else {
            let again = self.selected_id() == Some(id) && !self.selection.is_several();
            self.select((!again).then_some(id));
        }
    }

    /// Shows one row, with `reserved` points at its right left free.
    fn row_ui(
        &mut self,
        ui: &Ui,
        scene: &Scene<'_>,
        painter: &egui::Painter,
        (rect, reserved): (Rect, f32),
        (line, gap): (&RowPosition<'_>, Option<Micros>),
    ) -> RowRequest {
        // The table is the one stop of the Tab key; arrows move inside.
        let in_sight = rect.intersect(scene.area);
        let response = ui.interact(in_sight, scene.table.with(line.id), Sense::CLICK);
        // The menu is about the selected rows, of which this one is then one.
        if response.secondary_clicked() && !self.selection.has(line.id) {
            self.select(Some(line.id));
        }
        let (mut edits, mut action) = (None, None);
        match self.menu_ui(&response, scene, line) {
            Some(RowMenuChoice::Edit(composed)) => edits = Some(*composed),
            Some(RowMenuChoice::Action(chosen)) => action = Some(*chosen),
            Some(RowMenuChoice::Mark) => self.toggle_mark(line.id),
            None => {}
        }
        // With Ctrl or Shift two clicks select twice.
        let twice = response.double_clicked() && controls::pointer_modifiers(ui.ctx()).is_none();
        let edits = edits.or_else(|| twice.then(|| scene.composed(line)).flatten());
        let selected = self.selection.has(line.id);
        let marked = self.marks.contains(&line.id);
        let fields = scene.schema.as_ref().and_then(|described| {
            let (lang, log) = (scene.cx.lang, scene.rows.log());
            let here = (line.row, &line.record);
            match line.message {
                Some(_) => self.fields.of_message(lang, described, line),
                None => self.fields.of(ui.ctx(), lang, described, log, here),
            }
        });
        let note = MessageNote::of(ui.ctx(), scene, line, &mut self.fields);
        let row = LogRow {
            line,
            session: scene.session,
            cx: scene.cx,
            receive: scene.receive,
            fields,
            columns: &scene.columns,
            reserved,
            selected,
            marked,
            repeated: scene.repeated(line),
            hovered: response.hovered(),
            read: scene.read(line),
            gap,
            filter: scene.filter_of(line),
            note,
        };
        let spoken = row.paint(painter, rect);
        let mut number = number_of(scene.cx.lang, line);
        if marked {
            number = format!("{number} {}", t!(scene.cx.lang, "log.marked"));
        }
        response.widget_info(|| {
            let wording = format!("{number} {}", spoken.line());
            WidgetInfo::selected(Role::Row, true, selected, wording)
        });
        let texts = || row.cells(&spoken);
        cells::add(ui, &response, (rect, scene.area), Role::Cell, texts);
        let asked = RowRequest {
            selects: response.clicked(),
            edits,
            action,
        };
        if line.record.kind() == RecordKind::Failure {
            self.longest_cure.note(painter, scene, &line.record);
            // The row may be too narrow for all of it.
            let read = Streamed::alone(Reading::Empty);
            response.on_hover_text(copied(&line.record, &read, scene.cx));
        } else {
            let peer = cut_peer(scene, painter, rect, &line.record, &response);
            let why = || row.backwards(response.hover_pos(), rect.left());
            if let Some(text) = peer.or_else(why).or(spoken.cut) {
                response.on_hover_text(text);
            }
        }
        asked
    }

    /// The wheel and the touchpad.
    fn scroll(&mut self, ui: &Ui, area: Rect, lines: &Range<u64>) {
        if !ui.rect_contains_pointer(area) {
            return;
        }
        let points = ui.input(|input| input.smooth_scroll_delta.y);
        if points != 0.0 {
            self.move_to(self.top - f64::from(points / self.line), lines);
        }
    }

    /// Moving, extending and copying the selection, while the table has the focus.
    fn keys(&mut self, ui: &Ui, scene: &Scene<'_>, lines: &Range<u64>) {
        if !ui.memory(|memory| memory.has_focus(scene.table)) {
            return;
        }
        let filter = EventFilter {
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(scene.table, filter));
        let page = self.visible.floor().max(1.0) as i64;
        let mut steps = Vec::new();
        // In the order of the key presses: a slow frame has several.
        ui.input_mut(|input| {
            input.events.retain(|event| {
                let step = step_of(event, page);
                steps.extend(step);
                step.is_none()
            });
        });
        for step in steps {
            self.step(step, lines, &scene.rows);
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::A)) {
            self.select_all(lines, &scene.rows);
        }
        if controls::takes_menu_key(ui.ctx()) {
            self.ask_menu(lines, &scene.rows);
        }
        let is_copy = |event: &Event| matches!(event, Event::Copy);
        if self.selected_id().is_some() && ui.input(|input| input.events.iter().any(is_copy)) {
            self.copy(ui.ctx(), scene, CopyAs::Shown);
        }
    }
}

/// The number of a row, or of the rows that a message came in.
fn number_of(lang: Lang, line: &RowPosition<'_>) -> String {
    match &line.message {
        None => t!(lang, "log.row", number = line.row + 1),
        Some(message) if message.is_in_one_row() => {
            t!(lang, "log.message_row", number = line.row + 1)
        }
        Some(message) => {
            let (first, last) = (message.first_row + 1, message.last_row + 1);
            t!(lang, "log.message_rows", first = first, last = last)
        }
    }
}

/// The rows that a key moves the selection by, and whether it extends the selection; `None` for
/// other events.
fn step_of(event: &Event, page: i64) -> Option<(i64, bool)> {
    let (key, modifiers) = controls::key_press(event)?;
    // Shift is no other key here.
    if !modifiers.matches_logically(Modifiers::NONE) {
        return None;
    }
    let step = match key {
        Key::ArrowUp => -1,
        Key::ArrowDown => 1,
        Key::PageUp => -page,
        Key::PageDown => page,
        Key::Home => i64::MIN,
        Key::End => i64::MAX,
        _ => return None,
    };
    Some((step, modifiers.shift))
}

/// All of the far side's text, where the pointer is at it and its column is too narrow.
fn cut_peer(
    scene: &Scene<'_>,
    painter: &egui::Painter,
    rect: Rect,
    record: &Record<'_>,
    response: &egui::Response,
) -> Option<String> {
    let (left, width) = scene.columns.address()?;
    let x = response.hover_pos()?.x - rect.left() - left;
    if scene.receive.display == Display::Classic || !(0.0..width).contains(&x) {
        return None;
    }
    let peer = scene.cx.interfaces.show(record.peer()?);
    let is_cut = narrow::font_of(painter, &peer, width).is_none();
    is_cut.then_some(peer)
}
