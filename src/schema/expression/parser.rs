//! Parses an expression by the precedence of its operators.

use super::lexer::{Token, tokens};
use super::{BinaryOperator, ExpressionMistake, ExpressionProblem, Term, UnaryOperator};

/// How deep brackets may be nested, and the most operators, members and values.
const DEPTH: usize = 64;
const PARTS: usize = 200;

/// The operators with two sides, by precedence, those that bind least first.
const BINARY: [&[(&str, BinaryOperator)]; 9] = [
    &[("or", BinaryOperator::Or)],
    &[("and", BinaryOperator::And)],
    &[
        ("==", BinaryOperator::Equal),
        ("!=", BinaryOperator::NotEqual),
        ("<=", BinaryOperator::LessEqual),
        (">=", BinaryOperator::GreaterEqual),
        ("<", BinaryOperator::Less),
        (">", BinaryOperator::Greater),
    ],
    &[("|", BinaryOperator::BitOr)],
    &[("^", BinaryOperator::BitXor)],
    &[("&", BinaryOperator::BitAnd)],
    &[
        ("<<", BinaryOperator::ShiftLeft),
        (">>", BinaryOperator::ShiftRight),
    ],
    &[("+", BinaryOperator::Add), ("-", BinaryOperator::Subtract)],
    &[
        ("*", BinaryOperator::Multiply),
        ("/", BinaryOperator::Divide),
        ("%", BinaryOperator::Remainder),
    ],
];

/// The sign or word of an operator.
pub fn sign(operator: BinaryOperator) -> &'static str {
    let mut all = BINARY.into_iter().flatten();
    let found = all.find(|(_, known)| *known == operator);
    found.map_or("", |(sign, _)| *sign)
}

/// The level before whose operators `not` stands.
const NOT: usize = 2;

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    /// The length of the text.
    end: usize,
    depth: usize,
    parts: usize,
}

