//! Rules as the programs print them, and the packets that meet them.

use super::packet::{Packet, Through};
use super::ruleset::{Chain, Family, concerning};
use super::{Direction, FirewallRule, RuleVerdict, iptables, nft};
use crate::engine::evidence::Transport;

fn packet(direction: Direction, transport: Transport, port: u16) -> Packet {
    Packet {
        direction,
        transport,
        is_ipv6: false,
        source: None,
        destination: None,
        source_port: None,
        destination_port: Some(port),
        through: Through::Other(Some("eth0".into())),
        is_new: true,
        own_ports: None,
    }
}

fn incoming(port: u16) -> Packet {
    packet(Direction::In, Transport::Udp, port)
}

fn met(chains: &[Chain], packet: &Packet) -> Vec<FirewallRule> {
    concerning(chains, std::slice::from_ref(packet)).unwrap()
}

/// The text and the applicability of the rules that a packet meets.
fn short(chains: &[Chain], packet: &Packet) -> Vec<(String, Option<bool>)> {
    let rules = met(chains, packet).into_iter();
    rules.map(|rule| (rule.text, rule.applies)).collect()
}

const RULESET: &str = r#"table inet f {
	set ports {
		type inet_service
		flags interval
		elements = { 1, 2-5,
			     7 }
	}

	chain i {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		ct state invalid drop
		iif "lo" accept
		meta l4proto { icmp, ipv6-icmp } accept
		icmp type echo-request limit rate 5/second accept
		iifname "eth*" udp dport { 53, 100-200 } counter packets 3 bytes 90 drop comment "a { b"
		udp dport 9000 counter packets 0 bytes 0 reject with icmpx admin-prohibited
		udp dport 9001-9009 jump sub
		tcp dport != 22 reject with tcp reset
		tcp dport @ports accept
		udp dport vmap { 10 : drop, 11 : accept, 12 : jump sub }
		ct state new udp dport 8000 drop
	}

	chain sub {
		udp dport 9002 return
		log prefix "hi { " drop
	}
}
table arp a {
	chain i {
		type filter hook input priority filter; policy drop;
	}
}
"#;

#[test]
fn a_packet_meets_the_rules_that_apply_to_it() {
    let chains = nft::chains(RULESET).unwrap();
    let first = |port: u16| {
        let rule = met(&chains, &incoming(port)).into_iter().next().unwrap();
        (rule.verdict, rule.applies, rule.packets)
    };
    assert_eq!(first(150), (RuleVerdict::Drop, Some(true), Some(3)));
    assert_eq!(first(9000), (RuleVerdict::Reject, Some(true), Some(0)));
    assert_eq!(first(9001), (RuleVerdict::Drop, Some(true), None));
    assert_eq!(first(10), (RuleVerdict::Drop, Some(true), None));
    assert_eq!(first(11), (RuleVerdict::Accept, Some(true), None));
    assert_eq!(first(12), (RuleVerdict::Drop, Some(true), None));
    // The policy of the chain.
    let rest = met(&chains, &incoming(9002));
    assert_eq!(rest.len(), 1);
    assert_eq!(
        (rest[0].text.as_str(), rest[0].hook.as_str()),
        ("policy drop", "input")
    );
    assert_eq!(rest[0].table, "inet f");
    let by_state = &met(&chains, &incoming(8000))[0];
    assert!(by_state.by_state && by_state.verdict == RuleVerdict::Drop);
    assert!(!rest[0].by_state);
}

#[test]
fn answers_pass_by_their_state() {
    let chains = nft::chains(RULESET).unwrap();
    let mut answer = incoming(40_000);
    answer.is_new = false;
    let rules = met(&chains, &answer);
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0].verdict, RuleVerdict::Accept);
}

#[test]
fn what_is_not_understood_is_neither_true_nor_false() {
    let chains = nft::chains(RULESET).unwrap();
    let ssh = packet(Direction::In, Transport::Tcp, 22);
    assert_eq!(
        short(&chains, &ssh),
        [
            ("tcp dport @ports accept".to_owned(), None),
            ("policy drop".to_owned(), Some(true)),
        ]
    );
    let text = "table ip t {\n\tchain i {\n\t\ttype filter hook input priority 0; policy accept;\n\
        \t\tlimit rate 10/second drop\n\t\tmeta skuid 1000 drop\n\t\tmeta mark 0x1 return\n\
        \t\tudp dport 5 drop\n\t}\n}\n";
    let chains = nft::chains(text).unwrap();
    let applies: Vec<_> = short(&chains, &incoming(5))
        .into_iter()
        .map(|it| it.1)
        .collect();
    assert_eq!(applies, [None, None, None]);
}

#[test]
fn tables_of_another_family_or_direction_do_not_matter() {
    let text = RULESET.replace("table inet", "table ip6");
    let chains = nft::chains(&text).unwrap();
    assert!(met(&chains, &incoming(9000)).is_empty());
    let chains = nft::chains(RULESET).unwrap();
    assert!(met(&chains, &packet(Direction::Out, Transport::Udp, 9000)).is_empty());
}

