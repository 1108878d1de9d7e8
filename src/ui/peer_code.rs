//! A program for the other side of the session: its language, its text, and how to run it.

use super::text_file::{TextFile, TextFileWords};
use super::{UiContext, controls, theme};
use crate::codegen::{PeerLanguage, PeerProgram, Unsupported};
use crate::config::SessionConfig;
use crate::kind::SessionRole;
use crate::peer::Peer;
use crate::words::Lang;
use crate::{explain, t};
use egui::{Align, CollapsingHeader, ComboBox, Label, RichText, ScrollArea, Ui};

/// The greatest height of the text, in points.
const HEIGHT: f32 = 320.0;
/// The widest list of languages.
const WIDEST: f32 = 300.0;
/// In how many frames the view moves to it: in the first ones the field that has the keys moves it,
/// too.
const SOUGHT: u8 = 4;

#[derive(Debug)]
pub struct PeerCode {
    language: PeerLanguage,
    /// The bytes of the row that the program sends; `None` for a greeting.
    row: Option<Vec<u8>>,
    /// In how many further frames the view moves to it.
    sought: u8,
    file: TextFile,
    made: Option<MadeCode>,
}

/// The program that was made last, with what it was made of.
#[derive(Debug)]
struct MadeCode {
    config: SessionConfig,
    row: Option<Vec<u8>>,
    language: PeerLanguage,
    lang: Lang,
    code: Result<String, Unsupported>,
}

impl Default for PeerCode {
    fn default() -> Self {
        Self {
            language: PeerLanguage::Python,
            row: None,
            sought: 0,
            file: TextFile::default(),
            made: None,
        }
    }
}

impl PeerCode {
    /// Moves the view to it when it is shown next; the program sends the bytes of `row`.
    pub fn seek(&mut self, row: Option<Vec<u8>>) {
        self.row = row;
        self.sought = SOUGHT;
    }

