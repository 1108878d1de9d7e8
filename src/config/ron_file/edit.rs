//! Changes of a RON text that leave the rest of it as it is written: comments, line breaks and the
//! notation of numbers.

use super::tree::{RonNode, RonPart};

/// The text with another value at this place.
pub fn replaced(text: &str, node: &RonNode, value: &str) -> String {
    spliced(text, node.span.start, node.span.end, value)
}

/// The text with this value for a key of a struct or a map: in its place if it is there, otherwise
/// behind the keys that stand before it in `order`, or at the end. `key` is written as it is.
pub fn with_field(text: &str, of: &RonNode, (key, value): (&str, &str), order: &[&str]) -> String {
    let name = key.trim_matches('"');
    if let Some(node) = of.get(name) {
        return replaced(text, node, value);
    }
    let rank = |key: &str| order.iter().position(|known| *known == key);
    let own = rank(name);
    let is_later = |part: &RonPart| {
        let other = part.key.as_ref().and_then(|(key, _)| rank(key));
        other > own && own.is_some()
    };
    let at = of.parts.iter().position(is_later);
    let at = at.unwrap_or(of.parts.len());
    with_part(text, of, at, &format!("{key}: {value}"))
}

/// The text with another part at this place among those of a bracket.
pub fn with_part(text: &str, of: &RonNode, at: usize, part: &str) -> String {
    let before = at.checked_sub(1).and_then(|before| of.parts.get(before));
    let Some(before) = before else {
        return match (of.parts.first(), of.open) {
            (Some(first), _) => {
                let begin = first.begin();
                let apart = match indent(text, begin) {
                    Some(indent) => format!("\n{indent}"),
                    None => " ".to_owned(),
                };
                spliced(text, begin, begin, &format!("{part},{apart}"))
            }
            (None, Some(open)) => spliced(text, open, open, part),
            (None, None) => text.to_owned(),
        };
    };
    // Where the one before it begins a line, it does, too.
    match (indent(text, before.begin()), before.comma) {
        (Some(indent), Some(comma)) => {
            let end = line_end(text, comma + 1);
            spliced(text, end, end, &format!("\n{indent}{part},"))
        }
        (Some(indent), None) => {
            let end = before.node.span.end;
            let line = line_end(text, end);
            let rest = text.get(end..line).unwrap_or_default();
            spliced(text, end, line, &format!(",{rest}\n{indent}{part}"))
        }
        (None, Some(comma)) => {
            let is_last = at >= of.parts.len();
            let more = if is_last { "" } else { "," };
            spliced(text, comma + 1, comma + 1, &format!(" {part}{more}"))
        }
        (None, None) => {
            let end = before.node.span.end;
            spliced(text, end, end, &format!(", {part}"))
        }
    }
}

/// The text without a part. Comments around it stay.
pub fn without_part(text: &str, of: &RonNode, at: usize) -> String {
    let Some(part) = of.parts.get(at) else {
        return text.to_owned();
    };
    let (begin, end) = (part.begin(), part.end());
    let is_blank = |from: usize, to: usize| {
        let between = text.get(from..to).unwrap_or("-");
        between.trim().is_empty()
    };
    let line = text.get(..begin).and_then(|before| before.rfind('\n'));
    let rest = text.get(end..).unwrap_or_default();
    let next = rest.find('\n').map(|length| end + length);
    if let (Some(line), Some(next)) = (line, next)
        && is_blank(line, begin)
        && is_blank(end, next)
    {
        return spliced(text, line, next, "");
    }
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    let before = at
        .checked_sub(1)
        .and_then(|before| of.parts.get(before)?.comma);
    match (part.comma, before) {
        // The last of a line takes the comma before it along.
        (None, Some(comma)) if is_blank(comma + 1, begin) => spliced(text, comma, end, ""),
        _ => spliced(text, begin, end + spaces, ""),
    }
}

