//! An exercise of the program, or of a file.

use crate::cli::scenario::{Scenario, read_text, runs_learner};
use crate::config::{ron_file, shell_quoted};
use crate::course::{Bilingual, Exercise, ReadyExercise, ReportedExercise};
use crate::explain;
use crate::payload::printable;
use crate::t;
use crate::words::Lang;
use std::path::Path;

/// An exercise with its texts.
pub struct LoadedExercise {
    /// The name of a ready-made one, or of the file without its extension.
    pub name: String,
    /// The text of its file.
    pub text: String,
    pub scenario: Scenario,
    pub exercise: Exercise,
    task: Option<Bilingual>,
    /// The program that a learner begins with.
    pub start: String,
}

impl LoadedExercise {
    /// The ready-made exercise of this number or name, or the one in this file.
    ///
    /// # Errors
    /// Why it cannot be used, as text.
    pub fn load(source: &Path, lang: Lang) -> Result<Self, String> {
        if let Some(ready) = source.to_str().and_then(ReadyExercise::find) {
            return Self::of_ready(ready, lang);
        }
        let text = ron_file::text(source).map_err(|error| {
            let message = explain::unreadable(lang, source, &error);
            t!(lang, "learn.no_file", reason = message)
        })?;
        let name = source.file_stem().unwrap_or_default().to_string_lossy();
        let (path, name) = (printable::path(source), name.into_owned());
        Self::read(name, text, &path, None, lang)
    }

    /// A ready-made exercise.
    ///
    /// # Errors
    /// A mistake in its file, which a test forbids.
    pub fn of_ready(ready: ReadyExercise, lang: Lang) -> Result<Self, String> {
        let name = ready.name.to_owned();
        let path = format!("{}/check.ron", ready.name);
        Self::read(name, ready.check.to_owned(), &path, Some(ready), lang)
    }

    fn read(
        name: String,
        text: String,
        path: &str,
        ready: Option<ReadyExercise>,
        lang: Lang,
    ) -> Result<Self, String> {
        let scenario = read_text(&text, path, lang)?;
        let exercise = scenario.exercise.clone();
        let exercise = exercise.filter(|_| scenario.programs.iter().any(runs_learner));
        let exercise = exercise.ok_or_else(|| t!(lang, "learn.no_exercise", path = path))?;
        let task = exercise.task.clone();
        let start = exercise.start.clone();
        Ok(Self {
            task: task.or_else(|| ready.map(|ready| ready.task())),
            start: start
                .or_else(|| ready.map(|ready| ready.start.to_owned()))
                .unwrap_or_default(),
            name,
            text,
            scenario,
            exercise,
        })
    }

    /// The parts of the exercise that the window shows.
    pub fn report(&self) -> ReportedExercise {
        let others = self.scenario.programs.iter();
        let others = others.filter(|program| !runs_learner(program));
        let others = others.map(|program| {
            let words = program.run.iter().map(|word| shell_quoted(word));
            words.collect::<Vec<_>>().join(" ")
        });
        ReportedExercise {
            name: self.name.clone(),
            title: self.exercise.title.clone(),
            task: self.task.as_ref().unwrap_or(&self.exercise.title).clone(),
            start: self.start.clone(),
            others: others.collect(),
        }
    }

    /// The task in Markdown, safe to print.
    pub fn task(&self, lang: Lang) -> String {
        let task = self.task.as_ref().unwrap_or(&self.exercise.title);
        let text = printable::words(explain::in_language(task, lang)).into_owned();
        format!("{}\n", text.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::READY_MADE;

    #[test]
    fn every_exercise_of_the_program_is_complete_in_both_languages() {
        for ready in READY_MADE {
            for lang in Lang::ALL {
                let exercise = LoadedExercise::of_ready(ready, lang)
                    .unwrap_or_else(|error| panic!("{}: {error}", ready.name));
                let task = exercise.task(lang);
                let title = explain::in_language(&exercise.exercise.title, lang);
                assert!(task.starts_with(&format!("# {title}\n")), "{}", ready.name);
                assert_eq!(explain::in_language(&ready.title(), lang), title);
                assert!(exercise.start.contains("TODO"), "{}", ready.name);
            }
        }
    }

    #[test]
    fn a_number_a_name_and_a_file_find_an_exercise() {
        let by = |text: &str| LoadedExercise::load(Path::new(text), Lang::English);
        assert_eq!(by("3").unwrap().name, "03-udp-recvfrom");
        assert_eq!(by("03-udp-recvfrom").unwrap().name, "03-udp-recvfrom");
        let file = by("assets/course/03-udp-recvfrom/check.ron").unwrap();
        assert_eq!(file.name, "check");
        for wrong in ["0", "26", "tests/scenarios/udp_client.ron", "no/such.ron"] {
            assert!(by(wrong).is_err(), "{wrong}");
        }
    }
}
