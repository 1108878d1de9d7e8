//! Facts about rules.

mod groups;
mod modbus;
mod relayed;

use super::preset::{Preset as Made, composition};
use super::*;
use crate::payload::answer::modbus::Devices;
use crate::payload::charset::Charset;
use crate::payload::template::{Request, TemplateContext};
use crate::payload::{TextMistake, TextProblem as Typing};
use proptest::prelude::*;

fn inbound(bytes: &[u8]) -> Inbound<'_> {
    Inbound::new(([127, 0, 0, 1], 9).into(), bytes)
}

fn rule(when: Condition) -> Rule {
    Rule {
        when,
        ..Rule::default()
    }
}

fn rules(all: &[Rule]) -> Rules {
    Rules::new(all, Charset::Utf8).unwrap()
}

/// Whether a rule with this condition applies.
fn holds(when: Condition, bytes: &[u8]) -> bool {
    rules(&[rule(when)]).decide(&inbound(bytes)).is_some()
}

/// The first answer of the first rule that applies.
fn answer(rules: &mut Rules, bytes: &[u8]) -> Option<Vec<u8>> {
    let fired = rules.decide(&inbound(bytes))?;
    let Some(PreparedActionKind::Reply { answer, .. }) =
        fired.actions.first().map(|action| &action.kind)
    else {
        return None;
    };
    let request = Request {
        data: bytes,
        groups: fired.groups,
        stream: false,
    };
    let moment = TemplateContext {
        request,
        ..TemplateContext::default()
    };
    let mut random = fastrand::Rng::with_seed(1);
    let mut devices = Devices::default();
    let answers = answer.bytes(&moment, 0, usize::MAX, &mut random, &mut devices);
    let answers = answers.unwrap();
    answers.bytes.map(|bytes| bytes.to_vec())
}

fn written(text: &str) -> RuleAction {
    let what = ReplyContent::Written(composition(text));
    RuleAction {
        kind: ActionKind::Reply { what, to: None },
        ..RuleAction::default()
    }
}

#[test]
fn the_first_rule_whose_condition_holds_is_the_one() {
    let mut all = rules(&[
        Rule {
            on: false,
            ..rule(Condition::Always)
        },
        rule(Condition::StartsWith(BytePattern::text("AT"))),
        rule(Condition::Contains(BytePattern::text("T"))),
        rule(Condition::Always),
    ]);
    let place = |all: &mut Rules, text: &str| all.decide(&inbound(text.as_bytes())).unwrap().rule;
    assert_eq!(
        ["AT+", "xT", "", "AT"].map(|text| place(&mut all, text)),
        [1, 2, 3, 1]
    );
}

#[test]
fn conditions_are_combined() {
    let (a, b) = (
        Condition::Contains(BytePattern::text("a")),
        Condition::Contains(BytePattern::text("b")),
    );
    let both = vec![a.clone(), b.clone()];
    let cases = [
        (Condition::All(both.clone()), [true, false, false]),
        (Condition::Any(both.clone()), [true, true, false]),
        (Condition::Not(Box::new(a)), [false, false, true]),
    ];
    for (when, expected) in cases {
        let found = ["ab", "a", ""].map(|text| holds(when.clone(), text.as_bytes()));
        assert_eq!(found, expected, "{when:?}");
    }
}

#[test]
fn lengths_senders_and_counts_are_conditions() {
    let length = Condition::Length { least: 2, most: 3 };
    let found = [1, 2, 3, 4].map(|length_of| holds(length.clone(), &vec![0; length_of]));
    assert_eq!(found, [false, true, true, false]);
    assert!(holds(Condition::From("127.0.0.0/8:9".into()), b""));
    assert!(!holds(Condition::From("127.0.0.1:10".into()), b""));
    let mut third = rules(&[rule(Condition::All(vec![
        Condition::StartsWith(BytePattern::text("x")),
        Condition::Every(3),
    ]))]);
    let texts = ["x", "y", "x", "x", "x", "x", "x"];
    let fired = texts.map(|text| third.decide(&inbound(text.as_bytes())).is_some());
    assert_eq!(fired, [false, false, false, true, false, false, true]);
}

#[test]
fn a_relays_direction_is_a_condition() {
    let mut all = rules(&[rule(Condition::Toward(RelayDirection::Target))]);
    let toward = |toward| Inbound {
        toward,
        ..inbound(b"x")
    };
    let asked = [
        None,
        Some(RelayDirection::Client),
        Some(RelayDirection::Target),
    ];
    let fired = asked.map(|way| all.decide(&toward(way)).is_some());
    assert_eq!(fired, [false, false, true]);
}

