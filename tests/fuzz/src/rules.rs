//! Rules: as text, and drawn from the input. They are read as they are written; a dry run says what
//! they decide, and their replies are bounded.

use super::input::Input;
use super::texts::stands_in;
use fastrand::Rng;
use netpeer::automation::rules::{
    ActionKind, BytePattern, Condition, Inbound, PreparedActionKind, RelayDirection, ReplyContent,
    Rule, RuleAction, RuleContext, RuleOutcome, Rules,
};
use netpeer::config::ron_file;
use netpeer::payload::answer::modbus::{DeviceSettings, Devices};
use netpeer::payload::checksum::Checksum;
use netpeer::payload::composition::Composition;
use netpeer::payload::printable;
use netpeer::payload::template::TemplateContext;
use netpeer::peer::Peer;
use netpeer::schema::READY_MADE;
use netpeer::traffic::MessageSchema;
use std::sync::{Arc, LazyLock};

/// The most bytes of a reply that varies.
const LIMIT: usize = 65_507;
/// How deep conditions are nested.
const DEPTH: usize = 3;

/// Texts that mean something in some place.
const WORDS: [&str; 12] = [
    "hi",
    "01 ?? 4?",
    r"\x03\n",
    "(a+)(b)?",
    "function:3",
    "unit:>1",
    "body.start",
    "= req.unit + 1",
    "127.0.0.0/8:9000",
    "unix:*",
    "10.0.0.1",
    "${data:1:2}${1}${seq:u16be}${crc:modbus}",
];

static CONTEXT: LazyLock<RuleContext> = LazyLock::new(|| {
    let modbus = READY_MADE.iter().find(|ready| ready.name == "modbus_tcp");
    let schema = modbus.expect("Modbus").schema().expect("its description");
    let framing = None;
    RuleContext {
        charset: None,
        described: Some(Arc::new(MessageSchema {
            schema,
            framing: framing.into(),
        })),
    }
});

pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match ron_file::parse::<Vec<Rule>>(&text) {
        Ok(rules) => use_them(&rules, bytes),
        Err(mistake) => stands_in(&text, &mistake),
    }
    let mut input = Input::new(bytes);
    let rules: Vec<Rule> = (0..input.below(4)).map(|_| rule(&mut input)).collect();
    use_them(&rules, input.rest());
}

fn use_them(rules: &[Rule], message: &[u8]) {
    let kept = ron_file::written(rules);
    let read = ron_file::parse::<Vec<Rule>>(&kept);
    assert_eq!(read.as_deref(), Ok(rules), "{kept}");
    let kept = ron_file::scenario_text(rules, 1);
    let read = ron_file::parse_scenario::<Vec<Rule>>(&kept);
    assert_eq!(read.as_deref(), Ok(rules), "{kept}");
    match Rules::new(rules, CONTEXT.clone()) {
        Ok(compiled) => decide(compiled, message),
        Err(mistake) => assert!(mistake.rule < rules.len(), "{mistake:?}"),
    }
}

fn decide(mut rules: Rules, message: &[u8]) {
    let mut devices = Devices::default();
    // The second message is counted as such.
    for _ in 0..2 {
        let inbound = Inbound::new(Peer::from(([127, 0, 0, 1], 9000)), message);
        let outcomes = rules.dry_run(&inbound);
        let fires = |outcome: &RuleOutcome| *outcome == RuleOutcome::Fires;
        let fired = rules.decide(&inbound);
        let rule = fired.as_ref().map(|fired| fired.rule);
        assert_eq!(outcomes.iter().position(fires), rule);
        let Some(fired) = fired else { continue };
        let moment = TemplateContext {
            seq: 1,
            request: fired.request(&inbound),
            ..TemplateContext::default()
        };
        for action in fired.actions.iter() {
            let (PreparedActionKind::Reply { answer, .. } | PreparedActionKind::Edit(answer)) =
                &action.kind
            else {
                continue;
            };
            let random = &mut Rng::with_seed(1);
            if let Ok(replies) = answer.bytes(&moment, 0, LIMIT, random, &mut devices) {
                let length = replies.bytes.map_or(0, |bytes| bytes.len());
                // A read of a stream may have many requests.
                assert!(length <= LIMIT + 32 * message.len(), "{length} bytes");
            }
        }
    }
}

fn rule(input: &mut Input<'_>) -> Rule {
    Rule {
        // Names are kept as safe text.
        name: printable::line(input.text().as_bytes()),
        on: input.below(4) > 0,
        when: condition(input, DEPTH),
        then: (0..input.below(3)).map(|_| action(input)).collect(),
    }
}

fn word(input: &mut Input<'_>) -> String {
    match input.flag() {
        true => (*input.choose(&WORDS)).to_owned(),
        false => input.text(),
    }
}

fn pattern(input: &mut Input<'_>) -> BytePattern {
    match input.flag() {
        true => BytePattern::hex(word(input)),
        false => BytePattern::text(word(input)),
    }
}

fn condition(input: &mut Input<'_>, depth: usize) -> Condition {
    match input.below(if depth > 0 { 16 } else { 13 }) {
        0 => Condition::Is(pattern(input)),
        1 => Condition::StartsWith(pattern(input)),
        2 => Condition::Contains(pattern(input)),
        3 => Condition::EndsWith(pattern(input)),
        4 => Condition::Matches(word(input)),
        5 => Condition::Length {
            least: input.below(20),
            most: input.number() as usize,
        },
        6 => Condition::Valid(Checksum::default()),
        7 => Condition::Fields(vec![word(input)]),
        8 => Condition::Connects,
        9 => Condition::From(word(input)),
        10 => Condition::Toward(RelayDirection::Client),
        11 => Condition::Every(input.below(3) as u64),
        12 => Condition::Always,
        13 => Condition::All(conditions(input, depth - 1)),
        14 => Condition::Any(conditions(input, depth - 1)),
        _ => Condition::Not(Box::new(condition(input, depth - 1))),
    }
}

fn conditions(input: &mut Input<'_>, depth: usize) -> Vec<Condition> {
    let count = input.below(3);
    (0..count).map(|_| condition(input, depth)).collect()
}

fn action(input: &mut Input<'_>) -> RuleAction {
    let kind = match input.below(8) {
        0 => ActionKind::Edit(content(input)),
        1 => ActionKind::Drop,
        2 => ActionKind::Hold,
        3 => ActionKind::Close,
        4 => ActionKind::Reset,
        _ => ActionKind::Reply {
            what: content(input),
            to: input.flag().then(|| word(input)),
        },
    };
    RuleAction {
        kind,
        delay: input.below(4) as u32 * 1_000,
        jitter: input.below(4) as u32 * 1_000,
    }
}

fn content(input: &mut Input<'_>) -> ReplyContent {
    match input.below(8) {
        0 => ReplyContent::Echo,
        1 => ReplyContent::Fields([(word(input), word(input))].into()),
        2 => ReplyContent::Modbus,
        3 => ReplyContent::ModbusDevice(DeviceSettings {
            holding: [(u16::from(input.byte()), input.number() as i32)].into(),
            only_listed: input.flag(),
            ..DeviceSettings::default()
        }),
        4 => ReplyContent::Ntp,
        5 => ReplyContent::Dns(word(input)),
        6 => ReplyContent::Tftp,
        _ => ReplyContent::Written(Composition {
            text: word(input),
            escapes: input.flag(),
            variables: input.flag(),
            ..Composition::default()
        }),
    }
}
