//! Texts that are meant as JSON (RFC 8259) and are none.

use super::line_end::PATIENCE;
use crate::engine::evidence::{Evidence, Sample};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::peer::Target;
use serde::de::IgnoredAny;
use serde_json::error::Category;

/// The most characters of a text that are shown.
const SHOWN: usize = 40;

/// The newest text looks like JSON, cannot be read as such, and nothing came back.
pub fn is_invalid(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.session().is_some()) else {
        return Outcome::DoesNotApply;
    };
    let waiting = target.sent_by_answer().1;
    let Some(text) = waiting.last().and_then(|last| text(last)) else {
        return Outcome::DoesNotApply;
    };
    // The parts of a stream are one text.
    let all: Option<String> = waiting.iter().map(|sample| sample.text()).collect();
    let whole = all.filter(|_| target.is_tcp);
    if whole.is_some_and(|whole| is_json(&whole)) {
        return Outcome::IsNot;
    }
    let Some(clue) = mistake(text) else {
        return Outcome::IsNot;
    };
    match target.is_unanswered(PATIENCE) {
        true => Outcome::Is(Certainty::Likely, vec![clue]),
        false => Outcome::DoesNotApply,
    }
}

/// The text of a message that looks like an object of JSON, or the beginning of one: a name in
/// quotation marks and a colon are in it.
fn text(sample: &Sample) -> Option<&str> {
    let text = sample.text()?.trim();
    let inside = text.strip_prefix('[').unwrap_or(text).trim_start();
    let first = inside.strip_prefix('{')?.trim_start();
    let quote = first.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (_, after) = first.strip_prefix(quote)?.split_once(quote)?;
    after.trim_start().starts_with(':').then_some(text)
}

fn is_json(text: &str) -> bool {
    serde_json::Deserializer::from_str(text)
        .into_iter::<IgnoredAny>()
        .all(|value| value.is_ok())
}

/// The first mistake in a text; `None` if all of it is JSON.
fn mistake(text: &str) -> Option<Clue> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    let error = values.find_map(Result::err)?;
    if error.classify() == Category::Eof {
        return Some(Clue::new("doctor.content.json_ends", []));
    }
    let line = error.line().checked_sub(1)?;
    let column = error.column().saturating_sub(1);
    let line = text.split('\n').nth(line)?;
    let (before, rest) = line.split_at_checked(column)?;
    let at = ("at", rest.chars().take(SHOWN).collect::<String>());
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    Some(match rest.chars().next() {
        Some('\'') => Clue::new("doctor.content.json_quotes", [at]),
        Some('}' | ']') if before.trim_end().ends_with(',') => {
            Clue::new("doctor.content.json_comma", [at])
        }
        _ if matches!(word.as_str(), "True" | "False" | "None") => {
            Clue::new("doctor.content.json_word", [("word", word)])
        }
        _ => Clue::new("doctor.content.json_stops", [at]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::doctor::Situation;
    use crate::explain::doctor::peer::tests::{found, tcp, udp};

    #[test]
    fn texts_that_are_nearly_json_say_what_is_wrong() {
        for (text, key) in [
            (r#"{'cmd': 'on'}"#, "json_quotes"),
            ("{\"cmd\": \"on\", \"led\": 1,}\n", "json_comma"),
            (r#"[{"cmd": "on"},]"#, "json_comma"),
            (r#"{"cmd": True}"#, "json_word"),
            (r#"{"cmd": "on""#, "json_ends"),
            (r#"{"cmd": "on" "led": 1}"#, "json_stops"),
            ("{\"名\": \"灯\",\n \"led\": 01}", "json_stops"),
        ] {
            for evidence in [tcp(&[text.as_bytes()], &[]), udp(&[text.as_bytes()], &[])] {
                let Outcome::Is(Certainty::Likely, clues) = is_invalid(&evidence) else {
                    panic!("{text}");
                };
                let keys: Vec<&str> = clues.iter().map(|clue| clue.key).collect();
                assert_eq!(keys, [format!("doctor.content.{key}")], "{text}");
                let expected = (Situation::InvalidJson, Certainty::Likely);
                assert!(found(&evidence).contains(&expected), "{text}");
            }
        }
    }

    #[test]
    fn json_and_texts_of_other_kinds_are_not() {
        let is_it = |evidence: &Evidence| matches!(is_invalid(evidence), Outcome::Is(..));
        for text in [
            r#"{"cmd": "on"}"#,
            "{\"a\": 1}\n{\"a\": 2}\n",
            r#"[{"a": [1, null, true]}]"#,
            "{led:on}",
            "[INFO] \"a\": b",
            "{'a', 'b'}",
            "hello",
        ] {
            assert!(!is_it(&tcp(&[text.as_bytes()], &[])), "{text}");
        }
        let parts: [&[u8]; 2] = [br#"{"a":"#, br#" 1}"#];
        assert!(!is_it(&tcp(&parts, &[])), "a stream has no messages");
        let wrong: &[u8] = br#"{'a': 1}"#;
        assert!(!is_it(&tcp(&[wrong], &[b"what?"])));
    }
}
