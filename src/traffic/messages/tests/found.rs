//! Filtering, and requests with their replies.

use super::*;

fn filter(text: &str) -> Option<Arc<Filter>> {
    let describe = Arc::new(|notice: &Notice| format!("{notice:?}"));
    let filter = Filter::new(text, describe, &|_| None, None);
    Some(Arc::new(filter.unwrap().unwrap()))
}

fn filtered(text: &str, pairing: Option<Pairing>) -> Walked {
    Walked::new(MessageQuery {
        framing: Framing::Lines.into(),
        pairing,
        filter: filter(text),
    })
}

/// The contents of the lines that the filter leaves.
fn found(walked: &Walked) -> Vec<String> {
    let index = walked.log.messages().unwrap();
    let lines = MessageLines::new(&walked.log, index, SHOWN, true);
    let lines: Vec<RowPosition<'_>> = lines.from(0).collect();
    let text = |line: &RowPosition<'_>| match &line.message {
        Some(message) => String::from_utf8(bytes(&walked.log, message, 100).0.into()).unwrap(),
        None => "event".into(),
    };
    for (number, line) in lines.iter().enumerate() {
        assert_eq!(line.line, number as u64);
        assert!(index.is_found(MessageId::from_number(line.id)));
    }
    assert_eq!(index.count(true).rows(), lines.len() as u64);
    lines.iter().map(text).collect()
}

#[test]
fn a_filter_sees_messages_whole_and_each_by_itself() {
    let reads = [&b"the temp"[..], b"erature\ncold\nhot\n"];
    for (text, expected) in [
        ("temperature", vec!["the temperature"]),
        ("cold", vec!["cold"]),
        ("len:3", vec!["hot"]),
        ("-cold", vec!["the temperature", "hot", "event"]),
        ("dir:event", vec!["event"]),
    ] {
        let mut walked = filtered(text, None);
        for read in reads {
            walked.receive(peer(1), read);
        }
        walked.push(|rows| rows.notice(9, closed()));
        walked.follow();
        assert_eq!(found(&walked), expected, "{text}");
        // All are still there.
        assert_eq!(walked.rows().count().rows(), 4);
    }
}

#[test]
fn a_request_is_one_line_with_its_reply() {
    let mut walked = Walked::new(query(Some(Framing::Lines), Some(Pairing::Order)));
    walked.send(peer(1), b"one\ntwo\n");
    walked.receive(peer(1), b"1");
    walked.follow();
    let roles = |walked: &Walked| {
        let messages = walked.messages().into_iter();
        let ended = messages.filter(|one| !one.goes_on());
        ended.map(|one| one.role).collect::<Vec<_>>()
    };
    assert_eq!(roles(&walked), [MessageRole::Request(None); 2]);
    walked.receive(peer(1), b"st\n");
    walked.follow();
    let [
        MessageRole::Request(Some(reply)),
        MessageRole::Request(None),
    ] = roles(&walked)[..]
    else {
        panic!("{:?}", roles(&walked));
    };
    let index = walked.log.messages().unwrap();
    let reply = index.get(reply).unwrap();
    assert_eq!(&*bytes(&walked.log, &reply, 100).0, b"1st");
    assert_eq!((reply.reads, reply.role), (2, MessageRole::Reply));
    // Nothing asked for these.
    walked.receive(peer(1), b"2nd\npush\n");
    walked.follow();
    assert_eq!(walked.texts(), ["one", "two", "push"]);
    assert_eq!(roles(&walked)[2], MessageRole::Unasked);
}

#[test]
fn datagrams_are_paired_by_their_address() {
    let mut walked = Walked::new(query(None, Some(Pairing::Order)));
    for port in [1, 2] {
        walked.receive(peer(port), format!("ask {port}").as_bytes());
    }
    for port in [2, 1] {
        walked.send(peer(port), format!("answer {port}").as_bytes());
    }
    walked.follow();
    let answers = walked.messages().into_iter().map(|request| {
        let MessageRole::Request(Some(reply)) = request.role else {
            panic!("{request:?}");
        };
        let reply = walked.log.messages().unwrap().get(reply).unwrap();
        String::from_utf8(bytes(&walked.log, &reply, 100).0.into()).unwrap()
    });
    assert_eq!(answers.collect::<Vec<_>>(), ["answer 1", "answer 2"]);
}

#[test]
fn a_request_is_found_by_its_reply_however_late_it_comes() {
    let mut walked = filtered("secret", Some(Pairing::Order));
    walked.send(peer(1), b"first\n");
    walked.send(peer(2), b"secret question\n");
    walked.follow();
    assert_eq!(found(&walked), ["secret question"]);
    // In a later slot.
    walked.receive(peer(3), &[b'x'; 200_000]);
    walked.receive(peer(1), b"secret answer\n");
    walked.follow();
    assert!(walked.log.slots().end > 1);
    assert_eq!(found(&walked), ["first", "secret question"]);
    walked.receive(peer(2), b"answer\n");
    walked.follow();
    assert_eq!(found(&walked), ["first", "secret question"]);
}

#[test]
fn two_queries_are_the_same_if_their_answers_are() {
    let one = query(Some(Framing::Lines), Some(Pairing::Order));
    assert!(one.is_same(&one.clone()));
    let others = [
        query(None, Some(Pairing::Order)),
        query(Some(Framing::Lines), None),
        MessageQuery {
            filter: filter("x"),
            ..one.clone()
        },
    ];
    assert!(others.iter().all(|other| !one.is_same(other)));
    assert!(others[2].is_same(&others[2].clone()));
}
