//! The generated code, without running it: `tests/code` does.

use super::{CodeFraming, CodeLanguage, CodeProblem, CodeRefusal, DissectorPort};
use crate::payload::printable;
use crate::schema::{READY_MADE, Schema};

fn code(text: &str, language: CodeLanguage) -> Result<String, CodeRefusal> {
    let framing = CodeFraming::Ending(b"\r\n\"]]--\\".to_vec());
    let schema = Schema::read(text).unwrap();
    schema.code(language, &[], Some(&framing))
}

/// Ready-made text protocols.
const TEXTS: [&str; 6] = ["http", "sip", "syslog", "nmea0183", "json", "key_value"];

#[test]
fn every_ready_made_description_but_those_of_texts_can_be_written() {
    for ready in READY_MADE {
        let schema = ready.schema().unwrap();
        for language in CodeLanguage::ALL {
            let code = schema.code(language, &[], None);
            if TEXTS.contains(&ready.name) {
                let problem = code.unwrap_err().problem;
                assert!(matches!(problem, CodeProblem::TextForm(_)), "{problem:?}");
                continue;
            }
            let code = code.unwrap_or_else(|refused| panic!("{}: {refused:?}", ready.name));
            let head = code.lines().next().unwrap();
            assert!(head.contains(ready.name), "{head}");
            assert!(code.contains("0BSD"));
        }
    }
}

#[test]
fn a_port_stands_in_the_tables_that_are_asked_for() {
    let port = |udp, tcp, number| DissectorPort { udp, tcp, number };
    let ports = [port(true, false, 5000), port(true, true, 502)];
    let schema = Schema::read("(seq: [])").unwrap();
    let code = schema.code(CodeLanguage::Lua, &ports, None).unwrap();
    let tables = r#"local PORTS = {{"udp.port", 5000}, {"udp.port", 502}, {"tcp.port", 502}}"#;
    assert!(code.contains(tables), "{code}");
}

#[test]
fn a_field_that_cannot_be_expressed_is_refused_by_its_name() {
    let deep = format!("a{}", " + a".repeat(60));
    for (field, name, problem) in [
        (
            r#"(id: "b", type: "str", size: 2, encoding: "Big5")"#.to_owned(),
            "b",
            CodeProblem::Encoding("Big5".to_owned()),
        ),
        (
            r#"(id: "b", type: "u1", valid: (expr: "_ < 9007199254740992"))"#.to_owned(),
            "b",
            CodeProblem::WideNumber(9_007_199_254_740_992),
        ),
        (
            r#"(id: "b", type: "u1", scale: 1e-120)"#.to_owned(),
            "b",
            CodeProblem::Digits(120),
        ),
        (
            format!(r#"(id: "b", size: "{deep}")"#),
            "b",
            CodeProblem::TooDeep(48),
        ),
        (
            r#"(id: "b", type: "inner")"#.to_owned(),
            "inner.c",
            CodeProblem::Encoding("sjis".to_owned()),
        ),
        (
            r#"(id: "b", type: "dec", size: 2)"#.to_owned(),
            "b",
            CodeProblem::WrittenNumber("dec"),
        ),
        (
            r#"(id: "b", type: "words", size: 2)"#.to_owned(),
            "words",
            CodeProblem::TextForm("pattern"),
        ),
    ] {
        let inner = match name {
            "b" => "",
            "words" => r#"types: {"words": (pattern: "(?P<first>.).*")}"#,
            _ => r#"types: {"inner": (instances: {"c": (value: "[1].first.to_s('sjis')")})}"#,
        };
        let text = format!(r#"(seq: [(id: "a", type: "u1"), {field}], {inner})"#);
        let refused = code(&text, CodeLanguage::Lua).unwrap_err();
        assert_eq!((refused.field.as_str(), &refused.problem), (name, &problem));
        // Python has the others.
        let is_of_both = matches!(
            problem,
            CodeProblem::TooDeep(_) | CodeProblem::WrittenNumber(_) | CodeProblem::TextForm(_)
        );
        let python = code(&text, CodeLanguage::Python).err();
        assert_eq!(python, is_of_both.then_some(refused), "{field}");
    }
}

#[test]
fn a_number_of_64_bits_is_compared_and_a_longer_one_is_refused() {
    let with = |most: &str| {
        let text = format!(
            r#"(meta: (endian: "be"), seq: [(id: "a", type: "u8", valid: (max: "{most}"))])"#
        );
        code(&text, CodeLanguage::Lua)
    };
    for (most, written) in [
        ("9007199254740991", "I(9007199254740991)"),
        (
            "0x7FFF_FFFF_FFFF_FFFE",
            "of_halves(2147483647, 4294967294, 64, false)",
        ),
        (
            "0xFFFF_FFFF_FFFF_FFFF",
            "of_halves(4294967295, 4294967295, 64, false)",
        ),
    ] {
        let code = with(most).unwrap();
        assert!(code.contains(&format!("max = {written}")), "{most}");
    }
    let problem = with("0x1_0000_0000_0000_0000").unwrap_err().problem;
    assert_eq!(problem, CodeProblem::WideNumber(1 << 64));
}

#[test]
fn a_description_with_too_many_paths_is_refused() {
    let mut types = String::new();
    for level in 0..8 {
        let fields: String = (0..4)
            .map(|at| format!("(id: \"f{at}\", type: \"t{}\"),", level + 1))
            .collect();
        types.push_str(&format!("\"t{level}\": (seq: [{fields}]),"));
    }
    let text = format!(
        "(seq: [(id: \"a\", type: \"t0\")], types: {{{types} \"t8\": (seq: [(id: \"x\", type: \"u1\")])}})"
    );
    let refused = code(&text, CodeLanguage::Lua).unwrap_err();
    assert_eq!(refused.problem, CodeProblem::TooManyFields(5_000));
    assert!(code(&text, CodeLanguage::Python).is_ok());
}

#[test]
fn nothing_in_a_description_ends_its_place_in_the_code() {
    let hostile = "]] --[[ \\\" ' \\n \\u{202E} \\u{2028} \\\"\\\"\\\" \\\\";
    let text = |words: &str| {
        format!(
            r#"(meta: (id: "{words}"), seq: [
                (id: "class", type: "u1", enum: "e", unit: "{words}", doc: "{words}"),
                (id: "end", size: 1, contents: "{words}", show: hex),
            ], instances: {{
                "{words}": (value: "1"),
                "from": (value: "'\" + os.exit() .. \"' + 'x'"),
                "{words}2": (pos: "0", type: "{words}"),
            }}, types: {{"{words}": (to_string: "class.to_s + '-'", seq: [(id: "class", type: "u1")])}},
            enums: {{"e": {{1: "{words}"}}}})"#
        )
    };
    let (tame, wild) = (text("tame"), text(hostile));
    for language in CodeLanguage::ALL {
        let tame = code(&tame, language).unwrap();
        let wild = code(&wild, language).unwrap();
        assert_eq!(tame.lines().count(), wild.lines().count());
        let is_shown = |c: char| c == '\n' || !printable::deceives(c);
        assert!(wild.chars().all(is_shown));
    }
}
