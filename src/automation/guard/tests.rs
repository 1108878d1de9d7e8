use super::*;
use crate::peer::Peer;
use std::time::Duration;

const MILLI: Duration = Duration::from_millis(1);

fn address(port: u16) -> Peer {
    ([127, 0, 0, 1], port).into()
}

fn reply(to: Peer, bytes: &[u8]) -> Reply<'_> {
    let to = Recipient {
        peer: to,
        broadcast: false,
        is_local_socket: false,
    };
    Reply {
        to,
        bytes,
        before: 0,
        request: bytes.len(),
        on_link: false,
        forgeable: false,
    }
}

/// The refusals of replies to `ports` in turn, all at once.
fn allowed(guard: &mut Guard, ports: impl Iterator<Item = u16>, now: Instant) -> Vec<Refusal> {
    let ask = |port| guard.allow(&reply(address(port), b"x"), now).err();
    ports.filter_map(ask).collect()
}

#[test]
fn ten_a_second_go_to_one_peer_and_a_hundred_to_all() {
    let now = Instant::now();
    let mut guard = Guard::new(Limits::default(), now);
    let refused = allowed(&mut guard, std::iter::repeat_n(1, 25), now);
    assert_eq!(refused, [Refusal::PeerRate(10); 15]);
    let refused = allowed(&mut guard, 2..102, now);
    assert_eq!(refused, [Refusal::Rate(100); 10]);
    // A second later, both have their full allowance again.
    let refused = allowed(&mut guard, std::iter::repeat_n(1, 11), now + 1000 * MILLI);
    assert_eq!(refused, [Refusal::PeerRate(10)]);
    let refused = allowed(&mut guard, 2..92, now + 1000 * MILLI);
    assert_eq!(refused, []);
}

#[test]
fn a_long_pause_is_no_reserve_and_a_clock_that_jumps_no_harm() {
    let now = Instant::now();
    let mut guard = Guard::new(Limits::default(), now);
    let day = Duration::from_secs(86_400);
    let refused = allowed(&mut guard, std::iter::repeat_n(1, 20), now + day);
    assert_eq!(refused.len(), 10);
    let refused = allowed(&mut guard, std::iter::repeat_n(1, 20), now);
    assert_eq!(refused.len(), 20, "time that goes back gives nothing");
}

#[test]
fn some_addresses_are_never_answered() {
    let now = Instant::now();
    let mut guard = Guard::new(Limits::default(), now);
    let mut refusal = |to: &str, broadcast, is_local_socket| {
        let peer = to.parse().unwrap();
        let to = Recipient {
            peer,
            broadcast,
            is_local_socket,
        };
        let reply = Reply {
            to,
            ..reply(peer, b"x")
        };
        guard.allow(&reply, now).err()
    };
    assert_eq!(
        refusal("127.0.0.1:0", false, false),
        Some(Refusal::PortZero)
    );
    assert_eq!(
        refusal("224.0.0.251:5353", false, false),
        Some(Refusal::Multicast)
    );
    assert_eq!(
        refusal("[ff02::1]:5353", false, false),
        Some(Refusal::Multicast)
    );
    assert_eq!(
        refusal("255.255.255.255:9", false, false),
        Some(Refusal::Broadcast)
    );
    assert_eq!(
        refusal("192.168.1.255:9", true, false),
        Some(Refusal::Broadcast)
    );
    assert_eq!(refusal("127.0.0.1:9", false, true), Some(Refusal::Own));
    assert_eq!(refusal("127.0.0.1:9", false, false), None);
}

#[test]
fn a_reply_to_a_forgeable_address_is_at_most_three_times_as_long() {
    let now = Instant::now();
    let ask = |limits, length, request| {
        let bytes = vec![0; length];
        let reply = Reply {
            request,
            forgeable: true,
            ..reply(address(9), &bytes)
        };
        Guard::new(limits, now).allow(&reply, now).err()
    };
    assert_eq!(ask(Limits::default(), 30, 10), None);
    assert_eq!(ask(Limits::default(), 31, 10), Some(Refusal::Larger));
    let larger = Limits {
        larger: true,
        ..Limits::default()
    };
    assert_eq!(ask(larger, 31, 10), None);
}

