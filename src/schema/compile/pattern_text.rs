//! How a text is written that a regular expression matches.

use super::group_text;
use crate::schema::text_form::{GroupText, TextPart};
use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{
    Alternation, Ast, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, Concat,
    Flag, Flags, Group, GroupKind, Literal, Repetition, RepetitionKind, RepetitionRange, Span,
};
use std::collections::BTreeMap;

/// The longest text that a part of an expression stands for, in bytes.
const LONGEST: usize = 4_096;
/// The most characters of a part that are shown.
const SHOWN: usize = 60;

/// An expression as its text is written.
#[derive(Debug, Default)]
pub(super) struct PatternText {
    pub parts: Vec<TextPart>,
    /// Its groups that have names, by their numbers.
    pub groups: BTreeMap<usize, GroupText>,
}

impl PatternText {
    /// Reads an expression that is known to be one.
    pub(super) fn read(expression: &str) -> Self {
        let mut reader = Reader {
            expression,
            is_unicode: true,
        };
        let parts = match Parser::new().parse(expression) {
            Ok(ast) => reader.parts(&ast),
            Err(_) => vec![TextPart::Open(shortened(expression))],
        };
        Self {
            parts,
            groups: group_text::read(expression),
        }
    }
}

struct Reader<'a> {
    expression: &'a str,
    /// Whether `\xFF` is a character, not a byte.
    is_unicode: bool,
}

impl Reader<'_> {
    fn parts(&mut self, ast: &Ast) -> Vec<TextPart> {
        match ast {
            Ast::Empty(_) | Ast::Assertion(_) => Vec::new(),
            Ast::Flags(set) => {
                self.set(&set.flags);
                Vec::new()
            }
            Ast::Literal(literal) => vec![TextPart::Literal(self.letter(literal))],
            Ast::Dot(_) | Ast::ClassUnicode(_) => vec![self.open(ast.span())],
            Ast::ClassPerl(class) if is_space(class) => vec![TextPart::Literal(b" ".to_vec())],
            Ast::ClassPerl(_) => vec![self.open(ast.span())],
            Ast::ClassBracketed(class) => vec![match self.of_class(class) {
                Some(text) => TextPart::Literal(text),
                None => self.open(&class.span),
            }],
            Ast::Repetition(repetition) => self.repeated(repetition),
            Ast::Group(group) => self.group(group),
            Ast::Alternation(alternation) => self.one_of(alternation),
            Ast::Concat(concat) => self.all(concat),
        }
    }

    fn set(&mut self, flags: &Flags) {
        if let Some(is_unicode) = flags.flag_state(Flag::Unicode) {
            self.is_unicode = is_unicode;
        }
    }

    fn letter(&self, literal: &Literal) -> Vec<u8> {
        match literal.byte().filter(|_| !self.is_unicode) {
            Some(byte) => vec![byte],
            None => literal.c.to_string().into_bytes(),
        }
    }

    /// The first character of a class that lists its characters. Line breaks are a line feed.
    fn of_class(&self, class: &ClassBracketed) -> Option<Vec<u8>> {
        let ClassSet::Item(item) = &class.kind else {
            return None;
        };
        let items = match item {
            ClassSetItem::Union(union) => union.items.as_slice(),
            item => std::slice::from_ref(item),
        };
        let mut letters = Vec::new();
        for item in items.iter().filter(|_| !class.negated) {
            match item {
                ClassSetItem::Literal(literal) => letters.push(self.letter(literal)),
                ClassSetItem::Perl(class) if is_space(class) => letters.push(b" ".to_vec()),
                _ => return None,
            }
        }
        let feed = letters.iter().position(|letter| letter == b"\n");
        let has_return = letters.iter().any(|letter| letter == b"\r");
        let first = feed.filter(|_| has_return).unwrap_or(0);
        letters.get(first).cloned()
    }

    fn repeated(&mut self, repetition: &Repetition) -> Vec<TextPart> {
        let parts = self.parts(&repetition.ast);
        let (least, most) = match &repetition.op.kind {
            RepetitionKind::ZeroOrOne => (0, Some(1)),
            RepetitionKind::ZeroOrMore => (0, None),
            RepetitionKind::OneOrMore => (1, None),
            RepetitionKind::Range(RepetitionRange::Exactly(times)) => (*times, Some(*times)),
            RepetitionKind::Range(RepetitionRange::AtLeast(least)) => (*least, None),
            RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => (*least, Some(*most)),
        };
        match (has_group(&parts), least, most) {
            (true, 0, Some(1)) => vec![TextPart::Optional(parts)],
            (true, 1, Some(1)) => parts,
            (true, ..) => vec![self.open(&repetition.span)],
            (false, times, _) => match times_over(&parts, times) {
                Some(parts) => parts,
                None => vec![self.open(&repetition.span)],
            },
        }
    }

    fn group(&mut self, group: &Group) -> Vec<TextPart> {
        let before = self.is_unicode;
        if let GroupKind::NonCapturing(flags) = &group.kind {
            self.set(flags);
        }
        let parts = self.parts(&group.ast);
        self.is_unicode = before;
        match &group.kind {
            GroupKind::CaptureName { name, .. } => vec![match has_group(&parts) {
                // A group within a group would be written twice.
                true => self.open(&group.span),
                false => TextPart::Group(name.index as usize),
            }],
            _ => parts,
        }
    }

    fn one_of(&mut self, alternation: &Alternation) -> Vec<TextPart> {
        let branches = alternation.asts.iter();
        let branches: Vec<_> = branches.map(|branch| self.parts(branch)).collect();
        if branches.iter().any(|parts| has_group(parts)) {
            return vec![TextPart::Choice(branches)];
        }
        let is_open = |part: &TextPart| matches!(part, TextPart::Open(_));
        let is_known = |parts: &Vec<TextPart>| !parts.iter().any(is_open);
        match branches.into_iter().find(is_known) {
            Some(first) => first,
            None => vec![self.open(&alternation.span)],
        }
    }

    fn all(&mut self, concat: &Concat) -> Vec<TextPart> {
        let mut parts = Vec::new();
        for (at, one) in concat.asts.iter().enumerate() {
            // Where a line break may have two characters, it has.
            let is_break = is_return(one) && concat.asts.get(at + 1).is_some_and(is_feed);
            match is_break {
                true => parts.push(TextPart::Literal(b"\r".to_vec())),
                false => parts.extend(self.parts(one)),
            }
        }
        parts
    }

    fn open(&self, span: &Span) -> TextPart {
        let text = self.expression.get(span.start.offset..span.end.offset);
        TextPart::Open(shortened(text.unwrap_or_default()))
    }
}

