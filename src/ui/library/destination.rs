//! The target of snippets: the command that sends one or all, or the reason why none is sent.

use crate::automation::{Plan, PlannedMessage};
use crate::engine::Command;
use crate::payload::charset::Charset;
use crate::payload::composition::{Composition, TextFormat};
use crate::session::{Session, SessionState};
use crate::settings::library::{InTurn, Snippet, Snippets};
use crate::settings::tab::SendDraft;
use crate::t;
use crate::ui::send::Blocked;
use crate::ui::{Action, UiContext};
use std::sync::Arc;
use std::time::Duration;

/// Where snippets go, and the encoding of their text.
#[derive(Clone, Copy)]
pub struct SnippetTarget<'a> {
    pub session: &'a Session,
    pub send: &'a SendDraft,
    pub charset: Charset,
}

/// Why a snippet is not sent, and its name where it is at fault.
type BlockedSnippet = (Option<String>, Blocked);

/// Why the last snippet was not sent, in words, which hold as long as the session stays as it was.
#[derive(Debug)]
pub(super) struct SnippetRefusal {
    pub(super) message: String,
    session: (SessionState, usize),
}

/// The conditions for sending: the state of a session, and the number of its connections.
fn sending_state(session: &Session) -> (SessionState, usize) {
    (session.state(), session.connections().len())
}

impl SnippetRefusal {
    /// Whether the session is still as it was then.
    pub(super) fn holds(&self, session: &Session) -> bool {
        self.session == sending_state(session)
    }
}

impl SnippetTarget<'_> {
    /// Whether the session sends nothing of its own.
    pub(super) fn is_relay(&self) -> bool {
        self.session.kind().is_relay()
    }

    /// The order; or why there is none, which is said below the table until the next one.
    pub(super) fn ordered(
        &self,
        cx: UiContext<'_>,
        order: Result<Command, BlockedSnippet>,
        refusal: &mut Option<SnippetRefusal>,
    ) -> Option<Action> {
        *refusal = None;
        let (name, blocked) = match order {
            Ok(command) => return Some(Action::Worker(command)),
            Err(refused) => refused,
        };
        let why = blocked.explain(cx);
        let why = why.unwrap_or_else(|| t!(cx.lang, "snippets.nothing"));
        *refusal = Some(SnippetRefusal {
            message: match name {
                Some(name) => t!(cx.lang, "app.named", name = name, value = why),
                None => why,
            },
            session: sending_state(self.session),
        });
        None
    }

    /// A message with the options that are chosen in the composer.
    pub(super) fn composition(&self, format: TextFormat, text: String) -> Composition {
        Composition {
            format,
            text,
            ..self.send.composition.clone()
        }
    }

    pub(super) fn once(
        &self,
        cx: UiContext<'_>,
        snippet: &Snippet,
    ) -> Result<Command, BlockedSnippet> {
        let message = snippet.composition.message(self.charset);
        let message = message.map_err(|mistake| named(snippet, Blocked::Mistake(mistake)))?;
        let command = self.send.once(cx, self.session, message);
        command.map_err(|blocked| named(snippet, blocked))
    }

    pub(super) fn in_turn(
        &self,
        cx: UiContext<'_>,
        snippets: &Snippets,
        in_turn: InTurn,
    ) -> Result<Command, BlockedSnippet> {
        let plan = plan(snippets, in_turn, self.charset)?;
        let command = self.send.run(cx, self.session, plan);
        command.map_err(|blocked| (None, blocked))
    }
}

/// The snippets that have something to send: a row that was just added has nothing.
pub(super) fn filled(snippets: &Snippets) -> impl Iterator<Item = &Snippet> {
    let is_filled = |snippet: &&Snippet| {
        let composition = &snippet.composition;
        !composition.text.is_empty() || composition.is_special()
    };
    let all = snippets.groups.iter().flat_map(|group| &group.snippets);
    all.filter(is_filled)
}

/// The filled snippets in order, with the interval behind each.
fn plan(snippets: &Snippets, in_turn: InTurn, charset: Charset) -> Result<Plan, BlockedSnippet> {
    let step = |snippet: &Snippet| -> Result<PlannedMessage, BlockedSnippet> {
        let message = snippet.composition.message(charset);
        let message = message.map_err(|mistake| named(snippet, Blocked::Mistake(mistake)))?;
        Ok(PlannedMessage {
            message: Arc::new(message),
            times: 1,
            pause: Duration::from_millis(in_turn.interval),
        })
    };
    Ok(Plan {
        steps: filled(snippets).map(step).collect::<Result<_, _>>()?,
        rounds: (!in_turn.loops).then_some(1),
    })
}

fn named(snippet: &Snippet, blocked: Blocked) -> BlockedSnippet {
    let is_its_own = matches!(blocked, Blocked::Mistake(_) | Blocked::TooLong { .. });
    let name = Some(snippet.name.clone()).filter(|name| is_its_own && !name.is_empty());
    (name, blocked)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn snippets(texts: &[&str]) -> Snippets {
        let mut snippets = Snippets::default();
        for text in texts {
            let composition = Composition {
                format: TextFormat::Hex,
                text: (*text).into(),
                ..Composition::default()
            };
            let name = format!("no. {text}");
            snippets.add("group", Snippet { name, composition });
        }
        snippets
    }

    #[test]
    fn all_go_once_or_for_ever_with_the_interval_behind_each() {
        let mut in_turn = InTurn {
            interval: 20,
            loops: false,
        };
        let once = plan(&snippets(&["01", "02"]), in_turn, Charset::Utf8).unwrap();
        assert_eq!(once.total(), Some(2));
        let pauses = once.steps.iter().map(|step| step.pause);
        assert!(pauses.eq([Duration::from_millis(20); 2]));
        in_turn.loops = true;
        let endless = plan(&snippets(&["01"]), in_turn, Charset::Utf8).unwrap();
        assert_eq!(endless.total(), None);
    }

    #[test]
    fn a_row_without_a_message_is_left_out() {
        let in_turn = InTurn {
            interval: 20,
            loops: false,
        };
        let all = snippets(&["01", "", "02"]);
        let plan = plan(&all, in_turn, Charset::Utf8).unwrap();
        assert_eq!(plan.total(), Some(2));
        assert_eq!(filled(&snippets(&[""])).count(), 0);
    }

    #[test]
    fn the_one_with_a_mistake_is_named() {
        let refused = plan(&snippets(&["01", "0g"]), InTurn::default(), Charset::Utf8);
        let (name, blocked) = refused.err().unwrap();
        assert_eq!(name.as_deref(), Some("no. 0g"));
        assert!(matches!(blocked, Blocked::Mistake(_)));
    }
}