/// Parses a whole text.
pub fn parse(text: &str) -> Result<Term, ExpressionMistake> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        end: text.len(),
        depth: 0,
        parts: 0,
    };
    let term = parser.choice()?;
    match parser.peek() {
        None => Ok(term),
        Some(_) => Err(parser.wrong(ExpressionProblem::Unexpected)),
    }
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn wrong(&self, problem: ExpressionProblem) -> ExpressionMistake {
        let at = self.tokens.get(self.next).map(|(at, _)| *at);
        match at {
            Some(at) => ExpressionMistake { at, problem },
            None => ExpressionMistake {
                at: self.end,
                problem: ExpressionProblem::End,
            },
        }
    }

    /// Counts a part: an expression is evaluated by recursion.
    fn count(&mut self) -> Result<(), ExpressionMistake> {
        self.parts += 1;
        match self.parts > PARTS {
            true => Err(self.wrong(ExpressionProblem::TooDeep)),
            false => Ok(()),
        }
    }

    /// Takes this sign or word, if it is the next.
    fn takes(&mut self, wanted: &str) -> bool {
        let found = match self.peek() {
            Some(Token::Sign(sign)) => *sign == wanted,
            Some(Token::Name(name)) => name == wanted,
            _ => false,
        };
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &str) -> Result<(), ExpressionMistake> {
        match self.takes(wanted) {
            true => Ok(()),
            false => Err(self.wrong(ExpressionProblem::Unexpected)),
        }
    }

    fn name(&mut self) -> Result<String, ExpressionMistake> {
        match self.peek() {
            Some(Token::Name(name)) => {
                let name = name.clone();
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.wrong(ExpressionProblem::Unexpected)),
        }
    }

    fn choice(&mut self) -> Result<Term, ExpressionMistake> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.wrong(ExpressionProblem::TooDeep));
        }
        let condition = self.binary(0)?;
        let term = match self.takes("?") {
            false => condition,
            true => {
                let holds = self.choice()?;
                self.expect(":")?;
                let other = self.choice()?;
                Term::Choice(condition.into(), holds.into(), other.into())
            }
        };
        self.depth -= 1;
        Ok(term)
    }

    fn binary(&mut self, level: usize) -> Result<Term, ExpressionMistake> {
        let Some(operators) = BINARY.get(level) else {
            return self.unary();
        };
        // `not a == b` is `not (a == b)`, but `- a + b` is `(- a) + b`.
        if level == NOT && self.takes("not") {
            return self.operand(UnaryOperator::Not, |parser| parser.binary(NOT));
        }
        let mut left = self.binary(level + 1)?;
        'operators: loop {
            for (sign, operator) in *operators {
                if self.takes(sign) {
                    let right = self.binary(level + 1)?;
                    left = Term::Binary(*operator, left.into(), right.into());
                    continue 'operators;
                }
            }
            return Ok(left);
        }
    }

    fn unary(&mut self) -> Result<Term, ExpressionMistake> {
        let operators = [
            ("-", UnaryOperator::Minus),
            ("~", UnaryOperator::Invert),
            ("not", UnaryOperator::Not),
        ];
        for (sign, operator) in operators {
            if self.takes(sign) {
                return self.operand(operator, Self::unary);
            }
        }
        self.postfix()
    }

    /// The operand of a unary operator.
    fn operand(
        &mut self,
        operator: UnaryOperator,
        read: impl FnOnce(&mut Self) -> Result<Term, ExpressionMistake>,
    ) -> Result<Term, ExpressionMistake> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.wrong(ExpressionProblem::TooDeep));
        }
        let operand = read(self)?;
        self.depth -= 1;
        Ok(Term::Unary(operator, operand.into()))
    }

    fn postfix(&mut self) -> Result<Term, ExpressionMistake> {
        let mut term = self.primary()?;
        loop {
            self.count()?;
            if self.takes(".") {
                let name = self.name()?;
                // `.as<type>`: values have their types already.
                if name == "as" && self.takes("<") {
                    self.type_name()?;
                } else if self.takes("(") {
                    let arguments = self.list(")")?;
                    term = Term::Call(term.into(), name, arguments);
                } else {
                    term = Term::Member(term.into(), name);
                }
            } else if self.takes("[") {
                let index = self.choice()?;
                self.expect("]")?;
                term = Term::Index(term.into(), index.into());
            } else {
                return Ok(term);
            }
        }
    }

    /// The rest of `as<type>`.
    fn type_name(&mut self) -> Result<(), ExpressionMistake> {
        self.name()?;
        while self.takes("::") {
            self.name()?;
        }
        if self.takes("[") {
            self.expect("]")?;
        }
        self.expect(">")
    }

    /// Terms up to the closing bracket.
    fn list(&mut self, close: &str) -> Result<Vec<Term>, ExpressionMistake> {
        let mut terms = Vec::new();
        while !self.takes(close) {
            if !terms.is_empty() {
                self.expect(",")?;
            }
            terms.push(self.choice()?);
        }
        Ok(terms)
    }

    fn primary(&mut self) -> Result<Term, ExpressionMistake> {
        let Some(token) = self.peek().cloned() else {
            return Err(self.wrong(ExpressionProblem::End));
        };
        match token {
            Token::Integer(value) => {
                self.next += 1;
                Ok(Term::Integer(value))
            }
            Token::Float(value) => {
                self.next += 1;
                Ok(Term::Float(value))
            }
            Token::Text(text) => {
                self.next += 1;
                Ok(Term::Text(text))
            }
            Token::Sign("(") => {
                self.next += 1;
                let term = self.choice()?;
                self.expect(")")?;
                Ok(term)
            }
            Token::Sign("[") => {
                self.next += 1;
                self.list("]").map(Term::List)
            }
            Token::Name(name) => {
                self.next += 1;
                match name.as_str() {
                    "true" => return Ok(Term::Bool(true)),
                    "false" => return Ok(Term::Bool(false)),
                    "or" | "and" | "not" => {
                        self.next -= 1;
                        return Err(self.wrong(ExpressionProblem::Unexpected));
                    }
                    _ => {}
                }
                if self.takes("(") {
                    return self.list(")").map(|terms| Term::Function(name, terms));
                }
                if !self.takes("::") {
                    return Ok(Term::Name(name));
                }
                // The last name is the value, the one before it the enumeration.
                let (mut path, mut value) = (name, self.name()?);
                while self.takes("::") {
                    path = format!("{path}::{value}");
                    value = self.name()?;
                }
                Ok(Term::Constant(path, value))
            }
            Token::Sign(_) => Err(self.wrong(ExpressionProblem::Unexpected)),
        }
    }
}
