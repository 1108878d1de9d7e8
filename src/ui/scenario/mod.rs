//! An opened scenario: its outline, and, once the user allowed it, the results of its steps.

mod outline_view;
mod results;

use super::controls::{self, TextField};
use super::{Action, UiContext, theme};
use crate::config::SessionConfig;
use crate::jobs::Job;
use crate::payload::printable;
use crate::scenario::process::{Play, ScenarioSource};
use crate::scenario::report::Outline;
use crate::settings::dock::Page;
use crate::words::Lang;
use crate::{disk, explain, t};
use egui::{Context, RichText, Ui};
use results::Results;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct ScenarioWindow {
    /// The executable that reads and plays scenarios: this program's own.
    program: PathBuf,
    opened: Option<OpenScenario>,
}

/// The file that is shown. Dropping it ends its run.
#[derive(Debug)]
struct OpenScenario {
    source: ScenarioSource,
    /// Where its programs run.
    folder: String,
    reading: Option<Job<Result<Outline, String>>>,
    /// Whether to run it after reading, if its content is still the content shown.
    wanted: bool,
    outline: Option<Outline>,
    /// Why it cannot be read or played.
    wording: Option<String>,
    play: Option<Play>,
    results: Option<Results>,
}

impl ScenarioWindow {
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            opened: None,
        }
    }

    /// Shows the outline of a file. The run of another one ends.
    pub fn show(&mut self, ctx: &Context, file: &Path, lang: Lang) {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let folder = file.parent().map(|folder| folder.display().to_string());
        let mut opened = OpenScenario {
            folder: folder.unwrap_or_default(),
            source: ScenarioSource {
                program: self.program.clone(),
                file,
                lang: lang.tag(),
            },
            reading: None,
            wanted: false,
            outline: None,
            wording: None,
            play: None,
            results: None,
        };
        opened.read(ctx, lang);
        self.opened = Some(opened);
    }

    pub fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    pub fn is_playing(&self) -> bool {
        let opened = self.opened.as_ref();
        opened.is_some_and(|opened| opened.play.is_some())
    }

    /// Ends the run.
    pub fn close(&mut self) {
        self.opened = None;
    }

    /// Takes in the lines since the last frame, whether or not the page is open.
    pub fn follow(&mut self, ctx: &Context, lang: Lang) {
        if let Some(opened) = &mut self.opened {
            opened.update(ctx, lang);
        }
    }

    /// The page.
    pub fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) -> Option<Action> {
        let opened = self.opened.as_mut()?;
        controls::heading(ui, &t!(cx.lang, "scenario.title"), cx.palette);
        let path = RichText::new(printable::path(&opened.source.file));
        let path = egui::Label::new(path.font(theme::small_mono()));
        ui.add(path.wrap().selectable(true));
        let (asked, folder_is_there) = opened.buttons_ui(ui, cx);
        // Below the buttons, so that no message moves them under the mouse.
        if let Some(wording) = &opened.wording {
            controls::error_line(ui, wording, cx.palette);
        }
        if !folder_is_there {
            let wording = t!(cx.lang, "scenario.no_folder");
            controls::error_line(ui, &wording, cx.palette);
        }
        if opened.outline.is_some() && opened.results.is_none() {
            let trust = RichText::new(t!(cx.lang, "scenario.trust"));
            let trust = trust.font(theme::small()).color(cx.palette.dim);
            ui.add(egui::Label::new(trust).wrap());
        }
        match (&mut opened.results, &opened.outline) {
            (Some(results), Some(outline)) => results.ui(ui, cx, outline),
            (None, Some(outline)) => outline_view::ui(ui, cx, outline),
            (_, None) => {}
        }
        match asked? {
            ScenarioAction::Run => opened.run(ui.ctx(), cx.lang),
            ScenarioAction::Tabs => {
                let sessions = opened.sessions();
                self.opened = None;
                return Some(Action::NewTabs(sessions));
            }
            ScenarioAction::Cancel => {
                if let Some(play) = &mut opened.play {
                    play.cancel();
                } else {
                    self.opened = None;
                }
            }
            ScenarioAction::Another => {
                self.opened = None;
                return Some(Action::ShowPage(Page::Open));
            }
        }
        None
    }
}

/// The request of a button.
enum ScenarioAction {
    Run,
    Tabs,
    Cancel,
    Another,
}

