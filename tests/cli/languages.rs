//! Mistakes are explained in the language asked for.

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
