//! Full-width signs of Chinese input methods in texts for programs.

use super::line_end::PATIENCE;
use super::text::{our_encoding, text_in};
use crate::engine::evidence::{Evidence, Sample, Unseen};
use crate::explain::doctor::diagnosis::Outcome;
use crate::explain::doctor::peer::Target;
use crate::payload::charset::Charset;

/// The most signs that are named.
const NAMED: usize = 6;

pub fn has_signs(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence) else {
        return Outcome::DoesNotApply;
    };
    let Some(session) = target.session().filter(|known| known.sent.messages > 0) else {
        return Outcome::DoesNotApply;
    };
    let charset = our_encoding(session).unwrap_or(Charset::Utf8);
    let waiting = target.sent_by_answer().1;
    let signs = waiting.last().map(|last| signs_in(charset, last));
    match signs.filter(|signs| !signs.is_empty() && target.is_unanswered(PATIENCE)) {
        Some(signs) => Outcome::Unseen(Unseen::FullWidth { signs }),
        None => Outcome::IsNot,
    }
}

/// The full-width signs of a text in which ASCII letters or digits are as well; none if it has no
/// such, as an ordinary Chinese sentence.
fn signs_in(charset: Charset, sample: &Sample) -> String {
    let Some(text) = text_in(charset, &sample.bytes) else {
        return String::new();
    };
    let is_command = text.chars().any(|c| c.is_ascii_alphanumeric())
        && !text.chars().any(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
    let mut signs = String::new();
    for sign in text.chars().filter(|c| is_full_width(*c)) {
        if is_command && !signs.contains(sign) && signs.chars().count() < NAMED {
            signs.push(sign);
        }
    }
    signs
}

/// Full-width forms of ASCII (Unicode block FF00), and the Chinese signs in place of its quotation
/// marks, full stop and space.
fn is_full_width(c: char) -> bool {
    matches!(c, '\u{FF01}'..='\u{FF5E}' | '\u{3000}'..='\u{3002}' | '\u{201C}' | '\u{201D}' | '\u{2018}' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::doctor::peer::tests::{tcp, udp};
    use crate::explain::doctor::{Situation, judge, next_step};

    #[test]
    fn full_width_signs_in_a_command_are_named_first() {
        for evidence in [
            udp(&["LED，1，ON；".as_bytes()], &[]),
            tcp(&["LED，1，ON；\n".as_bytes()], &[]),
        ] {
            let diagnosis = judge(&evidence);
            let missing = diagnosis.unknown.first().unwrap();
            let reason = Unseen::FullWidth {
                signs: "，；".to_owned(),
            };
            assert_eq!(
                (missing.situation, &missing.reason),
                (Situation::FullWidthSigns, &reason)
            );
            let next = next_step::of(&evidence, &diagnosis.unknown).unwrap();
            assert_eq!(next.situation, Situation::FullWidthSigns);
        }
    }

    #[test]
    fn sentences_and_answered_texts_are_not() {
        let is_it = |evidence: &Evidence| matches!(has_signs(evidence), Outcome::Unseen(_));
        for text in ["你好，世界 2", "LED,1,ON", "好，的！"] {
            assert!(!is_it(&udp(&[text.as_bytes()], &[])), "{text}");
        }
        assert!(!is_it(&udp(&["LED，1".as_bytes()], &[b"OK"])));
    }
}
