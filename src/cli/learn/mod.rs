//! `netpeer learn`: the exercises of the course. `exercise` finds one, [`check`] runs a learner's
//! program opposite it, and `verdict` prints what came of it.

mod check;
mod exercise;
mod verdict;

use super::{CommandOutcome, diagnostics, output, values};
use crate::course::READY_MADE;
use crate::disk::{Existing, Replacement};
use crate::explain;
use crate::payload::{json, printable};
use crate::t;
use crate::words::Lang;
use check::CheckOptions;
use clap::{Args, Subcommand};
use exercise::LoadedExercise;
use serde::Serialize;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The options of `netpeer learn`; without a command it lists the exercises.
#[derive(Debug, Args)]
pub struct LearnOptions {
    #[command(subcommand)]
    command: Option<LearnCommand>,
}

#[derive(Debug, Subcommand)]
enum LearnCommand {
    Show(ShowOptions),
    Start(StartOptions),
    Check(CheckOptions),
}

#[derive(Debug, Args)]
struct ShowOptions {
    #[arg(value_name = "NUMBER|FILE.ron", value_parser = values::path())]
    exercise: PathBuf,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct StartOptions {
    #[arg(value_name = "NUMBER|FILE.ron", value_parser = values::path())]
    exercise: PathBuf,
    #[arg(long, value_name = "DIR", value_parser = values::path())]
    to: Option<PathBuf>,
}

/// Runs `netpeer learn`. Exit status of `check`: 0 if the program passed, 1 if it failed, 2 if the
/// exercise could not run.
pub fn run(options: &LearnOptions, lang: Lang) -> CommandOutcome {
    let ended = match &options.command {
        None => list(lang),
        Some(LearnCommand::Show(options)) => options.run(lang),
        Some(LearnCommand::Start(options)) => options.run(lang),
        Some(LearnCommand::Check(options)) => options.run(lang),
    };
    ended.unwrap_or_else(diagnostics::unusable)
}

/// Prints the exercises, one a line.
fn list(lang: Lang) -> Result<CommandOutcome, String> {
    let mut text = String::new();
    for (number, ready) in (1..).zip(READY_MADE) {
        let exercise = LoadedExercise::of_ready(ready, lang)?;
        let title = explain::in_language(&exercise.exercise.title, lang);
        text.push_str(&format!("{number:3}  {title}\n"));
    }
    text.push_str(&t!(lang, "learn.how"));
    text.push('\n');
    Ok(output::result(text.as_bytes(), lang))
}

impl ShowOptions {
    /// Prints the task, or all that the window shows.
    fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let exercise = LoadedExercise::load(&self.exercise, lang)?;
        let text = match self.json {
            true => json_line(&exercise.report()),
            false => exercise.task(lang).into_bytes(),
        };
        Ok(output::result(&text, lang))
    }
}

/// A value as a line of JSON.
fn json_line(value: &impl Serialize) -> Vec<u8> {
    let mut line = Vec::new();
    // Plain data can always be serialised.
    json::push(&mut line, value).ok();
    line.push(b'\n');
    line
}

impl StartOptions {
    /// Writes the task and the program that a learner begins with, and replaces no file.
    fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let exercise = LoadedExercise::load(&self.exercise, lang)?;
        let folder = self.to.as_deref().unwrap_or_else(|| Path::new("."));
        let wrong = |path: &Path, error: &io::Error| {
            let path = printable::path(path);
            if error.kind() == io::ErrorKind::AlreadyExists {
                let reason = t!(lang, "learn.exists");
                return t!(lang, "learn.unwritten", path = path, reason = reason);
            }
            t!(
                lang,
                "recorded.unwritten_cure",
                path = path,
                reason = explain::unmade(lang, error),
                cure = explain::write_cure(lang, error)
            )
        };
        std::fs::create_dir_all(folder).map_err(|error| wrong(folder, &error))?;
        let task = folder.join(format!("{}.md", exercise.name));
        let program = folder.join(format!("{}.py", exercise.name));
        for (path, text) in [
            (&task, exercise.task(lang)),
            (&program, exercise.start.clone()),
        ] {
            write_new(path, &text).map_err(|error| wrong(path, &error))?;
        }
        let (task, program) = (printable::path(&task), printable::path(&program));
        let number = printable::path(&self.exercise);
        let text = t!(
            lang,
            "learn.started",
            task = task,
            program = program,
            number = number
        );
        Ok(output::result(format!("{text}\n").as_bytes(), lang))
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = Replacement::create(path, Existing::Keep)?;
    file.write_all(text.as_bytes())?;
    file.finish()
}
