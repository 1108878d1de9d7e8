//! What the command line says about itself to other programs.

use super::{CommandOutcome, diagnostics, help};
use crate::say;
use crate::words::Lang;
use clap::{Args, Command};
use clap_complete::Shell;
use std::io::{self, ErrorKind, Write as _};

/// The shell to complete for.
#[derive(Debug, Args)]
pub struct CompletionsOptions {
    #[arg(value_enum)]
    shell: Shell,
}

/// The page to print.
#[derive(Debug, Args)]
pub struct ManOptions {
    command: Option<String>,
}

/// Writes what the shell has to read to complete `command`.
pub fn completions(options: &CompletionsOptions, mut command: Command) -> CommandOutcome {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "netpeer", &mut script);
    print(&script)
}

/// Writes the manual page of `command`, or of one below it.
pub fn man(options: &ManOptions, command: Command, lang: Lang) -> CommandOutcome {
    let page = match &options.command {
        None => Some(command),
        Some(name) => command.find_subcommand(name).cloned(),
    };
    let Some(page) = page else {
        let name = options.command.as_deref().unwrap_or_default();
        diagnostics::say(&say!(lang, "argument.no_page", name = name));
        return CommandOutcome::Unusable;
    };
    let mut text = Vec::new();
    match clap_mangen::Man::new(page).render(&mut text) {
        Ok(()) => print(headed(&String::from_utf8_lossy(&text), lang).as_bytes()),
        Err(error) => refused(&error),
    }
}

/// A manual page with its headings in this language: clap_mangen has English ones.
fn headed(page: &str, lang: Lang) -> String {
    let examples = help::heading_of_examples(lang);
    // The heading of the section says it.
    let mut page = page.replace(&format!(".SH EXTRA\n{examples}\n"), ".SH EXTRA\n");
    for (name, heading) in [
        ("NAME", say!(lang, "help.page.name")),
        ("SYNOPSIS", say!(lang, "help.page.synopsis")),
        ("DESCRIPTION", say!(lang, "help.page.description")),
        ("EXTRA", say!(lang, "help.page.examples")),
        ("VERSION", say!(lang, "help.page.version")),
    ] {
        page = page.replace(&format!(".SH {name}\n"), &format!(".SH {heading}\n"));
    }
    page
}

fn print(text: &[u8]) -> CommandOutcome {
    let mut output = io::stdout().lock();
    match output.write_all(text).and_then(|()| output.flush()) {
        Ok(()) => CommandOutcome::Passed,
        // The reader has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => CommandOutcome::Passed,
        Err(error) => refused(&error),
    }
}

fn refused(error: &io::Error) -> CommandOutcome {
    diagnostics::say(&format!("netpeer: {error}"));
    CommandOutcome::Failed
}
