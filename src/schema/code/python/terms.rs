//! Expressions in Python.

use crate::schema::code::literal;
use crate::schema::code::refusal::CodeProblem;
use crate::schema::code::terms::{is_constant, steps, unary_sign};
use crate::schema::expression::{BinaryOperator, Expression, Term};

/// An expression: a value, or a function with the number of its steps.
///
/// # Errors
/// It is nested too deeply.
pub(super) fn expression(expression: &Expression) -> Result<String, CodeProblem> {
    if is_constant(&expression.root) {
        return Ok(value(&expression.root));
    }
    let steps = steps(expression)?;
    let value = value(&expression.root);
    Ok(format!("Expression({steps}, lambda s: {value})"))
}

fn values(terms: &[Term]) -> String {
    let values: Vec<String> = terms.iter().map(value).collect();
    values.join(", ")
}

fn value(term: &Term) -> String {
    match term {
        // A checked description has none.
        Term::Unreadable(_) | Term::Constant(..) | Term::Function(..) => {
            "s.member(None, \"\")".to_owned()
        }
        Term::Integer(value) => value.to_string(),
        Term::Float(value) => float(*value),
        Term::Text(text) => literal::python_text(text),
        Term::Bool(true) => "True".to_owned(),
        Term::Bool(false) => "False".to_owned(),
        Term::List(terms) => format!("[{}]", values(terms)),
        Term::Name(name) => format!("s.name({})", literal::python_text(name)),
        Term::Field(index) => format!("s.field({index})"),
        Term::Member(of, name) => {
            format!("s.member({}, {})", value(of), literal::python_text(name))
        }
        Term::Call(of, name, arguments) => {
            let (of, name) = (value(of), literal::python_text(name));
            format!("s.member({of}, {name}, {})", values(arguments))
        }
        Term::Index(of, index) => format!("s.element_of({}, {})", value(of), value(index)),
        Term::Unary(operator, of) => {
            format!("unary(\"{}\", {})", unary_sign(*operator), value(of))
        }
        Term::Binary(operator, left, right) => binary(*operator, &value(left), &value(right)),
        Term::Choice(condition, holds, other) => {
            let (condition, holds, other) = (value(condition), value(holds), value(other));
            format!("choice({condition}, lambda: {holds}, lambda: {other})")
        }
    }
}

/// A float: one that is no decimal number by its name.
pub(super) fn float(value: f64) -> String {
    literal::float(value, "float(\"inf\")", "float(\"nan\")")
}

fn binary(operator: BinaryOperator, left: &str, right: &str) -> String {
    match operator {
        BinaryOperator::Or => format!("either({left}, lambda: {right})"),
        BinaryOperator::And => format!("both({left}, lambda: {right})"),
        BinaryOperator::Equal => format!("is_equal({left}, {right})"),
        BinaryOperator::NotEqual => format!("differs({left}, {right})"),
        BinaryOperator::Less => format!("less({left}, {right})"),
        BinaryOperator::LessEqual => format!("less_equal({left}, {right})"),
        BinaryOperator::Greater => format!("greater({left}, {right})"),
        BinaryOperator::GreaterEqual => format!("greater_equal({left}, {right})"),
        BinaryOperator::BitOr
        | BinaryOperator::BitXor
        | BinaryOperator::BitAnd
        | BinaryOperator::ShiftLeft
        | BinaryOperator::ShiftRight
        | BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Remainder => {
            format!("binary(\"{}\", {left}, {right})", operator.sign())
        }
    }
}