fn is_space(class: &ClassPerl) -> bool {
    matches!(class.kind, ClassPerlKind::Space) && !class.negated
}

fn is_return(ast: &Ast) -> bool {
    match ast {
        Ast::Repetition(repetition) => {
            matches!(repetition.op.kind, RepetitionKind::ZeroOrOne)
                && matches!(&*repetition.ast, Ast::Literal(literal) if literal.c == '\r')
        }
        _ => false,
    }
}

fn is_feed(ast: &Ast) -> bool {
    matches!(ast, Ast::Literal(literal) if literal.c == '\n')
}

/// A text that stands there so many times. `None` if it is not known, or too long.
fn times_over(parts: &[TextPart], times: u32) -> Option<Vec<TextPart>> {
    if times == 0 {
        return Some(Vec::new());
    }
    let mut once = Vec::new();
    for part in parts {
        match part {
            TextPart::Literal(text) => once.extend_from_slice(text),
            _ => return None,
        }
    }
    let times = usize::try_from(times).ok()?;
    match once.len().checked_mul(times)? {
        0 => Some(Vec::new()),
        1..=LONGEST => Some(vec![TextPart::Literal(once.repeat(times))]),
        _ => None,
    }
}

fn has_group(parts: &[TextPart]) -> bool {
    parts.iter().any(TextPart::has_group)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(expression: &str) -> Vec<TextPart> {
        PatternText::read(&format!("(?-u){expression}")).parts
    }

    fn literal(text: &str) -> TextPart {
        TextPart::Literal(text.as_bytes().to_vec())
    }

    #[test]
    fn what_an_expression_fixes_is_written() {
        for (expression, text) in [
            ("^abc$", &b"abc"[..]),
            (r"a\s+b\s*c", b"a bc"),
            (r"a\r?\n", b"a\r\n"),
            (r"a[\r\n]*$", b"a"),
            (r"a[\r\n]+$", b"a\n"),
            (r"a\r?\n?$", b"a"),
            ("(?:x|y)z", b"xz"),
            ("[$!]a{3}b?", b"$aaa"),
            ("(?i)ok", b"ok"),
            (r"(?:[^\r\n]|ok)!", b"ok!"),
            (r"\xEF(?u:é)(?u:\xE9)", b"\xEF\xC3\xA9\xC3\xA9"),
        ] {
            let mut written = Vec::new();
            for part in parts(expression) {
                match part {
                    TextPart::Literal(text) => written.extend(text),
                    other => panic!("{expression}: {other:?}"),
                }
            }
            assert_eq!(written, text, "{expression}");
        }
    }

    #[test]
    fn groups_are_written_by_their_values_and_may_be_left_out() {
        let group = TextPart::Group;
        let joined = |expression: &str| {
            let mut all = Vec::<TextPart>::new();
            for part in parts(expression) {
                match (all.last_mut(), part) {
                    (Some(TextPart::Literal(before)), TextPart::Literal(text)) => {
                        before.extend(text);
                    }
                    (_, part) => all.push(part),
                }
            }
            all
        };
        let optional = TextPart::Optional(vec![literal(" "), group(2)]);
        assert_eq!(
            joined(r"^no\.(?P<a>\d+)(?: (?P<b>.*))?$"),
            [literal("no."), group(1), optional]
        );
        let choice = TextPart::Choice(vec![vec![group(1)], vec![literal("!"), group(2)]]);
        assert_eq!(joined(r"(?:(?P<a>\d+)|!(?P<b>\w))"), [choice]);
    }

    #[test]
    fn what_an_expression_leaves_open_is_said_as_it_stands() {
        for (expression, part) in [
            (r"a\d+", r"\d+"),
            ("a.b", "."),
            ("[a-f]", "[a-f]"),
            (r"(?P<a>x)(?:,(?P<b>y))*", "(?:,(?P<b>y))*"),
            (r"(?P<a>x(?P<b>y))", "(?P<a>x(?P<b>y))"),
        ] {
            let parts = parts(expression);
            let open = TextPart::Open(part.to_owned());
            assert!(parts.contains(&open), "{expression}: {parts:?}");
        }
    }
}
