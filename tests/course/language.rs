//! The languages of the solutions, and how a program in them runs.

use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramLanguage {
    Python,
    C,
}

impl ProgramLanguage {
    pub const ALL: [Self; 2] = [Self::Python, Self::C];

    /// What has to be installed.
    pub fn tools(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["python3"],
            Self::C => &["gcc"],
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Python => "py",
            Self::C => "c",
        }
    }

    /// The edits that make wrong programs.
    pub fn mutations(self) -> &'static str {
        match self {
            Self::Python => include_str!("mutations.json"),
            Self::C => include_str!("mutations-c.json"),
        }
    }

    /// The solution of an exercise; not every one has one in C.
    pub fn solution(self, exercise: &str) -> Option<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/course");
        let name = format!("solution.{}", self.extension());
        Some(folder.join(exercise).join(name)).filter(|path| path.is_file())
    }

    /// The command that runs a program; one in C is compiled into `folder` with these warnings.
    pub fn command(self, program: &Path, folder: &Path, warnings: &[&str]) -> Vec<String> {
        if self == Self::Python {
            return vec!["python3".to_owned(), program.to_str().unwrap().to_owned()];
        }
        let made = folder.join("program");
        let mut gcc = Command::new("gcc");
        gcc.args(["-std=gnu11", "-O1"])
            .args(warnings)
            .arg("-o")
            .arg(&made)
            .arg(program);
        let ended = gcc.output().unwrap();
        let messages = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{}: {messages}", program.display());
        vec![made.to_str().unwrap().to_owned()]
    }
}
