//! Unusable settings files, in words.

use super::reason::settings_mistake;
use crate::config::{SetAside, SettingsMistake};
use crate::t;
use crate::words::Lang;
use std::fmt;

/// Says that a settings file was set aside, why, and where it is now.
pub fn set_aside(lang: Lang, aside: &SetAside) -> String {
    t!(
        lang,
        "settings.set_aside",
        reason = settings_mistake(lang, &aside.mistake),
        path = aside.path.display()
    )
}

/// Says that the file of a running window was set aside, and that the window wrote its own
/// settings.
pub fn set_aside_meanwhile(lang: Lang, aside: &SetAside) -> String {
    t!(
        lang,
        "settings.set_aside_meanwhile",
        reason = settings_mistake(lang, &aside.mistake),
        path = aside.path.display()
    )
}

impl fmt::Display for SettingsMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&settings_mistake(Lang::English, self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::reason;
    use std::io;

    #[test]
    fn a_mistake_inside_an_error_of_the_system_has_both_languages() {
        for lang in Lang::ALL {
            let error = io::Error::from(SettingsMistake::Newer);
            let words = settings_mistake(lang, &SettingsMistake::Newer);
            assert_eq!(reason(lang, &error), words);
        }
    }
}
