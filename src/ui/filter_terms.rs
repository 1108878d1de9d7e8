//! Rewriting the text of a filter: case and regular expressions as switches, and completed keys.
//! [`Filter`](crate::traffic::Filter) documents the syntax.

/// The keys of terms.
const KEYS: [&str; 8] = [
    "from:", "to:", "peer:", "dir:", "len:", "hex:", "since:", "until:",
];

/// Whether a term is found in either case.
pub fn is_any_case(text: &str) -> bool {
    pieces(text)
        .into_iter()
        .filter_map(regex_of)
        .any(|(_, any)| any)
}

/// Whether a term is a regular expression, and no mere word in either case.
pub fn is_regex(text: &str) -> bool {
    let is_regex = |(pattern, any): (&str, bool)| !any || literal(pattern).is_none();
    pieces(text).into_iter().filter_map(regex_of).any(is_regex)
}

/// Lets words and regular expressions be found in either case, or in their own again.
pub fn toggle_case(text: &str) -> String {
    let on = !is_any_case(text);
    rewritten(text, |piece| match (regex_of(piece), on) {
        (Some((pattern, _)), true) => format!("/{pattern}/i"),
        (Some((pattern, true)), false) => {
            literal(pattern).unwrap_or_else(|| format!("/{pattern}/"))
        }
        (None, true) if is_word(piece) => {
            let pattern = regex::escape(piece).replace('/', "\\/");
            format!("/{pattern}/i")
        }
        _ => piece.to_owned(),
    })
}

/// Makes words regular expressions, or regular expressions words again.
pub fn toggle_regex(text: &str) -> String {
    let on = !is_regex(text);
    rewritten(text, |piece| match (regex_of(piece), on) {
        (Some((pattern, _)), false) => pattern.replace("\\/", "/"),
        (None, true) if is_word(piece) => format!("/{}/", piece.replace('/', "\\/")),
        _ => piece.to_owned(),
    })
}

/// The most completions.
const COMPLETIONS: usize = 12;

/// The keys, and the fields, that the last word begins, each with its colon.
pub fn completions(text: &str, fields: &[String]) -> Vec<String> {
    let begun = last_word(text);
    let fits = |key: &String| begun.len() > 1 && key.starts_with(begun) && *key != begun;
    let keys = KEYS.into_iter().map(str::to_owned);
    let fields = fields.iter().map(|field| format!("{field}:"));
    keys.chain(fields).filter(fits).take(COMPLETIONS).collect()
}

/// The text with this key instead of the last word.
pub fn completed(text: &str, key: &str) -> String {
    let kept = text.len() - last_word(text).len();
    format!("{}{key}", text.get(..kept).unwrap_or_default())
}

fn last_word(text: &str) -> &str {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.strip_prefix(['-', '!']).unwrap_or(word)
}

fn rewritten(text: &str, piece: impl Fn(&str) -> String) -> String {
    pieces(text).into_iter().map(piece).collect()
}

/// Terms, and the spaces between them.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((piece, after)) = rest.split_at_checked(length(rest))
        && !piece.is_empty()
    {
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// The length of the first piece in bytes.
fn length(rest: &str) -> usize {
    let text = rest.trim_start();
    if text.len() < rest.len() {
        return rest.len() - text.len();
    }
    let body = text.strip_prefix(['-', '!']).unwrap_or(text);
    let sign = text.len() - body.len();
    let mark = body.chars().next().filter(|c| matches!(c, '/' | '"'));
    let quoted = mark.and_then(|mark| closing(body, mark)).unwrap_or(0);
    let tail = body.get(quoted..).unwrap_or_default();
    sign + quoted + tail.find(char::is_whitespace).unwrap_or(tail.len())
}

/// The end of the part that `mark` begins.
fn closing(body: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in body.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == mark {
            return Some(at + 1);
        } else {
            escaped = c == '\\' && mark == '/';
        }
    }
    None
}

/// A term that is neither a regular expression, nor quoted, negated or with a key.
fn is_word(piece: &str) -> bool {
    !piece.starts_with(['/', '"', '-', '!']) && !piece.contains(':') && !piece.trim().is_empty()
}

/// The pattern of a regular expression, and whether case does not matter.
fn regex_of(piece: &str) -> Option<(&str, bool)> {
    let inner = piece.strip_prefix('/')?;
    let any_case = inner.strip_suffix("/i").map(|pattern| (pattern, true));
    any_case.or_else(|| Some((inner.strip_suffix('/')?, false)))
}

/// The word that a pattern stands for, if it stands for one alone.
fn literal(pattern: &str) -> Option<String> {
    let mut word = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => word.push(rest.next().filter(|c| !c.is_alphanumeric())?),
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => {
                return None;
            }
            c => word.push(c),
        }
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_either_case_and_in_their_own_again() {
        let text = "temp=1.5 from:1.5 -not \"two words\" a/b";
        let any = toggle_case(text);
        assert_eq!(any, "/temp=1\\.5/i from:1.5 -not \"two words\" /a\\/b/i");
        assert!(is_any_case(&any) && !is_regex(&any));
        assert_eq!(toggle_case(&any), text);
    }

    #[test]
    fn words_become_regular_expressions_and_words_again() {
        let text = "temp=\\d+ len:>10";
        let regex = toggle_regex(text);
        assert_eq!(regex, "/temp=\\d+/ len:>10");
        assert!(is_regex(&regex) && !is_any_case(&regex));
        assert_eq!(toggle_regex(&regex), text);
        let both = toggle_case(&regex);
        assert_eq!(both, "/temp=\\d+/i len:>10");
        assert!(is_regex(&both) && is_any_case(&both));
        assert_eq!(toggle_case(&both), regex);
    }

    #[test]
    fn a_regular_expression_may_have_spaces() {
        assert_eq!(toggle_case("/a b\\/ c/  x"), "/a b\\/ c/i  /x/i");
    }

    #[test]
    fn what_is_begun_is_completed() {
        assert_eq!(completions("x -fr", &[]), ["from:"]);
        assert_eq!(completed("x -fr", "from:"), "x -from:");
        assert_eq!(completions("x ", &[]), [""; 0]);
        assert_eq!(completions("from:", &[]), [""; 0]);
    }
}
