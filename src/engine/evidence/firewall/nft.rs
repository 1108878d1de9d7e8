//! The rules of nftables, as `nft list ruleset` prints them (nft(8)).

use super::condition::{Condition, Field};
use super::ruleset::{Action, Chain, Family, Rule};
use super::statement::{Token, tokens};
use std::net::{IpAddr, SocketAddr};

/// The longest text of a rule that is kept, in characters.
const LONGEST_TEXT: usize = 300;

/// Reads all chains; `None` if the text is something else.
pub(super) fn chains(text: &str) -> Option<Vec<Chain>> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut table: Option<(Family, String)> = None;
    let mut chain: Option<Chain> = None;
    // Open brackets of something else in a table, such as a set.
    let mut skipped = 0;
    let mut open_rule = String::new();
    for line in text.lines() {
        let line = line.trim();
        let deeper = depth(line);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if skipped > 0 {
            skipped += deeper;
        } else if let Some(current) = &mut chain {
            // A set in a rule may go on in the next lines.
            if !open_rule.is_empty() {
                open_rule.push(' ');
            }
            open_rule.push_str(line);
            let open = depth(&open_rule);
            if open < 0 {
                open_rule.clear();
                chains.extend(chain.take());
            } else if open == 0 {
                statement(&open_rule, current);
                open_rule.clear();
            }
        } else if let Some((family, name)) = &table {
            if line == "}" {
                table = None;
            } else if let Some(inner) = line.strip_prefix("chain ") {
                chain = Some(Chain {
                    family: *family,
                    table: name.clone(),
                    name: inner.trim_end_matches('{').trim().to_owned(),
                    hook: None,
                    drops_by_default: false,
                    rules: Vec::new(),
                });
            } else {
                skipped = deeper;
            }
        } else {
            let name = line.strip_prefix("table ")?.trim_end_matches('{').trim();
            let family = match name.split_whitespace().next()? {
                "ip" => Family::V4,
                "ip6" => Family::V6,
                "inet" | "netdev" => Family::Both,
                _ => Family::Neither,
            };
            table = Some((family, name.to_owned()));
        }
    }
    let is_whole = table.is_none() && chain.is_none();
    is_whole.then_some(chains)
}

/// Brackets that open in a text, less those that close, outside of quotes.
fn depth(text: &str) -> i64 {
    let mut is_quoted = false;
    text.bytes().fold(0, |depth, byte| match byte {
        b'"' => {
            is_quoted = !is_quoted;
            depth
        }
        b'{' if !is_quoted => depth + 1,
        b'}' if !is_quoted => depth - 1,
        _ => depth,
    })
}

/// Reads a line of a chain: its hook, or a rule.
fn statement(line: &str, chain: &mut Chain) {
    if line.starts_with("type ") {
        let words: Vec<&str> = line.split([' ', ';']).collect();
        let after = |name: &str| {
            let at = words.iter().position(|word| *word == name)?;
            words.get(at + 1).copied()
        };
        chain.hook = after("hook").map(str::to_owned);
        chain.drops_by_default = after("policy") == Some("drop");
        return;
    }
    let mut reader = Reader {
        tokens: tokens(line),
        at: 0,
        text: line.chars().take(LONGEST_TEXT).collect(),
        conditions: Vec::new(),
        packets: None,
        rules: Vec::new(),
    };
    reader.read();
    chain.rules.append(&mut reader.rules);
}

/// Reads a rule; a map of verdicts becomes a rule for each of its entries.
struct Reader {
    tokens: Vec<Token>,
    at: usize,
    text: String,
    conditions: Vec<Condition>,
    packets: Option<u64>,
    rules: Vec<Rule>,
}

