//! Multicast groups that cannot be joined.

use super::program::run;
use super::scenarios::played;

/// The number of an interface that no test machine has.
const NOWHERE: &str = "999999";

/// The languages, and the word for a group that is not joined.
const WORDS: [(&str, &str); 2] = [("en", "is not joined"), ("zh", "没有加入组")];

/// Runs a session for a moment that is to join these groups. Returns its status and its messages.
fn joins(lang: &str, bind: &str, groups: &[String]) -> (Option<i32>, String) {
    let session = ["udp", "--lang", lang, "--bind", bind, "--for", "50ms"];
    let groups = groups.iter().flat_map(|group| ["--join", group]);
    let words: Vec<&str> = session.into_iter().chain(groups).collect();
    let ended = run(&words);
    (ended.status, ended.err)
}

#[test]
fn a_group_of_an_interface_that_is_not_there_is_a_failure_with_its_cure() {
    for (lang, word) in WORDS {
        for (bind, group) in [("0.0.0.0:0", "239.1.1.1"), ("[::]:0", "ff02::7:7")] {
            // The session goes on with the other group, and still fails.
            let asked = [format!("{group}%{NOWHERE}"), format!("{group}%lo")];
            let (status, err) = joins(lang, bind, &asked);
            assert_eq!(status, Some(1), "{err}");
            assert!(err.contains(word) && err.contains(NOWHERE), "{err}");
            assert!(err.contains("ip -br link"), "{err}");
        }
    }
}

#[test]
fn more_groups_than_one_socket_may_join_name_the_limit() {
    let limit = std::fs::read_to_string("/proc/sys/net/ipv4/igmp_max_memberships").unwrap();
    let limit: usize = limit.trim().parse().unwrap();
    // Each takes an argument of its own, and memory that has a limit, too.
    if !(1..200).contains(&limit) {
        return;
    }
    let groups = |count| -> Vec<String> {
        let number = |number: usize| format!("239.7.{}.{}%lo", number / 256, number % 256);
        (0..count).map(number).collect()
    };
    for (lang, word) in WORDS {
        let (status, err) = joins(lang, "0.0.0.0:0", &groups(limit + 1));
        assert_eq!(status, Some(1), "{err}");
        let is_named = err.contains("net.ipv4.igmp_max_memberships");
        assert!(err.contains(word) && is_named, "{err}");
    }
    let (status, err) = joins("en", "0.0.0.0:0", &groups(limit));
    assert_eq!(status, Some(0), "{err}");
}

#[test]
fn an_ipv6_group_of_an_ipv4_session_is_refused_as_the_arguments_are_read() {
    for (lang, words) in [
        ("en", "an IPv6 group needs an IPv6 local host"),
        ("zh", "IPv6 的组需要 IPv6 的本地主机"),
    ] {
        let (status, err) = joins(lang, "127.0.0.1:0", &["ff02::1%lo".to_owned()]);
        assert_eq!(status, Some(2), "{err}");
        assert!(err.contains("--join") && err.contains(words), "{err}");
    }
    // A socket of IPv6 has groups of both versions.
    let both = ["ff02::7:7%lo".to_owned(), "239.1.1.1%lo".to_owned()];
    let (status, err) = joins("en", "[::]:0", &both);
    assert_eq!(status, Some(0), "{err}");
}

#[test]
fn a_group_that_is_asked_for_twice_is_joined() {
    let twice = ["239.1.1.1%lo".to_owned(), "239.1.1.1%lo".to_owned()];
    let (status, err) = joins("en", "0.0.0.0:0", &twice);
    assert_eq!(status, Some(0), "{err}");
    assert!(err.contains("already joined"), "{err}");
}

#[test]
fn a_scenario_whose_group_cannot_be_joined_fails_before_its_steps() {
    let text = |bind: &str, group: &str| {
        let session = format!(r#"Udp(bind: "{bind}", groups: [{group}])"#);
        format!(r#"(sessions: {{"a": {session}}}, steps: [Wait("1ms")])"#)
    };
    for (bind, group, words) in [
        (
            "0.0.0.0:0",
            r#"(group: "239.0.0.1", interface: 99999)"#,
            "there is no interface 99999",
        ),
        (
            "127.0.0.1:0",
            r#"(group: "ff02::1", interface: 1)"#,
            "an IPv6 group needs an IPv6 local host",
        ),
    ] {
        let ended = played(&text(bind, group), &[]);
        assert_eq!(ended.status, Some(2), "{}{}", ended.out, ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
        assert!(!ended.out.contains('✓'), "{}", ended.out);
    }
    let lo = std::fs::read_to_string("/sys/class/net/lo/ifindex").unwrap();
    let group = format!(r#"(group: "239.0.0.1", interface: {})"#, lo.trim());
    let ended = played(&text("0.0.0.0:0", &group), &[]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
}
