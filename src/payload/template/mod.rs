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

    /// The bytes of this moment; `behind` more will follow that `${len}` counts too.
    pub fn render(
        &self,
        moment: &Moment<'_>,
        behind: usize,
        random: &mut fastrand::Rng,
    ) -> Vec<u8> {
        let (mut lengths, mut rest) = (0, behind);
        let parts: Vec<Piece<'_>> = self
            .parts
            .iter()
            .map(|part| {
                let piece = self.piece(part, moment, random);
                match &piece {
                    Piece::Bytes(bytes) => rest += bytes.len(),
                    Piece::Checksum(checksum) => rest += checksum.sum.width(),
                    Piece::Length => lengths += 1,
                }
                piece
            })
            .collect();
        let length = self.length(rest, lengths);
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
        message
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moment() -> Moment<'static> {
        Moment {
            seq: 7,
            time: jiff::civil::date(2026, 11, 23).at(14, 3, 31, 552_318_000),
            peer: "127.0.0.1:8888".into(),
            request: Request::default(),
        }
    }

    fn parse(text: &str) -> Result<Template, Mistake> {
        let literal = |text: &str| Ok(text.as_bytes().to_vec());
        Template::parse(text, Charset::Utf8, Scope::Message, literal)
    }

    fn render(text: &str) -> String {
        let mut random = fastrand::Rng::with_seed(1);
        let bytes = parse(text).unwrap().render(&moment(), 0, &mut random);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn variables_become_what_they_are_at_that_moment() {
        assert_eq!(render("n=${seq};"), "n=7;");
        assert_eq!(render("${seq:4}"), "0007");
        assert_eq!(render("${date} ${time}"), "2026-11-23 14:03:31.552");
        assert_eq!(render("→${peer}"), "→127.0.0.1:8888");
    }

    fn answer(text: &str, data: &[u8]) -> Vec<u8> {
        let literal = |text: &str| Ok(text.as_bytes().to_vec());
        let template = Template::parse(text, Charset::Utf8, Scope::Reply, literal).unwrap();
        let groups = [Some(0..data.len()), Some(1..3), None];
        let request = Request {
            data,
            groups: &groups,
        };
        let moment = Moment {
            request,
            ..moment()
        };
        template.render(&moment, 0, &mut fastrand::Rng::with_seed(1))
    }

    #[test]
    fn an_answer_has_what_it_answers() {
        let said = |text, data: &str| String::from_utf8(answer(text, data.as_bytes())).unwrap();
        assert_eq!(said("来自服务器${data}", "你好"), "来自服务器你好");
        assert_eq!(said("${1}|${0}|${2}|${9}", "abcd"), "bc|abcd||");
        assert_eq!(said("${data:2}${data:0:1}${data:9:4}", "abcd"), "cda");
        assert_eq!(said("${upper} ${hex}", "ab\n"), "AB\n 61 62 0A");
        let data = [0xFF, 0xFE];
        assert_eq!(answer("${data}!", &data), [0xFF, 0xFE, b'!']);
    }

    #[test]
    fn a_check_value_covers_what_stands_before_it() {
        assert_eq!(answer("123456789${crc:modbus}", b""), *b"123456789\x37\x4B");
        assert_eq!(
            answer("${data}${crc:modbus:high}!", b"123456789"),
            *b"123456789\x4B\x37!"
        );
        // The length counts the value, and the value covers the length.
        assert_eq!(answer("${len}${crc:xor-8}", b""), [b'2', b'2']);
    }

    #[test]
    fn a_message_that_answers_nothing_cannot_quote_it() {
        for text in ["${data}", "${1}", "${upper}", "${hex}"] {
            let problem = Problem::NoRequest;
            assert_eq!(parse(text), Err(Mistake { at: 0, problem }), "{text}");
        }
        let problem = Problem::UnknownVariable;
        assert_eq!(parse("${crc:nonsense}"), Err(Mistake { at: 0, problem }));
    }

    #[test]
    fn random_ones_have_the_shape_asked_for() {
        let text = render("${rand:12}");
        assert!(text.len() == 12 && text.chars().all(|c| c.is_ascii_alphanumeric()));
        let uuid = render("${uuid}");
        assert_eq!((uuid.len(), uuid.as_bytes()[14]), (36, b'4'));
        assert_ne!(render("${uuid}"), render("x${rand:1}${uuid}"));
    }

    #[test]
    fn the_length_counts_itself() {
        assert_eq!(render("${len}"), "1");
        assert_eq!(render("12345678${len}"), "123456789");
        assert_eq!(render("123456789${len}"), "12345678911");
        assert_eq!(
            render(&format!("{}${{len}}${{len}}", "x".repeat(95)))[95..],
            *"9999"
        );
        let longer = render(&format!("{}${{len}}${{len}}", "x".repeat(96)));
        assert_eq!(longer[96..], *"102102");
    }

    #[test]
    fn dollars_that_are_no_variables_stay() {
        assert_eq!(render("$5 and $${seq}"), "$5 and ${seq}");
        assert_eq!(parse("$5 {}").unwrap().fixed(), Some(b"$5 {}".to_vec()));
        assert_eq!(parse("a${seq}").unwrap().fixed(), None);
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let mistakes = [
            ("你${sec}", 1, Problem::UnknownVariable),
            ("${seq", 0, Problem::UnclosedVariable),
            ("ab${rand}", 2, Problem::VariableNumber),
            ("${rand:0}", 0, Problem::VariableNumber),
            ("${rand:99999}", 0, Problem::VariableNumber),
            ("${time:3}", 0, Problem::VariableNumber),
        ];
        for (text, at, problem) in mistakes {
            assert_eq!(parse(text), Err(Mistake { at, problem }), "{text}");
        }
    }

    #[test]
    fn a_mistake_between_variables_has_its_place_in_the_whole() {
        let template = Template::parse(
            "01 ${seq} 0g",
            Charset::Utf8,
            Scope::Message,
            crate::payload::hex::parse,
        );
        let problem = Problem::NotHex('g');
        assert_eq!(template, Err(Mistake { at: 11, problem }));
    }

    proptest! {
        #[test]
        fn the_length_written_is_the_length_there_is(rest in "[a-z]{0,1100}", times in 1_usize..5, behind in 0_usize..1000) {
            let text = format!("{rest}{}", "|${len}".repeat(times));
            let mut random = fastrand::Rng::with_seed(1);
            let bytes = parse(&text).unwrap().render(&moment(), behind, &mut random);
            let said = String::from_utf8(bytes.clone()).unwrap();
            let said: usize = said.rsplit('|').next().unwrap().parse().unwrap();
            prop_assert_eq!(said, bytes.len() + behind);
        }

        #[test]
        fn nothing_typed_panics(text: String) {
            parse(&text).ok();
        }
    }
}
