//! The text of notices for the log's filter and for files.

use super::{failure, notice};
use crate::engine::Interfaces;
use crate::traffic::{Describe, Notice};
use crate::words::Lang;
use std::sync::Arc;

/// Puts a notice into words: its address and event; for a failure, the cure as well.
pub fn describe(lang: Lang, interfaces: Interfaces) -> Describe {
    Arc::new(move |event| match event {
        Notice::Failed(problem) => failure(lang, problem).line(lang),
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

    #[test]
    fn an_event_without_an_address_begins_with_its_words() {
        let sent = Notice::FileSent {
            path: "a.bin".into(),
            bytes: 1,
            blocks: 1,
            millis: 1,
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
