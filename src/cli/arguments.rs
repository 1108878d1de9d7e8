//! The command line as types.

use super::load::{FloodOptions, MeterOptions};
use super::manual::{CompletionsOptions, ManOptions};
use super::options::{
    RelayOptions, TcpClientOptions, TcpServerOptions, UdpOptions, UnixClientOptions,
    UnixDatagramOptions, UnixServerOptions,
};
use super::output::{self, PrintOutcome};
use super::recorded::{ConvertOptions, ShowOptions};
use super::scenario::RunOptions;
use super::send::SendOptions;
use super::{diagnostics, help, of_system, refusal, values};
use crate::config::ArgumentMistake;
use crate::kind::Kind;
use crate::say;
use crate::words::Lang;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// What stands behind `netpeer`; without a command it opens its window. `cli::help` words it.
#[derive(Debug, Parser)]
#[command(name = "netpeer", version = env!("NETPEER_VERSION"))]
pub struct Arguments {
    #[arg(long, value_name = "zh|en", value_parser = values::completed(language, ["zh", "en"]), global = true)]
    lang: Option<Lang>,
    #[arg(long, value_name = "DIR", value_parser = values::path())]
    pub config: Option<PathBuf>,
    #[arg(long, value_name = "KIND", value_parser = values::kinds())]
    pub new: Option<Kind>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do in the terminal.
#[derive(Debug, Subcommand)]
pub enum Command {
    Udp(UdpOptions),
    TcpClient(TcpClientOptions),
    TcpServer(TcpServerOptions),
    UnixClient(UnixClientOptions),
    UnixServer(UnixServerOptions),
    UnixDatagram(UnixDatagramOptions),
    #[command(subcommand)]
    Relay(RelayOptions),
    Send(SendOptions),
    Flood(FloodOptions),
    Meter(MeterOptions),
    Run(RunOptions),
    Show(ShowOptions),
    Convert(ConvertOptions),
    Completions(CompletionsOptions),
    Man(ManOptions),
}

/// A language by its tag, as systems write it too: `zh`, `zh-CN`, `en_US.UTF-8`.
fn language(tag: &str) -> Result<Lang, ArgumentMistake> {
    let name = tag.split(['-', '_', '.']).next().unwrap_or_default();
    match name.to_ascii_lowercase().as_str() {
        "zh" => Ok(Lang::Chinese),
        "en" => Ok(Lang::English),
        _ => Err(ArgumentMistake::Language),
    }
}

/// The language that is asked for among these arguments, whatever is wrong with the others;
/// or else the system's.
fn asked(arguments: impl IntoIterator<Item = OsString>) -> Lang {
    let mut asked = None;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let tag = match &*argument.to_string_lossy() {
            "--" => break,
            "--lang" => arguments.next(),
            other => other.strip_prefix("--lang=").map(OsString::from),
        };
        let lang = tag.and_then(|tag| language(&tag.to_string_lossy()).ok());
        asked = lang.or(asked);
    }
    asked.unwrap_or_else(of_system)
}

/// Whether `netpeer help` got an option that asks for its help, and takes it for a command.
fn is_help_of_help(error: &clap::Error) -> bool {
    let word = error.get(ContextKind::InvalidSubcommand);
    error.kind() == ErrorKind::InvalidSubcommand
        && matches!(word, Some(ContextValue::String(word)) if word == "--help" || word == "-h")
}

impl Arguments {
    /// What this process was started with. Where that is wrong it says so and ends the
    /// process with status 2.
    pub fn read() -> Self {
        let mut words: Vec<OsString> = std::env::args_os().collect();
        let lang = asked(words.iter().skip(1).cloned());
        let read = Self::try_parse_from(&words).unwrap_or_else(|error| {
            if is_help_of_help(&error) {
                words.retain(|word| word != "--help" && word != "-h");
            }
            // The help has its words only where it is asked for.
            let worded = Self::worded(lang).try_get_matches_from(&words);
            let error = worded.err().unwrap_or(error);
            if !error.use_stderr() {
                // The help or the version: as clap does, but a full disk is no success.
                let written = error.print().and_then(|()| io::stdout().flush());
                std::process::exit(match output::judge(written) {
                    PrintOutcome::Whole | PrintOutcome::Unread => 0,
                    PrintOutcome::Failed => 1,
                });
            }
            // What was typed stands in it.
            diagnostics::say(refusal::words(lang, &error).trim_end());
            std::process::exit(error.exit_code())
        });
        if read.new.is_some() && read.command.is_some() {
            diagnostics::say(&say!(lang, "argument.window_option"));
            std::process::exit(2);
        }
        read
    }

    /// The whole command line, with its help in this language.
    pub fn worded(lang: Lang) -> clap::Command {
        help::worded(Self::command(), lang)
    }

    pub fn lang(&self) -> Option<Lang> {
        self.lang
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn languages_have_the_names_that_systems_have_for_them() {
        for tag in ["zh", "zh-CN", "zh_CN.UTF-8", "ZH", "zh-Hans"] {
            assert_eq!(language(tag), Ok(Lang::Chinese), "{tag}");
        }
        for tag in ["en", "en-US", "en_GB.UTF-8"] {
            assert_eq!(language(tag), Ok(Lang::English), "{tag}");
        }
        assert!(language("fr").is_err() && language("").is_err());
    }

    #[test]
    fn the_language_is_known_whatever_is_wrong_with_the_rest() {
        let asked = |line: &str| asked(line.split(' ').map(OsString::from));
        for line in [
            "udp --bogus --lang zh",
            "--lang=zh-CN x",
            "--lang en --lang zh",
        ] {
            assert_eq!(asked(line), Lang::Chinese, "{line}");
        }
        assert_eq!(asked("udp --lang en --lang fr"), Lang::English);
        // Behind the two dashes it is data.
        assert_eq!(asked("--lang en send h:1 -- --lang=zh"), Lang::English);
    }

    #[test]
    fn without_a_command_it_is_the_window_with_its_options() {
        let line = "netpeer --lang zh --config /x --new tcp-server";
        let arguments = Arguments::parse_from(line.split(' '));
        assert!(arguments.command.is_none());
        assert_eq!(arguments.lang(), Some(Lang::Chinese));
        assert_eq!(arguments.config, Some(PathBuf::from("/x")));
        assert_eq!(arguments.new, Some(Kind::TcpServer));
        assert!(Arguments::try_parse_from(["netpeer", "--new", "tcp"]).is_err());
    }
}
