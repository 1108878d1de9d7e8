//! Ends of lines that were tried one after the other: a text that nothing came back to, and one with
//! another end that was answered.

use super::line_end::{PATIENCE, is_text, line_end, name};
use crate::engine::endpoint::canonical;
use crate::engine::evidence::{Reply, Sample};
use crate::explain::doctor::diagnosis::Clue;
use crate::explain::doctor::peer::Target;

/// The most characters of a text that are shown.
const SHOWN: usize = 40;

/// A text without an answer, and a later line that was answered.
pub(super) struct Tried<'a> {
    unanswered: (&'a Sample, f64),
    answered: &'a Sample,
    theirs: &'static str,
}

impl<'a> Tried<'a> {
    /// `None` unless all lines that were answered have one end, and no other text has it.
    pub(super) fn of(target: &Target<'a>) -> Option<Self> {
        let session = target.session();
        let session = session.filter(|known| target.is_tcp && !known.is_server)?;
        let (sent, replies) = (&session.newest_sent, &session.replies);
        let is_its = |sample: &Sample| {
            canonical(sample.peer) == target.to && sample.is_whole() && is_text(&sample.bytes)
        };
        if sent.len() != replies.len() || !sent.iter().all(is_its) {
            return None;
        }
        let all = || sent.iter().zip(replies);
        let last = all().rposition(|(_, reply)| reply.came)?;
        let answered = sent.get(last)?;
        let theirs = line_end(&answered.bytes)?;
        // One that the next message followed at once may still have been answered.
        let is_silent = |reply: &Reply| !reply.came && reply.waited >= PATIENCE;
        let fits = |(sample, reply): (&Sample, &Reply)| {
            let is_same = line_end(&sample.bytes) == Some(theirs);
            match reply.came {
                true => is_same,
                false => !is_same || !is_silent(reply),
            }
        };
        if !all().all(fits) {
            return None;
        }
        let mut before = all().take(last);
        let (unanswered, reply) = before.rfind(|(_, reply)| is_silent(reply))?;
        Some(Self {
            unanswered: (unanswered, reply.waited),
            answered,
            theirs,
        })
    }

    /// The end of the text without an answer, if it has one.
    pub(super) fn ours(&self) -> Option<&'static str> {
        line_end(&self.unanswered.0.bytes)
    }

    /// The end of the line that was answered.
    pub(super) fn theirs(&self) -> &'static str {
        self.theirs
    }

    /// Both messages.
    pub(super) fn clues(&self) -> Vec<Clue> {
        let (unanswered, waited) = self.unanswered;
        let seconds = ("seconds", format!("{waited:.0}"));
        let text = ("text", shown(unanswered));
        let silent = match self.ours() {
            None => Clue::new("doctor.content.text_unanswered", [text, seconds]),
            Some(end) => {
                let end = ("end", name(end).to_owned());
                Clue::new("doctor.content.line_unanswered", [text, end, seconds])
            }
        };
        let text = ("text", shown(self.answered));
        let end = ("end", name(self.theirs).to_owned());
        let answered = Clue::new("doctor.content.line_answered", [text, end]);
        vec![silent, answered]
    }
}

/// The beginning of a text without its line end.
fn shown(sample: &Sample) -> String {
    let text = String::from_utf8_lossy(&sample.bytes);
    text.trim_end_matches(['\r', '\n'])
        .chars()
        .take(SHOWN)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::engine::evidence::{Evidence, Reply};
    use crate::explain::doctor::diagnosis::{Certainty, Outcome};
    use crate::explain::doctor::peer::tests::{found, tcp};
    use crate::explain::doctor::{Cure, Situation, content};

    /// A client whose messages were followed by something, or by nothing for some seconds.
    fn exchange(sent: &[(&[u8], bool)]) -> Evidence {
        let messages: Vec<&[u8]> = sent.iter().map(|(bytes, _)| *bytes).collect();
        let mut evidence = tcp(&messages, &[b"OK"]);
        let session = evidence.session.as_mut().unwrap();
        let reply = |(_, came): &(&[u8], bool)| Reply {
            came: *came,
            waited: if *came { 0.1 } else { 5.0 },
        };
        session.replies = sent.iter().map(reply).collect();
        evidence
    }

    #[test]
    fn a_line_that_is_answered_after_texts_that_were_not_shows_the_end_that_is_missing() {
        let expected = |situation| [(situation, Certainty::Likely)];
        for (first, situation) in [
            (&b"AT"[..], Situation::NoLineEnd),
            (b"AT\n", Situation::OtherLineEnd),
        ] {
            let evidence = exchange(&[(b"AT", false), (first, false), (b"AT\r\n", true)]);
            assert_eq!(found(&evidence), expected(situation));
            let cure = content::cure(situation, &evidence);
            assert_eq!(cure, Some(Cure::LineEnd("crlf".into())));
            let (_, check) = content::CHECKS
                .iter()
                .find(|(of, _)| *of == situation)
                .unwrap();
            let Outcome::Is(_, clues) = check(&evidence) else {
                panic!("it is found");
            };
            let last = clues.last().unwrap();
            assert_eq!(last.key, "doctor.content.line_answered");
            assert!(last.values.contains(&("text", "AT".to_owned())));
        }
        let mut done = exchange(&[(b"AT", false), (b"AT\r\n", true)]);
        done.session.as_mut().unwrap().settings.line_end = "crlf".into();
        assert_eq!(
            content::cure(Situation::NoLineEnd, &done),
            None,
            "it is set"
        );
    }

    #[test]
    fn answers_that_do_not_follow_the_line_end_show_nothing() {
        let all: [&[(&[u8], bool)]; 5] = [
            &[(b"hello", true), (b"AT\r\n", true)],
            &[(b"AT", false), (b"AT\r\n", false), (b"list\r\n", true)],
            &[(b"AT", false), (b"ATI", true), (b"AT\r\n", true)],
            &[(b"AT\r\n", true), (b"AT\r\n", true)],
            &[(b"\x01\x02", false), (b"AT\r\n", true)],
        ];
        for exchanged in all {
            assert_eq!(found(&exchange(exchanged)), [], "{exchanged:?}");
        }
        // The next message followed at once.
        let mut quick = exchange(&[(b"AT", false), (b"AT\r\n", true)]);
        quick.session.as_mut().unwrap().replies[0].waited = 0.1;
        assert_eq!(found(&quick), []);
    }
}
