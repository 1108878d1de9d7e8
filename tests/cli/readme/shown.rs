//! A command of a page.

use super::ROOT;
use crate::cli::program::Program;
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;

/// A command of a page, and a folder to run it in.
pub struct Shown {
    pub line: String,
    pub folder: TempDir,
}

impl Shown {
    pub fn new(line: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tests = Path::new(ROOT).join("tests");
        std::os::unix::fs::symlink(tests, folder.path().join("tests")).unwrap();
        let line = line.to_owned();
        Self { line, folder }
    }

    /// Replaces a word, such as an address, by one that is free for the test.
    pub fn with(mut self, shown: &str, real: impl ToString) -> Self {
        assert!(self.line.contains(shown), "{}: {shown}", self.line);
        self.line = self.line.replace(shown, &real.to_string());
        self
    }

    pub fn run(&self) -> Program {
        Program::typed(&self.line, self.folder.path())
    }

    /// Binds to `at` instead of the shown address.
    pub fn bound(self, shown: &str, at: SocketAddr) -> (Program, Self) {
        let shown = self.with(shown, at);
        let program = shown.run();
        program.line_with(&at.to_string());
        (program, shown)
    }
}
