//! What the log says of a notice, where it is searched and where it is written to a file.

use super::{failure, notice};
use crate::engine::Interfaces;
use crate::traffic::{Describe, Notice};
use crate::words::Lang;
use std::sync::Arc;

/// Words a notice: its address and what happened; of a failure, the cure too.
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
