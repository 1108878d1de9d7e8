//! The output of `convert`: a file, or the standard output.

use super::input::is_standard;
use crate::capture::ScenarioProblem;
use crate::cli::{blocking_io, diagnostics};
use crate::disk::{Existing, Replacement};
use crate::explain;
use crate::payload::printable;
use crate::t;
use crate::words::Lang;
use std::io::{self, ErrorKind, StdoutLock, Write};
use std::path::Path;

/// A file that is replaced atomically, or the standard output.
pub enum ConversionOutput {
    File(Replacement),
    Standard(blocking_io::BlockingWriter<StdoutLock<'static>>),
}

impl ConversionOutput {
    /// Creates the output.
    ///
    /// # Errors
    /// Those of [`Replacement::create`].
    pub fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        match is_standard(path) {
            true => Ok(Self::Standard(blocking_io::BlockingWriter(
                io::stdout().lock(),
            ))),
            false => Replacement::create(path, existing).map(Self::File),
        }
    }

    /// Moves the file into its place.
    ///
    /// # Errors
    /// Those of [`Replacement::finish`]; nothing has changed then.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::File(file) => file.finish(),
            Self::Standard(_) => Ok(()),
        }
    }
}

impl Write for ConversionOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Standard(output) => output.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Standard(output) => output.flush(),
        }
    }
}

/// An output as messages name it.
pub fn output_name(path: &Path, lang: Lang) -> String {
    match is_standard(path) {
        true => t!(lang, "recorded.standard_output"),
        false => printable::path(path),
    }
}

/// Why an output was not written, and what to do.
pub fn unwritten(path: &Path, error: &io::Error, lang: Lang) -> String {
    if let Some(problem) = ScenarioProblem::of(error) {
        let path = output_name(path, lang);
        let reason = explain::scenario_problem(lang, &problem);
        return t!(lang, "recorded.unwritten", path = path, reason = reason);
    }
    if is_standard(path) {
        return diagnostics::of_output(lang, error);
    }
    let path = printable::path(path);
    let reason = match error.kind() {
        // This reason names the cure.
        ErrorKind::AlreadyExists => {
            let reason = t!(lang, "recorded.exists");
            return t!(lang, "recorded.unwritten", path = path, reason = reason);
        }
        ErrorKind::InvalidInput => t!(lang, "recorded.no_file"),
        _ => explain::unmade(lang, error),
    };
    let cure = explain::write_cure(lang, error);
    t!(
        lang,
        "recorded.unwritten_cure",
        path = path,
        reason = reason,
        cure = cure
    )
}

/// Whether both paths are the same file, even by different names.
pub fn is_same_file(input: &Path, output: &Path) -> bool {
    let input = match is_standard(input) {
        true => Path::new("/dev/stdin"),
        false => input,
    };
    let output = match is_standard(output) {
        true => Path::new("/dev/stdout"),
        false => output,
    };
    identity(input).is_some_and(|input| identity(output) == Some(input))
}

/// The identity of a file; `None` if it does not exist or is not a regular file.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let known = std::fs::metadata(path).ok()?;
    known.is_file().then(|| (known.dev(), known.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<std::path::PathBuf> {
    std::fs::canonicalize(path).ok()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_same_by_whatever_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::write(path("a"), "a").unwrap();
        std::fs::write(path("b"), "a").unwrap();
        std::os::unix::fs::symlink(path("a"), path("symbolic")).unwrap();
        std::fs::hard_link(path("a"), path("hard")).unwrap();
        for name in ["a", "symbolic", "hard", "./a"] {
            assert!(is_same_file(&path("a"), &path(name)), "{name}");
        }
        for name in ["b", "missing"] {
            assert!(!is_same_file(&path("a"), &path(name)), "{name}");
            assert!(!is_same_file(&path(name), &path("a")), "{name}");
        }
        // Neither a folder nor a missing path is a file.
        assert!(!is_same_file(dir.path(), dir.path()));
        assert!(!is_same_file(&path("missing"), &path("missing")));
    }
}
