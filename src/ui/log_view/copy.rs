//! A row on the clipboard.

use crate::explain;
use crate::payload::printable;
use crate::traffic::{Body, Notice, Record};
use crate::ui::Look;

/// A record as text that is safe to paste anywhere.
pub fn copied(record: &Record<'_>, look: Look<'_>) -> String {
    match record.body {
        Body::Notice(Notice::Failed(failure)) => {
            let explained = explain::failure(look.lang, failure);
            format!(
                "{} ({})\n{}",
                explained.what, explained.detail, explained.cure
            )
        }
        Body::Notice(notice) => explain::notice(look.lang, notice, look.interfaces),
        Body::Received { bytes, .. } | Body::Sent { bytes, .. } => printable::paragraph(bytes),
    }
}
