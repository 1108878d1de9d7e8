//! Mistakes from recorded observations.

use super::*;
use crate::engine::{BoundSocket, ProcessWait, Transport};
use std::net::{Ipv4Addr, SocketAddr};

/// A UDP server on port 8080 that waits, and a step that expected an answer to `hello`.
fn silent_server() -> Observation {
    let program = ObservedProgram {
        port: Some(OwnPort {
            transport: Transport::Udp,
            number: 8080,
            from_outside: false,
        }),
        sockets: vec![socket("0.0.0.0:8080")],
        wait: Some(ProcessWait::Receive),
        ..ObservedProgram::default()
    };
    let need = StepNeed::Message {
        bytes: Some(b"got hello".to_vec()),
        to_another: false,
        from_another: false,
    };
    Observation {
        is_open: true,
        failed: Some(FailedStep {
            number: 2,
            need,
            came: Vec::new(),
        }),
        sent: b"hello".to_vec(),
        programs: vec![program],
        ..Observation::default()
    }
}

fn socket(local: &str) -> BoundSocket {
    BoundSocket {
        transport: Transport::Udp,
        local: local.parse::<SocketAddr>().unwrap(),
    }
}

fn name(seen: &Observation) -> Option<MistakeName> {
    mistake_of(seen).map(|mistake| mistake.name)
}

#[test]
fn a_program_that_passed_has_no_mistake() {
    let mut seen = silent_server();
    seen.failed = None;
    assert_eq!(name(&seen), None);
    seen.ends = true;
    assert_eq!(name(&seen), Some(MistakeName::NotEnded));
    seen.programs[0].exit = Some(Some(0));
    assert_eq!(name(&seen), None);
    seen.programs[0].exit = Some(Some(3));
    assert_eq!(name(&seen), Some(MistakeName::ExitStatus));
}

#[test]
fn the_sockets_of_a_silent_program_tell_where_it_listens() {
    let mut seen = silent_server();
    assert_eq!(name(&seen), Some(MistakeName::NothingArrived));
    seen.programs[0].sockets = vec![socket("0.0.0.0:8081")];
    let found = mistake_of(&seen).unwrap();
    let evidence = Evidence::Port {
        port: 8081,
        expected: 8080,
    };
    assert_eq!(
        (found.name, found.evidence),
        (MistakeName::BoundToWrongPort, evidence)
    );
    // 8080 is 0x1F90, and 0x901F is 36895.
    seen.programs[0].sockets = vec![socket("0.0.0.0:36895")];
    assert_eq!(name(&seen), Some(MistakeName::PortByteOrder));
    seen.programs[0].sockets = Vec::new();
    assert_eq!(name(&seen), Some(MistakeName::NotBound));
    seen.programs[0].sockets = vec![socket("127.0.0.1:8080")];
    assert_eq!(name(&seen), Some(MistakeName::NothingArrived));
    seen.programs[0].port = seen.programs[0].port.map(|port| OwnPort {
        from_outside: true,
        ..port
    });
    assert_eq!(name(&seen), Some(MistakeName::BoundToLoopback));
}

#[test]
fn an_exception_comes_before_all_else() {
    let mut seen = silent_server();
    seen.programs[0].exit = Some(Some(1));
    seen.programs[0].error = "Traceback (most recent call last):\n  File \"a\", line 1\n    s.sendto(1)\nTypeError: a bytes-like object is required, not 'str'\n".to_owned();
    assert_eq!(name(&seen), Some(MistakeName::TextNotEncoded));
}

#[test]
fn an_answer_that_went_elsewhere_is_told_from_none() {
    for (to_another, from_another, expected) in [
        (true, false, MistakeName::WrongTarget),
        (false, true, MistakeName::WrongSource),
        (false, false, MistakeName::NothingArrived),
    ] {
        let mut seen = silent_server();
        seen.failed.as_mut().unwrap().need = StepNeed::Message {
            bytes: None,
            to_another,
            from_another,
        };
        assert_eq!(name(&seen), Some(expected));
    }
}

#[test]
fn a_hint_holds_only_for_its_step_and_its_conditions() {
    let hint = |step| Hint {
        step,
        came: None,
        waits: Some(ProcessWait::Receive),
        not_joined: None,
        exited: false,
        mistake: MistakeName::NotJoined,
    };
    let mut seen = silent_server();
    seen.hints = vec![hint(1)];
    assert_eq!(name(&seen), Some(MistakeName::NothingArrived));
    seen.hints = vec![hint(2)];
    assert_eq!(name(&seen), Some(MistakeName::NotJoined));
    seen.failed.as_mut().unwrap().came = vec![b"got hel".to_vec()];
    assert_eq!(name(&seen), Some(MistakeName::CutReceive));
}

#[test]
fn a_program_that_is_a_member_and_prints_nothing_has_not_flushed() {
    let group = Ipv4Addr::new(239, 7, 7, 7);
    let mut seen = silent_server();
    seen.failed.as_mut().unwrap().need = StepNeed::Line {
        program: 0,
        text: Some("hello".to_owned()),
    };
    seen.hints = vec![Hint {
        step: 2,
        came: None,
        waits: Some(ProcessWait::Receive),
        not_joined: Some(group),
        exited: false,
        mistake: MistakeName::NotJoined,
    }];
    seen.groups = Some(vec![Ipv4Addr::new(224, 0, 0, 1).into()]);
    assert_eq!(name(&seen), Some(MistakeName::NotJoined));
    seen.groups = Some(vec![group.into()]);
    assert_eq!(name(&seen), Some(MistakeName::NothingPrinted));
    // A system that does not tell shows no membership that is missing.
    seen.groups = None;
    assert_eq!(name(&seen), Some(MistakeName::NothingPrinted));
}

#[test]
fn a_hint_is_not_about_bytes_behind_the_expected_ones() {
    let mut seen = silent_server();
    seen.is_stream = true;
    seen.hints = vec![Hint {
        step: 2,
        came: None,
        waits: None,
        not_joined: None,
        exited: false,
        mistake: MistakeName::OneReadOneMessage,
    }];
    let failed = seen.failed.as_mut().unwrap();
    failed.came = vec![b"got hello!".to_vec()];
    let found = mistake_of(&seen).unwrap();
    let evidence = Evidence::Size { bytes: 10, of: 9 };
    assert_eq!(
        (found.name, found.evidence),
        (MistakeName::WrongSize, evidence)
    );
    seen.failed.as_mut().unwrap().came = vec![b"got hel".to_vec()];
    assert_eq!(name(&seen), Some(MistakeName::OneReadOneMessage));
}

#[test]
fn an_error_of_the_system_tells_only_of_a_program_that_it_ended() {
    let mut seen = silent_server();
    seen.programs[0].error = "accept: Invalid argument\n".to_owned();
    assert_eq!(name(&seen), Some(MistakeName::NothingArrived));
    seen.programs[0].exit = Some(Some(1));
    assert_eq!(name(&seen), Some(MistakeName::NotListening));
}

#[test]
fn a_program_that_received_and_goes_on_has_printed_nothing() {
    let mut seen = silent_server();
    seen.failed.as_mut().unwrap().need = StepNeed::Line {
        program: 0,
        text: Some("lost 3".to_owned()),
    };
    assert_eq!(name(&seen), Some(MistakeName::NothingPrinted));
    // The other program may have sent nothing.
    seen.programs.push(ObservedProgram::default());
    assert_eq!(name(&seen), Some(MistakeName::NothingArrived));
    seen.programs[0].wait = Some(ProcessWait::Other);
    assert_eq!(name(&seen), Some(MistakeName::NothingPrinted));
}
