//! The options that say what a message has to be answered with.

use super::pattern::Expectation;
use super::text_options::TextOptions;
use crate::explain;
use crate::payload::TextMistake;
use crate::words::Lang;
use clap::Args;

/// The expected answer, in one of four forms.
#[derive(Debug, Args)]
pub struct ExpectedAnswer {
    #[arg(long, value_name = "TEXT", group = "expected", help_heading = "answer")]
    expect: Option<String>,
    #[arg(long, value_name = "TEXT", group = "expected", help_heading = "answer")]
    expect_part: Option<String>,
    #[arg(
        long,
        value_name = "REGEX",
        group = "expected",
        help_heading = "answer"
    )]
    expect_regex: Option<String>,
    #[arg(long, value_name = "HEX", group = "expected", help_heading = "answer")]
    expect_hex: Option<String>,
}

impl ExpectedAnswer {
    /// What the answer has to be; `None` where nothing is expected. Texts are read as the message
    /// is.
    ///
    /// # Errors
    /// The option with the first mistake in its value, as text.
    pub fn pattern(&self, texts: &TextOptions, lang: Lang) -> Result<Option<Expectation>, String> {
        let wrong = |option: &str, mistake: TextMistake| {
            let wording = explain::mistake(lang, &mistake);
            format!("netpeer: {option}: {wording}")
        };
        if let Some(text) = &self.expect {
            let bytes = texts
                .bare(text)
                .map_err(|mistake| wrong("--expect", mistake))?;
            let pattern = Expectation::exact(&bytes);
            return Ok(Some(pattern.or_gbk(texts.bare_in_gbk(text))));
        }
        if let Some(text) = &self.expect_part {
            let bytes = texts
                .bare(text)
                .map_err(|mistake| wrong("--expect-part", mistake))?;
            return Ok(Some(
                Expectation::Part(bytes).or_gbk(texts.bare_in_gbk(text)),
            ));
        }
        if let Some(text) = &self.expect_hex {
            let pattern = Expectation::hex(text).map(Some);
            return pattern.map_err(|mistake| wrong("--expect-hex", mistake));
        }
        let regex = self.expect_regex.as_deref();
        let regex = regex.map(|text| Expectation::regex(text, texts.chosen_encoding()));
        regex.transpose().map_err(|problem| {
            let wording = explain::rule_problem(lang, &problem);
            format!("netpeer: --expect-regex: {wording}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Given {
        #[command(flatten)]
        expected: ExpectedAnswer,
        #[command(flatten)]
        texts: TextOptions,
    }

    #[test]
    fn a_mistake_in_an_expected_answer_names_its_option() {
        let cases = [
            ("--expect", r"\xZZ"),
            ("--expect-part", r"\q"),
            ("--expect-hex", "zz"),
            ("--expect-regex", "("),
        ];
        for (option, value) in cases {
            let given = Given::try_parse_from(["send", "--escapes", option, value]).unwrap();
            for lang in Lang::ALL {
                let error = given.expected.pattern(&given.texts, lang).unwrap_err();
                let begin = format!("netpeer: {option}: ");
                assert!(error.starts_with(&begin), "{error}");
            }
        }
    }
}
