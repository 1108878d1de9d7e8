//! How received and sent bytes are shown.

use super::description::{DescriptionView, OfferedDescriptions};
use super::{Action, UiContext, charset_choice, checksum_choice, controls, theme};
use crate::kind::SessionKind;
use crate::schema::Schema;
use crate::settings::tab::{Display, PairBy, ReceiveDraft};
use crate::t;
use crate::traffic::{LogUnit, Record, RecordKind};
use egui::{ComboBox, Sense, Ui, vec2};

/// The most fields that are offered to pair messages by.
const FIELDS: usize = 100;

impl ReceiveDraft {
    /// The panel, for a session of this kind.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        kind: SessionKind,
        (described, offered): (&mut DescriptionView, OfferedDescriptions<'_>),
    ) -> Option<Action> {
        let check = |ui: &mut Ui, on: &mut bool, key: &str| {
            let (text, font) = (t!(cx.lang, key), theme::body());
            controls::check(ui, on, &text, "", font, cx.palette)
        };
        let heading = t!(cx.lang, "receive.heading");
        controls::heading_row(ui, &heading, cx.palette, |ui| {
            check(ui, &mut self.private, "receive.private")
                .on_hover_text(t!(cx.lang, "receive.private_detail"));
        });
        let width = controls::LEFT_PANEL.width(ui, cx.lang);
        let name = t!(cx.lang, "receive.display");
        let displays = [
            (Display::Text, t!(cx.lang, "receive.text")),
            (Display::Hex, t!(cx.lang, "receive.hex")),
            (Display::Both, t!(cx.lang, "receive.both")),
            (Display::Classic, t!(cx.lang, "receive.classic")),
        ];
        let room = ui.available_width() - width - ui.spacing().item_spacing.x;
        // Long words have the whole row, below their caption.
        match controls::segmented_width(ui, &displays) <= room {
            true => controls::labelled_row(ui, &name, width, cx.palette, |ui| {
                controls::segmented(ui, &name, &mut self.display, &displays, cx.palette)
            }),
            false => {
                above_ui(ui, cx, &name);
                controls::segmented(ui, &name, &mut self.display, &displays, cx.palette)
            }
        };
        let name = t!(cx.lang, "receive.charset");
        let short = t!(cx.lang, "receive.charset_short");
        let automatic = t!(cx.lang, "receive.charset_auto");
        let words = (short.as_str(), automatic.as_str());
        charset_choice::choice_ui(ui, cx, &name, words, &mut self.read_as.session);
        self.framing_ui(ui, cx, kind);
        let asked = described.choice_ui(ui, cx, &mut self.description, offered);
        let schema = described.schema().filter(|_| self.unit == LogUnit::Request);
        if let Some(schema) = schema {
            pair_ui(ui, cx, schema, &mut self.pair_by);
        }
        let is_classic = self.display == Display::Classic;
        let columns = ui.add_enabled_ui(!is_classic, |ui| {
            check(ui, &mut self.log_mode, "receive.log_mode")
        });
        columns
            .inner
            .on_hover_text(t!(cx.lang, "receive.log_mode_detail"))
            .on_disabled_hover_text(t!(cx.lang, "receive.log_mode_classic"));
        let name = t!(cx.lang, "receive.verify");
        checksum_choice::ui(ui, cx, &name, &mut self.verifies, &mut self.checksum);
        asked
    }

    /// Whether the received data ends with its check value; `None` if check values are not
    /// verified.
    pub fn verdict(&self, record: &Record<'_>) -> Option<bool> {
        let asked = self.verifies && record.kind() == RecordKind::Received;
        asked.then(|| self.checksum.verify_line(record.bytes()))?
    }
}

/// Chooses the field by which replies find their requests, or their order.
fn pair_ui(ui: &mut Ui, cx: UiContext<'_>, schema: &Schema, pair_by: &mut PairBy) {
    let name = t!(cx.lang, "receive.pair_by");
    let order = t!(cx.lang, "receive.pair_by_order");
    let described = match schema.reply_by() {
        Some(path) => t!(cx.lang, "receive.pair_by_description", path = path),
        None => order.clone(),
    };
    let width = controls::LEFT_PANEL.width(ui, cx.lang);
    let words = match pair_by {
        PairBy::Description => described.clone(),
        PairBy::Order => order.clone(),
        PairBy::Field(path) => path.clone(),
    };
    controls::labelled_row(ui, &name, width, cx.palette, |ui| {
        let combo = ComboBox::from_id_salt("pair by")
            .icon(controls::combo_arrow)
            .selected_text(words)
            .truncate()
            .width(ui.available_width())
            .height(300.0)
            .show_ui(ui, |ui| {
                controls::item_of(ui, pair_by, PairBy::Description, described.as_str());
                if schema.reply_by().is_some() {
                    controls::item_of(ui, pair_by, PairBy::Order, order.as_str());
                }
                for field in schema.paths(FIELDS) {
                    let words = field.clone();
                    controls::item_of(ui, pair_by, PairBy::Field(field), words);
                }
                controls::close_when_chosen(ui);
            });
        controls::drop_down(ui, combo.response, &name);
    });
}

/// A caption above its control, which has a name of its own.
fn above_ui(ui: &mut Ui, cx: UiContext<'_>, text: &str) {
    let ink = cx.palette.dim;
    let words = ui
        .painter()
        .layout_no_wrap(text.to_owned(), theme::body(), ink);
    let size = vec2(
        words.size().x,
        words.size().y - ui.spacing().item_spacing.y / 2.0,
    );
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().galley(rect.left_top(), words, ink);
}
