//! Limits of replies that are larger than their requests.
use super::namespaces::{self, listens, received};
use crate::loopback::probe::Probe;
use crate::loopback::rules::follow;
use netpeer::automation::rules::{
    ActionKind, BytePattern, Condition, ReplyContent, Rule, RuleAction, preset,
};
use netpeer::automation::{Limits, Refusal};
use netpeer::traffic::{Automatic, Notice};

#[test]
fn another_machine_is_sent_at_most_three_times_what_it_sent_in_a_subprocess() {
    namespaces::run("netns::larger::three_times");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn three_times() {
    let rule = |request: &str, length: usize| Rule {
        name: request.into(),
        on: true,
        when: Condition::Is(BytePattern::text(request)),
        then: vec![RuleAction {
            kind: ActionKind::Reply {
                what: ReplyContent::Written(preset::composition(&"x".repeat(length))),
                to: None,
            },
            ..RuleAction::default()
        }],
    };
    let rules = [rule("four", 12), rule("five!", 16)];
    for (local, to) in [
        ("0.0.0.0:9001", "10.77.0.1:9001"),
        ("[::]:9002", "[fd77::1]:9002"),
    ] {
        let (mut probe, _) = Probe::udp(local);
        let bind = if to.starts_with('[') {
            "[::]:0"
        } else {
            "0.0.0.0:0"
        };
        let mut program = listens(&namespaces::far(), &["--bind", bind, "--to", to]);
        follow(&probe, &rules, Limits::default());
        program.types("five!");
        program.types("four");
        assert_eq!(
            received(&program)["length"],
            12,
            "the other one was refused"
        );
        program.types("five");
        let larger = Limits {
            larger: true,
            ..Limits::default()
        };
        // The order follows the datagrams received before it.
        namespaces::arrived(&mut probe, "five");
        let refused = probe.until_notice(|notice| match notice {
            Notice::Automatic(automatic) => Some((**automatic).clone()),
            _ => None,
        });
        assert!(
            matches!(&refused, Automatic::Refused { rule, refusal: Refusal::Larger, count: 1, .. } if rule == "five!"),
            "{refused:?}"
        );
        follow(&probe, &rules, larger);
        program.types("five!");
        assert_eq!(received(&program)["length"], 16);
        probe.link.join();
    }
}
