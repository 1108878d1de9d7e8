//! Arguments → window; nothing else.

use clap::{Parser, ValueEnum};
use netpeer::start::{self, Wishes};
use netpeer::words::Lang;
use std::path::PathBuf;
use std::process::ExitCode;

/// 网络调试助手 — the other end of your socket: sends, receives and explains UDP and TCP.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The language of the window; without it, the settings' or the system's
    #[arg(long, value_enum)]
    lang: Option<Language>,
    /// Keep settings in this directory
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Zh,
    En,
}

fn main() -> ExitCode {
    let Arguments { lang, config } = Arguments::parse();
    let lang = lang.map(|lang| match lang {
        Language::Zh => Lang::Chinese,
        Language::En => Lang::English,
    });
    match start::window(Wishes { config, lang }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("netpeer: {reason}");
            ExitCode::FAILURE
        }
    }
}
