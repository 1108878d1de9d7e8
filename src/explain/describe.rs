//! The text of notices for the log's filter and for files.

use super::{failure, notice};
use crate::engine::Interfaces;
use crate::payload::printable;
use crate::traffic::{Describe, Notice};
use crate::words::Lang;
use std::sync::Arc;

/// Puts a notice into words: its address and event; for a failure, the cure as well.
pub fn describe(lang: Lang, interfaces: Interfaces) -> Describe {
    Arc::new(move |event| match event {
        Notice::Failed(problem) => {
            let message = failure(lang, problem).line(lang);
            printable::line(message.as_bytes())
        }
        _ => {
            let message = notice(lang, event, &interfaces);
            match event.peer() {
                Some(peer) => format!("{} {message}", interfaces.show(peer)),
                None => message,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Automatic, Cause, Failure, Operation};

    #[test]
    fn names_in_an_event_hide_nothing_and_break_no_line() {
        let name = || "a\u{202E}\u{1B}[2J\nb".to_owned();
        let peer = "127.0.0.1:9".parse().unwrap();
        let paused = Automatic::Paused { rule: name(), peer };
        for event in [
            Notice::Automatic(Box::new(paused)),
            Notice::Resolved {
                host: name(),
                addresses: Vec::new(),
            },
            Notice::Failed(Failure {
                operation: Operation::Connect,
                address: name(),
                cause: Cause::System { code: 111 },
            }),
        ] {
            for lang in Lang::ALL {
                let text = describe(lang, Interfaces::read())(&event);
                assert!(text.contains("a\\u{202E}␛[2J␊b"), "{text:?}");
                let row = notice(lang, &event, &Interfaces::read());
                assert!(!row.chars().any(printable::deceives), "{row:?}");
            }
        }
    }

    #[test]
    fn an_event_without_an_address_begins_with_its_words() {
        let sent = Notice::FileSent {
            path: "a.bin".into(),
            bytes: 1,
            blocks: 1,
            millis: 1,
            refused: 0,
        };
        let peer = "127.0.0.1:9".parse().unwrap();
        for lang in Lang::ALL {
            let describe = describe(lang, Interfaces::read());
            assert!(!describe(&sent).starts_with(' '), "{}", describe(&sent));
            let joined = describe(&Notice::Joined { peer });
            assert!(joined.starts_with("127.0.0.1:9 "), "{joined}");
        }
    }
}
