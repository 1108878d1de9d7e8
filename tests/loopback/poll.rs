//! Poll tables against devices with real sockets.

use super::probe::{DEADLINE, Fact, Probe};
use crate::sockets::{far_side, receive_from};
use netpeer::automation::PollTiming;
use netpeer::automation::rules::PreparedPayload;
use netpeer::engine::{
    Command, PlannedPoll, PollEnd, PollPlan, PollProblem, PolledRequest, Polling, SenderCommand,
    SessionCommand, Target,
};
use netpeer::payload::message::Message;
use netpeer::schema::Schema;
use netpeer::traffic::framing::{Framing, SessionFraming};
use netpeer::traffic::messages::Pairing;
use netpeer::traffic::{MessageSchema, Notice};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

const MILLI: Duration = Duration::from_millis(1);

/// A table of these texts, each sent at this interval.
fn plan(texts: &[&str], period: Duration, timeout: Duration) -> Arc<PollPlan> {
    let line = |(text, id): (&&str, u32)| PlannedPoll {
        id,
        request: Some(PolledRequest {
            timing: PollTiming { period, timeout },
            message: PreparedPayload::Written {
                message: Message::from(Arc::<[u8]>::from(text.as_bytes())),
                gbk: None,
            },
            show: Vec::new(),
        }),
    };
    Arc::new(PollPlan {
        lines: texts.iter().zip(1..).map(line).collect(),
        overlaps: false,
        pairing: Pairing::Order,
        described: None,
    })
}

/// Waits for a report of the table of which this holds.
fn until(probe: &mut Probe, is_it: impl Fn(&Polling) -> bool) -> Polling {
    probe.until(|facts| {
        facts.iter().rev().find_map(|fact| match fact {
            Fact::Activity(activity) => {
                let polling = activity.polling.as_deref()?;
                is_it(polling).then(|| polling.clone())
            }
            _ => None,
        })
    })
}

#[test]
fn a_device_gets_one_request_at_a_time_and_its_replies_find_their_lines() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut probe = Probe::tcp_client(listener.local_addr().unwrap());
    let framing = Some(Framing::Lines);
    probe.link.command(SessionCommand::Frame(framing.into()));
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let device = std::thread::spawn(move || {
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut asked = String::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return asked;
            }
            std::thread::sleep(3 * MILLI);
            // Nothing else came meanwhile.
            stream.set_nonblocking(true).unwrap();
            let more = stream.peek(&mut [0]);
            stream.set_nonblocking(false).unwrap();
            assert!(!matches!(more, Ok(1..)) && lines.buffer().is_empty());
            asked.push_str(line.trim());
            // A reply in two writes is one message.
            let begun = write!(stream, "{}=", line.trim());
            std::thread::sleep(MILLI);
            // The session may have ended meanwhile.
            if begun.and_then(|()| stream.write_all(b"7\r\n")).is_err() {
                return asked;
            }
        }
    });
    let plan = plan(&["a\n", "b\n", "c\n"], 20 * MILLI, 2_000 * MILLI);
    let to = Target::All;
    probe.link.command(SenderCommand::Poll { to, plan });
    let polling = until(&mut probe, |polling| {
        polling.lines.iter().all(|line| line.replies >= 5)
    });
    for (line, name) in polling.lines.iter().zip(["a", "b", "c"]) {
        let last = line.last.as_ref().unwrap();
        assert_eq!(last.text, format!("{name}=7"));
        assert!(last.round_trip >= 3 * MILLI, "{:?}", last.round_trip);
        assert_eq!(line.errors(), 0);
        assert!(line.requests - line.replies <= 1);
    }
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    let polling = until(&mut probe, |polling| polling.end.is_some());
    assert_eq!(polling.end, Some(PollEnd::Closed));
    let asked = device.join().unwrap();
    assert!(asked.starts_with("abcabc"), "{asked}");
}

#[test]
fn a_request_that_cannot_be_made_is_said_once_with_its_address() {
    let schema = Schema::read(r#"(seq: [(id: "seq", type: "u1")])"#).unwrap();
    let framing = SessionFraming::default();
    let described = MessageSchema { schema, framing };
    let fields = BTreeMap::from([("seq".to_owned(), "= 254 + count".to_owned())]);
    let message = Arc::new(described).message(&fields).unwrap();
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (_device, address) = far_side();
    let plan = PollPlan {
        lines: vec![PlannedPoll {
            id: 1,
            request: Some(PolledRequest {
                timing: PollTiming {
                    period: 10 * MILLI,
                    timeout: 10 * MILLI,
                },
                message: PreparedPayload::Written { message, gbk: None },
                show: Vec::new(),
            }),
        }],
        overlaps: false,
        pairing: Pairing::Order,
        described: None,
    };
    let (to, plan) = (Target::Peer(address.into()), Arc::new(plan));
    probe.link.command(SenderCommand::Poll { to, plan });
    let polling = until(&mut probe, |polling| polling.lines[0].unsent >= 3);
    let Some(PollProblem::NotMade(problem)) = &polling.lines[0].problem else {
        panic!("{polling:?}");
    };
    let failures = probe.facts.iter().filter_map(|fact| match fact {
        Fact::Notice(Notice::Failed(failure)) => Some(failure),
        _ => None,
    });
    let failures: Vec<_> = failures.collect();
    assert_eq!(failures, [&**problem]);
    assert_eq!(problem.address, address.to_string());
}

#[test]
fn a_device_that_does_not_answer_costs_its_timeout_and_no_more() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (device, to) = far_side();
    let plan = plan(&["?"], 50 * MILLI, 30 * MILLI);
    let to = Target::Peer(to.into());
    let began = Instant::now();
    probe.link.command(SenderCommand::Poll { to, plan });
    let (_, from) = receive_from(&device);
    std::thread::spawn(move || {
        // The first request got no answer.
        loop {
            let (_, again) = receive_from(&device);
            assert_eq!(again, from);
            device.send_to(b"23.5", from).unwrap();
        }
    });
    let polling = until(&mut probe, |polling| polling.lines[0].replies >= 2);
    assert!(began.elapsed() >= 100 * MILLI, "periods are kept");
    let line = &polling.lines[0];
    assert!(line.timeouts >= 1, "{line:?}");
    assert!(
        line.requests - line.replies - line.timeouts <= 1,
        "{line:?}"
    );
    assert_eq!(line.last.as_ref().unwrap().text, "23.5");
    probe.link.command(SenderCommand::EndPoll);
    let polling = until(&mut probe, |polling| polling.end.is_some());
    assert_eq!(polling.end, Some(PollEnd::Stopped));
}
