//! The bytes of the message, if they differ from the typed text.

use crate::engine::SEND_QUEUE;
use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::message::Message;
use crate::payload::template::TemplateContext;
use crate::payload::{hex, printable};
use crate::t;
use crate::ui::log_view::ink::{self, Ink};
use crate::ui::{UiContext, theme};
use egui::text::{LayoutJob, TextWrapping};
use egui::{Label, Ui};

/// Bytes that are shown.
const SHOWN: usize = 96;

/// One line: the text, and its bytes in hexadecimal.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, message: &Message, charset: Charset, peer: &str) {
    let time = jiff::Timestamp::from_microsecond(cx.now).unwrap_or_default();
    let moment = TemplateContext {
        seq: 1,
        time: cx.zone.to_datetime(time),
        micros: cx.now,
        peer: peer.to_owned(),
        ..TemplateContext::default()
    };
    // The same one each time: a preview that changes by itself says nothing.
    let mut random = fastrand::Rng::with_seed(7);
    let Ok(bytes) = message.render(&moment, SEND_QUEUE, &mut random) else {
        return;
    };
    let head = bytes.get(..SHOWN).unwrap_or(&bytes);
    let mut job = LayoutJob {
        wrap: TextWrapping::truncate_at_width(ui.available_width()),
        ..LayoutJob::default()
    };
    // The value of a variable is known only when the message is sent.
    let name = match message.fixed() {
        Some(_) => t!(cx.lang, "send.preview"),
        None => t!(cx.lang, "send.preview_example"),
    };
    ink::append(&mut job, &format!("{name}  "), Ink::Dim, cx.palette, None);
    let parts = charset.decode(head);
    if parts
        .iter()
        .all(|part| matches!(part, DecodedPart::Text(_)))
    {
        for piece in printable::pieces_of(parts) {
            ink::append(&mut job, piece.text(), Ink::of(&piece), cx.palette, None);
        }
        ink::append(&mut job, "   ", Ink::Dim, cx.palette, None);
    }
    let more = if head.len() < bytes.len() { " …" } else { "" };
    let dump = format!("{}{more}", hex::format(head));
    ink::append(&mut job, &dump, Ink::Dim, cx.palette, None);
    for section in &mut job.sections {
        section.format.font_id.size = theme::small_mono().size;
    }
    ui.add(Label::new(job).truncate());
}
