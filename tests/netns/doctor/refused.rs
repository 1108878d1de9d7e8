//! Messages that the system refuses to send.
use super::super::namespaces;
use super::talk::Talk;
use crate::skips::have;

#[test]
fn a_message_that_is_not_sent_says_why_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::refused::refusals");
    }
}

/// The verdict, without rights and as root, about a session whose only message was refused.
fn verdict(local: &str, to: &str, message: &[u8]) -> String {
    let mut talk = Talk::udp_from(local.parse().unwrap(), to.parse().unwrap());
    talk.says(message);
    talk.until(|session| session.question().is_some_and(|asked| asked.to().is_some()));
    let [user, root] = talk.verdicts();
    assert_eq!(user, root, "{to}");
    talk.ends();
    root
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn refusals() {
    namespaces::here(
        "ip addr add 172.20.16.10/28 dev near
         ip -6 addr add fd20::10/124 dev near nodad
         ip route add prohibit 198.51.100.0/24
         ip route add unreachable 198.51.101.0/24
         ip route add blackhole 198.51.102.0/24",
    );
    for (local, to, expected) in [
        ("172.20.16.10:0", "172.20.16.40:9", "wrong-mask"),
        ("[fd20::10]:0", "[fd20::40]:9", "wrong-mask"),
        ("10.77.0.1:0", "192.0.2.1:9", "no-route"),
        ("[fd77::1]:0", "[2001:db8::1]:9", "no-route"),
        ("0.0.0.0:0", "198.51.100.1:9", "no-route"),
        ("0.0.0.0:0", "198.51.101.1:9", "no-route"),
        ("0.0.0.0:0", "198.51.102.1:9", "no-route"),
        ("127.0.0.1:0", "10.77.0.2:9", "loopback-only"),
    ] {
        assert_eq!(verdict(local, to, b"x"), expected, "{local} {to}");
    }
    let long = vec![b'x'; 65_600];
    assert_eq!(verdict("0.0.0.0:0", "10.77.0.2:9", &long), "send-refused");
}
