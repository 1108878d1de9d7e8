//! Host names that may pass for others (homographs): a label mixes scripts, or all its letters
//! look like Latin ones. Scripts are those of UAX #24; labels may mix those that UTS #39 calls
//! highly restrictive: Latin with the scripts of Chinese, Japanese or Korean.

use super::host_name;
use unicode_script::{Script, UnicodeScript as _};

/// Why a host name may pass for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Homograph {
    /// A label has letters of these scripts, in the order of their first letters.
    Mixed(Vec<Script>),
    /// All letters of a label are of this script, and look like Latin ones.
    LookAlike(Script),
}

/// The scripts that the letters of a label may be of together. Each may have Latin, too.
const TOGETHER: [&[Script]; 3] = [
    &[Script::Han, Script::Hiragana, Script::Katakana],
    &[Script::Han, Script::Bopomofo],
    &[Script::Han, Script::Hangul],
];

/// A script with letters that look like Latin ones.
struct Alike {
    script: Script,
    /// Those letters.
    letters: &'static str,
    /// The domains of the countries that write it, where a name of such letters is usual.
    domains: &'static [&'static str],
}

static ALIKE: [Alike; 3] = [
    Alike {
        script: Script::Cyrillic,
        letters: "асԁегһіјӏопрԛѕуѵԝхьАВЕІЈКМОРСԀԚЅТԜУХҺНӀЬ",
        domains: &[
            "bg", "by", "kg", "kz", "mk", "mn", "rs", "ru", "su", "tj", "ua", "uz",
        ],
    },
    Alike {
        script: Script::Greek,
        letters: "αγηικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        domains: &["cy", "gr"],
    },
    Alike {
        script: Script::Armenian,
        letters: "ագզհյոսցւօքՕՍՏԼ",
        domains: &["am"],
    },
];

/// Why this name, with letters or in punycode, may pass for another; `None` if it does not.
///
/// ```
/// # use netpeer::payload::homograph::homograph;
/// assert!(homograph("p\u{430}ypal.com").is_some());
/// assert_eq!(homograph("例子.com"), None);
/// ```
pub fn homograph(name: &str) -> Option<Homograph> {
    let labels: Vec<String> = name.split('.').map(host_name::letters).collect();
    let mut of_labels = labels.iter().map(|label| scripts(label));
    if let Some(mixed) = of_labels.find(|scripts| !may_be_together(scripts)) {
        return Some(Homograph::Mixed(mixed));
    }
    // The name of the root is empty.
    let mut named: Vec<&str> = labels.iter().map(String::as_str).collect();
    named.retain(|label| !label.is_empty());
    let domain = match named.as_slice() {
        [_, .., domain] => *domain,
        _ => "",
    };
    let mut alike = named.iter().filter_map(|label| look_alike(label, domain));
    alike.next().map(Homograph::LookAlike)
}

/// The scripts of the letters, each once. Digits, hyphens and combining marks have none.
fn scripts(label: &str) -> Vec<Script> {
    let mut scripts = Vec::new();
    for script in label.chars().map(|letter| letter.script()) {
        let has_none = matches!(script, Script::Common | Script::Inherited | Script::Unknown);
        if !has_none && !scripts.contains(&script) {
            scripts.push(script);
        }
    }
    scripts
}

fn may_be_together(scripts: &[Script]) -> bool {
    let is_of = |set: &[Script]| {
        let mut scripts = scripts.iter();
        scripts.all(|script| *script == Script::Latin || set.contains(script))
    };
    scripts.len() < 2 || TOGETHER.iter().any(|&set| is_of(set))
}

/// The script of a label whose letters all look like Latin ones, unless it is usual in this domain.
fn look_alike(label: &str, domain: &str) -> Option<Script> {
    let found = scripts(label);
    let [script] = found.as_slice() else {
        return None;
    };
    let known = ALIKE.iter().find(|alike| alike.script == *script)?;
    let is_alike = |letter: char| letter.script() != *script || known.letters.contains(letter);
    let mut domains = known.domains.iter();
    let is_usual =
        domains.any(|usual| domain.eq_ignore_ascii_case(usual)) || scripts(domain).contains(script);
    (label.chars().all(is_alike) && !is_usual).then_some(*script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_that_mixes_scripts_may_pass_for_another() {
        use Script::{Cyrillic, Greek, Han, Latin};
        for (name, scripts) in [
            ("p\u{430}ypal.com", [Latin, Cyrillic]),
            ("xn--pypal-4ve.com", [Latin, Cyrillic]),
            ("www.g\u{3BF}\u{3BF}gle.com", [Latin, Greek]),
            ("\u{43E}\u{3BF}.example", [Cyrillic, Greek]),
            ("银行\u{430}.cn", [Han, Cyrillic]),
        ] {
            let mixed = Homograph::Mixed(scripts.to_vec());
            assert_eq!(homograph(name), Some(mixed), "{name}");
        }
    }

    #[test]
    fn a_label_of_letters_that_all_look_latin_may_pass_for_another() {
        for (name, script) in [
            // apple, in Cyrillic letters, and its punycode.
            ("\u{430}\u{440}\u{440}\u{4CF}\u{435}.com", Script::Cyrillic),
            ("xn--80ak6aa92e.com", Script::Cyrillic),
            ("\u{430}\u{440}\u{440}\u{4CF}\u{435}", Script::Cyrillic),
            ("\u{441}\u{43E}-1.example.", Script::Cyrillic),
            ("\u{3BF}\u{3C1}.com", Script::Greek),
        ] {
            let alike = Homograph::LookAlike(script);
            assert_eq!(homograph(name), Some(alike), "{name}");
        }
    }

    #[test]
    fn names_of_one_script_and_those_that_belong_together_are_not_warned_of() {
        for name in [
            "paypal.com",
            "host-7.example.com",
            "127.0.0.1",
            "fe80::1%eth0",
            "",
            ".",
            "localhost",
            "例子.测试",
            "例子.com",
            "网络调试助手2.中国",
            "百度abc.cn",
            "b\u{FC}cher.example",
            "e\u{301}tude.fr",
            "москва.com",
            "пример.рф",
            // All their letters look Latin, in Russian domains.
            "\u{440}\u{43E}\u{441}\u{430}.рф",
            "\u{440}\u{43E}\u{441}\u{430}.RU",
            "мост.com",
            "παράδειγμα.gr",
            "スーパー.jp",
            "日本のtv.jp",
            "한국어.kr",
            "xn--fiqs8s",
            "xn--!!!.com",
        ] {
            assert_eq!(homograph(name), None, "{name}");
        }
    }
}
