//! Errors of the system, in words.

use super::error_name::error_name;
use crate::jobs::Died;
use crate::payload::printable;
use crate::t;
use crate::words::Lang;
use std::io::{Error, ErrorKind};

/// Explains an error. A rare one has the system's name of it, never the system's sentence, which
/// is in another language.
pub(super) fn io_error(lang: Lang, error: &Error) -> String {
    if let Some(died) = Died::of(error) {
        return self::died(lang, died);
    }
    match error.kind() {
        ErrorKind::NotFound => t!(lang, "reason.not_found"),
        ErrorKind::PermissionDenied => t!(lang, "reason.forbidden"),
        ErrorKind::IsADirectory => t!(lang, "reason.folder"),
        ErrorKind::NotADirectory => t!(lang, "reason.not_folder"),
        ErrorKind::InvalidData => t!(lang, "reason.not_utf8"),
        ErrorKind::FileTooLarge => t!(lang, "reason.too_large"),
        ErrorKind::StorageFull => t!(lang, "reason.full"),
        kind => match (error.raw_os_error(), known(lang, kind)) {
            (Some(code), Some(words)) => {
                let name = error_name(code);
                t!(lang, "reason.named", reason = words, name = name)
            }
            (Some(code), None) => t!(lang, "reason.system", name = error_name(code)),
            (None, Some(words)) => words,
            // The message of a library, or of this program as a child process.
            (None, None) if error.get_ref().is_some() => error.to_string(),
            (None, None) => t!(lang, "reason.none"),
        },
    }
}

/// The words for an error that is worth its own beside its name.
fn known(lang: Lang, kind: ErrorKind) -> Option<String> {
    Some(match kind {
        ErrorKind::ReadOnlyFilesystem => t!(lang, "reason.read_only"),
        ErrorKind::ConnectionRefused => t!(lang, "reason.nobody"),
        ErrorKind::QuotaExceeded => t!(lang, "reason.quota"),
        ErrorKind::InvalidFilename => t!(lang, "reason.long_name"),
        ErrorKind::BrokenPipe => t!(lang, "reason.reader_gone"),
        ErrorKind::InvalidInput => t!(lang, "reason.not_file"),
        ErrorKind::UnexpectedEof => t!(lang, "reason.cut"),
        _ => return None,
    })
}

/// Says that a defect of this program ended a thread.
pub fn died(lang: Lang, died: &Died) -> String {
    // A panic message may contain control characters.
    let reason = printable::line(died.0.as_bytes());
    t!(lang, "reason.died", reason = reason)
}
