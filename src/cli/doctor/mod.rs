//! `netpeer doctor` says why nothing comes back, or nothing arrives; `netpeer explain` prints the
//! entries of its catalogue.

mod entries;
mod json;
mod report;

pub use entries::{ExplainOptions, explain};

use super::{CommandOutcome, diagnostics, output, values};
use crate::config::ArgumentMistake;
use crate::engine::Endpoint;
use crate::engine::endpoint::PortError;
use crate::engine::evidence::{Evidence, Permission, Question, Transport, look_up_sender};
use crate::explain::doctor;
use crate::t;
use crate::words::Lang;
use clap::{Args, Subcommand};
use std::net::SocketAddr;

/// The options of `netpeer doctor`.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, next_help_heading = "diagnosis")]
pub struct DoctorOptions {
    #[arg(long)]
    table: bool,
    #[command(subcommand)]
    question: Option<DoctorQuestion>,
}

/// What is asked.
#[derive(Debug, Subcommand)]
enum DoctorQuestion {
    Udp(TargetQuestion),
    Tcp(TargetQuestion),
    #[command(subcommand)]
    Port(PortQuestion),
}

/// Why does nothing come back from a target?
#[derive(Debug, Args)]
#[command(next_help_heading = "diagnosis")]
struct TargetQuestion {
    #[arg(value_name = "HOST:PORT", value_parser = values::endpoint)]
    remote: Endpoint,
    #[command(flatten)]
    asking: AskingOptions,
}

/// Why does nothing arrive at a port?
#[derive(Debug, Subcommand)]
enum PortQuestion {
    Udp(PortOptions),
    Tcp(PortOptions),
}

#[derive(Debug, Args)]
#[command(next_help_heading = "diagnosis")]
struct PortOptions {
    #[arg(value_name = "ADDR:PORT", value_parser = own_port)]
    local: SocketAddr,
    #[arg(long, value_name = "HOST[:PORT]", value_parser = values::sender)]
    from: Option<Endpoint>,
    #[command(flatten)]
    asking: AskingOptions,
}

#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "diagnosis")]
struct AskingOptions {
    #[arg(long)]
    probe: bool,
    #[arg(long)]
    json: bool,
}

/// An address of this machine with a port that datagrams or connections can come to.
fn own_port(text: &str) -> Result<SocketAddr, ArgumentMistake> {
    let local = values::local(text)?;
    match local.port() {
        // A missing port too.
        0 => Err(ArgumentMistake::Port {
            text: String::new(),
            problem: PortError::Zero,
        }),
        _ => Ok(local),
    }
}

/// Runs `netpeer doctor`. Exit status: 0 if nothing wrong was seen, 1 if something was, 2 if the
/// question could not be asked.
pub fn doctor(options: &DoctorOptions, lang: Lang) -> CommandOutcome {
    options.run(lang).unwrap_or_else(diagnostics::unusable)
}

impl DoctorOptions {
    fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let (question, asking) = match (&self.question, self.table) {
            (None, true) => return Ok(output::result(entries::table(lang).as_bytes(), lang)),
            (Some(question), false) => question.ask(lang)?,
            (Some(_), true) | (None, false) => return Err(t!(lang, "cli.doctor_question")),
        };
        let permission = Permission {
            probes: asking.probe,
        };
        let evidence = Evidence::gather(question, None, permission);
        let diagnosis = doctor::judge(&evidence);
        let text = match asking.json {
            true => json::line(lang, &evidence, &diagnosis)
                .map_err(|error| format!("netpeer: {error}"))?,
            false => report::text(lang, &diagnosis),
        };
        let found = match diagnosis.findings.is_empty() {
            true => CommandOutcome::Passed,
            false => CommandOutcome::Failed,
        };
        Ok(match output::result(text.as_bytes(), lang) {
            CommandOutcome::Passed => found,
            unprinted => unprinted,
        })
    }
}

impl DoctorQuestion {
    /// The question with the addresses of its names.
    fn ask(&self, lang: Lang) -> Result<(Question, AskingOptions), String> {
        let target = |transport, asked: &TargetQuestion| {
            let question = Question::of_target(transport, &asked.remote);
            let question = question.map(|question| (question, asked.asking));
            question.map_err(|failure| diagnostics::of_failure(lang, &failure))
        };
        let port = |transport, asked: &PortOptions| {
            let local = asked.local;
            let from = asked.from.as_ref();
            let from = from.map(|from| look_up_sender(from, Some(local)));
            let question = from.transpose().map(|from| Question::Port {
                transport,
                local,
                from,
            });
            let question = question.map(|question| (question, asked.asking));
            question.map_err(|failure| diagnostics::of_failure(lang, &failure))
        };
        match self {
            Self::Udp(asked) => target(Transport::Udp, asked),
            Self::Tcp(asked) => target(Transport::Tcp, asked),
            Self::Port(PortQuestion::Udp(asked)) => port(Transport::Udp, asked),
            Self::Port(PortQuestion::Tcp(asked)) => port(Transport::Tcp, asked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Arguments;
    use clap::Parser as _;

    fn is_accepted(line: &str) -> bool {
        let words = ["netpeer", "doctor"].into_iter().chain(line.split(' '));
        Arguments::try_parse_from(words).is_ok()
    }

    #[test]
    fn a_question_has_a_transport_and_a_port() {
        for line in [
            "udp localhost:8080",
            "tcp [::1]:80 --probe --json --lang zh",
            "--lang en udp 10.0.0.9:7",
            "port udp 0.0.0.0:8080",
            "port tcp :9000 --json",
            "port udp :9000 --from 10.0.0.9",
            "port tcp :9000 --from example.com:80 --probe",
            "port udp :9000 --from ::1",
            "--table",
        ] {
            assert!(is_accepted(line), "{line}");
        }
        for line in [
            "udp localhost",
            "udp 10.0.0.9:0",
            "sctp 10.0.0.9:7",
            "port 8080",
            "port udp 127.0.0.1",
            "port udp 127.0.0.1:0",
            "port udp :9000 --from 10.0.0.999",
            "port udp :9000 --from 10.0.0.9:x",
            "udp 10.0.0.9:7 --from 10.0.0.9",
            "port udp example.com:80",
        ] {
            assert!(!is_accepted(line), "{line}");
        }
    }

    #[test]
    fn a_port_that_is_missing_is_named_as_that() {
        let message = own_port("127.0.0.1").unwrap_err().to_string();
        assert_eq!(message, own_port("127.0.0.1:0").unwrap_err().to_string());
        assert!(message.contains('0'), "{message}");
    }
}
