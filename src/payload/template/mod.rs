//! Message templates: bytes with variables that differ each time the message is sent.

mod variable;

pub use variable::{NumberValue, TemplateScope, Variable};

use super::charset::Charset;
use super::checksum::Checksum;
use super::number_type::NumberType;
use super::{TextMistake, TextProblem};
use jiff::civil::DateTime;
use std::borrow::Cow;
use std::ops::Range;

/// The values for the variables of one message.
#[derive(Clone, Debug, Default)]
pub struct TemplateContext<'a> {
    /// The number of the message, from 1.
    pub seq: u64,
    /// Local time.
    pub time: DateTime,
    /// The same time in microseconds since 1970.
    pub micros: i64,
    pub peer: String,
    pub request: Request<'a>,
}

/// The request that a message answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    pub data: &'a [u8],
    /// The ranges of the regular expression's groups in `data`; the first is the whole match.
    pub groups: &'a [Option<Range<usize>>],
    /// Whether it is a read of a stream, not a datagram.
    pub stream: bool,
}

/// The message would have more bytes than can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The most bytes allowed.
    pub limit: usize,
}

/// Literal bytes with variables between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<TemplatePart>,
    /// The encoding of the variables' text.
    charset: Charset,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TemplatePart {
    Bytes(Vec<u8>),
    Variable(Variable),
}

impl Template {
    /// A template without variables.
    pub fn plain(bytes: Vec<u8>) -> Self {
        Self {
            parts: vec![TemplatePart::Bytes(bytes)],
            charset: Charset::Utf8,
        }
    }

    /// Parses `${name}` and `${name:N}`; `$${` is a literal `${`. `literal` converts the text
    /// between variables to bytes.
    ///
    /// # Errors
    /// The first mistake, with its position in `text`.
    pub fn parse(
        text: &str,
        charset: Charset,
        scope: TemplateScope,
        literal: impl Fn(&str) -> Result<Vec<u8>, TextMistake>,
    ) -> Result<Self, TextMistake> {
        let mut parts = Vec::new();
        // The unread rest of `text`, and the literal text that is not yet converted.
        let (mut rest, mut plain) = (text, String::new());
        // Characters before `plain`, and before `rest`.
        let (mut plain_at, mut at) = (0, 0);
        let turn =
            |plain: &mut String, plain_at: usize| -> Result<Option<TemplatePart>, TextMistake> {
                let text = std::mem::take(plain);
                let bytes = literal(&text).map_err(|mistake| TextMistake {
                    at: mistake.at + plain_at,
                    ..mistake
                })?;
                Ok((!bytes.is_empty()).then_some(TemplatePart::Bytes(bytes)))
            };
        while let Some((before, after)) = rest.split_once("${") {
            at += before.chars().count();
            if let Some(before) = before.strip_suffix('$') {
                // One `$` is dropped: positions after it are off by one until the next
                // variable.
                plain.push_str(before);
                plain.push_str("${");
                (rest, at) = (after, at + 2);
                continue;
            }
            plain.push_str(before);
            parts.extend(turn(&mut plain, plain_at)?);
            let problem = |problem| TextMistake { at, problem };
            let (name, after) = after
                .split_once('}')
                .ok_or(problem(TextProblem::UnclosedVariable))?;
            parts.push(TemplatePart::Variable(
                Variable::parse(name, scope).map_err(problem)?,
            ));
            at += name.chars().count() + 3;
            (rest, plain_at) = (after, at);
        }
        plain.push_str(rest);
        parts.extend(turn(&mut plain, plain_at)?);
        Ok(Self { parts, charset })
    }

    /// The template of a hexadecimal message: `${rand:N}` is N bytes, not characters.
    #[must_use]
    pub fn in_hex(self) -> Self {
        let parts = self.parts.into_iter().map(|part| match part {
            TemplatePart::Variable(variable) => TemplatePart::Variable(variable.in_hex()),
            bytes => bytes,
        });
        Self {
            parts: parts.collect(),
            ..self
        }
    }

    /// The highest number of a group of the request's regular expression that it quotes.
    pub fn highest_group(&self) -> Option<usize> {
        let groups = self.parts.iter().filter_map(|part| match part {
            TemplatePart::Variable(Variable::Group(number)) => Some(*number),
            _ => None,
        });
        groups.max()
    }

    /// The bytes, if there are no variables.
    pub fn fixed(&self) -> Option<Vec<u8>> {
        let bytes = self.parts.iter().map(|part| match part {
            TemplatePart::Bytes(bytes) => Some(bytes.as_slice()),
            TemplatePart::Variable(_) => None,
        });
        bytes
            .collect::<Option<Vec<_>>>()
            .map(|parts| parts.concat())
    }

    /// The largest possible length in bytes, without quoted parts of a request.
    pub fn longest(&self) -> usize {
        let character = self.written("0").len();
        let parts = self.parts.iter().map(|part| match part {
            TemplatePart::Bytes(bytes) => bytes.len(),
            TemplatePart::Variable(variable) => variable.longest(character),
        });
        parts.fold(0, usize::saturating_add)
    }

