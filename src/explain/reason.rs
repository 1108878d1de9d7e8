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
        ErrorKind::NotADirectory => say!(lang, "reason.not_folder"),
        ErrorKind::InvalidData => say!(lang, "reason.not_utf8"),
        ErrorKind::FileTooLarge => say!(lang, "reason.too_large"),
        ErrorKind::StorageFull => say!(lang, "reason.full"),
        _ => error.to_string(),
    }
}

/// Why nothing can be made at a place: what is not there then is its folder.
pub fn unmade(lang: Lang, error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => say!(lang, "reason.no_folder"),
        _ => reason(lang, error),
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
        ErrorKind::NotFound | ErrorKind::NotADirectory => say!(lang, "export.no_folder"),
        _ => say!(lang, "export.failed", reason = reason(lang, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_through_a_file_is_told_in_both_languages() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let inside = file.path().join("settings.ron");
        let read = std::fs::read(&inside).unwrap_err();
        let made = crate::disk::private_folders(file.path()).unwrap_err();
        for error in [&read, &made] {
            assert_eq!(
                unmade(Lang::Chinese, error),
                "路径中有一段是文件，不是文件夹"
            );
            assert_eq!(
                reason(Lang::English, error),
                "a part of the path is a file, not a folder"
            );
        }
        let absent = Error::from(ErrorKind::NotFound);
        assert!(unmade(Lang::Chinese, &absent).contains("文件夹"));
    }
}
