//! Errors of files and programs, in words.

use super::io_error::io_error;
use super::scenario::scenario_problem;
use super::written::file_mistake;
use crate::capture::ScenarioProblem;
use crate::config::SettingsMistake;
use crate::payload::printable;
use crate::t;
use crate::words::Lang;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// Explains why a file could not be read or written, a program not be started, or a server not be
/// reached: the system's error, or the mistake in a settings file.
pub fn reason(lang: Lang, error: &Error) -> String {
    if let Some(mistake) = SettingsMistake::of(error) {
        return settings_mistake(lang, mistake);
    }
    io_error(lang, error)
}

/// The action that makes it possible to write a file after all.
pub fn write_cure(lang: Lang, error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => t!(lang, "reason.cure.folder"),
        ErrorKind::IsADirectory | ErrorKind::InvalidInput | ErrorKind::InvalidFilename => {
            t!(lang, "reason.cure.name")
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            t!(lang, "reason.cure.place")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            t!(lang, "reason.cure.room")
        }
        _ => t!(lang, "reason.cure.disk"),
    }
}

/// Explains why a settings file cannot be used.
pub(super) fn settings_mistake(lang: Lang, mistake: &SettingsMistake) -> String {
    match mistake {
        SettingsMistake::Io(error) => reason(lang, error),
        SettingsMistake::NotFile => t!(lang, "settings.no_file"),
        SettingsMistake::TooLarge => t!(lang, "settings.too_large"),
        SettingsMistake::Newer => t!(lang, "settings.newer"),
        SettingsMistake::Syntax(mistake) => file_mistake(lang, mistake),
    }
}

/// Says that a file cannot be read, and why.
pub fn unreadable(lang: Lang, path: &Path, error: &Error) -> String {
    t!(
        lang,
        "cli.unreadable",
        path = printable::path(path),
        reason = reason(lang, error)
    )
}

/// Explains why a file could not be created: "not found" then means its directory.
pub fn unmade(lang: Lang, error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => t!(lang, "reason.no_folder"),
        _ => reason(lang, error),
    }
}

/// Says what to do about settings that could not be saved.
pub fn unsaved_cure(lang: Lang, error: &Error) -> String {
    match error.kind() {
        ErrorKind::FileTooLarge => t!(lang, "settings.too_much_cure"),
        ErrorKind::PermissionDenied => t!(lang, "settings.forbidden_cure"),
        ErrorKind::ReadOnlyFilesystem => t!(lang, "settings.read_only_cure"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => t!(lang, "settings.full_cure"),
        ErrorKind::NotFound | ErrorKind::NotADirectory => t!(lang, "settings.no_folder_cure"),
        _ => t!(lang, "settings.other_cure"),
    }
}

/// Explains why a part of a kept log could not be recovered.
pub fn unrestored(lang: Lang, error: &Error) -> String {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => t!(lang, "journal.damaged"),
        _ => reason(lang, error),
    }
}

/// Explains why a file could not be written, and what to do.
pub fn unwritten(lang: Lang, error: &Error) -> String {
    if let Some(problem) = ScenarioProblem::of(error) {
        let reason = scenario_problem(lang, &problem);
        return t!(lang, "export.no_scenario", reason = reason);
    }
    match error.kind() {
        ErrorKind::AlreadyExists => t!(lang, "export.exists"),
        ErrorKind::InvalidInput => t!(lang, "export.no_file"),
        ErrorKind::NotFound | ErrorKind::NotADirectory => t!(lang, "export.no_folder"),
        _ => t!(lang, "export.failed", reason = reason(lang, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Died;

    #[test]
    fn a_fault_of_our_own_is_explained_as_one_in_both_languages() {
        let error = Error::from(Died("index out\nof bounds".into()));
        for (lang, word) in [
            (Lang::English, "an error in this program"),
            (Lang::Chinese, "程序内部"),
        ] {
            for reported in [reason(lang, &error), unwritten(lang, &error)] {
                assert!(reported.contains("index out␊of bounds"), "{reported}");
                assert!(reported.contains(word), "{reported}");
            }
        }
    }

    #[test]
    fn settings_that_are_not_saved_have_a_cure() {
        let cure = |kind: ErrorKind, lang| unsaved_cure(lang, &Error::from(kind));
        for lang in Lang::ALL {
            for kind in [
                ErrorKind::PermissionDenied,
                ErrorKind::ReadOnlyFilesystem,
                ErrorKind::StorageFull,
                ErrorKind::NotFound,
                ErrorKind::Other,
            ] {
                let words = cure(kind, lang);
                assert!(words.contains("--config"), "{kind}: {words}");
            }
            // Another folder does not make them shorter.
            let words = cure(ErrorKind::FileTooLarge, lang);
            assert!(!words.contains("--config"), "{words}");
        }
    }

    #[test]
    fn a_path_through_a_file_is_explained_in_both_languages() {
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

    #[cfg(target_os = "linux")]
    #[test]
    fn no_error_of_the_system_is_told_in_its_own_words() {
        for code in 1..=133 {
            let error = Error::from_raw_os_error(code);
            let system = error.to_string();
            let (sentence, _) = system.split_once(" (os error").unwrap();
            for lang in Lang::ALL {
                for said in [
                    reason(lang, &error),
                    unmade(lang, &error),
                    unwritten(lang, &error),
                ] {
                    assert!(!said.contains("os error"), "{said}");
                    let is_theirs = lang == Lang::Chinese && said.contains(sentence);
                    assert!(!is_theirs, "{code}: {said}");
                }
            }
        }
        for (code, words) in [
            (
                30,
                ["a read-only file system (EROFS)", "只读文件系统（EROFS）"],
            ),
            (
                111,
                [
                    "nobody listens there (ECONNREFUSED)",
                    "那里没有程序在监听（ECONNREFUSED）",
                ],
            ),
            (5, ["the system reports EIO", "系统报告 EIO"]),
            (122, ["EDQUOT", "EDQUOT"]),
        ] {
            for (lang, words) in [Lang::English, Lang::Chinese].into_iter().zip(words) {
                let said = reason(lang, &Error::from_raw_os_error(code));
                assert!(said.contains(words), "{said}");
            }
        }
    }

    #[test]
    fn an_error_without_a_number_is_told_in_the_chosen_language() {
        for kind in [
            ErrorKind::UnexpectedEof,
            ErrorKind::WriteZero,
            ErrorKind::InvalidInput,
            ErrorKind::BrokenPipe,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::ConnectionRefused,
            ErrorKind::Unsupported,
        ] {
            let said = reason(Lang::Chinese, &Error::from(kind));
            let is_english = said
                .split(|c: char| !c.is_ascii_lowercase())
                .any(|word| word.len() > 1);
            assert!(!is_english, "{kind:?}: {said}");
        }
    }
}
