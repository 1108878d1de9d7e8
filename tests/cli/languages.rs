//! Errors and help are in the requested language.

use super::program::run;
use super::scenarios::played;

#[test]
fn a_wrong_expression_in_a_scenario() {
    let text = r#"(sessions: {"a": Udp()}, steps: [Expect(session: "a", regex: "(")])"#;
    let ended = played(text, &["--lang", "zh"]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.err.contains("正则表达式有误"), "{}", ended.err);
}

#[test]
fn a_wrong_address_in_a_scenario() {
    let cases = [
        (
            r#""a": Udp(bind: "127.0.0.1:80x")"#,
            ["A port is", "端口号是"],
        ),
        (
            r#""a": UnixServer(bind: "a\\5")"#,
            ["two hexadecimal digits", "两位十六进制数字"],
        ),
    ];
    for (session, words) in cases {
        let text = format!("(sessions: {{{session}}}, steps: [])");
        for (lang, words) in ["en", "zh"].into_iter().zip(words) {
            let ended = played(&text, &["--lang", lang]);
            assert_eq!(ended.status, Some(2));
            assert!(ended.err.contains(words), "{}", ended.err);
        }
    }
}

#[test]
fn the_help_and_the_manual_are_in_the_language_asked_for() {
    let cases = [
        ("en", "Usage: netpeer udp", "Examples:", ".SH EXAMPLES\n"),
        ("zh", "用法: netpeer udp", "示例:", ".SH 示例\n"),
    ];
    for (lang, usage, examples, heading) in cases {
        let help = run(&["udp", "--help", "--lang", lang]);
        assert_eq!(help.status, Some(0));
        for words in [usage, examples] {
            assert!(help.out.contains(words), "{words}: {}", help.out);
        }
        let page = run(&["man", "udp", "--lang", lang]);
        assert!(page.out.contains(heading), "{}", page.out);
        let is_english = page.out.contains(".SH NAME\n");
        assert_eq!(is_english, lang == "en", "{}", page.out);
    }
    let relay = run(&["relay", "--lang", "zh"]);
    assert_eq!(relay.status, Some(2));
    assert!(
        relay.err.contains("可用的子命令：udp、tcp"),
        "{}",
        relay.err
    );
}

#[test]
fn help_is_asked_for_its_help_too() {
    let help = run(&["help", "help"]);
    for flag in ["--help", "-h"] {
        for words in [&["help"][..], &["help", "udp"]] {
            let ended = run(&[words, &[flag]].concat());
            assert_eq!(ended.status, Some(0), "{words:?}: {}", ended.err);
            let asked = run(words);
            assert_eq!(ended.out, asked.out);
        }
    }
    assert!(help.out.contains("Usage: netpeer help"), "{}", help.out);
}

#[test]
fn an_option_of_the_window_does_not_go_with_a_command() {
    for (lang, option, words) in [
        ("en", "--new=udp", "--new opens the window"),
        ("zh", "--new=udp", "--new 用来打开窗口"),
        ("en", "--open=a.pcapng", "--open opens the window"),
    ] {
        let ended = run(&[option, "udp", "--for", "0s", "--lang", lang]);
        assert_eq!(ended.status, Some(2), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
}
