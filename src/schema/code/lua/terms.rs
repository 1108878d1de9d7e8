//! Expressions in Lua.

use super::texts::decoder;
use crate::schema::code::literal;
use crate::schema::code::refusal::CodeProblem;
use crate::schema::code::terms::{is_constant, steps, unary_sign};
use crate::schema::expression::{BinaryOperator, Expression, Term};
use crate::schema::field_type;

/// The largest whole number up to which all are exact in a double.
const EXACT: i128 = (1 << 53) - 1;

/// An expression: a value, or a function with the number of its steps.
///
/// # Errors
/// It is nested too deeply, or Lua cannot express a part of it.
pub(super) fn expression(expression: &Expression) -> Result<String, CodeProblem> {
    match &expression.root {
        Term::Integer(number) => return constant(*number),
        root if is_constant(root) => return value(root),
        _ => {}
    }
    let steps = steps(expression)?;
    let value = value(&expression.root)?;
    Ok(format!("{{{steps}, function(s) return {value} end}}"))
}

fn values(terms: &[Term]) -> Result<String, CodeProblem> {
    let all: Vec<String> = terms.iter().map(value).collect::<Result<_, _>>()?;
    Ok(all.join(", "))
}

/// A term in a function, which is called where its value is needed.
fn later(term: &Term) -> Result<String, CodeProblem> {
    Ok(format!("function() return {} end", value(term)?))
}

fn is_exact(value: i128) -> bool {
    (-EXACT..=EXACT).contains(&value)
}

/// A whole number with which nothing is computed: it may have 64 bits.
fn constant(value: i128) -> Result<String, CodeProblem> {
    if is_exact(value) {
        return Ok(format!("I({value})"));
    }
    let unsigned = u64::try_from(value);
    let bits = unsigned.or_else(|_| i64::try_from(value).map(i64::cast_unsigned));
    let bits = bits.map_err(|_| CodeProblem::WideNumber(value))?;
    let (high, low, is_signed) = (bits >> 32, bits & 0xFFFF_FFFF, value < 0);
    Ok(format!("of_halves({high}, {low}, 64, {is_signed})"))
}

fn value(term: &Term) -> Result<String, CodeProblem> {
    Ok(match term {
        // A checked description has none.
        Term::Unreadable(_) | Term::Constant(..) | Term::Function(..) => {
            "E.member(s, MISSING, \"\")".to_owned()
        }
        Term::Integer(value) if !is_exact(*value) => {
            return Err(CodeProblem::WideNumber(*value));
        }
        Term::Integer(value) => format!("I({value})"),
        Term::Float(value) => format!("F({})", float(*value)),
        Term::Text(text) => format!("T({})", literal::lua_text(text)),
        Term::Bool(value) => format!("B({value})"),
        Term::List(terms) => format!("E.list({})", values(terms)?),
        Term::Name(name) => format!("E.name(s, {})", literal::lua_text(name)),
        Term::Field(index) => format!("E.field(s, {index})"),
        Term::Member(of, name) => {
            format!("E.member(s, {}, {})", value(of)?, literal::lua_text(name))
        }
        Term::Call(of, name, arguments) => {
            let decode = match name.as_str() {
                "to_s" => encoding(arguments)?,
                _ => "",
            };
            let (of, name) = (value(of)?, literal::lua_text(name));
            let arguments = values(arguments)?;
            match decode {
                "" => format!("E.call(s, {of}, {name}, {{{arguments}}})"),
                decode => format!("E.call(s, {of}, {name}, {{{arguments}}}, DECODE.{decode})"),
            }
        }
        Term::Index(of, index) => format!("E.index(s, {}, {})", value(of)?, value(index)?),
        Term::Unary(operator, of) => {
            format!("E.unary(\"{}\", {})", unary_sign(*operator), value(of)?)
        }
        Term::Binary(operator, left, right) => binary(*operator, left, right)?,
        Term::Choice(condition, holds, other) => format!(
            "E.choice({}, {}, {})",
            value(condition)?,
            later(holds)?,
            later(other)?
        ),
    })
}

/// The decoder of `to_s` with these arguments; nothing for the usual one.
fn encoding(arguments: &[Term]) -> Result<&'static str, CodeProblem> {
    let [Term::Text(name)] = arguments else {
        return match arguments {
            [] => Ok(""),
            // Only the message says which encoding it is.
            _ => Err(CodeProblem::Encoding("to_s(…)".to_owned())),
        };
    };
    let known = field_type::charset(name).and_then(decoder);
    known.ok_or_else(|| CodeProblem::Encoding(name.clone()))
}

/// A float: one that is no decimal number by what Lua has for it.
pub(super) fn float(value: f64) -> String {
    literal::float(value, "math.huge", "(0 / 0)")
}

fn binary(operator: BinaryOperator, left: &Term, right: &Term) -> Result<String, CodeProblem> {
    let left = value(left)?;
    Ok(match operator {
        BinaryOperator::Or => format!("E.either({left}, {})", later(right)?),
        BinaryOperator::And => format!("E.both({left}, {})", later(right)?),
        BinaryOperator::Equal => format!("E.equal({left}, {}, true)", value(right)?),
        BinaryOperator::NotEqual => format!("E.equal({left}, {}, false)", value(right)?),
        BinaryOperator::Less
        | BinaryOperator::LessEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterEqual => {
            let sign = operator.sign();
            format!("E.compare(\"{sign}\", {left}, {})", value(right)?)
        }
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
            let sign = operator.sign();
            format!("E.binary(\"{sign}\", {left}, {})", value(right)?)
        }
    })
}
