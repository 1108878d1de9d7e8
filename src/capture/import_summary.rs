//! The summary of an imported file.

use super::CaptureFormat;
use crate::peer::Peer;
use crate::traffic::SkipReason;

/// A summary of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// The detected format.
    pub format: CaptureFormat,
    /// The number of records delivered.
    pub records: u64,
    /// The packets or lines that are no record, by reason.
    pub skipped: Vec<(SkipReason, u64)>,
    /// TCP segments without data or new information: acknowledgements.
    pub bare: u64,
    /// Our own address, as far as the packets reveal it. An export of the records needs it.
    pub local: Option<Peer>,
    /// Whether there were TCP segments.
    pub is_stream: bool,
}

/// The maximum number of reasons distinguished.
pub(super) const REASONS: usize = 32;

impl ImportSummary {
    pub(super) fn new(format: CaptureFormat) -> Self {
        Self {
            format,
            records: 0,
            skipped: Vec::new(),
            bare: 0,
            local: None,
            is_stream: false,
        }
    }

    pub(super) fn skip(&mut self, other: SkipReason, count: u64) {
        let full = self.skipped.len() == REASONS;
        // A capture with more protocols is damaged: the last reason counts the rest.
        let last = self.skipped.len().wrapping_sub(1);
        let known = self.skipped.iter().position(|(known, _)| *known == other);
        match known
            .or(full.then_some(last))
            .and_then(|at| self.skipped.get_mut(at))
        {
            Some((_, known)) => *known += count,
            None => self.skipped.push((other, count)),
        }
    }
}
