//! `--describe`: the description that reads messages into fields.

use super::values;
use crate::capture::CaptureFields;
use crate::config::{DescriptionProblem, FramingWord, description};
use crate::explain;
use crate::payload::printable;
use crate::schema::{ReadyMade, Schema};
use crate::settings;
use crate::settings::descriptions::DescriptionFolder;
use crate::traffic::MessageSchema;
use crate::traffic::framing::{Framing, SessionFraming};
use crate::words::Lang;
use clap::Args;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The description of this name, or in the file at this path.
///
/// # Errors
/// Why it cannot be used, as text.
pub fn schema(path: &Path, lang: Lang) -> Result<Schema, String> {
    described(path, lang).map_err(|why| format!("netpeer: {why}"))
}

/// The folder of the descriptions that the user keeps.
pub fn own() -> Option<DescriptionFolder> {
    let program = std::env::current_exe().unwrap_or_default();
    let settings = settings::usual_dir(&program)?;
    Some(DescriptionFolder::beside(&settings))
}

/// The ready-made description of this name, the one that the user keeps under it, or that in the
/// file at this path.
///
/// # Errors
/// Why it cannot be used.
pub fn named(path: &Path) -> Result<Schema, DescriptionProblem> {
    description::named(&located(path))
}

/// The path of the description that the user keeps under this name; other paths, and the names of
/// ready-made descriptions, as they are.
fn located(path: &Path) -> Cow<'_, Path> {
    let found = path.to_str().and_then(|name| own()?.named(name));
    found.map_or(Cow::Borrowed(path), Cow::Owned)
}

/// What a scenario calls a description, with the path of one that the user keeps in place of its
/// name.
pub fn path_text(written: &str) -> String {
    let path = located(Path::new(written));
    path.to_string_lossy().into_owned()
}

/// As [`schema`], without the name of the program before the reason.
fn described(path: &Path, lang: Lang) -> Result<Schema, String> {
    named(path).map_err(|problem| {
        let shown = printable::path(path);
        explain::description_problem(lang, &shown, &problem)
    })
}

/// The option.
#[derive(Clone, Debug, Default, Args)]
pub struct DescribeOption {
    #[arg(long, value_name = "NAME|FILE", value_parser = values::path(), help_heading = "output")]
    describe: Option<PathBuf>,
}

/// The options that say where messages end, for commands that only read them.
#[derive(Clone, Debug, Default, Args)]
pub struct ReadFraming {
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing, requires = "describe", help_heading = "output")]
    framing: Option<FramingWord>,
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing, requires = "describe", help_heading = "output")]
    framing_sent: Option<FramingWord>,
}

/// The same, for captures: messages are written without a description, too.
#[derive(Clone, Debug, Default, Args)]
pub struct RecordedFraming {
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing, help_heading = "output")]
    framing: Option<FramingWord>,
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing, help_heading = "output")]
    framing_sent: Option<FramingWord>,
}

impl RecordedFraming {
    /// The framing of streams. A capture has datagrams, too, which are messages.
    pub fn framing(&self) -> SessionFraming {
        let Self {
            framing,
            framing_sent,
        } = self.clone();
        let read = ReadFraming {
            framing,
            framing_sent,
        };
        read.framing(false)
    }
}

impl ReadFraming {
    /// The framing of streams, or of datagrams.
    pub fn framing(&self, in_datagrams: bool) -> SessionFraming {
        let framing = |word: &Option<FramingWord>| -> Option<Framing> {
            word.clone().map(|FramingWord(framing)| framing)
        };
        let (received, sent) = (framing(&self.framing), framing(&self.framing_sent));
        SessionFraming::new(received, sent, in_datagrams)
    }
}

impl DescribeOption {
    /// As it was written.
    pub fn written(&self) -> Option<String> {
        let path = self.describe.as_ref()?;
        Some(path.to_string_lossy().into_owned())
    }

    /// The name of a ready-made one, or the whole path of a file: a scenario may be played in
    /// another folder, and by another user.
    pub fn whole_path(&self) -> Option<String> {
        let path = self.describe.as_ref()?;
        let is_ready = path
            .to_str()
            .is_some_and(|name| ReadyMade::named(name).is_some());
        match std::path::absolute(located(path)) {
            Ok(whole) if !is_ready => Some(whole.to_string_lossy().into_owned()),
            _ => self.written(),
        }
    }

    /// The description, by its name or from its file.
    ///
    /// # Errors
    /// Why it cannot be used, as text without the name of the program.
    pub fn schema(&self, lang: Lang) -> Result<Option<Schema>, String> {
        let path = self.describe.as_ref();
        path.map(|path| described(path, lang)).transpose()
    }

    /// The description, by its name or from its file; `framing` is that of the messages.
    ///
    /// # Errors
    /// Why it cannot be used, as text.
    pub fn fields(
        &self,
        framing: SessionFraming,
        lang: Lang,
    ) -> Result<Option<CaptureFields>, String> {
        let Some(path) = &self.describe else {
            return Ok(None);
        };
        let schema = schema(path, lang)?;
        Ok(Some(CaptureFields {
            described: Arc::new(MessageSchema { schema, framing }),
            describe: Arc::new(move |fault| explain::field_fault(lang, fault)),
        }))
    }
}
