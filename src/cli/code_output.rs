//! The output of commands that write code.

use super::recorded::{ConversionOutput, unwritten};
use super::{CommandOutcome, diagnostics, output};
use crate::disk::Existing;
use crate::words::Lang;
use std::io::Write as _;
use std::path::Path;

/// Writes code to a file, which `force` replaces if it exists, or prints it.
pub fn write(path: Option<&Path>, force: bool, code: &str, lang: Lang) -> CommandOutcome {
    let Some(path) = path else {
        return output::result(code.as_bytes(), lang);
    };
    let existing = match force {
        true => Existing::Replace,
        false => Existing::Keep,
    };
    let written = ConversionOutput::create(path, existing).and_then(|mut output| {
        output.write_all(code.as_bytes())?;
        output.flush()?;
        output.finish()
    });
    match written {
        Ok(()) => CommandOutcome::Passed,
        Err(error) => {
            diagnostics::print_line(&unwritten(path, &error, lang));
            CommandOutcome::Failed
        }
    }
}
