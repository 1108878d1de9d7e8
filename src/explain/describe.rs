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
            let peer = event.peer().map(|peer| interfaces.show(peer));
            let said = notice(lang, event, &interfaces);
            format!("{} {said}", peer.unwrap_or_default())
        }
    })
}
