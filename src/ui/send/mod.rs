//! The composer: the message, its target, its repetition, and whether it can be sent.

mod below;
mod blocked;
pub mod file;
mod form;
mod head;
mod menus;
mod options;
pub mod preview;
mod recall;
pub mod repeat;
mod send_box;
mod shared_state;
mod stored;
mod target;

use crate::connection_id::FarSide;
use crate::peer::Peer;
pub use blocked::Blocked;
pub use shared_state::SharedState;

use super::UiContext;
use super::path_field::PathField;
use crate::automation::Plan;
use crate::config::typed_name;
use crate::engine::{
    Command, Interfaces, MAX_DATAGRAM_V4, Remote, SenderCommand, Target, max_datagram,
};
use crate::payload::charset::Charset;
use crate::payload::composition::Composition;
use crate::payload::message::Message;
use crate::payload::{TextMistake, composition};
use crate::session::{Session, SessionKind, SessionRole};
use crate::settings::tab::{ChosenConnection, ReadAs, SendDraft, SendSource};
use egui::text::{CCursor, CCursorRange, CharIndex};
use egui::text_edit::TextEditState;
use egui::{Context, Id, TextBuffer as _};
use std::sync::Arc;

/// The state of the composer besides the draft.
#[derive(Debug, Default)]
pub struct SendPanel {
    /// Datagrams received when the target was last set to their source.
    followed: u64,
    /// The message that was composed in this encoding, until that changes.
    parsed: Option<ParsedMessage>,
    /// Characters of a paste that the box has no room for, until its text changes.
    too_much: Option<usize>,
    /// It was to be sent and could not: why is said until it can.
    refused: bool,
    file: PathField,
    form: form::FormState,
    /// The option whose menu is shown where all are folded.
    unfolded: Option<options::MessageOption>,
    /// The text field of the message, and whether it is to have the keys.
    text: Option<Id>,
    focuses: bool,
    recall: recall::Recall,
    /// The frame in which it was last shown.
    frame: u64,
    /// The height of the rows above the message, when they were last shown.
    head: f32,
    /// The height that the form, or the options of a file, have besides that of a message.
    form_room: f32,
}

/// Connections whose encodings are compared: in each frame, and most are the same.
const PEERS_LOOKED_AT: usize = 256;

#[derive(Debug)]
struct ParsedMessage {
    composition: Composition,
    charset: Charset,
    message: Result<Arc<Message>, TextMistake>,
}

impl SendPanel {
    /// The message that was composed.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn message(
        &mut self,
        composition: &Composition,
        charset: Charset,
    ) -> Result<Arc<Message>, TextMistake> {
        let known = self.parsed.take();
        let is_same = |parsed: &ParsedMessage| {
            parsed.charset == charset && parsed.composition == *composition
        };
        let parsed = known.filter(is_same).unwrap_or_else(|| ParsedMessage {
            composition: composition.clone(),
            charset,
            message: composition.message(charset).map(Arc::new),
        });
        self.parsed.insert(parsed).message.clone()
    }

    /// The message of a draft that is no file.
    ///
    /// # Errors
    /// The first mistake in it, or that nothing describes its fields.
    fn message_of(&mut self, draft: &SendDraft, charset: Charset) -> Result<Arc<Message>, Blocked> {
        match draft.source {
            SendSource::Fields => self.form.message(&draft.fields),
            SendSource::Typed | SendSource::File => self
                .message(&draft.composition, charset)
                .map_err(Blocked::Mistake),
        }
    }

    /// The order that sends it now, as text in this encoding; `kind` is that of the session, or of
    /// the next one.
    ///
    /// # Errors
    /// The first thing that stands in the way.
    pub fn command(
        &mut self,
        draft: &SendDraft,
        cx: UiContext<'_>,
        (session, kind): (&Session, SessionKind),
        charset: Charset,
    ) -> Result<Command, Blocked> {
        if draft.source == SendSource::File {
            let to = draft.target(cx, session)?;
            let order = draft.file.request(to, session.kind())?;
            return ready(session).map(|()| SenderCommand::SendFile(order).into());
        }
        let message = self.message_of(draft, charset)?;
        // A stream has no empty message, whether it is open or not.
        let is_empty = message.fixed().is_some_and(|bytes| bytes.is_empty());
        if is_empty && kind.is_stream() {
            return Err(Blocked::Empty);
        }
        let to = draft.target(cx, session)?;
        fits(&message, &to)?;
        let repeat = draft.repeat.plan(Arc::clone(&message))?;
        ready(session)?;
        Ok(match repeat {
            Some(plan) => SenderCommand::Repeat { to, plan }.into(),
            None => Command::Send { to, message },
        })
    }

    /// Writes `piece` at the cursor, or behind the text.
    fn insert(&self, ctx: &Context, text: &mut String, piece: &str) {
        let state = self.text.and_then(|id| TextEditState::load(ctx, id));
        let cursor = state.as_ref().and_then(|state| state.cursor.char_range());
        let end = CharIndex(text.chars().count());
        let at = cursor.map_or(end, |cursor| cursor.primary.index.min(end));
        let after = CCursor::new(CharIndex(at.0 + text.insert_text(piece, at)));
        if let (Some(id), Some(mut state)) = (self.text, state) {
            state.cursor.set_char_range(Some(CCursorRange::one(after)));
            state.store(ctx, id);
        }
    }

    /// Whether it is shown: an open page may take its room.
    pub fn is_shown(&self, ctx: &Context) -> bool {
        self.frame == ctx.cumulative_frame_nr()
    }

    /// Gives the message the keys when it is shown next.
    pub fn focus(&mut self) {
        self.focuses = true;
    }

    /// It was to be sent, and something stands in the way.
    pub fn refuse(&mut self) {
        self.refused = true;
    }

    /// Makes the last sender the target, if the user wants that and a peer has sent since.
    pub fn follow(&mut self, draft: &mut SendDraft, session: &Session, interfaces: &Interfaces) {
        let received = session.totals.received.records;
        let fresh =
            draft.follows && session.kind().role() == SessionRole::Datagrams && session.is_open();
        if !fresh || std::mem::replace(&mut self.followed, received) == received {
            return;
        }
        if let Some(source) = session.last_source() {
            draft.set_target(source, interfaces);
        }
    }
}

