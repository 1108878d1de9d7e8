//! Tests of the expression language.

use super::*;

fn shown(text: &str) -> String {
    fn write(term: &Term) -> String {
        match term {
            Term::Unreadable(mistake) => format!("{mistake:?}"),
            Term::Integer(value) => value.to_string(),
            Term::Float(value) => format!("{value:?}"),
            Term::Text(text) => format!("{text:?}"),
            Term::Bool(value) => value.to_string(),
            Term::List(terms) => format!(
                "[{}]",
                terms.iter().map(write).collect::<Vec<_>>().join(" ")
            ),
            Term::Name(name) => name.clone(),
            Term::Field(index) => format!("#{index}"),
            Term::Constant(list, value) => format!("{list}::{value}"),
            Term::Member(of, name) => format!("{}.{name}", write(of)),
            Term::Call(of, name, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(write).collect();
                format!("{}.{name}({})", write(of), arguments.join(" "))
            }
            Term::Function(name, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(write).collect();
                format!("{name}({})", arguments.join(" "))
            }
            Term::Index(of, index) => format!("{}[{}]", write(of), write(index)),
            Term::Unary(operator, of) => format!("({operator:?} {})", write(of)),
            Term::Binary(operator, left, right) => {
                format!("({operator:?} {} {})", write(left), write(right))
            }
            Term::Choice(condition, holds, other) => {
                format!("({}?{}:{})", write(condition), write(holds), write(other))
            }
        }
    }
    write(&Expression::new(text).root)
}

#[test]
fn operators_bind_as_in_kaitai_struct() {
    for (text, expected) in [
        ("1 + 2 * 3", "(Add 1 (Multiply 2 3))"),
        ("a - b - c", "(Subtract (Subtract a b) c)"),
        ("sine(60, 5) + 1", "(Add sine(60 5) 1)"),
        ("flags & 0x80 != 0", "(NotEqual (BitAnd flags 128) 0)"),
        ("not a or b and c", "(Or (Not a) (And b c))"),
        ("not a == b and c", "(And (Not (Equal a b)) c)"),
        ("-x << 2 | y", "(BitOr (ShiftLeft (Minus x) 2) y)"),
        ("a ? b : c ? d : e", "(a?b:(c?d:e))"),
        ("kind == k::reply", "(Equal kind k::reply)"),
        ("_root.a[1].b.to_i(16)", "_root.a[1].b.to_i(16)"),
        ("x.as<dns::name>.len", "x.len"),
        ("[1, 0b11, 1_000]", "[1 3 1000]"),
        ("1.5e3 + 1.to_s", "(Add 1500.0 1.to_s)"),
        (r#"'a\' + "b\n""#, r#"(Add "a\\" "b\n")"#),
        ("a::b::c", "a::b::c"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn a_mistake_has_its_place() {
    let deep = format!("{}1{}", "(".repeat(100), ")".repeat(100));
    for (text, at, problem) in [
        ("", 0, ExpressionProblem::End),
        ("1 +", 3, ExpressionProblem::End),
        ("1 2", 2, ExpressionProblem::Unexpected),
        ("a ; b", 2, ExpressionProblem::Unexpected),
        ("x == 'a", 5, ExpressionProblem::OpenText),
        (
            "999999999999999999999999999999999999999999",
            0,
            ExpressionProblem::Number,
        ),
        (deep.as_str(), 64, ExpressionProblem::TooDeep),
        ("or", 0, ExpressionProblem::Unexpected),
    ] {
        let expression = Expression::new(text);
        let mistake = expression.mistake().unwrap();
        assert_eq!((mistake.at, &mistake.problem), (at, &problem), "{text}");
    }
    let deep = "-".repeat(10_000) + "1";
    let expression = Expression::new(&deep);
    let mistake = expression.mistake().unwrap();
    assert_eq!(mistake.problem, ExpressionProblem::TooDeep);
}

#[test]
fn long_chains_are_refused() {
    for chain in ["+1", ".to_s", "[0]"] {
        let text = format!("1{}", chain.repeat(5_000));
        let expression = Expression::new(&text);
        let mistake = expression.mistake().unwrap();
        assert_eq!(mistake.problem, ExpressionProblem::TooDeep, "{chain}");
    }
    let sum = format!("1{}", "+1".repeat(90));
    assert_eq!(Expression::new(&sum).mistake(), None);
}
