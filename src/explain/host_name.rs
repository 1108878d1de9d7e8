//! Host names in messages: with their other form, and a warning if they may pass for others.

use crate::payload::homograph::{Homograph, homograph};
use crate::payload::host_name::counterpart;
use crate::words::listed;
use crate::{t, words::Lang};
use std::borrow::Cow;
use unicode_script::Script;

/// The name, and in brackets its form in punycode or with letters, and a warning.
pub(super) fn host_name(lang: Lang, name: &str) -> Cow<'_, str> {
    match (counterpart(name), homograph_warning(lang, name)) {
        (Some(other), Some(warning)) => format!("{name} ({other} {warning})").into(),
        (Some(other), None) => format!("{name} ({other})").into(),
        (None, Some(warning)) => format!("{name} ({warning})").into(),
        (None, None) => name.into(),
    }
}

/// A warning that this host name may pass for another; `None` if it does not.
pub fn homograph_warning(lang: Lang, name: &str) -> Option<String> {
    let warning = match homograph(name)? {
        Homograph::Mixed(scripts) => {
            let scripts = scripts.into_iter().map(|script| script_name(lang, script));
            let scripts = listed(lang, scripts);
            t!(lang, "host.mixed", scripts = scripts)
        }
        Homograph::LookAlike(script) => {
            let script = script_name(lang, script);
            t!(lang, "host.look_alike", script = script)
        }
    };
    Some(format!("⚠ {warning}"))
}

/// The name of a script; of a rare one that of Unicode.
fn script_name(lang: Lang, script: Script) -> String {
    match script {
        Script::Latin => t!(lang, "host.latin"),
        Script::Cyrillic => t!(lang, "host.cyrillic"),
        Script::Greek => t!(lang, "host.greek"),
        Script::Armenian => t!(lang, "host.armenian"),
        Script::Han => t!(lang, "host.han"),
        other => other.full_name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Interfaces;
    use crate::explain::{failure, notice};
    use crate::traffic::{Cause, Failure, Notice, Operation};

    #[test]
    fn a_name_that_is_resolved_and_one_that_is_not_found_have_the_warning() {
        let host = "p\u{430}ypal.com".to_owned();
        let resolved = Notice::Resolved {
            host: host.clone(),
            addresses: Vec::new(),
        };
        let unknown = Failure {
            operation: Operation::Resolve,
            address: host,
            cause: Cause::NoSuchHost {
                detail: String::new(),
            },
        };
        for lang in Lang::ALL {
            let resolved = notice(lang, &resolved, &Interfaces::default());
            let unknown = failure(lang, &unknown).what;
            for text in [resolved, unknown] {
                assert!(text.contains("(xn--pypal-4ve.com ⚠ "), "{text}");
            }
        }
    }

    #[test]
    fn a_name_that_mixes_scripts_has_a_warning_beside_its_punycode() {
        let name = "p\u{430}ypal.com";
        let expected = "p\u{430}ypal.com (xn--pypal-4ve.com ⚠ Mixes scripts (Latin, Cyrillic): \
                        may pass for another name)";
        assert_eq!(host_name(Lang::English, name), expected);
        let chinese = host_name(Lang::Chinese, name);
        assert!(chinese.contains("混用文字（拉丁、西里尔）"), "{chinese}");
        let punycode = host_name(Lang::English, "xn--pypal-4ve.com");
        assert!(punycode.contains("⚠ Mixes scripts"), "{punycode}");
    }

    #[test]
    fn a_name_whose_letters_all_look_latin_has_a_warning() {
        let shown = host_name(Lang::English, "xn--80ak6aa92e.com");
        assert!(shown.contains("Looks Latin, is Cyrillic"), "{shown}");
        let shown = host_name(Lang::Chinese, "xn--80ak6aa92e.com");
        assert!(shown.contains("其实是西里尔字母"), "{shown}");
    }

    #[test]
    fn other_names_have_no_warning() {
        for lang in Lang::ALL {
            for name in ["paypal.com", "host-7.example.com", "127.0.0.1", "::1"] {
                assert_eq!(host_name(lang, name), name);
            }
            let chinese = host_name(lang, "例子.测试");
            assert_eq!(chinese, "例子.测试 (xn--fsqu00a.xn--0zwm56d)");
            assert_eq!(homograph_warning(lang, "bücher.example"), None);
        }
    }
}