impl SendDraft {
    /// The encoding of sent text: the chosen one, otherwise that of the target's last message.
    pub fn charset(&self, cx: UiContext<'_>, session: &Session, read_as: &ReadAs) -> Charset {
        self.charset.unwrap_or_else(|| {
            let target = match self.target(cx, session) {
                Ok(Target::Endpoint(endpoint)) => endpoint.address().map(Peer::from),
                Ok(Target::Peer(peer)) => Some(peer),
                Ok(Target::Connection(id)) => {
                    let known = session.connections().get(&id);
                    known.map(|connection| connection.peer)
                }
                Ok(Target::All) => session.last_source(),
                // A temporary obstacle does not change the encoding.
                Err(_) => match session.kind().role() {
                    SessionRole::Datagrams => match self.destination(cx.interfaces, session.kind())
                    {
                        Ok(Remote::Endpoint(to)) => to.address().map(Peer::from),
                        Ok(Remote::Named(name)) => Some(Peer::Named(name)),
                        Err(_) => None,
                    },
                    SessionRole::Client => session.last_source(),
                    SessionRole::Server | SessionRole::Relay => {
                        let chosen = self.connection.map(|chosen| chosen.peer);
                        chosen.or(session.last_source())
                    }
                },
            };
            let of_target = target.and_then(|peer| read_as.last_of(peer, &session.log));
            of_target.or(read_as.session).unwrap_or_default()
        })
    }

    /// Whether it would go to connections that write in different encodings, while none was
    /// chosen: all of them get the same bytes.
    fn is_mixed(&self, cx: UiContext<'_>, session: &Session, read_as: &ReadAs) -> bool {
        let to_all = || matches!(self.target(cx, session), Ok(Target::All));
        if self.charset.is_some() || !to_all() {
            return false;
        }
        let peers = session.peers().take(PEERS_LOOKED_AT);
        let known = |peer: Peer| read_as.last_of(peer, &session.log).unwrap_or_default();
        let mut charsets = peers.map(known);
        let first = charsets.next();
        charsets.any(|charset| Some(charset) != first)
    }

    /// The order that sends this message once.
    ///
    /// # Errors
    /// The first thing that stands in the way.
    pub fn once(
        &self,
        cx: UiContext<'_>,
        session: &Session,
        message: Message,
    ) -> Result<Command, Blocked> {
        let to = self.target(cx, session)?;
        fits(&message, &to)?;
        ready(session)?;
        let message = Arc::new(message);
        Ok(Command::Send { to, message })
    }

