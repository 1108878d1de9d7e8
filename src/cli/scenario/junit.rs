//! The results of a scenario as JUnit XML, which build servers read: one test case a step.

use super::step_outcome::StepOutcome;
use crate::disk::{Existing, Replacement, private_file};
use crate::engine::Clock;
use crate::payload::printable;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The file of results, written at the end. Until then an existing file stays as it is.
#[derive(Debug)]
pub struct Junit {
    path: PathBuf,
    file: File,
    /// Whether the file did not exist before: it is removed if it cannot be written.
    is_new: bool,
    /// The names of the suite and of the class of its cases.
    suite: String,
    class: String,
    cases: String,
    counts: Counts,
    began: Instant,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Junit {
    /// Opens the file for the results of this scenario, and creates it if there is none.
    ///
    /// # Errors
    /// The system's error.
    pub fn create(path: &Path, scenario: &Path) -> io::Result<Self> {
        let name = |name: Option<&std::ffi::OsStr>| {
            name.map_or_else(String::new, |name| printable::path(name.as_ref()))
        };
        let clock = Clock::start();
        let is_new = !path.exists();
        // Failures quote what was received.
        let file = private_file()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            is_new,
            suite: name(scenario.file_name()),
            class: name(scenario.file_stem()),
            cases: String::new(),
            counts: Counts::default(),
            began: clock.instant(),
            clock,
        })
    }

    /// Adds a step that ran for `spent`.
    pub fn played(&mut self, name: &str, spent: Duration, verdict: &StepOutcome) {
        let texts = [&verdict.message].into_iter().chain(&verdict.remarks);
        let texts: Vec<&str> = texts.map(String::as_str).collect();
        let text = texts.join("\n");
        let text = text.trim();
        let inside = match (verdict.passed, text.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!("<system-out>{}</system-out>", escaped(text)),
            (false, _) => {
                self.counts.failures += 1;
                problem("failure", text)
            }
        };
        self.case(name, spent, &inside);
    }

    /// Adds a step that did not run.
    pub fn skipped(&mut self, name: &str) {
        self.counts.skipped += 1;
        self.case(name, Duration::ZERO, "<skipped/>");
    }

    /// Adds an error that is not of a step.
    pub fn error(&mut self, name: &str, text: &str) {
        self.counts.errors += 1;
        self.case(name, Duration::ZERO, &problem("error", text));
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The system's error.
    pub fn finish(&mut self) -> io::Result<()> {
        let Counts {
            tests,
            failures,
            errors,
            skipped,
        } = self.counts;
        // Includes the time before the first step and after the last.
        let time = self.clock.instant().saturating_duration_since(self.began);
        let counts = format!(
            r#"tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="{}""#,
            seconds(time)
        );
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  \
             <testsuite name=\"{}\" {counts}>\n{}  </testsuite>\n</testsuites>\n",
            escaped(&self.suite),
            self.cases,
        );
        self.write(text.as_bytes())
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        let is_file = self.file.metadata().is_ok_and(|known| known.is_file());
        if is_file && !self.is_new {
            match self.replace(text) {
                // A file may be writable although its folder is not, or be a mount point.
                Err(error) if is_of_folder(&error) => self.file.set_len(0)?,
                replaced => return replaced,
            }
        }
        let written = self.file.write_all(text);
        if written.is_err() && self.is_new {
            // The error that is reported is that of the write.
            fs::remove_file(&self.path).ok();
        }
        written
    }

    /// Replaces the existing file as a whole: on a full disk its content stays.
    fn replace(&self, text: &[u8]) -> io::Result<()> {
        let mut file = Replacement::create(&self.path, Existing::Replace)?;
        file.write_all(text)?;
        file.finish()
    }

    fn case(&mut self, name: &str, spent: Duration, inside: &str) {
        self.counts.tests += 1;
        let (class, name, time) = (escaped(&self.class), escaped(name), seconds(spent));
        let begin = format!(r#"<testcase classname="{class}" name="{name}" time="{time}""#);
        // Writing to a string does not fail.
        match inside.is_empty() {
            true => writeln!(self.cases, "    {begin}/>").ok(),
            false => writeln!(self.cases, "    {begin}>{inside}</testcase>").ok(),
        };
    }
}

/// Whether the folder, not the file, prevents that the file is replaced.
fn is_of_folder(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::ResourceBusy
    )
}

/// An element for a failure: its first line as the message, and the whole text.
fn problem(element: &str, text: &str) -> String {
    let first = escaped(text.lines().next().unwrap_or_default());
    let text = escaped(text);
    format!("<{element} message=\"{first}\">{text}</{element}>")
}

fn seconds(time: Duration) -> String {
    format!("{:.6}", time.as_secs_f64())
}

/// The text escaped for elements and attributes (XML 1.0 §2.2, §2.4), without characters that
/// mislead a reader.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable::words(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Unescaped, an attribute would contain a space (§3.3.3).
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_does_not_allow_is_written_out() {
        let text = "a<b> & \"c\"\n\td\u{0}\u{1B}\u{FFFE}\u{202E}你";
        let expected = "a&lt;b&gt; &amp; &quot;c&quot;&#10;&#9;d␀␛\\u{FFFE}\\u{202E}你";
        assert_eq!(escaped(text), expected);
        let all: String = ('\0'..=char::MAX).collect();
        let allowed =
            |c: char| matches!(c, ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
        let escaped = escaped(&all);
        let wrong = escaped
            .chars()
            .find(|c| !allowed(*c) || matches!(c, '<' | '>' | '"'));
        assert_eq!(wrong, None);
    }
}