#[test]
fn several_replies_to_one_request_are_counted_together() {
    let now = Instant::now();
    let mut guard = Guard::new(Limits::default(), now);
    let bytes = [0; 20];
    let mut ask = |before| {
        let reply = Reply {
            before,
            request: 10,
            forgeable: true,
            ..reply(address(9), &bytes)
        };
        guard.allow(&reply, now).err()
    };
    assert_eq!(
        (ask(0), ask(10), ask(11)),
        (None, None, Some(Refusal::Larger))
    );
}

/// The number of turns after which a conversation with a peer is called a loop. Each turn takes
/// `pause`, and `echo` is the peer's answer to a message.
fn turns(limits: Limits, pause: Duration, echo: impl Fn(&[u8], u32) -> Vec<u8>) -> Option<u32> {
    let began = Instant::now();
    let mut guard = Guard::new(limits, began);
    let mut inbound = b"hello".to_vec();
    for turn in 0..1_000 {
        let now = began + turn * pause;
        if guard.is_loop(address(9), &inbound, now) {
            return Some(turn);
        }
        guard.allow(&reply(address(9), &inbound), now).ok()?;
        guard.record_reply(address(9), &inbound.as_slice().into(), now);
        inbound = echo(&inbound, turn);
    }
    None
}

#[test]
fn two_that_echo_at_each_other_are_a_loop() {
    let same = |sent: &[u8], _| sent.to_vec();
    assert_eq!(turns(Limits::default(), MILLI / 20, same), Some(8));
    let grows = |sent: &[u8], _| [b"from server: ", sent].concat();
    assert_eq!(turns(Limits::default(), MILLI, grows), Some(8));
    let fast = Limits {
        per_peer: ReplyRate::AtMost(1_000_000),
        per_second: ReplyRate::Unlimited,
        ..Limits::default()
    };
    assert_eq!(turns(fast, MILLI / 20, same), Some(200));
}

/// The same if each side always sends the same message; `ours` is whether a person on this side
/// began.
fn fixed_turns(limits: Limits, ours: bool) -> Option<u32> {
    let began = Instant::now();
    let mut guard = Guard::new(limits, began);
    if ours {
        guard.record_user_send(Some(address(9)), began);
    }
    for turn in 0..1_000 {
        let now = began + turn * MILLI / 20;
        if guard.is_loop(address(9), b"STATUS", now) {
            return Some(turn);
        }
        guard.allow(&reply(address(9), b"OK"), now).ok()?;
        guard.record_reply(address(9), &b"OK"[..].into(), now);
    }
    None
}

#[test]
fn fixed_replies_are_ended_by_the_limit_or_else_by_the_breaker() {
    // Ten replies, then the limit: a polling client is no loop.
    assert_eq!(fixed_turns(Limits::default(), true), None);
    let endless = Limits {
        per_second: ReplyRate::Unlimited,
        per_peer: ReplyRate::Unlimited,
        ..Limits::default()
    };
    assert_eq!(fixed_turns(endless, true), Some(198));
    // A peer that began is a client, however fast it asks.
    assert_eq!(fixed_turns(endless, false), None);
}

#[test]
fn a_client_that_asks_something_else_each_time_is_no_loop() {
    let fast = Limits {
        per_peer: ReplyRate::Unlimited,
        per_second: ReplyRate::Unlimited,
        ..Limits::default()
    };
    let counting = |_: &[u8], turn: u32| format!("question {turn}").into_bytes();
    assert_eq!(turns(fast, MILLI / 20, counting), None);
    // Neither is a peer that sends the same from time to time.
    let heartbeat = |_: &[u8], _| b"ping".to_vec();
    assert_eq!(turns(Limits::default(), 100 * MILLI, heartbeat), None);
}

/// The number of rounds after which a circle of peers is called a loop: a message of one peer
/// is sent to another, and comes back from the first.
fn rounds(guard: &mut Guard, began: Instant, comes: impl Fn(u32) -> Vec<u8>) -> Option<u32> {
    (0..2_000).find(|round| {
        let now = began + *round * MILLI / 20;
        let is_loop = guard.is_loop(address(9), &comes(*round), now);
        guard.record_reply(address(8), &b"ping"[..].into(), now);
        guard.record_forward(address(9), &b"ping"[..].into(), now);
        is_loop
    })
}

