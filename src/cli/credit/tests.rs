use super::*;
use crate::automation::impair::Effect;
use crate::traffic::Arrival;

fn note(credit: &mut Credit, body: Body<'_>) {
    credit.note(&Record {
        origin: crate::traffic::Origin::default(),
        time: 0,
        body,
        arrival: Arrival::default(),
    });
}

#[test]
fn what_was_ordered_is_even_with_what_went() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let mut credit = Credit::new(false);
    credit.ordered(Some(1), Some(0), 1);
    assert!(!credit.is_even());
    note(&mut credit, Body::Sent { peer, bytes: b"" });
    assert!(credit.is_even());
    let mut credit = Credit::new(true);
    credit.ordered(Some(1), Some(LIMIT), 2);
    assert!(!credit.has_room());
    for _ in 0..2 {
        note(
            &mut credit,
            Body::Sent {
                peer,
                bytes: &vec![0; LIMIT],
            },
        );
    }
    assert!(credit.has_room() && credit.is_even());
}

#[test]
fn what_is_lost_on_purpose_is_not_waited_for() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let effect = |what| {
        let effect = Effect { number: 1, what };
        Notice::Automatic(Box::new(Automatic::Impaired {
            peer,
            outgoing: true,
            effect,
        }))
    };
    let mut credit = Credit::new(false);
    credit.ordered(Some(1), Some(LIMIT), 1);
    note(&mut credit, Body::Notice(&effect(What::Lost)));
    assert!(credit.is_even() && credit.has_room());
    credit.ordered(Some(2), Some(5), 1);
    note(&mut credit, Body::Notice(&effect(What::Duplicated)));
    let sent = Body::Sent { peer, bytes: b"12" };
    note(&mut credit, sent);
    assert!(!credit.is_even());
    note(&mut credit, sent);
    assert!(credit.is_even() && credit.under_way == 0);
}

#[test]
fn a_failure_does_not_stop_the_input_for_ever() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let mut credit = Credit::new(true);
    credit.ordered(Some(1), Some(2 * LIMIT), 1);
    note(
        &mut credit,
        Body::Notice(&Notice::Closed { peer, unsent: 7 }),
    );
    assert!(credit.has_room() && credit.is_even());
    let unsent = credit.unsent();
    assert_eq!((unsent.count, unsent.lines), (1, vec![1]));
}

#[test]
fn lines_that_were_refused_are_known_by_number() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let mut credit = Credit::new(false);
    for line in 1..=3 {
        let length = if line == 2 { 65_508 } else { 5 };
        credit.ordered(Some(line), Some(length), 1);
    }
    let failed = |cause| {
        Notice::Failed(Failure {
            operation: Operation::Send,
            address: String::new(),
            cause,
        })
    };
    let too_long = Cause::TooLong {
        length: 65_508,
        limit: 65_507,
    };
    note(&mut credit, Body::Notice(&failed(too_long)));
    note(
        &mut credit,
        Body::Sent {
            peer,
            bytes: b"12345",
        },
    );
    // Nobody listens where the first went.
    let code = 111;
    note(
        &mut credit,
        Body::Notice(&failed(Cause::PortUnreachable { code, newer: None })),
    );
    note(
        &mut credit,
        Body::Sent {
            peer,
            bytes: b"12345",
        },
    );
    let unsent = credit.unsent();
    assert!(credit.is_even());
    assert_eq!((unsent.count, unsent.lines), (1, vec![2]));
    assert_eq!(credit.turned_away(), 1);
}

#[test]
fn a_write_that_fails_is_counted_once_with_the_end_of_its_connection() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let mut credit = Credit::new(true);
    credit.ordered(Some(1), Some(5), 1);
    let failed = Notice::Failed(Failure {
        operation: Operation::Send,
        address: "127.0.0.1:9".into(),
        cause: Cause::System { code: 1 },
    });
    note(&mut credit, Body::Notice(&failed));
    let closed = Notice::Closed { peer, unsent: 5 };
    note(&mut credit, Body::Notice(&closed));
    let unsent = credit.unsent();
    assert_eq!((unsent.count, unsent.lines), (1, vec![1]));
}

#[test]
fn a_reset_after_something_went_is_known() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let reset = Notice::PeerReset { peer, unsent: 0 };
    let mut credit = Credit::new(true);
    note(&mut credit, Body::Notice(&reset));
    assert!(!credit.is_reset());
    credit.ordered(Some(1), Some(2), 1);
    note(&mut credit, Body::Sent { peer, bytes: b"12" });
    note(&mut credit, Body::Notice(&reset));
    assert!(credit.is_reset() && credit.unsent().count == 0);
}

#[test]
fn bytes_of_a_stream_are_of_the_oldest_line() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let mut credit = Credit::new(true);
    for line in 1..=3 {
        credit.ordered(Some(line), Some(5), 1);
    }
    note(
        &mut credit,
        Body::Sent {
            peer,
            bytes: b"1234567",
        },
    );
    note(
        &mut credit,
        Body::Notice(&Notice::PeerReset { peer, unsent: 8 }),
    );
    let unsent = credit.unsent();
    assert_eq!((unsent.count, unsent.lines), (2, vec![2, 3]));
}

#[test]
fn empty_messages_are_not_ordered_without_end() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let mut credit = Credit::new(false);
    let mut ordered = 0;
    while credit.has_room() && ordered < 1_000_000 {
        credit.ordered(None, Some(0), 1);
        ordered += 1;
    }
    assert!(ordered < 100_000, "{ordered}");
    note(&mut credit, Body::Sent { peer, bytes: b"" });
    assert!(credit.has_room());
}

#[test]
fn the_rest_of_a_rules_reply_is_no_line() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let mut credit = Credit::new(true);
    note(
        &mut credit,
        Body::Notice(&Notice::Reset { peer, unsent: 16 }),
    );
    assert_eq!(credit.unsent(), Unsent::default());
}
