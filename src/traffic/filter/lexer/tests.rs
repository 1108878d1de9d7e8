//! Tests of the lexer.

use super::*;
use proptest::prelude::*;

fn raw(text: &str) -> Vec<Raw> {
    Lexer::new(text).map(Result::unwrap).collect()
}

/// Each term as text, with `not` in front if it is negated.
fn terms_of(text: &str) -> Vec<String> {
    let terms_of = |raw: Raw| {
        let sign = if raw.negated { "not " } else { "" };
        match raw.content {
            TermContent::Text(text) | TermContent::Word(text) => format!("{sign}{text}"),
            TermContent::Regex { pattern, any_case } => format!("{sign}regex {pattern} {any_case}"),
            TermContent::Keyed(key, value) => format!("{sign}{key:?} {value}"),
        }
    };
    raw(text).into_iter().map(terms_of).collect()
}

#[test]
fn words_and_quotations() {
    assert_eq!(terms_of("a \"b c\"d　e"), ["a", "b c", "d", "e"]);
    assert_eq!(terms_of("x\"from:1\""), ["x", "from:1"]);
    for nothing in ["", "   ", "\"\"", "\"", "-\"\""] {
        assert!(raw(nothing).is_empty(), "{nothing:?}");
    }
}

#[test]
fn a_sign_negates_words_that_begin_with_a_letter() {
    assert_eq!(
        terms_of("-a !b -温度 -\"c d\"-"),
        ["not a", "not b", "not 温度", "not c d", "-"]
    );
    assert_eq!(
        terms_of("-dir:rx ！ｄｉｒ：tx"),
        ["not Direction rx", "not Direction tx"]
    );
    for literal in [
        "->",
        "--all",
        "!=",
        "-",
        "!",
        "！警告",
        "-/a/b",
        "-5a",
        "-1.5",
    ] {
        assert_eq!(terms_of(literal), [literal]);
    }
    assert_eq!(terms_of("\"-a\""), ["-a"]);
}

#[test]
fn regular_expressions_are_taken_whole() {
    assert_eq!(terms_of("/a b\\/c\\d/ d"), ["regex a b/c\\d false", "d"]);
    assert_eq!(terms_of("/a/i -/b/"), ["regex a true", "not regex b false"]);
    for word in ["/", "//", "//host", "/api/v1/status", "/a/ii"] {
        assert_eq!(terms_of(word), [word]);
    }
    assert_eq!(terms_of("1 / 2"), ["1", "/", "2"]);
    for unclosed in ["/index.html", "/a b", "/a b/c", "/a\\/"] {
        let mistake = FilterMistake {
            at: 2,
            problem: FilterProblem::UnclosedRegex,
        };
        let text = format!("x {unclosed}");
        assert_eq!(Lexer::new(&text).last(), Some(Err(mistake)), "{text}");
    }
}

#[test]
fn known_keys_take_what_follows_and_unknown_ones_are_text() {
    assert_eq!(
        terms_of("hex:\"0d 0a\" from：１ LEN:>9 peer::80 hex:72 6f rest"),
        [
            "Hex 0d 0a",
            "From １",
            "Length >9",
            "Peer :80",
            "Hex 72 6f",
            "rest"
        ]
    );
    for (text, terms) in [
        ("hex:0x72, 0x6F ok", &["Hex 0x72, 0x6F", "ok"][..]),
        ("hex:７２ ６ｆ", &["Hex ７２ ６ｆ"]),
        ("hex:0d0a 12", &["Hex 0d0a", "12"]),
        ("hex: 12", &["Hex ", "12"]),
    ] {
        assert_eq!(terms_of(text), terms);
    }
    assert_eq!(terms_of("to:"), ["To "]);
    assert_eq!(
        terms_of("foo:bar From:a tofrom:1 a:"),
        ["foo:bar", "From a", "tofrom:1", "a:"]
    );
    assert_eq!(raw("温 -hex:\"0d\"")[1].at, 8);
}

#[test]
fn what_could_be_meant_otherwise_is_pointed_at() {
    let mistake = |text: &str| match Lexer::new(text).last() {
        Some(Err(FilterMistake { at, problem })) => (at, problem),
        other => panic!("{text}: {other:?}"),
    };
    for (text, at) in [("row \"unclosed", 4), ("hex:\"0d", 4)] {
        assert_eq!(mistake(text), (at, FilterProblem::UnclosedQuotation));
    }
}

proptest! {
    #[test]
    fn any_text_comes_to_an_end(text in "[-!/\\\\\":a ihex：！温]{0,40}") {
        let terms = Lexer::new(&text).take(100).count();
        prop_assert!(terms <= 40);
    }
}

#[test]
fn the_book_explains_every_key() {
    let pages = [
        include_str!("../../../../docs/en/filter.md"),
        include_str!("../../../../docs/zh/filter.md"),
    ];
    for (key, _) in KEYS {
        for page in pages {
            assert!(page.contains(&format!("`{key}:")), "{key}");
        }
    }
}
