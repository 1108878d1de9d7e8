//! A tab as a command line and as a scenario.

use super::text_file::{TextFile, TextFileWords};
use super::{UiContext, controls, theme};
use crate::config::SessionConfig;
use crate::config::session::CommandFile;
use crate::t;
use crate::words::listed;
use egui::{RichText, Ui};

#[derive(Debug, Default)]
pub struct AsCommand {
    file: TextFile,
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
        let path = t!(cx.lang, "as_command.path");
        let (save, saved) = (
            t!(cx.lang, "as_command.save"),
            t!(cx.lang, "as_command.saved"),
        );
        let words = TextFileWords {
            path: &path,
            save: &save,
            saved: &saved,
            extension: "ron",
        };
        self.file.ui(ui, cx, words, || config.scenario());
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