#[test]
fn a_reply_quotes_what_a_regular_expression_found() {
    let mut all = rules(&[Rule {
        then: vec![written("hello ${1}, ${data}")],
        ..rule(Condition::Matches("^name=(\\w+)".into()))
    }]);
    assert_eq!(
        answer(&mut all, "name=李雷;".as_bytes()).unwrap(),
        "hello 李雷, name=李雷;".as_bytes()
    );
    assert_eq!(answer(&mut all, b"nam"), None);
    // Bytes that are not text.
    let mut all = rules(&[Rule {
        then: vec![written("${1}")],
        ..rule(Condition::Matches(r"(?s-u)^\x01(..)".into()))
    }]);
    assert_eq!(
        answer(&mut all, &[1, 0xFF, 0xFE, 7]),
        Some(vec![0xFF, 0xFE])
    );
}

#[test]
fn a_regular_expression_is_asked_of_text_in_gbk() {
    let gbk = |text| Charset::Gb18030.encode(text).unwrap().into_owned();
    let quoting = Rule {
        then: vec![written("${1}")],
        ..rule(Condition::Matches("姓名=(.+);".into()))
    };
    for charset in [None, Some(Charset::Gb18030)] {
        let mut all = Rules::new(std::slice::from_ref(&quoting), charset).unwrap();
        let answered = answer(&mut all, &gbk("姓名=李雷;"));
        assert_eq!(answered, Some(gbk("李雷")), "{charset:?}");
    }
}

#[test]
fn texts_are_in_the_encoding_of_the_session() {
    let gbk = |all: &[Rule]| Rules::new(all, Charset::Gb18030).unwrap();
    let mut all = gbk(&[Rule {
        then: vec![written("好${data}")],
        ..rule(Condition::Is(BytePattern::text("你")))
    }]);
    assert_eq!(
        answer(&mut all, &[0xC4, 0xE3]),
        Some(vec![0xBA, 0xC3, 0xC4, 0xE3])
    );
}

#[test]
fn where_no_encoding_was_chosen_a_reply_is_in_that_of_the_request() {
    let all = [Rule {
        then: vec![written("好${data}")],
        ..rule(Condition::Always)
    }];
    let gbk = [0xC4, 0xE3, 0xBA, 0xC3];
    let mut follows = Rules::new(&all, None::<Charset>).unwrap();
    assert_eq!(
        answer(&mut follows, "你好".as_bytes()).as_deref(),
        Some("好你好".as_bytes())
    );
    let expected = [&[0xBA, 0xC3], &gbk[..]].concat();
    assert_eq!(answer(&mut follows, &gbk), Some(expected));
    let mut chosen = Rules::new(&all, Charset::Utf8).unwrap();
    let expected = ["好".as_bytes(), &gbk].concat();
    assert_eq!(answer(&mut chosen, &gbk), Some(expected));
}

#[test]
fn where_no_encoding_was_chosen_a_text_is_found_in_either() {
    let gbk = [0xC4, 0xE3, 0xBA, 0xC3];
    let all = [rule(Condition::All(vec![
        Condition::Is(BytePattern::text("你好")),
        Condition::Not(Box::new(Condition::Contains(BytePattern::text("再见")))),
    ]))];
    let mut follows = Rules::new(&all, None::<Charset>).unwrap();
    for message in ["你好".as_bytes(), &gbk] {
        assert!(follows.decide(&inbound(message)).is_some(), "{message:?}");
        assert_eq!(follows.dry_run(&inbound(message)), [RuleOutcome::Fires]);
    }
    let mut chosen = Rules::new(&all, Charset::Utf8).unwrap();
    assert!(chosen.decide(&inbound(&gbk)).is_none());
}

#[test]
fn a_dry_run_says_why_each_rule_does_not_apply() {
    let all = rules(&[
        Rule {
            on: false,
            ..rule(Condition::Always)
        },
        rule(Condition::StartsWith(BytePattern::hex("01 04"))),
        rule(Condition::Length { least: 9, most: 10 }),
        rule(Condition::Every(2)),
        rule(Condition::Contains(BytePattern::hex("00"))),
        rule(Condition::Always),
    ]);
    let differs = MismatchReason::Differs {
        at: 1,
        found: 3,
        expected: 4,
    };
    let expected = [
        RuleOutcome::Off,
        RuleOutcome::Not(differs),
        RuleOutcome::Not(MismatchReason::Short { found: 3, least: 9 }),
        RuleOutcome::Not(MismatchReason::Count { count: 1, every: 2 }),
        RuleOutcome::Fires,
        RuleOutcome::Behind,
    ];
    assert_eq!(all.dry_run(&inbound(&[1, 3, 0])), expected);
    assert_eq!(
        all.dry_run(&inbound(&[1, 3, 0])),
        expected,
        "a trial counts nothing"
    );
}

#[test]
fn a_name_from_a_file_is_one_line() {
    let read: Rule = ron::from_str("(name: \"a\\nnetpeer: \\u{1B}[2Jb\")").unwrap();
    assert_eq!(read.name, "a␊netpeer: ␛[2Jb");
    let again: Rule = ron::from_str(&ron::to_string(&read).unwrap()).unwrap();
    assert_eq!(again, read);
}

