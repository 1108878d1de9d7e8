//! Rows on the clipboard.

use super::LogView;
use super::scene::Scene;
use super::sign;
use crate::capture::{CaptureContext, CaptureFormat, CaptureWriter, KnownSession, classic};
use crate::explain;
use crate::payload::charset::Charset;
use crate::payload::quote::Quote;
use crate::payload::reading::Reading;
use crate::payload::{hex, printable};
use crate::settings::tab::Display;
use crate::t;
use crate::traffic::stream_text::{StreamTextReader, Streamed};
use crate::traffic::{Body, Notice, Record, RowPosition, Rows, Upstreams};
use crate::ui::description::capture_fields;
use crate::ui::{UiContext, grouped};
use egui::Context;
use std::ops::RangeInclusive;

/// The most rows that are copied: more belong in a file.
const MAX: usize = 100_000;

/// How rows are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyAs {
    /// As the log shows them.
    Shown,
    /// Each a line with its time and peer.
    Lines,
    /// Their text, with its line breaks.
    Text,
    /// Their bytes, as a program writes them.
    Quote(Quote),
    /// A table, as it is exported.
    Csv,
    /// Objects of JSON, as they are exported.
    JsonLines,
}

/// Why nothing is copied, so that the clipboard keeps its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCopied {
    /// The log has trimmed all selected rows.
    Trimmed,
    /// None of the selected rows is on show.
    Hidden,
    /// The selected rows have no bytes.
    NoBytes,
}

/// A record as text that is safe to paste anywhere.
pub fn copied(record: &Record<'_>, read: &Streamed, cx: UiContext<'_>) -> String {
    match record.body {
        Body::Notice(Notice::Failed(failure)) => {
            let explained = explain::failure(cx.lang, failure);
            format!("{}\n{}", explained.what_and_why(cx.lang), explained.cure)
        }
        Body::Notice(notice) => explain::notice(cx.lang, notice, cx.interfaces),
        Body::Received { bytes, .. } | Body::Sent { bytes, .. } => {
            printable::paragraph(charset(read.reading), &read.joined(bytes))
        }
    }
}

/// The encoding that bytes are copied as text in.
fn charset(reading: Reading) -> Charset {
    match reading {
        Reading::Text(charset) => charset,
        Reading::Empty | Reading::Binary => Charset::Utf8,
    }
}

impl LogView {
    /// Copies the selected rows on show to the clipboard, unless there is nothing to copy.
    pub(super) fn copy(&mut self, ctx: &Context, scene: &Scene<'_>, how: CopyAs) {
        match self.copied_rows(scene, how) {
            Ok(text) => ctx.copy_text(text),
            Err(reason) => {
                self.not_copied = Some(reason);
                ctx.request_repaint();
            }
        }
    }

    /// Why the last copy was none, returned once.
    pub fn take_not_copied(&mut self) -> Option<NotCopied> {
        self.not_copied.take()
    }

    /// The selected rows on show, the oldest first. Where they are more than [`MAX`], a last
    /// line says that the others are missing.
    fn copied_rows(&self, scene: &Scene<'_>, how: CopyAs) -> Result<String, NotCopied> {
        let spans = self.selection.spans();
        // A table has each failure in a row of its own.
        let rows = match how {
            CopyAs::Csv | CopyAs::JsonLines => scene.rows.unfolded(),
            _ => scene.rows,
        };
        let lines = spans.iter().flat_map(|span| lines_of(rows, span));
        // A reply stands in the line of its request.
        let lines = lines.flat_map(|line| [Some(line), rows.reply_to(&line)]);
        let lines = lines.flatten();
        let mut lines = lines.take(MAX + 1).collect::<Vec<_>>();
        if lines.is_empty() {
            return Err(self.why_nothing(rows.first_id(rows.log().rows().start)));
        }
        let more = lines.len() > MAX;
        lines.truncate(MAX);
        let mut copied = match how {
            CopyAs::Csv => exported(scene, &lines, CaptureFormat::Csv),
            CopyAs::JsonLines => exported(scene, &lines, CaptureFormat::JsonLines),
            _ => {
                let texts = lines
                    .iter()
                    .filter_map(|line| copied_row(scene, line, (how, self.selection.is_several())));
                let texts = texts.collect::<Vec<_>>();
                if texts.is_empty() {
                    return Err(NotCopied::NoBytes);
                }
                texts.join("\n")
            }
        };
        if more {
            let most = grouped(MAX as u64);
            copied.push('\n');
            copied.push_str(&t!(scene.cx.lang, "log.copy_more", most = most));
        }
        Ok(copied)
    }

    /// Why none of the selected rows is on show; `first` is the id of the oldest one that the log
    /// has.
    pub(super) fn why_nothing(&self, first: u64) -> NotCopied {
        let mut spans = self.selection.spans().iter();
        match spans.all(|span| *span.end() < first) {
            true => NotCopied::Trimmed,
            false => NotCopied::Hidden,
        }
    }
}

