//! What the command line says about itself to other programs.

use super::{Arguments, Outcome, complaint};
use crate::say;
use crate::words::Lang;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use std::io::{self, ErrorKind, Write as _};

/// The shell to complete for.
#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

/// The page to print.
#[derive(Debug, Args)]
pub struct Man {
    /// The command to tell of; without it, the program as a whole
    command: Option<String>,
}

/// Writes what the shell has to read.
pub fn completions(options: &Completions) -> Outcome {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(options.shell, &mut command, "netpeer", &mut script);
    print(&script)
}

/// Writes a manual page.
pub fn man(options: &Man, lang: Lang) -> Outcome {
    let mut command = Arguments::command();
    command.build();
    let page = match &options.command {
        None => Some(command),
        Some(name) => command.find_subcommand(name).cloned(),
    };
    let Some(page) = page else {
        let name = options.command.as_deref().unwrap_or_default();
        complaint::say(&say!(lang, "argument.no_page", name = name));
        return Outcome::Unusable;
    };
    let mut text = Vec::new();
    match clap_mangen::Man::new(page).render(&mut text) {
        Ok(()) => print(&text),
        Err(error) => refused(&error),
    }
}

fn print(text: &[u8]) -> Outcome {
    let mut output = io::stdout().lock();
    match output.write_all(text).and_then(|()| output.flush()) {
        Ok(()) => Outcome::Passed,
        // The reader has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Outcome::Passed,
        Err(error) => refused(&error),
    }
}

fn refused(error: &io::Error) -> Outcome {
    complaint::say(&format!("netpeer: {error}"));
    Outcome::Failed
}