#[test]
fn mistakes_name_the_rule_and_its_part() {
    let mistake = |rule: Rule| {
        let mistake = Rules::new(&[Rule::default(), rule], Charset::Utf8).unwrap_err();
        assert_eq!(mistake.rule, 1);
        (mistake.part, mistake.problem)
    };
    let when = |when: Condition| mistake(rule(when));
    assert_eq!(
        when(Condition::StartsWith(BytePattern::default())),
        (RulePart::When, RuleProblem::Empty)
    );
    assert_eq!(
        when(Condition::Matches(String::new())),
        (RulePart::When, RuleProblem::Empty)
    );
    assert!(matches!(
        when(Condition::Matches("(".into())),
        (RulePart::When, RuleProblem::Regex(_))
    ));
    assert_eq!(
        when(Condition::Matches("(.{1000}){1000}".into())).1,
        RuleProblem::RegexTooLarge
    );
    assert_eq!(
        when(Condition::Length { least: 3, most: 2 }).1,
        RuleProblem::Length
    );
    assert_eq!(
        when(Condition::From("nowhere".into())).1,
        RuleProblem::Source("nowhere".into())
    );
    assert_eq!(when(Condition::Every(0)).1, RuleProblem::EveryZero);
    assert_eq!(
        when(Condition::Not(Box::new(Condition::All(Vec::new())))).1,
        RuleProblem::NoParts
    );
    let typing = TextMistake {
        at: 0,
        problem: Typing::UnknownVariable,
    };
    let then = |then| {
        mistake(Rule {
            then,
            ..Rule::default()
        })
    };
    let found = then(vec![RuleAction::default(), written("${nonsense}")]);
    assert_eq!(found, (RulePart::Then(1), RuleProblem::Bytes(typing)));
    assert_eq!(then(Vec::new()).1, RuleProblem::NoActions);
    let late = RuleAction {
        delay: u32::MAX,
        ..RuleAction::default()
    };
    assert_eq!(then(vec![late]).1, RuleProblem::Delay);
}

#[test]
fn a_rule_that_is_off_may_be_half_written() {
    let half = Rule {
        on: false,
        ..rule(Condition::Matches("(".into()))
    };
    assert!(rules(&[half]).is_empty());
}

#[test]
fn a_paused_rule_lets_the_next_one_have_it() {
    let mut all = rules(&[rule(Condition::Always), rule(Condition::Always)]);
    all.pause(0);
    assert_eq!(all.decide(&inbound(b"")).unwrap().rule, 1);
    all.resume(0);
    assert_eq!(all.decide(&inbound(b"")).unwrap().rule, 0);
}

#[test]
fn ready_made_rules_answer() {
    let made = |made: Made, bytes: &[u8]| {
        answer(&mut rules(&[made.rule("r".into(), "来自服务器")]), bytes)
    };
    assert_eq!(made(Made::Echo, b"x").unwrap(), b"x");
    assert_eq!(
        made(Made::Prefix, "你好".as_bytes()).unwrap(),
        "来自服务器你好".as_bytes()
    );
    assert_eq!(made(Made::Fixed, b"x").unwrap(), b"OK\r\n");
    assert_eq!(made(Made::UpperCase, b"abc").unwrap(), b"ABC");
    let page = made(Made::Http, b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let (head, body) = page.split_at(page.len() - 6);
    assert!(head.starts_with(b"HTTP/1.1 200 OK\r\n") && head.ends_with(b"\r\n\r\n"));
    assert_eq!(body, b"hello\n");
    assert_eq!(made(Made::Http, b"hello"), None);
    let both = Made::Http.rules("r".into(), "");
    let all = |request: &[u8]| answer(&mut rules(&both), request).unwrap();
    assert_eq!(all(b"HEAD / HTTP/1.1\r\n\r\n"), head);
    assert_eq!(all(b"GET / HTTP/1.1\r\n\r\n"), page);
    let registers = made(Made::Modbus, &[1, 3, 0, 5, 0, 2, 0xD4, 0x0A]).unwrap();
    assert_eq!(registers[..7], [1, 3, 4, 0, 5, 0, 6]);
    for preset in Made::ALL {
        let rule = preset.rule("r".into(), "p");
        let text = ron::to_string(&rule).unwrap();
        assert_eq!(ron::from_str::<Rule>(&text).unwrap(), rule);
    }
}

proptest! {
    #[test]
    fn nothing_received_panics(bytes: Vec<u8>, text: String) {
        let made = Made::ALL.map(|made| made.rule("r".into(), "p"));
        let more = [
            Condition::Matches(text.clone()),
            Condition::Contains(BytePattern::hex(text.clone())),
            Condition::From(text),
        ];
        for rule in made.into_iter().chain(more.map(rule)) {
            if let Ok(mut rules) = Rules::new(&[rule], Charset::Utf8) {
                answer(&mut rules, &bytes);
                rules.dry_run(&inbound(&bytes));
            }
        }
    }
}
