//! Escapes that went out as they were typed.

use super::line_end::PATIENCE;
use crate::engine::evidence::{Evidence, Sample, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::peer::Target;

/// The most characters of a text that are shown.
const SHOWN: usize = 40;

/// The newest text ends with the characters of an escape, `\r\n` say, in place of a line end. A peer
/// that answers may still take them for a part of the text.
pub fn are_literal(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.session().is_some()) else {
        return Outcome::DoesNotApply;
    };
    let sent = target.sent();
    let Some((text, escape)) = sent.last().and_then(|last| literal(last)) else {
        return Outcome::IsNot;
    };
    match target.is_unanswered(PATIENCE) {
        true => {
            let values = [("text", text), ("escape", escape.to_owned())];
            let clue = Clue::new("doctor.content.escape_sent", values);
            Outcome::Is(Certainty::Likely, vec![clue])
        }
        false => Outcome::Unseen(Unseen::EscapeSent {
            escape: escape.to_owned(),
        }),
    }
}

/// A text that ends with an escape, besides a line end that was appended, and the escape.
fn literal(sample: &Sample) -> Option<(String, &'static str)> {
    let text = sample.text()?.trim_end_matches(['\r', '\n']);
    let escapes = [r"\r\n", r"\n", r"\r", r"\0"];
    let escape = escapes.into_iter().find(|escape| text.ends_with(escape))?;
    // Alone it may be what is meant.
    (text.len() > escape.len()).then(|| (text.chars().take(SHOWN).collect(), escape))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::doctor::peer::tests::{found, tcp, udp};
    use crate::explain::doctor::{Cure, Situation, content};

    #[test]
    fn an_escape_at_the_end_of_a_text_went_out_as_characters() {
        let expected = [(Situation::LiteralEscapes, Certainty::Likely)];
        for sent in [&br"AT\r\n"[..], br"hello\n", b"AT\\r\\n\r\n"] {
            for evidence in [tcp(&[sent], &[]), udp(&[sent], &[])] {
                assert_eq!(found(&evidence), expected, "{sent:?}");
                let cure = content::cure(Situation::LiteralEscapes, &evidence);
                assert_eq!(cure, Some(Cure::Escapes));
            }
        }
        let answered = tcp(&[b"AT\\r\\n\r\n"], &[b"ERROR\r\n"]);
        assert!(matches!(
            are_literal(&answered),
            Outcome::Unseen(Unseen::EscapeSent { .. })
        ));
        for other in [&b"AT\r\n"[..], br"C:\new file", br"\n", br"a \n b"] {
            assert!(
                matches!(are_literal(&tcp(&[other], &[])), Outcome::IsNot),
                "{other:?}"
            );
        }
    }
}
