//! What was read of a file.

use super::CaptureFormat;
use crate::peer::Peer;
use crate::traffic::Other;

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// What the file turned out to be.
    pub format: CaptureFormat,
    /// Records delivered.
    pub records: u64,
    /// Packets that are no record, by reason.
    pub skipped: Vec<(Other, u64)>,
    /// TCP segments that carry nothing and tell nothing new: acknowledgements.
    pub bare: u64,
    /// Our own address, as far as the packets tell: what to export the records with
    /// again.
    pub local: Option<Peer>,
    /// Whether there were TCP segments.
    pub tcp: bool,
}

/// Reasons told apart for packets that are no record.
pub(super) const REASONS: usize = 32;

impl ImportSummary {
    pub(super) fn new(format: CaptureFormat) -> Self {
        Self {
            format,
            records: 0,
            skipped: Vec::new(),
            bare: 0,
            local: None,
            tcp: false,
        }
    }

    pub(super) fn skip(&mut self, other: Other, count: u64) {
        let full = self.skipped.len() == REASONS;
        // A capture of so many protocols is damaged: the last stands for the rest.
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
