//! `netpeer convert`: writes the rows of a capture file in another format.

use super::conversion::{Conversion, Converted};
use super::input::{RecordedInput, input_name, is_standard};
use super::output::{ConversionOutput, is_same_file, output_name, unwritten};
use super::report::ReadFile;
use super::selection::RowSelection;
use crate::capture::{CaptureContext, CaptureFormat, CaptureWriter, Lost, import};
use crate::cli::printer::capture_context;
use crate::cli::{CommandOutcome, diagnostics, values};
use crate::disk::Existing;
use crate::payload::printable;
use crate::signals::{self, Requests};
use crate::t;
use crate::words::{Lang, grouped, listed};
use clap::Args;
use std::cell::RefCell;
use std::io::{self, ErrorKind, IsTerminal as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// The options of `netpeer convert`.
#[derive(Debug, Args)]
pub struct ConvertOptions {
    #[arg(value_name = "IN", value_parser = values::path())]
    input: PathBuf,
    #[arg(value_name = "OUT", value_parser = values::path())]
    output: PathBuf,
    #[arg(long, value_name = "FORMAT", value_parser = values::formats(values::read_format))]
    from: Option<CaptureFormat>,
    #[arg(long, value_name = "FORMAT", value_parser = values::formats(values::written_format))]
    to: Option<CaptureFormat>,
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    selection: RowSelection,
}

/// Runs `netpeer convert`. Exit status: 0 if all selected rows were written; 1 if the input is
/// damaged, after writing the rows before the damage, if the output cannot be written, or if the
/// user ended it; 2 if it could not start.
pub fn convert(options: &ConvertOptions, lang: Lang) -> CommandOutcome {
    options.run(lang).unwrap_or_else(diagnostics::unusable)
}

impl ConvertOptions {
    fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let format = self.format(lang)?;
        let is_stream = is_standard(&self.output);
        if is_same_file(&self.input, &self.output) {
            let path = printable::path(&self.output);
            return Err(t!(lang, "recorded.same", path = path));
        }
        if is_stream && !format.is_lines() && io::stdout().is_terminal() {
            let format = format.extension();
            return Err(t!(lang, "recorded.binary", format = format));
        }
        let input = RecordedInput::open(&self.input, lang)?;
        // Kept until the end: a second signal ends the process at once. Input from a pipe ends with
        // its writer, which Ctrl+C reaches too, so the first signal is ignored then.
        let requests = self.requests(lang)?;
        let asked = match input.waits() {
            true => crossbeam_channel::never(),
            false => requests.asked().clone(),
        };
        let reader = self.selection.row_reader(lang)?;
        let sieve = self.selection.sieve(&input, reader.fields.as_ref(), lang)?;
        let begun = RefCell::new(None::<Conversion>);
        let hand_on = || match &mut *begun.borrow_mut() {
            Some(conversion) => conversion.hand_on(),
            None => Ok(()),
        };
        let opened = match import::open(input.bytes(&hand_on)) {
            Ok(opened) => opened,
            Err(error) => return Ok(self.reading(Err(error), 0).report(true, lang)),
        };
        self.check(opened.format(), lang)?;
        let existing = match self.force {
            true => Existing::Replace,
            false => Existing::Keep,
        };
        let output = ConversionOutput::create(&self.output, existing);
        let output = output.map_err(|error| unwritten(&self.output, &error, lang))?;
        let context = CaptureContext {
            session: self.selection.session(reader.framing.clone()),
            ..capture_context(false, reader, lang)
        };
        let writer = match CaptureWriter::new(format, context, output) {
            Ok(writer) => writer,
            Err(error) => return Ok(self.failed(&error, lang)),
        };
        *begun.borrow_mut() = Some(Conversion::new(format, writer, sieve, asked));
        let result = opened.read(&mut |record, carrier| match &mut *begun.borrow_mut() {
            Some(conversion) => conversion.take(&record, carrier),
            None => ControlFlow::Break(()),
        });
        let Some(conversion) = begun.into_inner() else {
            return Ok(CommandOutcome::Failed);
        };
        if conversion.is_interrupted() {
            diagnostics::print_line(&t!(lang, "recorded.ended"));
            return Ok(CommandOutcome::Failed);
        }
        let reading = self.reading(result, conversion.rows());
        // ReadFile may have stopped because a write failed.
        if reading.is_none() && !conversion.has_failed() {
            return Ok(reading.report(true, lang));
        }
        match conversion.finish() {
            Ok(converted) => self.report(&converted, format, lang),
            Err(error) => return Ok(self.failed(&error, lang)),
        }
        Ok(reading.report(true, lang))
    }

    /// The format of the output: the option's, or that of the extension.
    fn format(&self, lang: Lang) -> Result<CaptureFormat, String> {
        let by_name = || {
            let extension = self.output.extension()?.to_str()?;
            CaptureFormat::to_write(&extension.to_ascii_lowercase())
        };
        self.to.or_else(by_name).ok_or_else(|| {
            let known: Vec<&str> = CaptureFormat::written()
                .map(CaptureFormat::extension)
                .collect();
            let (path, known) = (printable::path(&self.output), known.join(", ."));
            t!(lang, "recorded.no_format", path = path, known = known)
        })
    }

    /// Refuses an input whose format differs from the option's.
    fn check(&self, found: CaptureFormat, lang: Lang) -> Result<(), String> {
        match self.from {
            Some(asked) if asked != found => Err(t!(
                lang,
                "recorded.other_format",
                path = printable::line(input_name(&self.input, lang).as_bytes()),
                found = found.extension(),
                asked = asked.extension()
            )),
            _ => Ok(()),
        }
    }

    /// Requests to end, so that no partial file is left. With the standard output there are none: a
    /// signal then ends the process.
    fn requests(&self, lang: Lang) -> Result<Requests, String> {
        match is_standard(&self.output) {
            true => Ok(Requests::never()),
            false => signals::requests(|| {}, || {}).map_err(|error| {
                diagnostics::not_started(lang, &t!(lang, "operation.convert"), &error)
            }),
        }
    }

    fn reading(
        &self,
        result: Result<import::ImportSummary, import::ImportError>,
        rows: u64,
    ) -> ReadFile<'_> {
        let path = &self.input;
        ReadFile { path, result, rows }
    }

    /// Prints how many rows were written, and the properties that the format cannot store.
    fn report(&self, converted: &Converted, format: CaptureFormat, lang: Lang) {
        let mut text = t!(
            lang,
            "recorded.converted",
            rows = grouped(converted.rows),
            path = output_name(&self.output, lang),
            bytes = grouped(converted.bytes)
        );
        let lost = converted.lost.iter();
        let lost: Vec<String> = lost
            .map(|(lost, count)| words(lang, format, *lost, *count))
            .collect();
        if !lost.is_empty() {
            let lost = listed(lang, &lost);
            text.push_str(&t!(lang, "recorded.not_kept", lost = lost));
        }
        diagnostics::print_line(&text);
    }

    /// Reports a failed write. A reader of the standard output that has gone is not a failure.
    fn failed(&self, error: &io::Error, lang: Lang) -> CommandOutcome {
        if is_standard(&self.output) && error.kind() == ErrorKind::BrokenPipe {
            return CommandOutcome::Passed;
        }
        diagnostics::print_line(&unwritten(&self.output, error, lang));
        CommandOutcome::Failed
    }
}

/// The message about lost information of `count` rows.
fn words(lang: Lang, format: CaptureFormat, lost: Lost, count: u64) -> String {
    let count = grouped(count);
    match lost {
        Lost::Row if format == CaptureFormat::Scenario => {
            t!(lang, "recorded.no_steps", count = count)
        }
        Lost::Row => t!(lang, "recorded.lost_rows", count = count),
        Lost::Micros => t!(lang, "recorded.lost_micros", count = count),
        Lost::Origin => t!(lang, "recorded.lost_origins", count = count),
        Lost::Truncation => t!(lang, "recorded.lost_truncations", count = count),
        Lost::Local => t!(lang, "recorded.lost_locals", count = count),
        Lost::Interface => t!(lang, "recorded.lost_interfaces", count = count),
        Lost::Fields => t!(lang, "recorded.lost_fields", count = count),
        Lost::KernelTime => t!(lang, "recorded.lost_kernel_times", count = count),
    }
}
