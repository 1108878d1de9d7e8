//! `--describe`: the description that reads messages into fields.

use super::values;
use crate::capture::CaptureFields;
use crate::config::{DescriptionProblem, FramingChoice, FramingWord, description};
use crate::explain;
use crate::payload::printable;
use crate::schema::{ReadyMade, Schema};
use crate::settings;
use crate::settings::descriptions::DescriptionFolder;
use crate::traffic::MessageSchema;
use crate::traffic::framing::SessionFraming;
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
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing_choice, requires = "describe", help_heading = "output")]
    framing: Option<FramingChoice>,
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing, requires = "describe", help_heading = "output")]
    framing_sent: Option<FramingWord>,
}

/// The same, for captures: messages are written without a description, too.
#[derive(Clone, Debug, Default, Args)]
pub struct RecordedFraming {
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing_choice, help_heading = "output")]
    framing: Option<FramingChoice>,
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing, help_heading = "output")]
    framing_sent: Option<FramingWord>,
}

impl RecordedFraming {
    /// The framing of streams, and the description by which their messages are read. A capture has
    /// datagrams, too, which are messages.
    ///
    /// # Errors
    /// As [`ReadFraming::fields`].
    pub fn fields(&self, describe: &DescribeOption, lang: Lang) -> Result<FramedFields, String> {
        let Self {
            framing,
            framing_sent,
        } = self.clone();
        let read = ReadFraming {
            framing,
            framing_sent,
        };
        read.fields(describe, false, lang)
    }
}

/// A framing, and the description by which messages are read.
pub struct FramedFields {
    pub framing: SessionFraming,
    pub fields: Option<CaptureFields>,
}

impl ReadFraming {
    /// The framing of streams, or of datagrams, and the description by which messages are read.
    ///
    /// # Errors
    /// Why the description cannot be used, as text.
    pub fn fields(
        &self,
        describe: &DescribeOption,
        in_datagrams: bool,
        lang: Lang,
    ) -> Result<FramedFields, String> {
        let path = describe.describe.as_ref();
        let schema = path.map(|path| schema(path, lang)).transpose()?;
        let framing = self.framing(schema.as_ref(), in_datagrams);
        let fields = schema.map(|schema| capture_fields(schema, framing.clone(), lang));
        Ok(FramedFields { framing, fields })
    }

    /// The framing that was chosen; otherwise that of the description, which datagrams never have.
    fn framing(&self, described: Option<&Schema>, in_datagrams: bool) -> SessionFraming {
        let received = match &self.framing {
            Some(FramingChoice(chosen)) => chosen.clone(),
            None if in_datagrams => None,
            None => described.and_then(description::framing),
        };
        let sent = self.framing_sent.clone();
        let sent = sent.map(|FramingWord(framing)| framing);
        SessionFraming::new(received, sent, in_datagrams)
    }
}

/// The description of messages that are framed like this, with the words for its faults.
fn capture_fields(schema: Schema, framing: SessionFraming, lang: Lang) -> CaptureFields {
    CaptureFields {
        described: Arc::new(MessageSchema { schema, framing }),
        describe: Arc::new(move |fault| explain::field_fault(lang, fault)),
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
        Ok(Some(capture_fields(schema, framing, lang)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::framing::Framing;

    #[test]
    fn a_stream_is_framed_as_chosen_otherwise_as_described() {
        let schema = ReadyMade::named("modbus_tcp").unwrap().schema().unwrap();
        let (lines, none) = (Some(Framing::Lines), None);
        let of = |framing: Option<&Option<Framing>>, described, in_datagrams| {
            let chosen = ReadFraming {
                framing: framing.cloned().map(FramingChoice),
                framing_sent: None,
            };
            let SessionFraming { received, sent, .. } = chosen.framing(described, in_datagrams);
            assert_eq!(received, sent);
            received
        };
        assert_eq!(of(None, Some(&schema), false), Some(Framing::mbap()));
        assert_eq!(of(Some(&lines), Some(&schema), false), lines);
        assert_eq!(of(Some(&none), Some(&schema), false), None);
        assert_eq!(of(Some(&lines), None, false), lines);
        assert_eq!(of(None, None, false), None);
        // The framing of a description is that of streams.
        assert_eq!(of(None, Some(&schema), true), None);
        assert_eq!(of(Some(&lines), Some(&schema), true), lines);
    }
}