    /// The bytes at this moment. `behind` more bytes will follow, which `${len}` counts, too.
    /// All of them together are at most `limit`.
    ///
    /// # Errors
    /// [`TooLong`], before anything beyond the limit is composed.
    pub fn render(
        &self,
        moment: &TemplateContext<'_>,
        behind: usize,
        limit: usize,
        random: &mut fastrand::Rng,
    ) -> Result<Vec<u8>, TooLong> {
        let (mut lengths, mut rest) = (0, behind);
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let piece = self.piece(part, moment, random);
            match &piece {
                PartValue::Bytes(bytes) => rest += bytes.len(),
                PartValue::Checksum(checksum) => rest += checksum.sum.width(),
                PartValue::BinaryLength(as_type) | PartValue::RestLength(as_type) => {
                    rest += as_type.width();
                }
                PartValue::Length => lengths += 1,
            }
            if rest > limit {
                return Err(TooLong { limit });
            }
            parts.push(piece);
        }
        let length = self.length(rest, lengths);
        let whole = rest + lengths * length.len();
        if whole > limit {
            return Err(TooLong { limit });
        }
        let mut message = Vec::with_capacity(whole);
        for part in parts {
            match part {
                PartValue::Bytes(bytes) => message.extend_from_slice(&bytes),
                PartValue::Length => message.extend_from_slice(&length),
                PartValue::BinaryLength(as_type) => {
                    message.extend(binary_length(whole, as_type)?);
                }
                PartValue::RestLength(as_type) => {
                    let before = message.len() + as_type.width();
                    let behind = whole.saturating_sub(before);
                    message.extend(binary_length(behind, as_type)?);
                }
                // It covers everything before it, so the range always exists.
                PartValue::Checksum(checksum) => {
                    let value = checksum.of(&message).unwrap_or_default();
                    message.extend(value);
                }
            }
        }
        Ok(message)
    }

    fn piece<'a>(
        &self,
        part: &'a TemplatePart,
        moment: &TemplateContext<'a>,
        random: &mut fastrand::Rng,
    ) -> PartValue<'a> {
        let variable = match part {
            TemplatePart::Bytes(bytes) => return PartValue::Bytes(Cow::Borrowed(bytes)),
            TemplatePart::Variable(variable) => variable,
        };
        let data = moment.request.data;
        let bytes = match *variable {
            Variable::Len => return PartValue::Length,
            Variable::Sum(checksum) => return PartValue::Checksum(checksum),
            Variable::Constant(ref bytes) => Cow::Borrowed(bytes.as_slice()),
            Variable::RandomBytes { count } => {
                let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..))
                    .take(count)
                    .collect();
                bytes.into()
            }
            Variable::Number { value, as_type } => match value {
                NumberValue::Len => return PartValue::BinaryLength(as_type),
                NumberValue::Rest => return PartValue::RestLength(as_type),
                NumberValue::Seq => as_type.counter(moment.seq).into(),
                // Before 1970 the low bytes are those of a negative number.
                NumberValue::Time { unit } => as_type
                    .counter(moment.micros.div_euclid(unit) as u64)
                    .into(),
                NumberValue::Rand => as_type.random(random).into(),
            },
            Variable::Data { from, count } => {
                let end = count.map_or(data.len(), |count| from.saturating_add(count));
                let slice = data.get(from.min(data.len())..end.min(data.len()));
                Cow::Borrowed(slice.unwrap_or_default())
            }
            Variable::Group(number) => {
                let place = moment.request.groups.get(number).cloned().flatten();
                let slice = place.and_then(|place| data.get(place));
                Cow::Borrowed(slice.unwrap_or_default())
            }
            Variable::Upper => data.to_ascii_uppercase().into(),
            Variable::Hex => self.written(&super::hex::format(data)).into(),
            ref variable => self.written(&text(variable, moment, random)).into(),
        };
        PartValue::Bytes(bytes)
    }

    /// The whole length in digits: `rest` bytes, and the digits themselves `times` times.
    /// Digits are added until their number is stable.
    fn length(&self, rest: usize, times: usize) -> Vec<u8> {
        let mut length = self.written(&rest.to_string());
        loop {
            let all = rest + times * length.len();
            let next = self.written(&all.to_string());
            if next.len() == length.len() {
                return next;
            }
            length = next;
        }
    }

    /// Letters and digits in the encoding; every encoding has them.
    fn written(&self, text: &str) -> Vec<u8> {
        self.charset
            .encode(text)
            .map_or_else(|_| text.as_bytes().to_vec(), |bytes| bytes.to_vec())
    }
}

/// The value of a part at one moment.
enum PartValue<'a> {
    Bytes(Cow<'a, [u8]>),
    /// Known once everything else is.
    Length,
    BinaryLength(NumberType),
    /// The same of what stands behind it.
    RestLength(NumberType),
    /// Known once everything before it is.
    Checksum(Checksum),
}

/// A length in binary.
///
/// # Errors
/// [`TooLong`] if the type has no such number.
fn binary_length(length: usize, as_type: NumberType) -> Result<Vec<u8>, TooLong> {
    let limit = usize::try_from(as_type.most()).unwrap_or(usize::MAX);
    as_type.unsigned(length as u64).ok_or(TooLong { limit })
}

fn text(variable: &Variable, moment: &TemplateContext<'_>, random: &mut fastrand::Rng) -> String {
    match *variable {
        Variable::Seq { digits } => format!("{:0digits$}", moment.seq),
        Variable::Time => moment.time.strftime("%H:%M:%S.%3f").to_string(),
        Variable::Date => moment.time.strftime("%Y-%m-%d").to_string(),
        Variable::Rand { count } => (0..count).map(|_| random.alphanumeric()).collect(),
        Variable::Uuid => {
            let bytes = random.u128(..).to_be_bytes();
            uuid::Builder::from_random_bytes(bytes)
                .into_uuid()
                .to_string()
        }
        Variable::Peer => moment.peer.clone(),
        // These are bytes, not text.
        Variable::Len
        | Variable::Sum(_)
        | Variable::Number { .. }
        | Variable::Constant(_)
        | Variable::RandomBytes { .. }
        | Variable::Data { .. }
        | Variable::Group(_)
        | Variable::Upper
        | Variable::Hex => String::new(),
    }
}

#[cfg(test)]
mod tests;