#[test]
fn a_changed_port_makes_later_rules_uncertain() {
    let text =
        "table ip n {\n chain p {\n  type nat hook prerouting priority dstnat; policy accept;\n\
        udp dport 9000 redirect to :9001\n }\n}\n"
            .to_owned()
            + RULESET;
    let chains = nft::chains(&text).unwrap();
    let rules = met(&chains, &incoming(9000));
    assert_eq!(rules[0].verdict, RuleVerdict::Translate);
    assert!(rules[1..].iter().all(|rule| rule.applies.is_none()));
}

#[test]
fn the_address_of_a_translation_is_known() {
    let text = "table ip n {\n chain p {\n  type nat hook postrouting priority srcnat; policy accept;\n\
        oifname \"eth0\" snat to 10.9.9.9\n }\n}\n";
    let chains = nft::chains(text).unwrap();
    let out = packet(Direction::Out, Transport::Udp, 7);
    assert_eq!(met(&chains, &out)[0].source, Some([10, 9, 9, 9].into()));
}

#[test]
fn what_nft_does_not_print_is_not_understood() {
    for wrong in [
        "<html>",
        "table",
        "table inet f {\n chain i {\n",
        "}",
        "chain i {",
        "Error: no",
    ] {
        assert_eq!(nft::chains(wrong), None, "{wrong}");
    }
    assert_eq!(nft::chains(""), Some(Vec::new()));
}

#[test]
fn a_hundred_thousand_rules_are_read_but_not_judged_beyond_the_bound() {
    let rule = "\t\tudp dport 9000 limit rate 1/second drop\n";
    let text = format!(
        "table inet f {{\n\tchain i {{\n\t\ttype filter hook input priority 0; policy accept;\n{}\t}}\n}}\n",
        rule.repeat(100_000)
    );
    let chains = nft::chains(&text).unwrap();
    assert_eq!(chains[0].rules.len(), 100_000);
    assert!(concerning(&chains, &[incoming(9000)]).is_err());
    assert!(met(&chains, &incoming(1)).is_empty());
    let endless = "table inet f {\n chain i {\n  type filter hook input priority 0; policy accept;\n\
        jump i\n jump i\n }\n}\n";
    let chains = nft::chains(endless).unwrap();
    assert!(concerning(&chains, &[incoming(1)]).is_err());
}

const SAVED: &str = r#"# Generated by iptables-save
*nat
:POSTROUTING ACCEPT [1:60]
[0:0] -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
[5:300] -A POSTROUTING -o eth0 -p udp -j SNAT --to-source 10.9.9.9:1024-65535
COMMIT
*filter
:INPUT DROP [12:345]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [3:200]
:user - [0:0]
[9:900] -A INPUT -i lo -j ACCEPT
[9:900] -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
[0:0] -A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT
[0:0] -A INPUT -f -j DROP
[0:0] -A INPUT -p udp -m udp --dport 5000:5010 -m comment --comment "no -j ACCEPT" -j REJECT --reject-with icmp-port-unreachable
[0:0] -A INPUT -p udp -m multiport --dports 1,2,30:40 -j user
[0:0] -A INPUT -m addrtype --dst-type MULTICAST -j ACCEPT
[0:0] -A INPUT ! -s 10.0.0.0/8 -p udp -m udp --dport 77 -j LOOKUP
[2:80] -A user -m recent --rcheck -j DROP
[0:0] -A user -j RETURN
COMMIT
"#;

#[test]
fn the_rules_of_iptables_are_read_too() {
    let chains = iptables::chains(SAVED, Family::V4).unwrap();
    let verdicts = |port: u16| {
        let rules = met(&chains, &incoming(port)).into_iter();
        rules
            .map(|rule| (rule.verdict, rule.applies))
            .collect::<Vec<_>>()
    };
    let fragments = (RuleVerdict::Drop, None);
    let policy = (RuleVerdict::Drop, Some(true));
    assert_eq!(
        verdicts(5005),
        [fragments, (RuleVerdict::Reject, Some(true))]
    );
    assert_eq!(verdicts(35), [fragments, (RuleVerdict::Drop, None), policy]);
    assert_eq!(verdicts(9), [fragments, policy]);
    // A target that is not known may do anything.
    assert_eq!(
        verdicts(77),
        [fragments, (RuleVerdict::Other, None), policy]
    );
    let out = packet(Direction::Out, Transport::Udp, 7);
    let rules = met(&chains, &out);
    assert_eq!(rules.len(), 2);
    assert_eq!((rules[0].applies, rules[0].source), (None, None));
    assert_eq!(rules[1].source, Some([10, 9, 9, 9].into()));
    assert_eq!(rules[1].table, "iptables nat");
    assert!(
        met(
            &chains,
            &Packet {
                is_ipv6: true,
                ..out
            }
        )
        .is_empty()
    );
}

#[test]
fn what_iptables_does_not_print_is_not_understood() {
    for wrong in [
        "<html>",
        "-A INPUT -j DROP",
        ":INPUT",
        "[1:2] -A",
        "*filter\nx",
    ] {
        assert_eq!(iptables::chains(wrong, Family::V4), None, "{wrong}");
    }
}