impl Reader {
    fn read(&mut self) {
        while let Some(token) = self.next() {
            let Token::Word(word) = token else {
                self.conditions.push(Condition::unknown());
                continue;
            };
            match word.as_str() {
                // The key follows.
                "meta" => {}
                "ip" | "ip6" => self.address(&word),
                "udp" | "tcp" | "th" => self.port(&word),
                // The condition of its own that follows does not matter.
                "icmp" | "icmpv6" | "igmp" | "sctp" | "dccp" | "udplite" | "esp" | "ah" => {
                    self.conditions.push(Condition::new(Field::Protocol, &word));
                }
                "fib" if self.take("daddr") && self.take("type") => {
                    self.compare(Field::DestinationType);
                }
                "l4proto" => self.compare(Field::Protocol),
                "nfproto" => self.compare(Field::Version),
                "iif" | "iifname" => self.compare(Field::InterfaceIn),
                "oif" | "oifname" => self.compare(Field::InterfaceOut),
                "ct" if self.take("state") => self.compare(Field::State),
                "counter" => self.count(),
                "log" => {
                    const OPTIONS: [&str; 6] = [
                        "prefix",
                        "level",
                        "group",
                        "flags",
                        "snaplen",
                        "queue-threshold",
                    ];
                    while OPTIONS.iter().any(|option| self.take(option)) {
                        self.next();
                    }
                }
                "comment" => drop(self.next()),
                "notrack" | "nftrace" => {}
                "jump" | "goto" => {
                    let to = self.word().unwrap_or_default();
                    self.end(match word.as_str() {
                        "jump" => Action::Jump(to),
                        _ => Action::Goto(to),
                    });
                    return;
                }
                "snat" => {
                    let to = self.rest().find_map(|word| {
                        let ip = word.parse::<IpAddr>().ok();
                        ip.or_else(|| word.parse::<SocketAddr>().ok().map(|to| to.ip()))
                    });
                    self.end(Action::Translate(to));
                    return;
                }
                other => match verdict(other) {
                    Some(action) => {
                        self.end(action);
                        return;
                    }
                    None => self.conditions.push(Condition::unknown()),
                },
            }
        }
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        Some(token)
    }

    fn word(&mut self) -> Option<String> {
        match self.next()? {
            Token::Word(word) => Some(word),
            Token::Set(_) => None,
        }
    }

    /// Steps over a word, if it is the next.
    fn take(&mut self, wanted: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word == wanted);
        self.at += usize::from(is_next);
        is_next
    }

    fn rest(&self) -> impl Iterator<Item = &str> {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        rest.iter().filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            Token::Set(_) => None,
        })
    }

    fn end(&mut self, action: Action) {
        self.rules.push(Rule {
            text: self.text.clone(),
            conditions: self.conditions.clone(),
            action,
            packets: self.packets,
        });
    }

    fn address(&mut self, version: &str) {
        let version = match version {
            "ip" => "ipv4",
            _ => "ipv6",
        };
        self.conditions
            .push(Condition::new(Field::Version, version));
        let key = self.word().unwrap_or_default();
        match key.as_str() {
            "saddr" => self.compare(Field::Source),
            "daddr" => self.compare(Field::Destination),
            "protocol" | "nexthdr" => self.compare(Field::Protocol),
            _ => self.conditions.push(Condition::unknown()),
        }
    }

    fn port(&mut self, protocol: &str) {
        if protocol != "th" {
            let condition = Condition::new(Field::Protocol, protocol);
            self.conditions.push(condition);
        }
        match self.word().unwrap_or_default().as_str() {
            "sport" => self.compare(Field::SourcePort),
            "dport" => self.compare(Field::DestinationPort),
            _ => self.conditions.push(Condition::unknown()),
        }
    }

    /// Reads the values that a field is compared with.
    fn compare(&mut self, field: Field) {
        if self.take("vmap") {
            return self.map(field);
        }
        let negated = self.take("!=");
        let _ = negated || self.take("==");
        let values = match self.next() {
            Some(Token::Word(word)) => word.split(',').map(str::to_owned).collect(),
            Some(Token::Set(values)) => values,
            None => Vec::new(),
        };
        self.conditions.push(Condition {
            field,
            values,
            negated,
        });
    }

    /// Reads `{ key : verdict, … }`.
    fn map(&mut self, field: Field) {
        let Some(Token::Set(entries)) = self.next() else {
            return self.end(Action::Other);
        };
        for entry in entries {
            // Addresses of IPv6 have colons without spaces.
            let (key, verdict_words) = entry.rsplit_once(" : ").unwrap_or((&entry, ""));
            let mut words = verdict_words.split_whitespace();
            let action = match (words.next(), words.next()) {
                (Some("jump"), Some(to)) => Action::Jump(to.to_owned()),
                (Some("goto"), Some(to)) => Action::Goto(to.to_owned()),
                (Some(word), _) => verdict(word).unwrap_or(Action::Other),
                (None, _) => Action::Other,
            };
            self.conditions.push(Condition::new(field, key.trim()));
            self.end(action);
            self.conditions.pop();
        }
    }

    fn count(&mut self) {
        if self.take("packets") {
            self.packets = self.word().and_then(|count| count.parse().ok());
            if self.take("bytes") {
                self.next();
            }
        } else if self.take("name") {
            self.next();
        }
    }
}

fn verdict(word: &str) -> Option<Action> {
    Some(match word {
        "accept" => Action::Accept,
        "drop" => Action::Drop,
        "reject" => Action::Reject,
        "return" => Action::Return,
        "continue" => Action::Nothing,
        "masquerade" | "dnat" | "redirect" => Action::Translate(None),
        "queue" | "tproxy" | "xt" | "fwd" | "synproxy" => Action::Other,
        _ => return None,
    })
}