/// The text with a part and the one behind it exchanged. Each takes the comments above it and
/// behind it along.
pub fn swapped(text: &str, of: &RonNode, at: usize) -> String {
    let (Some(one), Some(other), Some(open)) = (of.parts.get(at), of.parts.get(at + 1), of.open)
    else {
        return text.to_owned();
    };
    let begin = match at.checked_sub(1).and_then(|before| of.parts.get(before)) {
        Some(before) => line_end(text, before.end()),
        None => line_end(text, open),
    };
    let (middle, end) = (line_end(text, one.end()), line_end(text, other.end()));
    let get = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let [above, between, below] = [
        get(begin, one.begin()),
        get(one.node.span.end, other.begin()),
        get(other.node.span.end, end),
    ];
    let has_comment = [above, between, below].concat().contains('/');
    let changed = match has_comment {
        // Only the values change their places.
        false => [
            above,
            get(other.begin(), other.node.span.end),
            between,
            get(one.begin(), one.node.span.end),
            below,
        ]
        .concat(),
        true => {
            let comma = if other.comma.is_none() { "," } else { "" };
            let value_end = other.node.span.end;
            [
                get(middle, value_end),
                comma,
                get(value_end, end),
                get(begin, middle),
            ]
            .concat()
        }
    };
    spliced(text, begin, end, &changed)
}

fn spliced(text: &str, from: usize, to: usize, new: &str) -> String {
    let (before, after) = (text.get(..from), text.get(to..));
    match (before, after) {
        (Some(before), Some(after)) => [before, new, after].concat(),
        _ => text.to_owned(),
    }
}

/// What stands before this offset in its line, if that is white space alone.
fn indent(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    let (_, line) = before.rsplit_once('\n')?;
    line.chars().all(|c| c == ' ' || c == '\t').then_some(line)
}

/// The end of the line from this offset on, if only white space and a comment are left in it;
/// otherwise the offset.
fn line_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    match line.trim() {
        left if left.is_empty() || left.starts_with("//") => from + line.len(),
        _ => from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "(\n    // the first\n    a: 1, // one\n    b: [(x: 1), (x: 2)],\n)";

    fn at(text: &str, key: &str) -> RonNode {
        let root = RonNode::read(text).unwrap();
        root.get(key).cloned().unwrap_or(root)
    }

    #[test]
    fn a_value_is_set_where_it_stands_or_in_its_order() {
        let root = RonNode::read(TEXT).unwrap();
        let set = |key, order: &[&str]| with_field(TEXT, &root, (key, "7"), order);
        assert_eq!(set("a", &[]), TEXT.replace("a: 1", "a: 7"));
        assert_eq!(set("c", &[]), TEXT.replace("],\n)", "],\n    c: 7,\n)"));
        let first = TEXT.replace("a: 1,", "0: 7,\n    a: 1,");
        assert_eq!(set("0", &["0", "a"]), first);
        let short = "(x: 1)";
        let root = RonNode::read(short).unwrap();
        let set = |key, order: &[&str]| with_field(short, &root, (key, "7"), order);
        assert_eq!(set("y", &[]), "(x: 1, y: 7)");
        assert_eq!(set("a", &["a", "x"]), "(a: 7, x: 1)");
        let empty = RonNode::read("()").unwrap();
        assert_eq!(with_field("()", &empty, ("a", "1"), &[]), "(a: 1)");
    }

    #[test]
    fn a_part_is_added_and_removed_and_comments_stay() {
        let list = at(TEXT, "b");
        let three = TEXT.replace("(x: 2)]", "(x: 2), (x: 3)]");
        assert_eq!(with_part(TEXT, &list, 2, "(x: 3)"), three);
        let first = TEXT.replace("[(x: 1)", "[(x: 0), (x: 1)");
        assert_eq!(with_part(TEXT, &list, 0, "(x: 0)"), first);
        assert_eq!(without_part(TEXT, &list, 1), TEXT.replace(", (x: 2)", ""));
        assert_eq!(without_part(TEXT, &list, 0), TEXT.replace("(x: 1), ", ""));
        let root = RonNode::read(TEXT).unwrap();
        assert_eq!(without_part(TEXT, &root, 0), TEXT.replace("a: 1, //", "//"));
        let gone = TEXT.replace("\n    b: [(x: 1), (x: 2)],", "");
        assert_eq!(without_part(TEXT, &root, 1), gone);
    }

    #[test]
    fn parts_change_places_with_their_comments() {
        let list = at(TEXT, "b");
        let other = TEXT.replace("(x: 1), (x: 2)", "(x: 2), (x: 1)");
        assert_eq!(swapped(TEXT, &list, 0), other);
        let lines = "[\n    // one\n    1, // 1\n    // two\n    2\n]";
        let root = RonNode::read(lines).unwrap();
        let other = "[\n    // two\n    2,\n    // one\n    1, // 1\n]";
        assert_eq!(swapped(lines, &root, 0), other);
    }
}
