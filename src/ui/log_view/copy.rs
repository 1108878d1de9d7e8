//! A row on the clipboard.

use crate::explain;
use crate::payload::charset::Charset;
use crate::payload::printable;
use crate::payload::reading::Reading;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Notice, Record};
use crate::ui::Look;

/// A record as text that is safe to paste anywhere.
pub fn copied(record: &Record<'_>, read: &Streamed, look: Look<'_>) -> String {
    match record.body {
        Body::Notice(Notice::Failed(failure)) => {
            let explained = explain::failure(look.lang, failure);
            format!("{}\n{}", explained.what_and_why(look.lang), explained.cure)
        }
        Body::Notice(notice) => explain::notice(look.lang, notice, look.interfaces),
        Body::Received { bytes, .. } | Body::Sent { bytes, .. } => {
            let charset = match read.reading {
                Reading::Text(charset) => charset,
                Reading::Empty | Reading::Binary => Charset::Utf8,
            };
            printable::paragraph(charset, &read.joined(bytes))
        }
    }
}
