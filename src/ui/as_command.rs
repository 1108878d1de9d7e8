//! A tab as a command line and as a scenario.

use super::path_field::{FileDialogKind, PathField};
use super::{UiContext, controls, theme};
use crate::config::SessionConfig;
use crate::config::session::CommandFile;
use crate::disk::{Existing, Replacement};
use crate::jobs::Job;
use crate::settings::tab::WrittenPath;
use crate::words::listed;
use crate::{explain, t};
use egui::{RichText, Ui};
use std::io::{self, Write as _};
use std::path::Path;

#[derive(Debug, Default)]
pub struct AsCommand {
    path: WrittenPath,
    field: PathField,
    /// The running save, and its outcome below.
    asked: Option<Job<()>>,
    message: Option<io::Result<()>>,
}

impl AsCommand {
    pub fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, config: &SessionConfig) {
        controls::heading(ui, &t!(cx.lang, "as_command.heading"), cx.palette);
        let line = config.command_line();
        let shown = RichText::new(&line).font(theme::small_mono());
        ui.add(egui::Label::new(shown).wrap().selectable(true));
        let files: Vec<&str> = config.files().iter().map(|file| file.name).collect();
        if !files.is_empty() {
            let files = listed(cx.lang, &files);
            let message = t!(cx.lang, "as_command.brings", files = files);
            ui.label(RichText::new(message).color(cx.palette.dim));
        }
        ui.horizontal_wrapped(|ui| {
            let copy = t!(cx.lang, "as_command.copy");
            if controls::small(ui, &copy, &copy).clicked() {
                ui.ctx().copy_text(script(config));
            }
            let copy = t!(cx.lang, "as_command.copy_scenario");
            if controls::small(ui, &copy, &copy).clicked() {
                ui.ctx().copy_text(config.scenario());
            }
        });
        let name = t!(cx.lang, "as_command.path");
        let entered = self
            .field
            .ui(ui, cx, &mut self.path, (&name, FileDialogKind::Save));
        let ready = self.path.path().is_some() && self.asked.is_none();
        let save = t!(cx.lang, "as_command.save");
        let button = controls::small_if(ui, ready, &save, &save);
        let button = match self.asked {
            Some(_) => button,
            None => controls::unusable(ui, button, &t!(cx.lang, "path.needed")),
        };
        let clicked = button.clicked();
        if ready
            && (clicked || entered)
            && let Some(path) = self.path.path_to_write("ron")
        {
            match begin(ui.ctx(), &path, config.scenario()) {
                Ok(job) => (self.asked, self.message) = (Some(job), None),
                Err(error) => self.message = Some(Err(error)),
            }
        }
        if let Some(ended) = self.asked.as_ref().and_then(Job::poll) {
            self.asked = None;
            self.message = Some(ended.into_result());
        }
        match &self.message {
            None => {}
            Some(Ok(())) => {
                let text = t!(cx.lang, "as_command.saved");
                ui.label(RichText::new(text).color(cx.palette.ok));
            }
            Some(Err(error)) => {
                let text = explain::unwritten(cx.lang, error);
                controls::error_line(ui, &text, cx.palette);
            }
        }
    }
}

/// The command line, after the commands that write the files it names.
fn script(config: &SessionConfig) -> String {
    let mut text = String::new();
    for CommandFile {
        name,
        text: content,
    } in config.files()
    {
        text.push_str(&format!(
            "cat > {name} <<'END_OF_{name}'\n{}\nEND_OF_{name}\n",
            content.trim_end()
        ));
    }
    text.push_str(&config.command_line());
    text.push('\n');
    text
}

/// Writes the file on a thread of its own: a disk may be slow. It is not cancelled: the file is
/// there whole or as it was.
fn begin(ctx: &egui::Context, path: &Path, text: String) -> io::Result<Job<()>> {
    let (ctx, path) = (ctx.clone(), path.to_owned());
    Job::start(
        "save",
        move || ctx.request_repaint(),
        move |_| {
            let mut file = Replacement::create(&path, Existing::Keep)?;
            file.write_all(text.as_bytes())?;
            file.finish()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::rules::{Condition, Rule};
    use crate::engine::Setup;

    #[test]
    fn a_script_brings_the_files_it_speaks_of() {
        let setup = Setup::udp("127.0.0.1:8080".parse().unwrap());
        let config = SessionConfig {
            rules: vec![Rule {
                name: "it's".into(),
                when: Condition::Every(3),
                ..Rule::default()
            }],
            ..SessionConfig::from(setup)
        };
        let script = script(&config);
        assert!(
            script.starts_with("cat > rules.ron <<'END_OF_rules.ron'\n"),
            "{script}"
        );
        assert!(script.ends_with("\nnetpeer udp --bind 127.0.0.1:8080 --rules rules.ron\n"));
    }
}
