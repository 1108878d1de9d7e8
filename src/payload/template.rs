//! What is sent again and again with something else in it each time.

use super::charset::Charset;
use super::{Mistake, Problem};
use jiff::civil::DateTime;

/// The most characters `${rand:N}` and `${seq:N}` may ask for.
const WIDEST: usize = 4096;

/// Something that is known only when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The number of the message, counted from 1, with at least so many digits.
    Seq { digits: usize },
    /// Local time, `14:03:31.552`.
    Time,
    /// Local date, `2026-11-23`.
    Date,
    /// So many letters and digits.
    Rand { count: usize },
    /// A random UUID (RFC 9562, version 4).
    Uuid,
    /// Bytes of the whole message as it is sent, its own digits, checksum and line ending
    /// included.
    Len,
    /// The address it goes to.
    Peer,
}

impl Variable {
    /// All of them as they are written, for those who look for one.
    pub const WRITTEN: [&str; 7] = [
        "${seq}",
        "${time}",
        "${date}",
        "${rand:8}",
        "${uuid}",
        "${len}",
        "${peer}",
    ];

    /// Reads what stands between `${` and `}`.
    fn parse(text: &str) -> Result<Self, Problem> {
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let count = |usual: Option<usize>| match number {
            None => usual.ok_or(Problem::VariableNumber),
            Some(number) => {
                let count = number.trim().parse().map_err(|_| Problem::VariableNumber)?;
                let fits = (1..=WIDEST).contains(&count);
                fits.then_some(count).ok_or(Problem::VariableNumber)
            }
        };
        let alone = |variable| match number {
            None => Ok(variable),
            Some(_) => Err(Problem::VariableNumber),
        };
        match name.trim() {
            "seq" => count(Some(1)).map(|digits| Self::Seq { digits }),
            "rand" => count(None).map(|count| Self::Rand { count }),
            "time" => alone(Self::Time),
            "date" => alone(Self::Date),
            "uuid" => alone(Self::Uuid),
            "len" => alone(Self::Len),
            "peer" => alone(Self::Peer),
            _ => Err(Problem::UnknownVariable),
        }
    }
}

/// The circumstances of one message.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Counted from 1.
    pub seq: u64,
    /// Local time.
    pub time: DateTime,
    pub peer: String,
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
            parts.push(Part::Variable(Variable::parse(name).map_err(problem)?));
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

    /// The bytes of this moment; `behind` more will follow that `${len}` counts too.
    pub fn render(&self, moment: &Moment, behind: usize, random: &mut fastrand::Rng) -> Vec<u8> {
        let mut lengths = 0;
        let parts: Vec<Option<Vec<u8>>> = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Bytes(bytes) => Some(bytes.clone()),
                Part::Variable(Variable::Len) => {
                    lengths += 1;
                    None
                }
                Part::Variable(variable) => Some(self.written(&text(*variable, moment, random))),
            })
            .collect();
        let rest: usize = parts.iter().flatten().map(Vec::len).sum();
        let length = self.length(rest + behind, lengths);
        parts
            .into_iter()
            .flat_map(|part| part.unwrap_or_else(|| length.clone()))
            .collect()
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

fn text(variable: Variable, moment: &Moment, random: &mut fastrand::Rng) -> String {
    match variable {
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
        // Known only when all else is; see `render`.
        Variable::Len => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moment() -> Moment {
        Moment {
            seq: 7,
            time: jiff::civil::date(2026, 11, 23).at(14, 3, 31, 552_318_000),
            peer: "127.0.0.1:8888".into(),
        }
    }

    fn parse(text: &str) -> Result<Template, Mistake> {
        let literal = |text: &str| Ok(text.as_bytes().to_vec());
        Template::parse(text, Charset::Utf8, literal)
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
        let template = Template::parse("01 ${seq} 0g", Charset::Utf8, crate::payload::hex::parse);
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