    /// The order that sends these messages by plan.
    ///
    /// # Errors
    /// The first thing that stands in the way.
    pub fn run(
        &self,
        cx: UiContext<'_>,
        session: &Session,
        plan: Plan,
    ) -> Result<Command, Blocked> {
        let to = self.target(cx, session)?;
        for step in &plan.steps {
            fits(&step.message, &to)?;
        }
        ready(session).map(|()| SenderCommand::Repeat { to, plan }.into())
    }

    /// Makes this peer the target of datagrams.
    pub fn set_target(&mut self, peer: Peer, interfaces: &Interfaces) {
        let address = match peer {
            Peer::Ip(address) => address,
            Peer::Named(name) => return self.target_name = typed_name(name),
            // Nobody can send to one without a name.
            Peer::Unnamed(_) => return,
        };
        let shown = interfaces.show(address);
        let host = shown
            .rsplit_once(':')
            .map_or(shown.as_str(), |(host, _)| host);
        self.target_host = host.trim_matches(['[', ']']).to_owned();
        self.target_port = address.port().to_string();
    }

    /// Makes the connection of a row the target, or another to the same peer.
    pub fn choose(&mut self, far: FarSide, session: &Session) {
        if let Target::Connection(id) = session.target_of(far) {
            let peer = far.peer;
            self.connection = Some(ChosenConnection { id, peer });
        }
    }

    /// Where it would go now.
    ///
    /// # Errors
    /// The first thing that stands in the way.
    pub fn to(&self, cx: UiContext<'_>, session: &Session) -> Result<Target, Blocked> {
        let to = self.target(cx, session)?;
        ready(session).map(|()| to)
    }

    /// The command that ends the running automatic sender, if there is one.
    pub fn stop(&self, session: &Session) -> Option<SenderCommand> {
        let activity = session.activity();
        let repeats = activity.repeating.is_some_and(|repeating| !repeating.over);
        match self.source {
            SendSource::Typed | SendSource::Fields => repeats.then_some(SenderCommand::EndRepeat),
            SendSource::File => activity.file.is_some().then_some(SenderCommand::EndFile),
        }
    }

    fn target(&self, cx: UiContext<'_>, session: &Session) -> Result<Target, Blocked> {
        match session.kind().role() {
            _ if session.is_closed() => Err(Blocked::NotOpen),
            SessionRole::Datagrams => self
                .destination(cx.interfaces, session.kind())
                .map(Target::from)
                .map_err(Blocked::Address),
            SessionRole::Client if session.connections().is_empty() => Err(Blocked::NotOpen),
            SessionRole::Client => everybody(session),
            SessionRole::Server | SessionRole::Relay => match self.connection {
                None => everybody(session),
                Some(ChosenConnection { id, .. }) => match session.connections().get(&id) {
                    None => Err(Blocked::Gone),
                    Some(state) if state.write_closed => Err(Blocked::Finished),
                    Some(_) => Ok(Target::Connection(id)),
                },
            },
        }
    }

    /// Chooses a file that was dropped on the window as the content to send.
    pub fn drop_file(&mut self, path: &std::path::Path) {
        self.source = SendSource::File;
        self.file.dropped(path);
    }

    /// Whether text, not hexadecimal or a file, is to be typed.
    fn is_text(&self) -> bool {
        self.source == SendSource::Typed && self.composition.format == composition::TextFormat::Text
    }
}

fn ready(session: &Session) -> Result<(), Blocked> {
    session.is_open().then_some(()).ok_or(Blocked::NotOpen)
}

/// Whether a message of a known length can go there; one with variables is measured when
/// it is sent.
fn fits(message: &Message, to: &Target) -> Result<(), Blocked> {
    let Some(length) = message.fixed().map(|bytes| bytes.len()) else {
        return Ok(());
    };
    match to {
        Target::Endpoint(endpoint) => {
            let limit = endpoint
                .address()
                .map_or(MAX_DATAGRAM_V4, |address| max_datagram(address.ip()));
            let fits = length <= limit;
            fits.then_some(()).ok_or(Blocked::TooLong { length, limit })
        }
        _ if length == 0 => Err(Blocked::Empty),
        _ => Ok(()),
    }
}

/// All connections, if there is one that still takes something.
fn everybody(session: &Session) -> Result<Target, Blocked> {
    let all = session.connections();
    match all.values().all(|connection| connection.write_closed) {
        _ if all.is_empty() => Err(Blocked::Nobody),
        true => Err(Blocked::Finished),
        false => Ok(Target::All),
    }
}
