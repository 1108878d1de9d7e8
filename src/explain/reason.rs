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
