//! The framings of a tab: of streams and of datagrams, and of each direction. They are apart, so that
//! a tab whose kind of session changes does not frame datagrams as the stream before was.

use super::{FramingDraft, FramingFault, ReceiveDraft};
use crate::kind::SessionKind;
use crate::traffic::framing::{Framing, FramingMistake, SessionFraming};

impl ReceiveDraft {
    /// The drafts of received and of sent messages, of streams or of datagrams.
    pub fn framing_drafts(&mut self, is_stream: bool) -> (&mut FramingDraft, &mut FramingDraft) {
        match is_stream {
            true => (&mut self.framing, &mut self.framing_sent),
            false => (&mut self.datagram_framing, &mut self.datagram_framing_sent),
        }
    }

    /// The chosen framings of received and of sent messages; the second is `None` if it is the same.
    /// One that is invalid is none.
    pub fn framings(&self, is_stream: bool) -> (Option<Framing>, Option<Framing>) {
        let (received, sent) = self.written_framings(is_stream);
        let valid = |draft: &FramingDraft| draft.framing_in(!is_stream).ok().flatten();
        (valid(received), valid(sent))
    }

    /// The framing of a session of streams or of datagrams, as far as it is valid.
    pub fn session_framing(&self, is_stream: bool) -> SessionFraming {
        let (received, sent) = self.framings(is_stream);
        SessionFraming::new(received, sent, !is_stream)
    }

    /// The framing of a session of this kind, of streams or of datagrams, as far as it is valid.
    pub fn framing_of(&self, kind: SessionKind, is_stream: bool) -> SessionFraming {
        self.session_framing(is_stream).in_kind(kind)
    }

    /// The framing of a session of streams or of datagrams.
    ///
    /// # Errors
    /// The first of its framings that is invalid.
    pub fn checked_framing(&self, is_stream: bool) -> Result<SessionFraming, FramingFault> {
        let (received, sent) = self.written_framings(is_stream);
        let (received, sent) = (
            received.framing_in(!is_stream)?,
            sent.framing_in(!is_stream)?,
        );
        Ok(SessionFraming::new(received, sent, !is_stream))
    }

    fn written_framings(&self, is_stream: bool) -> (&FramingDraft, &FramingDraft) {
        match is_stream {
            true => (&self.framing, &self.framing_sent),
            false => (&self.datagram_framing, &self.datagram_framing_sent),
        }
    }

    /// Takes over all framings of another tab.
    pub fn copy_framing(&mut self, other: &Self) {
        self.framing = other.framing.clone();
        self.framing_sent = other.framing_sent.clone();
        self.datagram_framing = other.datagram_framing.clone();
        self.datagram_framing_sent = other.datagram_framing_sent.clone();
    }
}

impl FramingDraft {
    /// The chosen framing, if any, for streams or for datagrams.
    ///
    /// # Errors
    /// The chosen framing is invalid there.
    pub fn framing_in(&self, in_datagrams: bool) -> Result<Option<Framing>, FramingFault> {
        let framing = self.framing()?;
        let checked: Result<(), FramingMistake> = match &framing {
            Some(framing) => framing.check_in(in_datagrams),
            None => Ok(()),
        };
        checked.map_err(FramingFault::Framing)?;
        Ok(framing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tab::FramingMethod;

    #[test]
    fn streams_and_datagrams_have_framings_of_their_own() {
        let mut draft = ReceiveDraft::default();
        draft.framing.method = FramingMethod::Lines;
        let streams = SessionFraming::from(Framing::Lines);
        assert_eq!(draft.session_framing(true), streams);
        let datagrams = draft.session_framing(false);
        assert!(datagrams.is_none() && datagrams.in_datagrams);
        let (received, sent) = draft.framing_drafts(false);
        (received.method, sent.method) = (FramingMethod::Nmea, FramingMethod::At);
        let expected = SessionFraming::new(Some(Framing::Nmea), Some(Framing::At), true);
        assert_eq!(draft.session_framing(false), expected);
    }

    #[test]
    fn datagrams_have_no_idle_gap() {
        let mut draft = ReceiveDraft::default();
        draft.datagram_framing.method = FramingMethod::IdleGap;
        let mistake = FramingFault::Framing(FramingMistake::GapInDatagrams);
        assert_eq!(draft.checked_framing(false), Err(mistake));
        assert!(draft.session_framing(false).is_none());
        draft.framing.method = FramingMethod::IdleGap;
        assert!(draft.checked_framing(true).is_ok());
    }

    #[test]
    fn settings_of_before_load_unchanged() {
        let text = "(framing: (way: Fixed, length: 9))";
        let draft: ReceiveDraft = ron::from_str(text).unwrap();
        let framing = SessionFraming::from(Framing::Fixed(9));
        assert_eq!(draft.session_framing(true), framing);
        assert!(draft.session_framing(false).is_none());
    }
}
