//! `netpeer code`: writes a program for the other side of a session.

use super::code_options::{CodeOptions, SESSIONS};
use super::options::SessionRequest;
use super::{Arguments, CliCommand, CommandOutcome, code_output, diagnostics, output, refusal};
use crate::codegen::PeerProgram;
use crate::explain;
use crate::t;
use crate::words::Lang;
use clap::Parser as _;

/// Runs `netpeer code`. Exit status: 1 if the output cannot be written; 2 if the session is not
/// valid, or the language cannot do what it needs.
pub fn code(options: &CodeOptions, lang: Lang) -> CommandOutcome {
    options.run(lang).unwrap_or_else(diagnostics::unusable)
}

impl CodeOptions {
    fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let words = std::iter::once("netpeer").chain(self.session.iter().map(String::as_str));
        let words: Vec<&str> = words.collect();
        let arguments = match Arguments::try_parse_from(&words) {
            Ok(arguments) => arguments,
            Err(error) => {
                // Only the command with help texts prints a complete help.
                let worded = Arguments::worded(lang).try_get_matches_from(&words);
                let error = worded.err().unwrap_or(error);
                return match error.use_stderr() {
                    true => Err(refusal::words(lang, &error).trim_end().to_owned()),
                    false => Ok(output::result(error.to_string().as_bytes(), lang)),
                };
            }
        };
        let request: SessionRequest = match arguments.command {
            Some(CliCommand::Udp(options)) => options.into(),
            Some(CliCommand::TcpClient(options)) => options.into(),
            Some(CliCommand::TcpServer(options)) => options.into(),
            Some(CliCommand::UnixClient(options)) => options.into(),
            Some(CliCommand::UnixServer(options)) => options.into(),
            Some(CliCommand::UnixDatagram(options)) => options.into(),
            Some(CliCommand::Relay(options)) => options.into(),
            _ => return Err(t!(lang, "cli.code_session", known = SESSIONS.join(", "))),
        };
        let session = request.config(lang)?;
        let program = PeerProgram::new(&session.config, None, lang);
        let code = program.and_then(|program| program.code(self.language, lang));
        let code = code.map_err(|reason| {
            let why = explain::unsupported(lang, reason);
            t!(lang, "cli.no_code", why = why)
        })?;
        let output = self.output.as_deref();
        Ok(code_output::write(output, self.force, &code, lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::PeerLanguage;
    use std::path::PathBuf;

    fn options(line: &str) -> Result<CodeOptions, clap::Error> {
        let words = ["netpeer", "code"].into_iter().chain(line.split(' '));
        Arguments::try_parse_from(words).map(|arguments| match arguments.command {
            Some(CliCommand::Code(options)) => options,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn options_of_the_session_stand_behind_it() {
        let line = "python --output peer.py udp --bind 127.0.0.1:9000 --hex --output x";
        let read = options(line).unwrap();
        assert_eq!(read.language, PeerLanguage::Python);
        assert_eq!(read.output, Some(PathBuf::from("peer.py")));
        let session = "udp --bind 127.0.0.1:9000 --hex --output x";
        assert_eq!(read.session.join(" "), session);
    }

    #[test]
    fn a_language_and_a_session_are_needed() {
        for line in [
            "cobol udp --bind 127.0.0.1:9000",
            "python",
            "python --force udp",
        ] {
            assert!(options(line).is_err(), "{line}");
        }
    }

    #[test]
    fn what_is_no_session_is_refused() {
        for (line, said) in [
            ("python show a.jsonl", "udp, tcp-client"),
            ("python udp --bogus", "--bogus"),
            ("python udp", "port"),
            (
                "nc tcp-server --bind 127.0.0.1:9000 --checksum modbus",
                "shell",
            ),
        ] {
            let refused = options(line).unwrap().run(Lang::English);
            let text = refused.unwrap_err();
            assert!(text.contains(said), "{line}: {text}");
        }
    }
}
