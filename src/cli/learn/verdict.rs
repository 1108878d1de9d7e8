//! What came of a check, in words.

use crate::course::{Evidence, Mistake};
use crate::explain;
use crate::payload::printable;
use crate::t;
use crate::words::Lang;

/// The verdict in lines, safe to print. `message` is what happened at the step that failed.
pub fn text(lang: Lang, exercise: &str, mistake: Option<&Mistake>, message: &str) -> String {
    let Some(mistake) = mistake else {
        let exercise = printable::line(exercise.as_bytes());
        return t!(lang, "learn.passed", exercise = exercise) + "\n";
    };
    let words = explain::course_mistake(lang, mistake);
    let mut text = format!("✗ {}\n", words.what);
    if mistake.evidence != Evidence::None {
        text.push_str(&format!("  {}\n", words.detail));
    }
    text.push_str(&format!("  {}\n", words.cure));
    if !message.is_empty() {
        text.push_str(&format!("\n{}\n", t!(lang, "learn.happened")));
        for line in printable::words(message).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::MistakeName;

    #[test]
    fn the_mistake_comes_first_and_what_others_wrote_is_safe() {
        let mistake = Mistake {
            name: MistakeName::CutReceive,
            evidence: Evidence::Cut {
                received: 10,
                of: 27,
            },
        };
        let text = text(Lang::English, "3", Some(&mistake), "Expect a\n\u{1b}[2J");
        assert!(text.contains("17 of 27 bytes"), "{text}");
        assert!(text.contains("recvfrom(10)"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
