//! A filter finds the same records as a check of each record by itself.

use super::tests::{filter, found};
use super::*;
use crate::traffic::{Arrival, Chunk, ChunkBuilder, Record};
use proptest::prelude::*;

/// A term as it is written, and its meaning.
#[derive(Clone, Debug)]
struct Written {
    text: String,
    negated: bool,
    meaning: Meaning,
}

#[derive(Clone, Debug)]
enum Meaning {
    Word(String),
    /// A regular expression: the first letter or `z`, then the second letter.
    Regex(char, char),
    Hex(Vec<u8>),
    Port(&'static str, u16),
    Part(&'static str, String),
    /// A part of the name of a Unix socket.
    Name(&'static str, &'static str),
    Direction(&'static str),
    Least(usize),
    Most(usize),
    Since(i64),
    Until(i64),
}

impl Meaning {
    fn text(&self) -> String {
        match self {
            Self::Word(word) => format!("\"{word}\""),
            Self::Regex(first, second) => format!("/[{first}z]{second}/"),
            Self::Hex(bytes) => {
                let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
                format!("hex:{}", digits.collect::<String>())
            }
            Self::Port(key, port) => format!("{key}:{port}"),
            Self::Part(key, part) => format!("{key}:{part}"),
            Self::Name(key, name) => format!("{key}:{name}"),
            Self::Direction(direction) => format!("dir:{direction}"),
            Self::Least(length) => format!("len:>={length}"),
            Self::Most(length) => format!("len:<={length}"),
            Self::Since(time) => format!("since:{time}"),
            Self::Until(time) => format!("until:{time}"),
        }
    }

    fn holds(&self, record: &Record<'_>) -> bool {
        let direction = match record.kind() {
            RecordKind::Received => "rx",
            RecordKind::Sent => "tx",
            RecordKind::Notice | RecordKind::Failure => "event",
        };
        let is_payload = direction != "event";
        let content = match record.body {
            Body::Notice(notice) => format!("{notice:?}"),
            _ => String::from_utf8(record.bytes().to_vec()).unwrap(),
        };
        let goes = |key: &str| {
            matches!(
                (key, direction),
                ("from" | "peer", "rx") | ("to" | "peer", "tx")
            )
        };
        match self {
            Self::Word(word) => content.contains(word),
            Self::Regex(first, second) => {
                content.contains(&format!("{first}{second}"))
                    || content.contains(&format!("z{second}"))
            }
            Self::Hex(bytes) => is_payload && content.contains(std::str::from_utf8(bytes).unwrap()),
            Self::Port(key, port) => {
                let peer = goes(key).then(|| record.peer().unwrap());
                let address = peer.and_then(Peer::address);
                address.is_some_and(|address| address.port() == *port)
            }
            Self::Part(key, part) => {
                goes(key) && {
                    let peer = record.peer().unwrap().to_string();
                    match peer.strip_prefix("unix:") {
                        Some(_) => peer.contains(part),
                        None => peer.starts_with(part) || peer.contains(&format!(".{part}:")),
                    }
                }
            }
            Self::Name(key, name) => {
                goes(key) && {
                    let peer = record.peer().unwrap().to_string();
                    let rest = peer.strip_prefix("unix:");
                    rest.is_some_and(|rest| match name.strip_prefix("unix:") {
                        Some("") => true,
                        Some(whole) => rest == whole,
                        None if name.starts_with('#') => rest == *name,
                        None => rest.contains(name),
                    })
                }
            }
            Self::Direction(wanted) => direction == *wanted,
            Self::Least(length) => is_payload && content.len() >= *length,
            Self::Most(length) => is_payload && content.len() <= *length,
            Self::Since(time) => record.time >= *time,
            Self::Until(time) => record.time <= *time,
        }
    }
}

fn letters() -> impl Strategy<Value = char> {
    prop::char::range('a', 'c')
}

fn meaning() -> impl Strategy<Value = Meaning> {
    let key = || prop::sample::select(vec!["from", "to", "peer"]);
    let part = || prop::sample::select(vec!["1.", "1.2.3", "2.", "[fe8", "9."]);
    let names = [
        "unix:",
        "unix:/a1.b",
        "unix:@c",
        "unix:#1",
        "#1",
        "#12",
        "@c",
        "/a",
        "a/",
    ];
    let name = || prop::sample::select(names.to_vec());
    prop_oneof![
        "[abc]{1,3}".prop_map(Meaning::Word),
        (letters(), letters()).prop_map(|(first, second)| Meaning::Regex(first, second)),
        "[abc]{1,2}".prop_map(|text| Meaning::Hex(text.into_bytes())),
        (key(), 1_u16..4).prop_map(|(key, port)| Meaning::Port(key, port)),
        (key(), part()).prop_map(|(key, part)| Meaning::Part(key, part.into())),
        (key(), name()).prop_map(|(key, name)| Meaning::Name(key, name)),
        prop::sample::select(vec!["rx", "tx", "event"]).prop_map(Meaning::Direction),
        (0_usize..8).prop_map(Meaning::Least),
        (0_usize..8).prop_map(Meaning::Most),
        (0_i64..50).prop_map(Meaning::Since),
        (0_i64..50).prop_map(Meaning::Until),
    ]
}

fn written() -> impl Strategy<Value = Written> {
    (meaning(), any::<bool>()).prop_map(|(meaning, negated)| Written {
        text: format!("{}{}", if negated { "-" } else { "" }, meaning.text()),
        negated,
        meaning,
    })
}

fn peers() -> impl Strategy<Value = Peer> {
    let all = [
        "1.2.3.4:1",
        "1.2.3.5:2",
        "2.1.2.3:3",
        "[fe80::1%3]:1",
        "unix:/a1.b",
        "unix:/a1.bc",
        "unix:@c",
        "unix:#1",
        "unix:#12",
    ];
    prop::sample::select(all.map(|peer| peer.parse().unwrap()).to_vec())
}

fn chunks() -> impl Strategy<Value = Chunk> {
    let record = (0_u8..5, 0_i64..50, peers(), "[abc]{0,9}");
    prop::collection::vec(record, 0..40).prop_map(|records| {
        let mut builder = ChunkBuilder::default();
        // Some chunks have no event: these are searched without being decoded.
        let events = records.len() % 2 == 0;
        for (kind, time, peer, text) in records {
            match kind {
                0 if events => builder.notice(time, Notice::Joined { peer }),
                0..3 => builder.received(time, peer, text.as_bytes(), Arrival::default()),
                _ => builder.sent(time, peer, text.as_bytes()),
            }
        }
        builder.finish()
    })
}

proptest! {
    #[test]
    fn it_finds_what_looking_one_by_one_finds(
        chunk in chunks(),
        terms in prop::collection::vec(written(), 1..4),
    ) {
        let texts: Vec<&str> = terms.iter().map(|term| term.text.as_str()).collect();
        let holds = |at: &usize| {
            let record = chunk.get(*at).unwrap();
            terms.iter().all(|term| term.meaning.holds(&record) != term.negated)
        };
        let expected: Vec<usize> = (0..chunk.len()).filter(holds).collect();
        prop_assert_eq!(found(&filter(&texts.join(" ")), &chunk), expected);
    }

    #[test]
    fn damage_finds_nothing_or_something_but_never_panics(
        chunk in chunks(),
        terms in prop::collection::vec(written(), 1..4),
        at: usize,
        flip: u8,
        noise: Vec<u8>,
    ) {
        let texts: Vec<&str> = terms.iter().map(|term| term.text.as_str()).collect();
        let filter = filter(&texts.join(" "));
        let mut bytes = chunk.encode().unwrap();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        for bytes in [&bytes, &noise] {
            filter.hits_encoded(bytes, false);
            filter.hits_encoded(bytes, true);
        }
    }

    #[test]
    fn any_text_is_a_filter_or_a_mistake(text in "[-!/\\\\\":a ihexlnfromu@#.>\\[(*+1：！温]{0,30}", bytes: Vec<u8>) {
        let described = Arc::new(|_: &Notice| String::new());
        match Filter::new(&text, described, &|_| None, None) {
            Ok(None) => prop_assert!(!Filter::is_in(&text)),
            Ok(Some(filter)) => {
                prop_assert!(Filter::is_in(&text));
                let shown = String::from_utf8_lossy(&bytes);
                let parts: String = filter.marked(&shown).iter().map(|part| part.text).collect();
                prop_assert_eq!(parts, shown);
                filter.marked_bytes(&bytes);
            }
            Err(mistake) => {
                prop_assert!(Filter::is_in(&text));
                prop_assert!(mistake.at <= text.chars().count());
            }
        }
    }
}
