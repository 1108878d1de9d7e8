//! The command line as types.

use super::code_options::CodeOptions;
use super::doctor::{DoctorOptions, ExplainOptions};
use super::fields::FieldsOptions;
use super::learn::LearnOptions;
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
use crate::core_dumps;
use crate::explain;
use crate::kind::SessionKind;
use crate::renderer::Renderer;
use crate::t;
use crate::words::Lang;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// The arguments of `netpeer`. Without a command it opens the window. `cli::help` has the help
/// texts.
#[derive(Debug, Parser)]
#[command(name = "netpeer", version = env!("NETPEER_VERSION"))]
pub struct Arguments {
    #[arg(long, value_name = "zh|en", value_parser = values::completed(language, ["zh", "en"]), global = true)]
    lang: Option<Lang>,
    #[arg(long, global = true)]
    no_core_dumps: bool,
    #[arg(long, value_name = "DIR", value_parser = values::path())]
    pub config: Option<PathBuf>,
    #[arg(long, value_name = "KIND", value_parser = values::kinds())]
    pub new: Option<SessionKind>,
    // Desktops start the program with `--open` alone where no file is to be opened.
    #[arg(long, value_name = "FILE", num_args = 0.., value_parser = values::path())]
    pub open: Vec<PathBuf>,
    #[arg(long, value_name = "NAME", value_parser = values::renderers())]
    pub renderer: Option<Renderer>,
    #[command(subcommand)]
    pub command: Option<CliCommand>,
}

/// The command to run in the terminal.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
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
    Learn(LearnOptions),
    Show(ShowOptions),
    Convert(ConvertOptions),
    Fields(FieldsOptions),
    Doctor(DoctorOptions),
    Explain(ExplainOptions),
    Code(CodeOptions),
    Completions(CompletionsOptions),
    Man(ManOptions),
}

/// Parses a language tag, also in the form of locale(7): `zh`, `zh-CN`, `en_US.UTF-8`.
fn language(tag: &str) -> Result<Lang, ArgumentMistake> {
    let name = tag.split(['-', '_', '.']).next().unwrap_or_default();
    match name.to_ascii_lowercase().as_str() {
        "zh" => Ok(Lang::Chinese),
        "en" => Ok(Lang::English),
        _ => Err(ArgumentMistake::Language),
    }
}

/// The language of `--lang` among these arguments, even if others are wrong; otherwise the
/// system's.
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

/// Whether `netpeer help` received `--help` or `-h`, which it takes for a command.
fn is_help_of_help(error: &clap::Error) -> bool {
    let word = error.get(ContextKind::InvalidSubcommand);
    error.kind() == ErrorKind::InvalidSubcommand
        && matches!(word, Some(ContextValue::String(word)) if word == "--help" || word == "-h")
}

impl Arguments {
    /// Parses the arguments of this process. If they are wrong, or ask for help, it prints the
    /// message and ends the process: with status 2 for wrong arguments.
    pub fn read() -> Self {
        let mut words: Vec<OsString> = std::env::args_os().collect();
        let lang = asked(words.iter().skip(1).cloned());
        let read = Self::try_parse_from(&words).unwrap_or_else(|error| {
            if is_help_of_help(&error) {
                words.retain(|word| word != "--help" && word != "-h");
            }
            // Only the command with help texts prints a complete help; it is built only when
            // needed.
            let worded = Self::worded(lang).try_get_matches_from(&words);
            let error = worded.err().unwrap_or(error);
            if !error.use_stderr() {
                // Help or version, as clap prints it, but with status 1 if the output cannot be
                // written.
                let written = error.print().and_then(|()| io::stdout().flush());
                std::process::exit(match output::judge(written, lang) {
                    PrintOutcome::Whole | PrintOutcome::Unread => 0,
                    PrintOutcome::Failed => 1,
                });
            }
            // `diagnostics::say` escapes the typed text in the message.
            diagnostics::print_line(refusal::words(lang, &error).trim_end());
            std::process::exit(error.exit_code())
        });
        if let (Some(option), Some(_)) = (read.window_option(), &read.command) {
            diagnostics::print_line(&t!(lang, "argument.window_option", option = option));
            std::process::exit(2);
        }
        read
    }

    /// The first option that only the window has.
    fn window_option(&self) -> Option<&'static str> {
        let options = [
            (self.new.is_some(), "--new"),
            (!self.open.is_empty(), "--open"),
            (self.renderer.is_some(), "--renderer"),
        ];
        let given = options.iter().find(|(is_given, _)| *is_given);
        given.map(|(_, option)| *option)
    }

    /// The command line with the help texts of this language.
    pub fn worded(lang: Lang) -> clap::Command {
        help::worded(Self::command(), lang)
    }

    /// Keeps core dumps from being written, if `--no-core-dumps` says so.
    ///
    /// # Errors
    /// Why the system does not, as text.
    pub fn forbid_core_dumps(&self) -> Result<(), String> {
        if !self.no_core_dumps {
            return Ok(());
        }
        core_dumps::forbid().map_err(|error| {
            let lang = self.lang.unwrap_or_else(of_system);
            let why = explain::reason(lang, &error);
            t!(lang, "argument.core_dumps", why = why)
        })
    }

    /// The language of `--lang`.
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
        // After `--` it is data.
        assert_eq!(asked("--lang en send h:1 -- --lang=zh"), Lang::English);
    }

    #[test]
    fn without_a_command_it_is_the_window_with_its_options() {
        let line = "netpeer --lang zh --config /x --new tcp-server";
        let arguments = Arguments::parse_from(line.split(' '));
        assert!(arguments.command.is_none());
        assert_eq!(arguments.lang(), Some(Lang::Chinese));
        assert_eq!(arguments.config, Some(PathBuf::from("/x")));
        assert_eq!(arguments.new, Some(SessionKind::TcpServer));
        assert!(Arguments::try_parse_from(["netpeer", "--new", "tcp"]).is_err());
        assert!(Arguments::try_parse_from(["netpeer", "--renderer", "none"]).is_err());
    }
}
