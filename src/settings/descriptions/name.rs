//! Names of descriptions.

use crate::schema::ReadyMade;

/// The longest name, in bytes: files of every system may have it.
const LONGEST: usize = 100;

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    Empty,
    TooLong,
    /// It begins with a dot, ends with one or with a space, or has a character that not every
    /// system takes in a name.
    Character,
    /// A ready-made description has it.
    ReadyMade,
}

/// Checks that a text may be the name of a description, and of its file.
pub(super) fn check(name: &str) -> Result<(), BadName> {
    let is_bad = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    match name {
        "" => Err(BadName::Empty),
        name if name.len() > LONGEST => Err(BadName::TooLong),
        name if name.starts_with(['.', ' ']) || name.ends_with(['.', ' ']) => {
            Err(BadName::Character)
        }
        name if name.contains(is_bad) => Err(BadName::Character),
        name if ReadyMade::named(name).is_some() => Err(BadName::ReadyMade),
        _ => Ok(()),
    }
}

/// The names to try for a copy of something of this name: the name itself, then with numbers.
pub(super) fn candidates(name: &str) -> impl Iterator<Item = String> {
    let name = name.to_owned();
    let plain = std::iter::once(name.clone());
    plain.chain((2..1_000).map(move |number| format!("{name}_{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_a_file_on_every_system() {
        for (name, wrong) in [
            ("", BadName::Empty),
            (".hidden", BadName::Character),
            ("..", BadName::Character),
            ("../a", BadName::Character),
            ("/etc/a", BadName::Character),
            ("C:a", BadName::Character),
            ("a/b", BadName::Character),
            ("a\\b", BadName::Character),
            ("a\nb", BadName::Character),
            ("a ", BadName::Character),
            ("dns", BadName::ReadyMade),
            (&"x".repeat(101), BadName::TooLong),
        ] {
            assert_eq!(check(name), Err(wrong), "{name:?}");
        }
        for name in ["sensor", "传感器 2", "a.b"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }
}
