//! The command line as types.

use super::load::{Flood, Meter};
use super::options::{Relay, TcpClient, TcpServer, Udp};
use super::papers::{Completions, Man};
use super::scenario::Run;
use super::send::Send;
use crate::words::Lang;
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// 网络调试助手 — the other end of your socket: sends, receives and explains UDP and TCP.
///
/// Without a command it opens its window.
#[derive(Debug, Parser)]
#[command(name = "netpeer", version)]
pub struct Arguments {
    /// The language of the window and of what is printed; without it, the settings' or the system's
    #[arg(long, value_enum, global = true)]
    lang: Option<Language>,
    /// Keep the window's settings in this directory
    #[arg(long, value_name = "DIR")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do in the terminal.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bind a UDP socket: print what comes, send what is typed
    Udp(Udp),
    /// Connect to a TCP server: print what comes, send what is typed
    TcpClient(TcpClient),
    /// Listen for TCP clients: print what comes, send what is typed to all of them
    TcpServer(TcpServer),
    /// Pass on what clients send to a target and its answers back, and print both
    #[command(subcommand)]
    Relay(Relay),
    /// Send once, and wait for the right answer
    Send(Send),
    /// Send a load of numbered messages at a rate
    Flood(Flood),
    /// Measure loss, duplicates, order, jitter and round trips of numbered datagrams
    Meter(Meter),
    /// Play the other end from a file of sessions, programs and steps
    Run(Run),
    /// Print what makes a shell complete this command line
    Completions(Completions),
    /// Print the manual as roff: netpeer man | man -l -
    Man(Man),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    Zh,
    En,
}

impl Arguments {
    /// What this process was started with. Where that is wrong it says so and ends the
    /// process with status 2.
    pub fn read() -> Self {
        Self::parse()
    }

    pub fn lang(&self) -> Option<Lang> {
        self.lang.map(|lang| match lang {
            Language::Zh => Lang::Chinese,
            Language::En => Lang::English,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_is_the_window_with_its_options() {
        let arguments = Arguments::parse_from(["netpeer", "--lang", "zh", "--config", "/x"]);
        assert!(arguments.command.is_none());
        assert_eq!(arguments.lang(), Some(Lang::Chinese));
        assert_eq!(arguments.config, Some(PathBuf::from("/x")));
    }
}
