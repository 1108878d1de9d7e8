//! The groups of a regular expression that a reply quotes.

use super::*;

#[test]
fn what_a_rule_found_that_does_not_apply_is_not_quoted() {
    let found = || Condition::Matches("^G(.)(.)".into());
    let no = || Condition::Not(Box::new(Condition::Contains(BytePattern::text("no"))));
    // It holds by its first part, and has groups by its second one.
    let begins = || {
        let never = Condition::Matches("(n)(ever)".into());
        Condition::Any(vec![Condition::StartsWith(BytePattern::text("G")), never])
    };
    let quoting = |when| Rule {
        then: vec![written("<${1}|${2}>")],
        ..rule(when)
    };
    let first = quoting(Condition::All(vec![found(), no()]));
    let mut all = rules(&[first, quoting(begins())]);
    assert_eq!(answer(&mut all, b"Gxyno").unwrap(), b"<|>");
    assert_eq!(answer(&mut all, b"Gxy").unwrap(), b"<x|y>");
    let any = Condition::Any(vec![Condition::All(vec![found(), no()]), begins()]);
    assert_eq!(
        answer(&mut rules(&[quoting(any)]), b"Gxyno").unwrap(),
        b"<|>"
    );
}

#[test]
fn a_reply_cannot_quote_a_group_that_the_expression_lacks() {
    let with = |when, text| {
        let made = Rule {
            then: vec![written(text)],
            ..rule(when)
        };
        Rules::new(&[made], Charset::Utf8).err()
    };
    let lacks = |group, most| {
        Some(RuleMistake {
            rule: 0,
            part: RulePart::Then(0),
            problem: RuleProblem::NoGroup { group, most },
        })
    };
    let name = || Condition::Matches("name=(\\w+)".into());
    assert_eq!(with(name(), "${0} ${1}"), None);
    assert_eq!(with(name(), "${2}"), lacks(2, Some(1)));
    assert_eq!(with(Condition::Always, "${1}"), lacks(1, None));
    assert_eq!(
        with(Condition::Not(Box::new(name())), "${1}"),
        lacks(1, None)
    );
    let either = Condition::Any(vec![name(), Condition::Matches("(a)(b)".into())]);
    assert_eq!(with(either, "${2}"), None);
}
