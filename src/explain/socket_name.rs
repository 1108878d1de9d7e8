//! Unix socket names that cannot be used, in words.

use crate::config::shell_quoted;
use crate::payload::printable;
use crate::peer::Name;
use crate::traffic::NameProblem;
use crate::{t, words::Lang};

/// Explains an unusable Unix socket name: what happened and the cure.
pub fn failure(lang: Lang, address: &str, problem: NameProblem) -> (String, String) {
    let (what, cure) = match problem {
        NameProblem::Stale => {
            let what = t!(lang, "failure.name.stale.what", address = address);
            let cure = match removal(address) {
                Some(command) => t!(lang, "failure.name.stale.cure", command = command),
                None => t!(lang, "failure.name.stale.delete"),
            };
            return (what, cure);
        }
        NameProblem::Taken => ("failure.name.taken.what", "failure.name.taken.cure"),
        NameProblem::NoSocket => ("failure.name.no_socket.what", "failure.name.no_socket.cure"),
        NameProblem::NoFolder => ("failure.name.no_folder.what", "failure.name.no_folder.cure"),
        NameProblem::Missing => ("failure.name.missing.what", "failure.name.missing.cure"),
        NameProblem::Nobody => ("failure.name.nobody.what", "failure.name.nobody.cure"),
        NameProblem::OtherType => (
            "failure.name.other_type.what",
            "failure.name.other_type.cure",
        ),
        NameProblem::Full => ("failure.name.full.what", "failure.name.full.cure"),
        NameProblem::Nameless => ("failure.name.nameless.what", "failure.name.nameless.cure"),
        NameProblem::Denied => ("failure.name.denied.what", "failure.name.denied.cure"),
    };
    (t!(lang, what, address = address), t!(lang, cure))
}

/// The POSIX shell command that deletes the file of this name; `None` if the name has characters
/// that must not be shown, or is not UTF-8.
fn removal(address: &str) -> Option<String> {
    let path = String::from_utf8(Name::read(address).ok()?.bytes().to_vec()).ok()?;
    let is_plain = !path.chars().any(printable::deceives);
    is_plain.then(|| format!("rm -- {}", shell_quoted(&path)))
}
