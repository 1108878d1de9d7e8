//! `--file`: the file that is sent instead of typed lines.

use super::Terminal;
use crate::cli::diagnostics;
use crate::cli::input_options::InputOptions;
use crate::engine::{self, FileProgress, FileRequest, SenderCommand, Target};
use crate::t;
use crate::traffic::{Cause, Failure, Notice, Operation};
use crate::words::{Lang, byte_count, grouped};
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;

/// The file and the progress of its transfer.
#[derive(Debug)]
pub struct InputFile {
    path: Arc<Path>,
    /// The size of the file when it was opened, in bytes.
    length: u64,
    /// The bytes of a datagram or of a write.
    block: usize,
    /// The maximum rate in bytes a second.
    rate: Option<u64>,
    state: TransferState,
    /// The bytes that the kernel has accepted for every receiver, as last reported.
    sent: u64,
    /// The second of the transfer that was last reported.
    reported: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TransferState {
    /// No peer is connected yet.
    Waiting,
    InProgress,
    /// The transfer has ended; parts may have been refused.
    Sent,
    GivenUp,
}

/// An incomplete transfer, and the part that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    pub sent: u64,
    pub total: u64,
}

impl InputFile {
    /// The file of the options, if any.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn of(source: &InputOptions, is_stream: bool) -> Result<Option<Self>, Failure> {
        let Some(path) = &source.file else {
            return Ok(None);
        };
        let failed = |cause| Failure {
            operation: Operation::SendFile,
            address: path.display().to_string(),
            cause,
        };
        let file = engine::open_file(path).map_err(failed)?;
        let known = file.metadata().map_err(|error| {
            let code = error.raw_os_error().unwrap_or_default();
            failed(Cause::System { code })
        })?;
        Ok(Some(Self {
            path: path.as_path().into(),
            length: known.len(),
            block: source.block(is_stream),
            rate: source.file_rate.map(|rate| rate.0),
            state: TransferState::Waiting,
            sent: 0,
            reported: 0,
        }))
    }

    /// The order to send the file, once.
    fn begin(&mut self, to: Target) -> Option<FileRequest> {
        if self.state != TransferState::Waiting {
            return None;
        }
        self.state = TransferState::InProgress;
        Some(FileRequest {
            to,
            path: Arc::clone(&self.path),
            block: self.block,
            rate: self.rate,
            replay: None,
        })
    }

    /// Follows the transfer by its notices.
    pub fn observe(&mut self, notice: &Notice) {
        match notice {
            Notice::FileSent { bytes, .. } => {
                (self.sent, self.state) = (*bytes, TransferState::Sent)
            }
            Notice::FileCancelled { bytes, .. } => {
                (self.sent, self.state) = (*bytes, TransferState::GivenUp);
            }
            Notice::Failed(failure) if failure.operation == Operation::SendFile => {
                self.state = TransferState::GivenUp;
            }
            _ => {}
        }
    }

    /// Prints the progress once a second, if the standard error is a terminal.
    pub fn report(&mut self, progress: &FileProgress, lang: Lang) {
        if self.state != TransferState::InProgress {
            return;
        }
        self.sent = progress.sent;
        let second = progress.elapsed.as_secs();
        if second > self.reported && io::stderr().is_terminal() {
            self.reported = second;
            diagnostics::print_line(&self.progress(progress.elapsed.as_secs_f64(), lang));
        }
    }

    fn progress(&self, seconds: f64, lang: Lang) -> String {
        // Avoids a division by 0. An empty file is sent before a report.
        let percent = self.sent.saturating_mul(100) / self.length.max(1);
        let (sent, length) = (grouped(self.sent), grouped(self.length));
        let rate = byte_count(self.sent as f64 / seconds);
        t!(
            lang,
            "cli.file_progress",
            sent = sent,
            length = length,
            percent = percent,
            rate = rate
        )
    }

    /// Whether the transfer has ended.
    pub fn is_over(&self) -> bool {
        matches!(self.state, TransferState::Sent | TransferState::GivenUp)
    }

    /// The bytes sent, of those of the file, if the transfer is incomplete.
    pub fn unfinished(&self) -> Option<Unfinished> {
        let is_whole = self.state == TransferState::Sent && self.sent >= self.length;
        (!is_whole).then_some(Unfinished {
            sent: self.sent,
            total: self.length,
        })
    }
}

impl Terminal {
    /// Starts the transfer, after the first message.
    pub(super) fn send_file(&mut self) {
        let may = self.first.is_none() && !self.running.is_stopping();
        let Some(to) = self.target().filter(|_| may) else {
            return;
        };
        let order = self.file.as_mut().and_then(|file| file.begin(to.clone()));
        if let Some(order) = order {
            self.look_once(&to);
            self.running.command(SenderCommand::SendFile(order));
        }
    }

    /// Whether a part of a file is still to be sent.
    pub(super) fn sends_file(&self) -> bool {
        self.file.as_ref().is_some_and(|file| !file.is_over())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn file() -> InputFile {
        InputFile {
            path: Path::new("a").into(),
            length: 4_000_000,
            block: 1_400,
            rate: None,
            state: TransferState::Waiting,
            sent: 0,
            reported: 0,
        }
    }

    fn unfinished(sent: u64) -> Option<Unfinished> {
        let total = 4_000_000;
        Some(Unfinished { sent, total })
    }

    #[test]
    fn a_file_is_whole_when_the_kernel_took_all_of_it() {
        let sent = |bytes| Notice::FileSent {
            path: "a".into(),
            bytes,
            blocks: 1,
            millis: 1,
            refused: 0,
        };
        let mut file = file();
        assert_eq!(file.unfinished(), unfinished(0));
        assert!(file.begin(Target::All).is_some() && file.begin(Target::All).is_none());
        // Some datagrams were refused.
        file.observe(&sent(3_999_999));
        assert!(file.is_over());
        assert_eq!(file.unfinished(), unfinished(3_999_999));
        file.observe(&sent(4_000_000));
        assert_eq!(file.unfinished(), None);
    }

    #[test]
    fn what_was_sent_of_a_file_that_was_given_up_is_known() {
        let mut file = file();
        file.begin(Target::All);
        file.report(
            &FileProgress {
                path: Path::new("a").into(),
                sent: 2_000_000,
                length: 4_000_000,
                blocks: 1,
                elapsed: Duration::from_millis(500),
            },
            Lang::English,
        );
        assert_eq!(
            file.progress(0.5, Lang::English),
            "Sent 2,000,000 of 4,000,000 bytes (50 %), 4.0 MB/s"
        );
        file.observe(&Notice::Failed(Failure {
            operation: Operation::SendFile,
            address: "a".into(),
            cause: Cause::NotConnected,
        }));
        assert!(file.is_over());
        assert_eq!(file.unfinished(), unfinished(2_000_000));
    }
}
