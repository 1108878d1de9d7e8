//! Commands that cannot start, in words.

use super::error_name::error_name;
use super::failure::Explanation;
use super::shortage::shortage;
use crate::{t, words::Lang};
use std::io;

/// Explains that a command cannot start. `name` is the name of what it does.
pub fn not_started(lang: Lang, name: &str, error: &io::Error) -> Explanation {
    let code = error.raw_os_error();
    let lacking = code.and_then(|code| shortage(lang, name, code));
    let (what, cure) = lacking.unwrap_or_else(|| {
        (
            t!(lang, "failure.system.what", operation = name),
            t!(lang, "failure.system.cure"),
        )
    });
    Explanation {
        what,
        detail: code.map_or_else(String::new, error_name),
        cure,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_command_without_a_session_does_not_speak_of_one_that_failed() {
        for (lang, name, session) in [
            (Lang::English, "Convert", "Start session"),
            (Lang::Chinese, "转换", "启动会话"),
        ] {
            assert_eq!(t!(lang, "operation.convert"), name);
            assert_eq!(t!(lang, "operation.start"), session);
            // EPERM, EAGAIN of a thread, ENOMEM, ENFILE, EMFILE.
            let mut cures = [1, 11, 12, 23, 24].map(|code| {
                let error = io::Error::from_raw_os_error(code);
                let found = not_started(lang, name, &error);
                assert!(found.what.contains(name), "{}", found.what);
                assert!(!found.what.contains(session), "{}", found.what);
                assert_eq!(found.detail, error_name(code));
                found.cure
            });
            cures.sort();
            assert!(cures.windows(2).all(|two| two[0] != two[1]), "{cures:?}");
        }
    }
}
