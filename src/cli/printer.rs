//! Prints rows on the standard output.

use super::failures::{Failures, Unprinted};
use super::output::{self, PrintOutcome};
use super::{blocking_io, diagnostics};
use crate::capture::{
    CaptureContext, CaptureFields, CaptureFormat, CaptureWriter, Carrier, KnownSession,
};
use crate::engine::Interfaces;
use crate::explain::describe;
use crate::traffic::framing::SessionFraming;
use crate::traffic::stream_text::StreamTextReader;
use crate::traffic::{Body, Cause, Chunk, Failure, LossPlace, Notice, Record, Upstreams};
use crate::words::Lang;
use jiff::tz::TimeZone;
use std::io::{self, IsTerminal as _};

/// Prints rows in the format of exports, and failures with advice on the standard error.
pub struct Printer {
    writer: CaptureWriter<Box<dyn io::Write>>,
    /// Only notices are printed, on the standard error; failures once.
    quiet: bool,
    lang: Lang,
    /// Whether both outputs are the same terminal, so that a failure is not also printed as a row.
    one_screen: bool,
    row: u64,
    failures: Failures,
    state: PrinterState,
}

/// The reader of payloads: as text, and into fields.
#[derive(Clone, Default)]
pub struct RowReader {
    pub text: StreamTextReader,
    pub fields: Option<CaptureFields>,
    /// How streams are cut into messages, where these are printed instead of reads.
    pub framing: SessionFraming,
}

/// The state of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrinterState {
    Writing,
    /// The reader of the output has gone.
    Gone,
    /// The output cannot be written, for another reason.
    Failed,
}

impl Printer {
    /// A printer to the standard output.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn new(json: bool, is_stream: bool, reader: RowReader, lang: Lang) -> io::Result<Self> {
        let format = if json {
            CaptureFormat::JsonLines
        } else {
            CaptureFormat::Classic
        };
        let one_screen = !json && io::stdout().is_terminal() && io::stderr().is_terminal();
        let out: Box<dyn io::Write> = Box::new(blocking_io::BlockingWriter(io::stdout().lock()));
        let context = capture_context(is_stream, reader, lang);
        Ok(Self {
            writer: CaptureWriter::new(format, context, out)?,
            quiet: false,
            lang,
            one_screen,
            row: 0,
            failures: Failures::default(),
            state: PrinterState::Writing,
        })
    }

    /// A printer that omits received and sent rows, and prints notices on the standard error.
    ///
    /// # Errors
    /// The standard error cannot be written.
    pub fn quiet(is_stream: bool, reader: RowReader, lang: Lang) -> io::Result<Self> {
        let out: Box<dyn io::Write> = Box::new(blocking_io::BlockingWriter(io::stderr()));
        let context = capture_context(is_stream, reader, lang);
        Ok(Self {
            writer: CaptureWriter::new(CaptureFormat::Classic, context, out)?,
            quiet: true,
            lang,
            one_screen: true,
            row: 0,
            failures: Failures::default(),
            state: PrinterState::Writing,
        })
    }

    /// Prints the rows of a chunk, at most `received` of the received ones.
    pub fn chunk(&mut self, chunk: &Chunk, received: u64) {
        if self.quiet && chunk.notices().is_empty() {
            self.row += chunk.len() as u64;
            return;
        }
        let mut left = received;
        for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
            if self.quiet && !matches!(record.body, Body::Notice(_)) {
                self.row += 1;
                continue;
            }
            if matches!(record.body, Body::Received { .. }) {
                if left == 0 {
                    self.writer.pass_over(&record);
                    continue;
                }
                left -= 1;
            }
            self.record(&record);
        }
    }

    /// Prints only the received rows.
    pub fn received(&mut self, chunk: &Chunk) {
        let records = (0..chunk.len()).filter_map(|at| chunk.get(at));
        for record in records {
            match record.body {
                Body::Received { .. } => self.record(&record),
                _ => self.writer.pass_over(&record),
            }
        }
        self.flush();
    }

    /// Prints a row of a capture file. Its failures are not repeated on the standard error.
    pub fn recorded(&mut self, record: &Record<'_>, carrier: Option<Carrier>) {
        if self.state == PrinterState::Writing {
            let written = self.writer.write_carried(self.row, record, carrier);
            self.keep(written);
        }
        self.row += 1;
    }

    /// Skips a row of a capture file; later rows may depend on it.
    pub fn pass_over(&mut self, record: &Record<'_>, carrier: Option<Carrier>) {
        self.writer.pass_over_carried(record, carrier);
        self.row += 1;
    }

    /// Flushes the output.
    pub fn flush(&mut self) {
        if self.state == PrinterState::Writing {
            let flushed = self.writer.flush();
            self.keep(flushed);
        }
    }

    /// Flushes the output, and prints the counts of suppressed failures.
    pub fn end(&mut self) {
        if self.state == PrinterState::Writing {
            let ended = self.writer.end();
            self.keep(ended);
        }
        self.flush();
        self.report_unprinted(self.failures.unprinted());
    }

    pub fn state(&self) -> PrinterState {
        self.state
    }

    fn record(&mut self, record: &Record<'_>) {
        let failure = match record.body {
            Body::Notice(Notice::Failed(failure)) => Some(failure),
            _ => None,
        };
        let message = failure.and_then(|failure| {
            let unprinted = self.failures.add(failure, record.time)?;
            Some((failure, unprinted))
        });
        let is_reported = match self.quiet {
            true => failure.is_some(),
            false => self.one_screen && message.is_some(),
        };
        if self.state == PrinterState::Writing && !is_reported {
            let written = self.writer.write(self.row, record);
            self.keep(written);
        }
        self.row += 1;
        if let Some((failure, unprinted)) = message {
            self.flush();
            self.report_unprinted(unprinted);
            match self.quiet {
                // Nothing is here, or above.
                true => diagnostics::failure(self.lang, &without_place(failure)),
                false => diagnostics::failure(self.lang, failure),
            }
        }
    }

    fn report_unprinted(&self, unprinted: Unprinted) {
        for line in unprinted.lines(self.lang) {
            diagnostics::print_line(&line);
        }
    }

    fn keep(&mut self, written: io::Result<()>) {
        // A failure of the standard error cannot be reported.
        if self.quiet {
            return;
        }
        self.state = match output::judge(written, self.lang) {
            PrintOutcome::Whole => return,
            PrintOutcome::Unread => PrinterState::Gone,
            PrintOutcome::Failed => PrinterState::Failed,
        };
    }
}

/// The initial state of the writer, before the first row.
pub fn capture_context(is_stream: bool, reader: RowReader, lang: Lang) -> CaptureContext {
    CaptureContext {
        local: None,
        is_stream,
        upstreams: Upstreams::default(),
        zone: TimeZone::system(),
        describe: describe(lang, Interfaces::read()),
        reader: reader.text,
        fields: reader.fields,
        session: KnownSession {
            framing: reader.framing,
            ..KnownSession::default()
        },
        before: 0,
    }
}

/// The failure without its position in the log.
fn without_place(failure: &Failure) -> Failure {
    let mut failure = failure.clone();
    if let Cause::Dropped { place, .. } = &mut failure.cause {
        *place = LossPlace::Hidden;
    }
    failure
}
