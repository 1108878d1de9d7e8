//! `--describe`: the description that reads messages into fields.

use super::values;
use crate::capture::CaptureFields;
use crate::config::{description, ron_file};
use crate::explain;
use crate::payload::printable;
use crate::schema::{ReadyMade, Schema};
use crate::traffic::MessageSchema;
use crate::traffic::framing::Framing;
use crate::words::Lang;
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The option.
#[derive(Clone, Debug, Default, Args)]
pub struct DescribeOption {
    #[arg(long, value_name = "NAME|FILE", value_parser = values::path(), help_heading = "output")]
    describe: Option<PathBuf>,
}

impl DescribeOption {
    /// The description, read from its file or ready-made; `framing` is that of the streams.
    ///
    /// # Errors
    /// Why it cannot be used, as text.
    pub fn fields(
        &self,
        framing: Option<Framing>,
        lang: Lang,
    ) -> Result<Option<CaptureFields>, String> {
        let Some(path) = &self.describe else {
            return Ok(None);
        };
        let schema = read(path, lang)?;
        Ok(Some(CaptureFields {
            described: Arc::new(MessageSchema { schema, framing }),
            describe: Arc::new(move |fault| explain::field_fault(lang, fault)),
        }))
    }
}

fn read(path: &Path, lang: Lang) -> Result<Schema, String> {
    let ready = path.to_str().and_then(ReadyMade::named);
    let shown = printable::path(path);
    let wrong = |message: String| format!("netpeer: {shown}: {message}");
    if let Some(ready) = ready {
        return ready
            .schema()
            .map_err(|mistake| wrong(explain::schema_problem(lang, &mistake.problem)));
    }
    let text = ron_file::text(path).map_err(|error| wrong(explain::reason(lang, &error)))?;
    description::read(&text).map_err(|mistake| {
        let message = explain::file_mistake(lang, &mistake);
        format!("netpeer: {shown}:{message}")
    })
}
