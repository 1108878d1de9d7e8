//! What is sent again and again with something else in it each time.

mod variable;

pub use variable::{Scope, Variable};

use super::charset::Charset;
use super::checksum::Checksum;
use super::{Mistake, Problem};
use jiff::civil::DateTime;
use std::borrow::Cow;
use std::ops::Range;

/// The circumstances of one message.
#[derive(Clone, Debug, Default)]
pub struct Moment<'a> {
    /// Counted from 1.
    pub seq: u64,
    /// Local time.
    pub time: DateTime,
    pub peer: String,
    pub request: Request<'a>,
}

/// What a message answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    pub data: &'a [u8],
    /// Where in it the groups of a regular expression stand; the first is all it matched.
    pub groups: &'a [Option<Range<usize>>],
    /// It is a read of a stream, not a datagram.
    pub stream: bool,
}

/// A message would have more bytes than can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// Bytes it may have.
    pub limit: usize,
}

/// Bytes with variables between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
    /// The encoding variables are written in.
    charset: Charset,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Bytes(Vec<u8>),
    Variable(Variable),
}

impl Template {
    /// Bytes without a variable.
    pub fn plain(bytes: Vec<u8>) -> Self {
        Self {
            parts: vec![Part::Bytes(bytes)],
            charset: Charset::Utf8,
        }
    }

    /// Reads `${name}` and `${name:N}`; `$${` is a plain `${`. What stands between them
    /// is turned into bytes by `literal`.
    ///
    /// # Errors
    /// The first mistake, with its place in `text`.
    pub fn parse(
        text: &str,
        charset: Charset,
        scope: Scope,
        literal: impl Fn(&str) -> Result<Vec<u8>, Mistake>,
    ) -> Result<Self, Mistake> {
        let mut parts = Vec::new();
        // Bytes of `text` read so far, and those that are literal but not yet turned.
        let (mut rest, mut plain) = (text, String::new());
        // Characters before `plain`, and before `rest`.
        let (mut plain_at, mut at) = (0, 0);
        let turn = |plain: &mut String, plain_at: usize| -> Result<Option<Part>, Mistake> {
            let text = std::mem::take(plain);
            let bytes = literal(&text).map_err(|mistake| Mistake {
                at: mistake.at + plain_at,
                ..mistake
            })?;
            Ok((!bytes.is_empty()).then_some(Part::Bytes(bytes)))
        };
        while let Some((before, after)) = rest.split_once("${") {
            at += before.chars().count();
            if let Some(before) = before.strip_suffix('$') {
                // One sign of the three is dropped: places behind it are off by one until
                // the next variable.
                plain.push_str(before);
                plain.push_str("${");
                (rest, at) = (after, at + 2);
                continue;
            }
            plain.push_str(before);
            parts.extend(turn(&mut plain, plain_at)?);
            let problem = |problem| Mistake { at, problem };
            let (name, after) = after
                .split_once('}')
                .ok_or(problem(Problem::UnclosedVariable))?;
            parts.push(Part::Variable(
                Variable::parse(name, scope).map_err(problem)?,
            ));
            at += name.chars().count() + 3;
            (rest, plain_at) = (after, at);
        }
        plain.push_str(rest);
        parts.extend(turn(&mut plain, plain_at)?);
        Ok(Self { parts, charset })
    }

    /// Its bytes, if they are always the same.
    pub fn fixed(&self) -> Option<Vec<u8>> {
        let bytes = self.parts.iter().map(|part| match part {
            Part::Bytes(bytes) => Some(bytes.as_slice()),
            Part::Variable(_) => None,
        });
        bytes
            .collect::<Option<Vec<_>>>()
            .map(|parts| parts.concat())
    }

    /// The most bytes it may become, of a request not counted.
    pub fn longest(&self) -> usize {
        let character = self.written("0").len();
        let parts = self.parts.iter().map(|part| match part {
            Part::Bytes(bytes) => bytes.len(),
            Part::Variable(Variable::Sum(checksum)) => checksum.sum.width(),
            Part::Variable(variable) => variable.longest() * character,
        });
        parts.fold(0, usize::saturating_add)
    }

    /// The bytes of this moment; `behind` more will follow that `${len}` counts too. All of
    /// them together are at most `limit`.
    ///
    /// # Errors
    /// [`TooLong`] as soon as that is known: no more is composed than can be sent.
    pub fn render(
        &self,
        moment: &Moment<'_>,
        behind: usize,
        limit: usize,
        random: &mut fastrand::Rng,
    ) -> Result<Vec<u8>, TooLong> {
        let (mut lengths, mut rest) = (0, behind);
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let piece = self.piece(part, moment, random);
            match &piece {
                Piece::Bytes(bytes) => rest += bytes.len(),
                Piece::Checksum(checksum) => rest += checksum.sum.width(),
                Piece::Length => lengths += 1,
            }
            if rest > limit {
                return Err(TooLong { limit });
            }
            parts.push(piece);
        }
        let length = self.length(rest, lengths);
        if rest + lengths * length.len() > limit {
            return Err(TooLong { limit });
        }
        let mut message = Vec::with_capacity(rest + lengths * length.len());
        for part in parts {
            match part {
                Piece::Bytes(bytes) => message.extend_from_slice(&bytes),
                Piece::Length => message.extend_from_slice(&length),
                // It covers everything before it, which is never too little.
                Piece::Checksum(checksum) => {
                    let value = checksum.of(&message).unwrap_or_default();
                    message.extend(value);
                }
            }
        }
        Ok(message)
    }

    fn piece<'a>(
        &self,
        part: &'a Part,
        moment: &Moment<'a>,
        random: &mut fastrand::Rng,
    ) -> Piece<'a> {
        let variable = match part {
            Part::Bytes(bytes) => return Piece::Bytes(Cow::Borrowed(bytes)),
            Part::Variable(variable) => variable,
        };
        let data = moment.request.data;
        let bytes = match *variable {
            Variable::Len => return Piece::Length,
            Variable::Sum(checksum) => return Piece::Checksum(checksum),
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
        Piece::Bytes(bytes)
    }

    /// The whole length, written: `rest` bytes, and this so many times. There is always
    /// exactly one shortest answer, since a digit more is only ever needed by one.
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

    /// Letters and digits in the encoding; every one has those.
    fn written(&self, text: &str) -> Vec<u8> {
        self.charset
            .encode(text)
            .map_or_else(|_| text.as_bytes().to_vec(), |bytes| bytes.to_vec())
    }
}

/// What a part is at one moment.
enum Piece<'a> {
    Bytes(Cow<'a, [u8]>),
    /// Known when all else is.
    Length,
    /// Known when all before it is.
    Checksum(Checksum),
}

fn text(variable: &Variable, moment: &Moment<'_>, random: &mut fastrand::Rng) -> String {
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
        | Variable::Data { .. }
        | Variable::Group(_)
        | Variable::Upper
        | Variable::Hex => String::new(),
    }
}

#[cfg(test)]
mod tests;
