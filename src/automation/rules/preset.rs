//! Presets: ready-made rules.

use super::{ActionKind, BytePattern, Condition, ReplyContent, Rule, RuleAction};
use crate::payload::composition::{Composition, TextFormat};

/// The purpose of a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    Echo,
    /// Echoes with a text in front, like the servers of tutorials.
    Prefix,
    Fixed,
    UpperCase,
    Modbus,
    Http,
    Ntp,
    Dns,
    Tftp,
}

impl Preset {
    pub const ALL: [Self; 9] = [
        Self::Echo,
        Self::Prefix,
        Self::Fixed,
        Self::UpperCase,
        Self::Modbus,
        Self::Http,
        Self::Ntp,
        Self::Dns,
        Self::Tftp,
    ];

    /// The rules, under this name, in their order. `prefix` is the text in front of the echo.
    pub fn rules(self, name: String, prefix: &str) -> Vec<Rule> {
        let head = (self == Self::Http).then(|| head(format!("{name} (HEAD)")));
        let rules = head.into_iter().chain([self.rule(name, prefix)]);
        rules.collect()
    }

    /// The rule, under this name; of several, the one for all that the others leave. `prefix` is
    /// the text in front of the echo.
    pub fn rule(self, name: String, prefix: &str) -> Rule {
        let written = |text: String| ReplyContent::Written(composition(&text));
        let (when, what) = match self {
            Self::Echo => (Condition::Always, ReplyContent::Echo),
            Self::Prefix => (Condition::Always, written(format!("{prefix}${{data}}"))),
            Self::Fixed => (Condition::Always, written("OK\\r\\n".into())),
            Self::UpperCase => (Condition::Always, written("${upper}".into())),
            Self::Modbus => (Condition::Always, ReplyContent::Modbus),
            Self::Http => {
                let requests = Condition::Matches("^[A-Z]+ \\S+ HTTP/1".into());
                (requests, written(format!("{HEADERS}hello\\n")))
            }
            Self::Ntp => (
                Condition::Length {
                    least: 48,
                    most: 68,
                },
                ReplyContent::Ntp,
            ),
            Self::Dns => (Condition::Always, ReplyContent::Dns("127.0.0.1".into())),
            Self::Tftp => {
                let requests = ["00 01", "00 02", "00 04"]
                    .map(|code| Condition::StartsWith(BytePattern::hex(code)));
                (Condition::Any(requests.into()), ReplyContent::Tftp)
            }
        };
        let reply = RuleAction {
            kind: ActionKind::Reply { what, to: None },
            ..RuleAction::default()
        };
        let close = RuleAction {
            kind: ActionKind::Close,
            ..RuleAction::default()
        };
        let mut then = vec![reply];
        if self == Self::Http {
            then.push(close);
        }
        Rule {
            name,
            on: true,
            when,
            then,
        }
    }
}

/// The response to an HTTP request, up to its body of six bytes.
const HEADERS: &str = "HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: 6\\r\\nConnection: close\\r\\n\\r\\n";

/// The rule for HTTP requests whose response has the headers of [`Preset::Http`] and no body
/// (RFC 9110 §9.3.2).
fn head(name: String) -> Rule {
    let mut rule = Preset::Http.rule(name, "");
    rule.when = Condition::Matches("^HEAD \\S+ HTTP/1".into());
    if let Some(reply) = rule.then.first_mut() {
        let what = ReplyContent::Written(composition(HEADERS));
        reply.kind = ActionKind::Reply { what, to: None };
    }
    rule
}

/// Text with escapes and variables.
pub fn composition(text: &str) -> Composition {
    Composition {
        format: TextFormat::Text,
        text: text.into(),
        escapes: true,
        variables: true,
        ..Composition::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::answer::{dns, ntp, tftp};
    use std::net::Ipv4Addr;

    #[test]
    fn of_the_presets_for_datagrams_tftp_always_amplifies() {
        for request in [&b"\0\x01f\0octet\0"[..], b"\0\x04\0\x01"] {
            let answer = tftp::answer(request).unwrap();
            assert!(answer.len() > 3 * request.len());
        }
        let mut time = [0; 48];
        time[0] = 0x23;
        assert_eq!(ntp::answer(&time, 0).unwrap().len(), time.len());
        let query = b"\xBE\xEF\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01";
        let replies = dns::answer(query, Ipv4Addr::LOCALHOST, false);
        assert!(replies.bytes.unwrap().len() <= 3 * query.len());
        let amplifies = |preset: &Preset| preset.rule(String::new(), "").amplifies();
        let amplifying: Vec<_> = Preset::ALL.into_iter().filter(amplifies).collect();
        assert_eq!(amplifying, [Preset::Tftp]);
    }
}
