//! The output at the start of a session, and its recording.

use crate::capture::CaptureFormat;
use crate::capture::recorder;
use crate::cli::options::SessionOptions;
use crate::cli::printer::RowReader;
use crate::cli::remarks::remark;
use crate::cli::{diagnostics, impairment, output};
use crate::config::SessionConfig;
use crate::engine::Interfaces;
use crate::explain::describe;
use crate::t;
use crate::traffic::framing::SessionFraming;
use crate::words::Lang;
use std::path::Path;
use std::sync::Arc;

/// Prints that the network is simulated, and the remarks about rules and impairments.
pub(super) fn announce(config: &SessionConfig, lang: Lang) {
    if let Some(conditions) = &config.conditions {
        impairment::announce(config.place(), conditions, lang);
    }
    remark(config, lang);
}

/// The order to record, if requested.
///
/// # Errors
/// Why recording is not possible, as text.
pub(super) fn recording(
    session_options: &SessionOptions,
    (reader, framing): (&RowReader, SessionFraming),
    lang: Lang,
) -> Result<Option<recorder::RecordingRequest>, String> {
    let Some(path) = session_options.record.as_deref() else {
        return Ok(None);
    };
    let to_output = session_options.records_to_output();
    if to_output && session_options.json {
        return Err(t!(lang, "cli.record_stdout"));
    }
    let waits = !to_output && recorder::is_pipe(path);
    let by_name = || CaptureFormat::to_record(&path.extension()?.to_str()?.to_ascii_lowercase());
    let of_pipes = (to_output || waits).then_some(CaptureFormat::Pcapng);
    let format = session_options.record_format.or_else(by_name).or(of_pipes);
    let format = format.ok_or_else(|| t!(lang, "cli.record_format"))?;
    if waits {
        diagnostics::print_line(&t!(lang, "cli.record_waits", path = path.display()));
    }
    let of_system = |error| diagnostics::not_begun(lang, &error);
    let open = to_output
        .then(output::file)
        .transpose()
        .map_err(of_system)?;
    let path = if to_output { Path::new("stdout") } else { path };
    Ok(Some(recorder::RecordingRequest {
        path: path.into(),
        open: open.map(Arc::new),
        format,
        full: None,
        describe: describe(lang, Interfaces::read()),
        reader: reader.text.clone(),
        fields: reader.fields.clone(),
        framing,
    }))
}