impl OpenScenario {
    /// Shows the folder and the buttons, above everything that changes its height. Returns the
    /// pressed button, and whether the folder exists.
    fn buttons_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) -> (Option<ScenarioAction>, bool) {
        let mut asked = None;
        let is_playing = self.play.is_some();
        let folder_is_there = self.outline.is_none() || self.folder_ui(ui, cx, is_playing);
        ui.horizontal(|ui| {
            if self.outline.is_none() && self.reading.is_none() {
                let another = t!(cx.lang, "open.another");
                if controls::small(ui, &another, &another).clicked() {
                    asked = Some(ScenarioAction::Another);
                }
            } else {
                let run = match self.results.is_some() && !is_playing {
                    true => t!(cx.lang, "scenario.again"),
                    false => t!(cx.lang, "scenario.run"),
                };
                let is_idle = !is_playing && self.reading.is_none();
                let ready = is_idle && self.outline.is_some() && folder_is_there;
                let why = match (is_playing, self.reading.is_some()) {
                    (true, _) => t!(cx.lang, "scenario.is_playing"),
                    (false, true) => t!(cx.lang, "scenario.is_read"),
                    (false, false) => t!(cx.lang, "scenario.no_folder"),
                };
                let button = controls::small_if(ui, ready, &run, &run);
                if controls::unusable(ui, button, &why).clicked() {
                    asked = Some(ScenarioAction::Run);
                }
            }
            if !is_playing && self.tabs_ui(ui, cx) {
                asked = Some(ScenarioAction::Tabs);
            }
            let cancel = match self.results.is_some() && !is_playing {
                true => t!(cx.lang, "scenario.close"),
                false => t!(cx.lang, "scenario.cancel"),
            };
            if controls::small(ui, &cancel, &cancel).clicked() {
                asked = Some(ScenarioAction::Cancel);
            }
        });
        (asked, folder_is_there)
    }

    /// The button that makes its sessions tabs; says whether it was pressed.
    fn tabs_ui(&self, ui: &mut Ui, cx: UiContext<'_>) -> bool {
        let Some(outline) = &self.outline else {
            return false;
        };
        let text = t!(cx.lang, "scenario.as_tabs");
        let sessions = self.sessions().len();
        let response = controls::small_if(ui, sessions > 0, &text, &text);
        let hint = match outline.sessions.len() - sessions {
            0 => t!(cx.lang, "scenario.as_tabs_hint"),
            count => t!(cx.lang, "scenario.no_tabs", count = count),
        };
        let response = response.on_hover_text(hint.as_str());
        let response = response.on_disabled_hover_text(hint);
        response.clicked()
    }

    /// Its sessions, but for those whose addresses are known only when it is played.
    fn sessions(&self) -> Vec<SessionConfig> {
        let sessions = self.outline.iter().flat_map(|outline| &outline.sessions);
        sessions.filter_map(|one| one.config.clone()).collect()
    }

    /// Asks for the folder where the programs run; says whether it exists.
    fn folder_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, is_playing: bool) -> bool {
        let name = t!(cx.lang, "scenario.folder");
        let is_there = Path::new(&self.folder).is_dir();
        let locked = is_playing.then(|| t!(cx.lang, "scenario.is_playing"));
        controls::unless(ui, locked.as_deref(), |ui| {
            controls::labelled_row(ui, &name, 0.0, cx.palette, |ui| {
                let field = TextField::new(&mut self.folder, &name, "", ui.available_width());
                field.faulty(!is_there).show(ui, cx.palette)
            });
        });
        is_there
    }

    /// Reads the file, which may have changed since it was shown, and plays it if it has not.
    fn run(&mut self, ctx: &Context, lang: Lang) {
        self.wanted = true;
        self.source.lang = lang.tag();
        self.read(ctx, lang);
    }

    fn read(&mut self, ctx: &Context, lang: Lang) {
        let (ctx, source) = (ctx.clone(), self.source.clone());
        let wake = move || ctx.request_repaint();
        // Not cancelled: reading a file of a few pages takes no time.
        match Job::start("scenario-file", wake, move |_| outline(&source, lang)) {
            Ok(job) => self.reading = Some(job),
            Err(error) => self.cannot_run(lang, &error),
        }
    }

    /// Takes in the lines since the last frame.
    fn update(&mut self, ctx: &Context, lang: Lang) {
        if let Some(ended) = self.reading.as_ref().and_then(Job::poll) {
            self.reading = None;
            match ended.into_result() {
                Ok(read) => self.take(ctx, lang, read),
                Err(error) => self.cannot_run(lang, &error),
            }
        }
        if let (Some(play), Some(results)) = (&mut self.play, &mut self.results) {
            play.steps().for_each(|step| results.take(step));
            if let Some(ended) = play.ended() {
                results.end(ended);
                self.play = None;
            }
        }
    }

    fn take(&mut self, ctx: &Context, lang: Lang, read: Result<Outline, String>) {
        let wanted = std::mem::take(&mut self.wanted);
        self.wording = None;
        let outline = match read {
            Ok(outline) => outline,
            Err(wording) => {
                (self.outline, self.results) = (None, None);
                self.wording = Some(printable::words(&wording).into_owned());
                return;
            }
        };
        let is_same = self.outline.as_ref() == Some(&outline);
        if wanted && !is_same {
            self.wording = Some(t!(lang, "scenario.changed"));
        }
        if !is_same {
            self.results = None;
        }
        self.outline = Some(outline);
        if wanted && is_same {
            self.play(ctx, lang);
        }
    }

    fn play(&mut self, ctx: &Context, lang: Lang) {
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        match self.source.play(Path::new(&self.folder), wake) {
            Ok(play) => (self.play, self.results) = (Some(play), Some(Results::default())),
            Err(error) => self.cannot_run(lang, &error),
        }
    }

    /// Says that this program could not be started for it, and why.
    fn cannot_run(&mut self, lang: Lang, error: &io::Error) {
        let path = printable::path(&self.source.program);
        let reason = explain::reason(lang, error);
        self.wanted = false;
        self.wording = Some(t!(
            lang,
            "scenario.no_program",
            path = path,
            reason = reason
        ));
    }
}

/// The outline of a scenario, or the mistake in its file.
///
/// # Errors
/// As [`ScenarioSource::outline`].
fn outline(source: &ScenarioSource, lang: Lang) -> io::Result<Result<Outline, String>> {
    match disk::open_regular(&source.file) {
        // The program would wait at a FIFO until another writes to it.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            Ok(Err(explain::unreadable(lang, &source.file, &error)))
        }
        _ => source.outline(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_fifo_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.ron");
        let made = std::process::Command::new("mkfifo").arg(&file).status();
        assert!(made.unwrap().success());
        for lang in Lang::ALL {
            let source = ScenarioSource {
                program: "/no/such/program".into(),
                file: file.clone(),
                lang: lang.tag(),
            };
            let wording = outline(&source, lang).unwrap().unwrap_err();
            assert!(wording.contains("x.ron"), "{wording}");
            let reason = explain::reason(lang, &io::ErrorKind::InvalidInput.into());
            assert!(wording.contains(&reason), "{wording}");
        }
    }
}
