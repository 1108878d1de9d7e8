//! The rules of iptables, as `iptables-save -c` prints them (iptables-save(8)).

use super::condition::{Condition, Field};
use super::ruleset::{Action, Chain, Family, Rule};
use super::statement::{Token, tokens};

/// Reads all chains; `None` if the text is something else.
pub(super) fn chains(text: &str, family: Family) -> Option<Vec<Chain>> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut table = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('*') {
            table = match family {
                Family::V6 => format!("ip6tables {name}"),
                _ => format!("iptables {name}"),
            };
        } else if let Some(header) = line.strip_prefix(':') {
            let mut words = header.split_whitespace();
            let name = words.next()?.to_owned();
            let hook = match name.as_str() {
                "INPUT" | "OUTPUT" | "FORWARD" | "PREROUTING" | "POSTROUTING" => {
                    Some(name.to_ascii_lowercase())
                }
                _ => None,
            };
            chains.push(Chain {
                family,
                table: table.clone(),
                name,
                hook,
                drops_by_default: words.next()? == "DROP",
                rules: Vec::new(),
            });
        } else if line.contains("-A ") {
            let (name, rule) = rule(line)?;
            let mut known = chains.iter_mut();
            let is_it = |chain: &&mut Chain| chain.name == name && chain.table == table;
            known.find(is_it)?.rules.push(rule);
        } else if !(line.is_empty() || line.starts_with('#') || line == "COMMIT") {
            return None;
        }
    }
    Some(chains)
}

/// Reads `[packets:bytes] -A CHAIN options`.
fn rule(line: &str) -> Option<(String, Rule)> {
    let words = tokens(line).into_iter().map(|token| match token {
        Token::Word(word) => word,
        Token::Set(_) => String::new(),
    });
    let mut words = words.peekable();
    let mut packets = None;
    if let Some(counters) = words.next_if(|word| word.starts_with('[')) {
        let count = counters.trim_start_matches('[').split(':').next()?;
        packets = count.parse().ok();
    }
    words.next_if(|word| word == "-A")?;
    let chain = words.next()?;
    let mut conditions = Vec::new();
    let mut action = Action::Nothing;
    let mut negated = false;
    while let Some(option) = words.next() {
        if option == "!" {
            negated = true;
            continue;
        }
        let field = match option.as_str() {
            "-p" => Some(Field::Protocol),
            "-s" | "--src-range" => Some(Field::Source),
            "-d" | "--dst-range" => Some(Field::Destination),
            "-i" => Some(Field::InterfaceIn),
            "-o" => Some(Field::InterfaceOut),
            "--sport" | "--sports" => Some(Field::SourcePort),
            "--dport" | "--dports" => Some(Field::DestinationPort),
            "--state" | "--ctstate" => Some(Field::State),
            "--dst-type" => Some(Field::DestinationType),
            _ => None,
        };
        if let Some(field) = field {
            let values = words.next()?;
            conditions.push(Condition {
                field,
                values: values.split(',').map(str::to_owned).collect(),
                negated,
            });
            negated = false;
            continue;
        }
        match option.as_str() {
            "-j" => action = target(&words.next()?),
            "-g" => action = Action::Goto(words.next()?),
            "--to-source" => {
                let to = words.next()?;
                let ip = to.split([':', '-']).next().and_then(|ip| ip.parse().ok());
                action = Action::Translate(ip);
            }
            // The modules whose options are understood.
            "-m" => {
                const KNOWN: [&str; 8] = [
                    "tcp",
                    "udp",
                    "state",
                    "conntrack",
                    "multiport",
                    "comment",
                    "iprange",
                    "addrtype",
                ];
                let module = words.next()?;
                if !KNOWN.contains(&module.as_str()) {
                    conditions.push(Condition::unknown());
                }
            }
            "--comment" | "--reject-with" | "--log-prefix" | "--log-level" | "--to-destination"
            | "--to-ports" => drop(words.next()),
            // Its value, if any, is not understood either.
            option if option.starts_with('-') => conditions.push(Condition::unknown()),
            _ => {}
        }
        negated = false;
    }
    let text = match line.split_once("-A ") {
        Some((_, rule)) => rule.chars().take(300).collect(),
        None => String::new(),
    };
    let rule = Rule {
        text,
        conditions,
        action,
        packets,
    };
    Some((chain, rule))
}

fn target(name: &str) -> Action {
    match name {
        "ACCEPT" => Action::Accept,
        "DROP" => Action::Drop,
        "REJECT" => Action::Reject,
        "RETURN" => Action::Return,
        "SNAT" | "MASQUERADE" | "DNAT" | "REDIRECT" | "NETMAP" => Action::Translate(None),
        "LOG" | "NFLOG" | "MARK" | "CONNMARK" | "TCPMSS" | "CT" | "NOTRACK" | "TRACE" | "ULOG"
        | "CHECKSUM" | "CLASSIFY" | "DSCP" | "TOS" | "TTL" | "HL" | "SET" | "AUDIT"
        | "CONNSECMARK" | "SECMARK" => Action::Nothing,
        "QUEUE" | "NFQUEUE" | "TPROXY" => Action::Other,
        chain => Action::Jump(chain.to_owned()),
    }
}
