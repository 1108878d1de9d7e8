//! The target row, the message or file, and the button that sends it.

use super::{Blocked, SendPanel, preview, repeat};
use crate::engine::Command;
use crate::kind::Addresses;
use crate::payload::charset::Charset;
use crate::payload::composition::{Composition, TextFormat};
use crate::session::{Kind, Role, Session};
use crate::settings::Library;
use crate::settings::dock::Page;
use crate::settings::tab::{ReadAs, SendDraft, Source};
use crate::ui::library::{Chosen, SnippetWindow};
use crate::ui::{Action, Look, controls, grouped, theme};
use crate::{explain, say};
use egui::{Align, FontSelection, Layout, Margin, RichText, TextEdit, Ui, vec2};

/// Characters the message may have: enough for the longest datagram in hexadecimal. A
/// longer text is sent from a file.
const LONGEST: usize = 262_144;
/// Above this a datagram does not fit into one Ethernet frame: 1500 less the headers.
const FRAGMENTS_V4: usize = 1472;
/// In less room than this what is kept stands in a row of its own.
const NARROW: f32 = 940.0;
/// What that row takes.
const ROW: f32 = theme::SMALL_BUTTON + 8.0;
/// The button, and the space before it.
const BUTTON: f32 = 118.0;
const GAP: f32 = 10.0;

/// What is kept to be sent again.
pub struct Kept<'a> {
    pub library: &'a mut Library,
    pub snippets: &'a mut SnippetWindow,
}

impl SendDraft {
    /// How high the whole of it is in `width`: a row more never takes the room of the others.
    pub fn box_height(&self, width: f32) -> f32 {
        let wraps = width < NARROW && self.source == Source::Typed;
        theme::SEND_BOX + if wraps { ROW } else { 0.0 }
    }

    /// Why nobody may get what goes to the target, or answer it.
    fn astray(&self, look: Look<'_>, session: &Session) -> Option<String> {
        let to = self
            .destination(look.interfaces, session.kind())
            .ok()?
            .endpoint()?;
        let (local, to) = (session.local()?.address()?, to.address()?);
        let (lang, groups) = (look.lang, session.groups());
        explain::astray(lang, local.ip(), to.ip(), groups, look.interfaces)
    }

    /// Line endings of CR LF in typed text: a text that was pasted keeps them.
    fn returns(&self) -> usize {
        let text = self.composition.format == TextFormat::Text;
        let count = || self.composition.text.matches("\r\n").count();
        if text { count() } else { 0 }
    }

    fn returns_ui(&mut self, ui: &mut Ui, look: Look<'_>, count: usize) {
        let name = say!(look.lang, "send.to_lf", count = grouped(count as u64));
        let hint = say!(look.lang, "send.to_lf_hint");
        if controls::small(ui, &name, &name)
            .on_hover_text(hint)
            .clicked()
        {
            self.composition.text = self.composition.text.replace("\r\n", "\n");
        }
    }

    /// Returns the page that is asked for.
    fn kept_ui(&mut self, ui: &mut Ui, look: Look<'_>, kept: &mut Kept<'_>) -> Option<Page> {
        let mut opened = None;
        let name = say!(look.lang, "measure.open");
        if controls::small(ui, &name, &name).clicked() {
            opened = Some(Page::Measure);
        }
        let name = say!(look.lang, "sequence.open");
        if controls::small(ui, &name, &name).clicked() {
            opened = Some(Page::Sequence);
        }
        let sent = kept.library.history.menu_ui(ui, look);
        let snippets = &kept.library.snippets;
        let chosen = kept.snippets.menu_ui(ui, look, snippets, &self.composition);
        match sent.map(Chosen::Message).or(chosen) {
            Some(Chosen::Message(composition)) => self.composition = composition,
            Some(Chosen::Page) => opened = Some(Page::Library),
            None => {}
        }
        opened
    }
}

