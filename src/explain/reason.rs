//! What the system says of a file or a program.

use crate::say;
use crate::words::Lang;
use std::io::{Error, ErrorKind};

/// Why it could not be read, written or started; what is rare, in the system's own words.
pub fn reason(lang: Lang, error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => say!(lang, "reason.not_found"),
        ErrorKind::PermissionDenied => say!(lang, "reason.forbidden"),
        ErrorKind::IsADirectory => say!(lang, "reason.folder"),
        ErrorKind::InvalidData => say!(lang, "reason.not_utf8"),
        ErrorKind::FileTooLarge => say!(lang, "reason.too_large"),
        ErrorKind::StorageFull => say!(lang, "reason.full"),
        _ => error.to_string(),
    }
}

/// Why a part of a kept log could not be read back.
pub fn unrestored(lang: Lang, error: &Error) -> String {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => say!(lang, "journal.damaged"),
        _ => reason(lang, error),
    }
}

/// Why a file could not be written, and what to do.
pub fn unwritten(lang: Lang, error: &Error) -> String {
    match error.kind() {
        ErrorKind::AlreadyExists => say!(lang, "export.exists"),
        ErrorKind::InvalidInput => say!(lang, "export.no_file"),
        ErrorKind::NotFound => say!(lang, "export.no_folder"),
        _ => say!(lang, "export.failed", reason = reason(lang, error)),
    }
}