#[test]
fn messages_that_go_around_are_a_loop_whatever_the_limits() {
    let began = Instant::now();
    let endless = Limits {
        per_second: ReplyRate::Unlimited,
        per_peer: ReplyRate::Unlimited,
        ..Limits::default()
    };
    for limits in [Limits::default(), endless] {
        let mut guard = Guard::new(limits, began);
        let grows = |round: u32| [&b"ping"[..], &vec![b'!'; round as usize]].concat();
        assert_eq!(rounds(&mut guard, began, grows), Some(200));
        let mut guard = Guard::new(limits, began);
        let fixed = |_| b"pong".to_vec();
        assert_eq!(rounds(&mut guard, began, fixed), Some(201));
        let mut guard = Guard::new(limits, began);
        let counts = |round: u32| round.to_string().into_bytes();
        assert_eq!(rounds(&mut guard, began, counts), None);
    }
}

#[test]
fn a_peer_that_speaks_by_itself_must_look_like_a_loop_for_longer() {
    let began = Instant::now();
    let mut guard = Guard::new(Limits::default(), began);
    let fixed = |_| b"ping".to_vec();
    assert_eq!(rounds(&mut guard, began, fixed), Some(200));
    guard.record_unprompted(address(9));
    let later = began + 110 * MILLI;
    assert_eq!(rounds(&mut guard, later, fixed), Some(1_600));
    // After a silence, everything is as before.
    let later = later + 2_000 * MILLI;
    assert_eq!(rounds(&mut guard, later, fixed), Some(200));
}

#[test]
fn a_burst_of_the_same_is_no_loop() {
    let now = Instant::now();
    let mut guard = Guard::new(Limits::default(), now);
    for _ in 0..10 {
        guard.allow(&reply(address(9), b"x"), now).unwrap();
        guard.record_reply(address(9), &b"x"[..].into(), now);
        let burst: Vec<bool> = (0..9)
            .map(|_| guard.is_loop(address(9), b"x", now))
            .collect();
        assert_eq!(burst, [false; 9]);
    }
}

#[test]
fn what_is_remembered_of_peers_is_bounded() {
    let now = Instant::now();
    let mut guard = Guard::new(Limits::none(), now);
    for peer in 0..200_000_u32 {
        let [a, b, c, d] = peer.to_be_bytes();
        let to = ([10, b, c, d], 1000 + u16::from(a)).into();
        guard.allow(&reply(to, b"x"), now).unwrap();
    }
    assert!(guard.peers.len() <= PEERS);
}

#[test]
fn on_link_and_off_link_peers_have_limits_of_their_own() {
    let now = Instant::now();
    let mut guard = Guard::new(Limits::default(), now);
    let mut refused = |on_link: bool, ports: std::ops::Range<u16>, times: usize| {
        let ask = |port| {
            let reply = Reply {
                on_link,
                ..reply(address(port), b"x")
            };
            guard.allow(&reply, now).err()
        };
        let ports = std::iter::repeat_n(ports, times).flatten();
        ports.filter_map(ask).collect::<Vec<_>>()
    };
    assert_eq!(refused(true, 1..2, 50_000), []);
    assert_eq!(refused(false, 2..3, 11), [Refusal::PeerRate(10)]);
    assert_eq!(refused(false, 3..93, 1), []);
    assert_eq!(refused(false, 93..94, 1), [Refusal::Rate(100)]);
    assert_eq!(
        refused(true, 1..2, 50_001),
        [Refusal::PeerRate(ON_LINK_RATE)]
    );
}

#[test]
fn a_number_holds_for_near_and_far_together() {
    let now = Instant::now();
    let limits = Limits {
        per_second: ReplyRate::AtMost(4),
        ..Limits::default()
    };
    let mut guard = Guard::new(limits, now);
    let mut ask = |on_link| {
        let reply = Reply {
            on_link,
            ..reply(address(9), b"x")
        };
        guard.allow(&reply, now).err()
    };
    let refused = [true, false, true, false, true, false].map(&mut ask);
    let over = Some(Refusal::Rate(4));
    assert_eq!(refused, [None, None, None, None, over, over]);
}