impl SendPanel {
    pub fn box_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        draft: &mut SendDraft,
        (session, kind): (&Session, Kind),
        read_as: &ReadAs,
        mut kept: Kept<'_>,
    ) -> Option<Action> {
        let charset = draft.charset(look, session, read_as);
        let outcome = self.command(draft, look, session, charset);
        let narrow = ui.available_width() < NARROW;
        let mut action = ui
            .horizontal(|ui| {
                ui.set_min_height(theme::FIELD);
                let action = match kind.role() {
                    Role::Datagrams => draft.target_ui(
                        ui,
                        look,
                        (session, kind.addresses()),
                        outcome.as_ref().err(),
                    ),
                    Role::Client | Role::Server | Role::Relay => {
                        draft.peer_ui(ui, look, session, kind)
                    }
                };
                if narrow {
                    return action;
                }
                let opened = self.aside_ui(ui, look, draft, (session, kind), charset, &mut kept);
                action.or(opened)
            })
            .inner;
        if narrow && draft.source == Source::Typed {
            let row = ui.horizontal(|ui| {
                self.aside_ui(ui, look, draft, (session, kind), charset, &mut kept)
            });
            action = action.take().or(row.inner);
        }
        self.refused &= outcome.is_err();
        let refused = self.refused;
        let fault = self.too_much_words(look, draft).or_else(|| {
            let blocked = outcome.as_ref().err()?;
            let blocked = Some(blocked).filter(|blocked| refused || blocked.is_fault())?;
            blocked.explain(look)
        });
        let offers = refused && session.is_closed() && matches!(outcome, Err(Blocked::NotOpen));
        let returns = draft.returns();
        let special = draft.composition.is_special() || returns > 0;
        let previews = draft.source == Source::Typed && special;
        let astray = draft
            .astray(look, session)
            .filter(|_| kind.role() == Role::Datagrams);
        let below = fault.is_some() || previews || astray.is_some();
        let room = if below { 32.0 } else { 0.0 };
        let height = (ui.available_height() - room).max(40.0);
        ui.horizontal(|ui| {
            let size = vec2(ui.available_width() - BUTTON - GAP, height);
            match draft.source {
                Source::Typed => self.message_ui(ui, look, &mut draft.composition, size),
                Source::File => {
                    ui.allocate_ui(size, |ui| {
                        ui.set_min_size(size);
                        ui.vertical(|ui| {
                            draft.file.ui(ui, look, &mut self.file, (session, kind));
                        });
                    });
                }
            }
            ui.spacing_mut().item_spacing.y = 6.0;
            ui.vertical(|ui| {
                let clicked = self.button_ui(ui, look, (&*draft, session), height, outcome);
                action = action.take().or(clicked);
            });
        });
        if let Some(fault) = fault {
            ui.horizontal(|ui| {
                let connect = say!(look.lang, "send.connect");
                if offers && controls::small(ui, &connect, &connect).clicked() {
                    action = action.take().or(Some(Action::Open));
                }
                controls::error_line(ui, &fault, look.palette);
            });
        } else if previews && let Ok(message) = self.message(&draft.composition, charset) {
            let peer = draft.peer_words(look, session);
            ui.horizontal(|ui| {
                if returns > 0 {
                    draft.returns_ui(ui, look, returns);
                }
                preview::ui(ui, look, &message, charset, &peer);
            });
        } else if let Some(astray) = astray {
            let words = RichText::new(&astray).color(look.palette.event);
            let label = ui.add(egui::Label::new(words.font(theme::small())).truncate());
            label.on_hover_text(astray);
        }
        action
    }

    /// Refuses a paste that does not fit instead of cutting it.
    fn refuse_long_paste(&mut self, ui: &Ui, present: &str) {
        let mut refused = None;
        ui.input_mut(|input| {
            input.events.retain(|event| {
                let (egui::Event::Paste(text) | egui::Event::MiddleClickPaste { text, .. }) = event
                else {
                    return true;
                };
                let count = text.chars().count();
                let fits = present.chars().count() + count <= LONGEST;
                if !fits {
                    refused = Some(count);
                }
                fits
            });
        });
        self.too_much = refused.or(self.too_much);
    }

    fn too_much_words(&self, look: Look<'_>, draft: &SendDraft) -> Option<String> {
        let count = self.too_much.filter(|_| draft.source == Source::Typed)?;
        Some(say!(
            look.lang,
            "send.too_much",
            count = grouped(count as u64),
            most = grouped(LONGEST as u64)
        ))
    }

    /// How much it is, and what is kept to be sent again, at the right.
    fn aside_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        draft: &mut SendDraft,
        (session, kind): (&Session, Kind),
        charset: Charset,
        kept: &mut Kept<'_>,
    ) -> Option<Action> {
        if draft.source != Source::Typed {
            return None;
        }
        let shown = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let opened = draft.kept_ui(ui, look, kept);
            self.size_ui(ui, look, draft, (session, kind), charset);
            opened
        });
        shown.inner.map(Action::ShowPage)
    }

    /// What sends, or ends what is being sent by itself.
    fn button_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        (draft, session): (&SendDraft, &Session),
        height: f32,
        outcome: Result<Command, Blocked>,
    ) -> Option<Action> {
        let stop = draft.stop(session);
        let size = vec2(BUTTON, height - 26.0);
        let text = match stop {
            Some(_) => say!(look.lang, "send.stop"),
            None => say!(look.lang, "send.send"),
        };
        // What is wrong with the message stands below it; anything else is said when asked.
        let answers = |blocked: &Blocked| !blocked.is_fault() && *blocked != Blocked::Empty;
        let enabled = stop.is_some() || outcome.as_ref().err().is_none_or(answers);
        let response = ui.add_enabled_ui(enabled, |ui| {
            controls::primary(ui, size, &text, look.palette)
        });
        let clicked = response.inner.clicked();
        let waiting = outcome
            .as_ref()
            .err()
            .and_then(|blocked| blocked.explain(look));
        if let Some(waiting) = waiting.filter(|_| stop.is_none()) {
            response.response.on_hover_text(waiting);
        }
        let repeating = session
            .activity()
            .repeating
            .filter(|_| draft.source == Source::Typed);
        let below = match &repeating {
            Some(repeating) => repeat::said(repeating, look),
            None => "Ctrl+Enter".to_owned(),
        };
        ui.allocate_ui(vec2(BUTTON, 20.0), |ui| {
            let below = RichText::new(&below).color(look.palette.dim);
            ui.centered_and_justified(|ui| ui.add(egui::Label::new(below).truncate()));
        });
        if !clicked {
            return None;
        }
        match (stop, outcome) {
            (Some(stop), _) => Some(Action::Order(stop.into())),
            (None, Ok(command)) => Some(Action::Send(command)),
            (None, Err(_)) => {
                self.refuse();
                ui.ctx().request_repaint();
                None
            }
        }
    }

    fn message_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        composition: &mut Composition,
        size: egui::Vec2,
    ) {
        let name = say!(look.lang, "send.message");
        let hint = if composition.format == TextFormat::Hex {
            say!(look.lang, "send.hex_hint")
        } else {
            say!(look.lang, "send.message_hint")
        };
        egui::Frame::new()
            .fill(look.palette.field)
            .stroke(egui::Stroke::new(1.0, look.palette.line))
            .corner_radius(6)
            .show(ui, |ui| {
                ui.set_min_size(size);
                ui.set_max_size(size);
                egui::ScrollArea::vertical()
                    .id_salt("message")
                    .auto_shrink(false)
                    // By itself it is never lower than 64 points, and pushes the rows out.
                    .min_scrolled_height(0.0)
                    .show(ui, |ui| {
                        let id = ui.scope_id().with("text");
                        if ui.memory(|memory| memory.has_focus(id)) {
                            self.refuse_long_paste(ui, &composition.text);
                        }
                        let edit = TextEdit::multiline(&mut composition.text)
                            .id(id)
                            .font(FontSelection::FontId(theme::mono()))
                            .hint_text(RichText::new(hint).color(look.palette.faint))
                            .frame(egui::Frame::NONE.inner_margin(Margin::symmetric(10, 7)))
                            .align(egui::Align2::LEFT_TOP)
                            .char_limit(LONGEST)
                            .desired_width(f32::INFINITY)
                            .min_size(vec2(0.0, size.y - 2.0));
                        let response = ui.add(edit);
                        if response.changed() {
                            self.too_much = None;
                        }
                        controls::named(ui, response, &name);
                    });
            });
    }

    /// How much it is, where that is known before it is sent.
    fn size_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        draft: &SendDraft,
        (session, kind): (&Session, Kind),
        charset: Charset,
    ) {
        let Ok(message) = self.message(&draft.composition, charset) else {
            return;
        };
        let Some(length) = message.fixed().map(|bytes| bytes.len()) else {
            return;
        };
        let count = grouped(length as u64);
        let text = match kind.role() {
            Role::Datagrams if length > FRAGMENTS_V4 && kind.addresses() == Addresses::Internet => {
                say!(look.lang, "send.fragments", bytes = count)
            }
            Role::Datagrams => say!(look.lang, "send.datagram", bytes = count),
            Role::Server if draft.connection.is_none() => say!(
                look.lang,
                "send.bytes_to",
                bytes = count,
                peers = grouped(session.connections().len() as u64)
            ),
            Role::Client | Role::Server | Role::Relay => {
                say!(look.lang, "send.bytes", bytes = count)
            }
        };
        ui.add(egui::Label::new(RichText::new(text).color(look.palette.dim)).truncate());
    }
}
