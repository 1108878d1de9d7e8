//! `netpeer show`: prints the rows of a capture file.

use super::input::RecordedInput;
use super::report::ReadFile;
use super::selection::{RecordFilter, RowSelection};
use crate::capture::{Carrier, import};
use crate::cli::printer::{Printer, PrinterState};
use crate::cli::{CommandOutcome, diagnostics, totals, values};
use crate::t;
use crate::traffic::{Record, Totals};
use crate::words::{Lang, grouped};
use clap::Args;
use std::cell::RefCell;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// The options of `netpeer show`.
#[derive(Debug, Args)]
pub struct ShowOptions {
    #[arg(value_name = "FILE", value_parser = values::path())]
    file: PathBuf,
    #[arg(long)]
    json: bool,
    #[arg(long, value_name = "N", value_parser = values::number(1, u64::MAX))]
    count: Option<u64>,
    #[arg(long)]
    totals: bool,
    #[command(flatten)]
    selection: RowSelection,
}

/// Runs `netpeer show`. Exit status: 0 if the selected rows were printed or the reader of the
/// output has gone; 1 if the file is damaged, or the output or the totals cannot be written; 2 if it
/// is not a capture file.
pub fn show(options: &ShowOptions, lang: Lang) -> CommandOutcome {
    options.run(lang).unwrap_or_else(diagnostics::unusable)
}

impl ShowOptions {
    fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let input = RecordedInput::open(&self.file, lang)?;
        let reader = self.selection.row_reader(lang)?;
        let sieve = self.selection.sieve(&input, reader.fields.as_ref(), lang)?;
        let printer = Printer::new(self.json, false, reader, lang);
        let all = self.count.unwrap_or(u64::MAX);
        let printing = RefCell::new(Printing {
            printer: printer.map_err(|error| diagnostics::of_output(lang, &error))?,
            sieve,
            left: all,
            totals: Totals::default(),
            rows: 0,
        });
        let hand_on = || printing.borrow_mut().hand_on();
        let result = import::open(input.bytes(&hand_on)).and_then(|opened| {
            opened.read(&mut |record, carrier| printing.borrow_mut().take(&record, carrier))
        });
        let Printing {
            mut printer,
            totals,
            left,
            rows,
            ..
        } = printing.into_inner();
        printer.end();
        match printer.state() {
            PrinterState::Writing => {}
            PrinterState::Gone => return Ok(CommandOutcome::Passed),
            PrinterState::Failed => return Ok(CommandOutcome::Failed),
        }
        let path = &self.file;
        let reading = ReadFile { path, result, rows };
        let is_none = reading.is_none();
        let outcome = reading.report(self.totals, lang);
        if let Some(filter) = self.selection.filter_text()
            && left == all
            && !is_none
        {
            let count = grouped(rows);
            diagnostics::print_line(&t!(
                lang,
                "recorded.none_passes",
                filter = filter,
                count = count
            ));
        }
        if self.totals && !is_none {
            let words = totals::words(lang, &totals, true);
            return Ok(match diagnostics::print_asked_line(&words) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => CommandOutcome::Failed,
                _ => outcome,
            });
        }
        Ok(outcome)
    }
}

/// The printer of the selected rows.
struct Printing {
    printer: Printer,
    sieve: Option<RecordFilter>,
    /// The number of rows that may still be printed.
    left: u64,
    /// The totals of the printed rows.
    totals: Totals,
    /// The number of rows read.
    rows: u64,
}

impl Printing {
    fn take(&mut self, record: &Record<'_>, carrier: Option<Carrier>) -> ControlFlow<()> {
        if self.left == 0 {
            return ControlFlow::Break(());
        }
        self.rows += 1;
        let sieve = self.sieve.as_mut();
        if !sieve.is_none_or(|sieve| sieve.lets_through(record, carrier)) {
            self.printer.pass_over(record, carrier);
            return ControlFlow::Continue(());
        }
        self.printer.recorded(record, carrier);
        self.totals.add(record);
        self.left -= 1;
        match self.left > 0 && self.printer.state() == PrinterState::Writing {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }

    /// Prints the rows so far.
    ///
    /// # Errors
    /// The output is closed or failed.
    fn hand_on(&mut self) -> io::Result<()> {
        self.printer.flush();
        match self.printer.state() {
            PrinterState::Writing => Ok(()),
            PrinterState::Gone | PrinterState::Failed => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}