    /// Shows the program for the session, folded until it is wanted; `bound` is the address of its
    /// open socket.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        config: &SessionConfig,
        bound: Option<Peer>,
    ) {
        let title = RichText::new(t!(cx.lang, "peer_code.heading"))
            .font(theme::bold(12.0))
            .color(cx.palette.dim);
        let is_sought = self.sought > 0;
        let folded = CollapsingHeader::new(title)
            .id_salt("peer code")
            .open(is_sought.then_some(true));
        let heading = folded
            .show(ui, |ui| self.program_ui(ui, cx, config, bound))
            .header_response;
        if is_sought {
            self.sought -= 1;
            heading.scroll_to_me(Some(Align::TOP));
            ui.ctx().request_repaint();
        }
    }

    fn program_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        config: &SessionConfig,
        bound: Option<Peer>,
    ) {
        self.language_ui(ui, cx);
        if self.row.is_some() {
            self.row_ui(ui, cx);
        }
        self.make(config, bound, cx.lang);
        let code = match self.made.as_ref().map(|made| &made.code) {
            Some(Ok(code)) => code.clone(),
            Some(Err(reason)) => {
                let why = explain::unsupported(cx.lang, *reason);
                let text = t!(cx.lang, "peer_code.none", why = why);
                controls::error_line(ui, &text, cx.palette);
                return;
            }
            None => return,
        };
        ScrollArea::both()
            .id_salt("text of the program")
            .max_height(HEIGHT)
            .min_scrolled_height(HEIGHT)
            .show(ui, |ui| {
                let shown = RichText::new(&code).font(theme::small_mono());
                ui.add(Label::new(shown).extend().selectable(true));
            });
        let run = match self.language.run() {
            Some(run) => {
                let file = self.language.file_name();
                t!(cx.lang, "peer_code.run", file = file, run = run)
            }
            None => t!(cx.lang, "peer_code.upload"),
        };
        let run = RichText::new(run).color(cx.palette.dim);
        ui.add(Label::new(run).wrap().selectable(true));
        let copy = t!(cx.lang, "peer_code.copy");
        if controls::small(ui, &copy, &copy).clicked() {
            ui.ctx().copy_text(code.clone());
        }
        let (path, save) = (t!(cx.lang, "peer_code.path"), t!(cx.lang, "peer_code.save"));
        let saved = t!(cx.lang, "peer_code.saved");
        let file = self.language.file_name();
        let words = TextFileWords {
            path: &path,
            save: &save,
            saved: &saved,
            extension: file.rsplit_once('.').map_or("", |(_, extension)| extension),
        };
        self.file.ui(ui, cx, words, || code);
    }

    fn language_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let combo = ComboBox::from_id_salt("peer language")
            .icon(controls::combo_arrow)
            .selected_text(self.language.title())
            .width(WIDEST.min(ui.available_width()))
            .truncate()
            .show_ui(ui, |ui| {
                for language in PeerLanguage::ALL {
                    controls::item_of(ui, &mut self.language, language, language.title());
                }
                controls::close_when_chosen(ui);
            });
        let name = t!(cx.lang, "peer_code.language");
        controls::drop_down(ui, combo.response, &name);
    }

    /// Says that the program sends a row, and offers the greeting.
    fn row_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let text = RichText::new(t!(cx.lang, "peer_code.of_row"));
        ui.label(text.color(cx.palette.dim));
        let greeting = t!(cx.lang, "peer_code.greeting");
        if controls::small(ui, &greeting, &greeting).clicked() {
            self.row = None;
        }
    }

    /// Makes the program anew if anything it is made of has changed.
    fn make(&mut self, config: &SessionConfig, bound: Option<Peer>, lang: Lang) {
        let config = with_port(config, bound);
        let is_made = self.made.as_ref().is_some_and(|made| {
            let chosen = (made.language, made.lang) == (self.language, lang);
            chosen && made.config == config && made.row == self.row
        });
        if is_made {
            return;
        }
        let program = PeerProgram::new(&config, self.row.as_deref(), lang);
        let code = program.and_then(|program| program.code(self.language, lang));
        self.made = Some(MadeCode {
            config,
            row: self.row.clone(),
            language: self.language,
            lang,
            code,
        });
    }
}

/// The session with the port that the system chose when it opened.
fn with_port(config: &SessionConfig, bound: Option<Peer>) -> SessionConfig {
    let is_chosen = |local: Option<Peer>| {
        local
            .and_then(Peer::address)
            .is_none_or(|at| at.port() == 0)
    };
    let is_bound = config.kind.role() != SessionRole::Client;
    let bound = bound.filter(|_| is_bound && is_chosen(config.local));
    SessionConfig {
        local: bound.or(config.local),
        ..config.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Setup;

    #[test]
    fn a_port_that_the_system_chose_is_known_once_the_session_is_open() {
        let local = |text: &str| Some(Peer::Ip(text.parse().unwrap()));
        let of = |text: &str, bound| {
            let config = SessionConfig::from(Setup::udp(text.parse().unwrap()));
            with_port(&config, bound).local
        };
        let bound = local("0.0.0.0:4000");
        assert_eq!(of("0.0.0.0:0", bound), bound);
        assert_eq!(of("0.0.0.0:9000", bound), local("0.0.0.0:9000"));
        assert_eq!(of("0.0.0.0:0", None), local("0.0.0.0:0"));
    }

    #[test]
    fn the_program_follows_the_language_and_the_row() {
        let config = SessionConfig::from(Setup::udp("127.0.0.1:9000".parse().unwrap()));
        let mut shown = PeerCode::default();
        let code = |shown: &mut PeerCode| {
            shown.make(&config, None, Lang::English);
            shown.made.as_ref().unwrap().code.clone().unwrap()
        };
        assert!(code(&mut shown).contains("import socket"));
        shown.seek(Some(b"of the row".to_vec()));
        assert!(code(&mut shown).contains("of the row"));
        shown.language = PeerLanguage::Node;
        assert!(code(&mut shown).contains("require(\"node:dgram\")"));
    }
}
