//! Comparisons as other languages write them: `temp > 30`, `temp>30`, `kind = request`.

use super::lexer::{Raw, TermContent};
use crate::payload::width;
use crate::schema::Schema;

const SIGNS: [&str; 6] = ["==", ">=", "<=", "=", ">", "<"];

/// The terms with each comparison of a field of `schema` as one term: `temp:>30`. A value of
/// several words in quotation marks, `name:"a b"`, belongs to its field as well.
pub(super) fn joined(terms: Vec<Raw>, schema: &Schema) -> Vec<Raw> {
    let mut joined = Vec::with_capacity(terms.len());
    let mut rest = terms.into_iter();
    while let Some(term) = rest.next() {
        let comparison = read(&term, rest.as_slice(), schema);
        let Some((word, parts)) = comparison else {
            joined.push(term);
            continue;
        };
        let content = TermContent::Word(word);
        joined.push(Raw { content, ..term });
        rest.by_ref().take(parts).for_each(drop);
    }
    joined
}

/// The comparison that begins at `term` in the filter's own form, and the number of terms of
/// `rest` that are part of it. `None` if it is none, or is in that form already.
fn read(term: &Raw, rest: &[Raw], schema: &Schema) -> Option<(String, usize)> {
    let TermContent::Word(word) = &term.content else {
        return None;
    };
    let word = width::to_ascii(word);
    let begin = word.find(['>', '<', '=', ':']).unwrap_or(word.len());
    let (name, tail) = word.split_at_checked(begin)?;
    schema.path_names(name)?;
    let mut following = rest.iter().map(value);
    let (tail, mut parts) = match tail {
        "" => (width::to_ascii(following.next()??), 1),
        _ => (tail.into(), 0),
    };
    let tail = tail.as_ref();
    let (sign, value) = if tail == ":" {
        (":", "")
    } else {
        let sign = SIGNS.into_iter().find(|sign| tail.starts_with(sign))?;
        (sign, tail.strip_prefix(sign)?)
    };
    let value = match value {
        "" => {
            parts += 1;
            following.next()??
        }
        _ => value,
    };
    let sign = match sign {
        ":" | "=" | "==" => "",
        _ => sign,
    };
    Some((format!("{name}:{sign}{value}"), parts))
}

/// The text of a term that can be a sign or a value.
fn value(term: &Raw) -> Option<&str> {
    match &term.content {
        TermContent::Word(text) | TermContent::Text(text) if !term.negated => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::Lexer;
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let schema = r#"(
            meta: (id: "sensor", encoding: "UTF-8"),
            seq: [(id: "temp", type: "s1"), (id: "name", type: "strz")],
        )"#;
        let schema = Schema::read(schema).unwrap();
        let terms = Lexer::new(text).collect::<Result<Vec<_>, _>>().unwrap();
        let joined = joined(terms, &schema).into_iter();
        let words = joined.map(|term| match term.content {
            TermContent::Word(word) if term.negated => format!("-{word}"),
            TermContent::Word(word) => word,
            content => format!("{content:?}"),
        });
        words.collect()
    }

    #[test]
    fn comparisons_of_other_languages_are_terms_of_fields() {
        for (written, read) in [
            ("temp > 30 x", &["temp:>30", "x"] as &[_]),
            ("temp>30", &["temp:>30"]),
            ("temp >=30", &["temp:>=30"]),
            ("temp<= 30", &["temp:<=30"]),
            ("temp == 30", &["temp:30"]),
            ("temp=30 name = up", &["temp:30", "name:up"]),
            ("temp ＞ 30", &["temp:>30"]),
            ("temp > -6", &["temp:>-6"]),
            ("temp = -6 -5", &["temp:-6", "-5"]),
            ("-temp > 30", &["-temp:>30"]),
            ("sensor.temp > 30", &["sensor.temp:>30"]),
            ("temp: 30", &["temp:30"]),
            (r#"name:"left pump""#, &["name:left pump"]),
            (r#"name = "left pump""#, &["name:left pump"]),
        ] {
            assert_eq!(words(written), read, "{written}");
        }
    }

    #[test]
    fn other_words_stay_words() {
        for written in [
            "temp 30", "temp", "x > 30", "temp:>30", "temp:", "temp >", "a=b",
        ] {
            let parts: Vec<&str> = written.split(' ').collect();
            assert_eq!(words(written), parts, "{written}");
        }
    }
}