/// The rows on show among those of a span.
fn lines_of<'a>(
    rows: Rows<'a>,
    span: &RangeInclusive<u64>,
) -> impl Iterator<Item = RowPosition<'a>> + use<'a> {
    // Trimmed rows cannot be copied.
    let oldest = rows.first_id(rows.log().rows().start);
    let (first, last) = ((*span.start()).max(oldest), *span.end());
    let begin = rows.line_of(first).filter(|_| first <= last);
    let lines = begin.into_iter().flat_map(move |line| rows.from(line));
    lines
        .skip_while(move |line| line.id < first)
        .take_while(move |line| line.id <= last)
}

/// `None` for a row without bytes, where bytes are asked for.
fn copied_row(
    scene: &Scene<'_>,
    line: &RowPosition<'_>,
    (how, several): (CopyAs, bool),
) -> Option<String> {
    let joined = scene.joined(line);
    let line = &match &joined {
        Some(bytes) => line.with_bytes(bytes),
        None => *line,
    };
    let record = &line.record;
    let read = || scene.read(line);
    let repeated = scene.repeated(line);
    let repeated = repeated.map_or_else(String::new, |repeated| format!(" {}", repeated.words));
    let text = match how {
        CopyAs::Lines => Some(shown_line(scene, record, &read(), true)),
        CopyAs::Shown if several => {
            let log_mode = scene.receive.log_mode;
            Some(shown_line(scene, record, &read(), log_mode))
        }
        CopyAs::Shown if is_hex(scene, record, &read()) => Some(hex::format(record.bytes())),
        CopyAs::Shown | CopyAs::Text | CopyAs::Csv | CopyAs::JsonLines => {
            Some(copied(record, &read(), scene.cx))
        }
        CopyAs::Quote(quote) => {
            let bytes = Some(record.bytes()).filter(|bytes| !bytes.is_empty())?;
            let text = quote.of(bytes);
            // Arrays of one program have names of their own.
            Some(match several && quote == Quote::C {
                true => text.replacen("data[", &format!("data{}[", suffix(line)), 1),
                false => text,
            })
        }
    };
    text.map(|text| text + &repeated)
}

/// The end of the name of an array: the number of its row, and of the message in that.
fn suffix(line: &RowPosition<'_>) -> String {
    match &line.message {
        Some(message) => format!("{}_{}", line.row + 1, message.id.ordinal() + 1),
        None => (line.row + 1).to_string(),
    }
}

/// Whether a row shows its bytes in hexadecimal alone.
fn is_hex(scene: &Scene<'_>, record: &Record<'_>, read: &Streamed) -> bool {
    let chosen = scene.receive.display == Display::Hex || read.reading == Reading::Binary;
    chosen && !record.bytes().is_empty()
}

/// A row as it stands in the log, whole; with its time and peer if `with_head`.
fn shown_line(scene: &Scene<'_>, record: &Record<'_>, read: &Streamed, with_head: bool) -> String {
    let cx = scene.cx;
    let message = match record.body {
        Body::Notice(Notice::Failed(failure)) => explain::failure(cx.lang, failure).line(cx.lang),
        Body::Notice(notice) => explain::notice(cx.lang, notice, cx.interfaces),
        Body::Received { bytes, .. } | Body::Sent { bytes, .. } => {
            let text = || printable::line_in(charset(read.reading), &read.joined(bytes));
            match (is_hex(scene, record, read), scene.receive.display) {
                (true, _) => hex::format(bytes),
                (false, Display::Both) => format!("{}   {}", text(), hex::format(bytes)),
                (false, _) => text(),
            }
        }
    };
    let is_notice = matches!(record.body, Body::Notice(_));
    if scene.receive.display == Display::Classic && !is_notice {
        let header = classic::header(record, read.reading, cx.zone);
        return format!("{header}\n{message}");
    }
    if !with_head {
        return message;
    }
    let time = cx.time(record.time, scene.columns.time_format);
    let sign = sign::text(record.kind());
    match record.peer() {
        Some(peer) => format!("{time} {sign} {} {message}", cx.interfaces.show(peer)),
        None => format!("{time} {sign} {message}"),
    }
}

/// As [`crate::capture::export`] writes them, in a format that is text.
fn exported(scene: &Scene<'_>, lines: &[RowPosition<'_>], format: CaptureFormat) -> String {
    let (cx, log) = (scene.cx, scene.rows.log());
    let Some(first) = lines.first() else {
        return String::new();
    };
    let context = CaptureContext {
        local: scene.session.local(),
        is_stream: scene.in_stream,
        upstreams: Upstreams::default(),
        zone: cx.zone.clone(),
        describe: explain::describe(cx.lang, cx.interfaces.clone()),
        reader: StreamTextReader::following(
            scene.receive.read_as.session,
            log.recognition(),
            first.row,
        ),
        fields: capture_fields(cx.lang, scene.schema.as_ref()),
        session: KnownSession::default(),
        before: 0,
    };
    let written = CaptureWriter::new(format, context, Vec::new()).and_then(|mut writer| {
        for line in lines {
            let joined = scene.joined(line);
            let record = match &joined {
                Some(bytes) => line.record.with_bytes(bytes),
                None => line.record,
            };
            writer.write(line.row, &record)?;
        }
        writer.finish()
    });
    // Writing to memory does not fail.
    let text = String::from_utf8(written.unwrap_or_default()).unwrap_or_default();
    // A file of CSV begins with a byte order mark.
    text.trim_start_matches('\u{FEFF}').trim_end().to_owned()
}
