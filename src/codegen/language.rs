//! The languages that programs are written in.

/// A language, with the way to its sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeerLanguage {
    Python,
    /// C with the sockets of POSIX.
    C,
    /// C with the sockets of Windows.
    Winsock,
    CSharp,
    Java,
    Go,
    Rust,
    /// JavaScript for Node.js.
    Node,
    /// C++ for an ESP32 with the Arduino core.
    Arduino,
    /// A shell with OpenBSD's `nc`.
    Nc,
    /// A shell with `socat`.
    Socat,
}

impl PeerLanguage {
    /// All languages, in the order of menus.
    pub const ALL: [Self; 11] = [
        Self::Python,
        Self::C,
        Self::Winsock,
        Self::CSharp,
        Self::Java,
        Self::Go,
        Self::Rust,
        Self::Node,
        Self::Arduino,
        Self::Nc,
        Self::Socat,
    ];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::C => "c",
            Self::Winsock => "winsock",
            Self::CSharp => "csharp",
            Self::Java => "java",
            Self::Go => "go",
            Self::Rust => "rust",
            Self::Node => "node",
            Self::Arduino => "arduino",
            Self::Nc => "nc",
            Self::Socat => "socat",
        }
    }

    /// Its name for people, the same in every language.
    pub fn title(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::C => "C (POSIX)",
            Self::Winsock => "C (Winsock)",
            Self::CSharp => "C#",
            Self::Java => "Java",
            Self::Go => "Go",
            Self::Rust => "Rust",
            Self::Node => "JavaScript (Node.js)",
            Self::Arduino => "Arduino (ESP32)",
            Self::Nc => "Shell (nc)",
            Self::Socat => "Shell (socat)",
        }
    }

    /// The name of the file that [`Self::run`] speaks of.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Python => "peer.py",
            Self::C | Self::Winsock => "peer.c",
            Self::CSharp => "Program.cs",
            Self::Java => "Peer.java",
            Self::Go => "peer.go",
            Self::Rust => "peer.rs",
            Self::Node => "peer.js",
            Self::Arduino => "peer.ino",
            Self::Nc | Self::Socat => "peer.sh",
        }
    }

    /// The command that builds and runs the program in a folder with the file; `None` for a
    /// program that an Arduino IDE uploads.
    pub fn run(self) -> Option<&'static str> {
        match self {
            Self::Python => Some("python3 peer.py"),
            Self::C => Some("gcc -o peer peer.c && ./peer"),
            Self::Winsock => Some("gcc -o peer.exe peer.c -lws2_32 && peer.exe"),
            Self::CSharp => Some("dotnet run"),
            Self::Java => Some("javac -encoding UTF-8 Peer.java && java Peer"),
            Self::Go => Some("go run peer.go"),
            Self::Rust => Some("rustc --edition 2021 peer.rs && ./peer"),
            Self::Node => Some("node peer.js"),
            Self::Arduino => None,
            Self::Nc | Self::Socat => Some("sh peer.sh"),
        }
    }

    /// Whether it is a shell, which passes bytes on as they are.
    pub(super) fn is_shell(self) -> bool {
        matches!(self, Self::Nc | Self::Socat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_own_word_and_title() {
        for (place, language) in PeerLanguage::ALL.into_iter().enumerate() {
            for other in PeerLanguage::ALL.into_iter().skip(place + 1) {
                assert_ne!(language.word(), other.word());
                assert_ne!(language.title(), other.title());
            }
        }
    }

    #[test]
    fn the_command_names_the_file() {
        for language in PeerLanguage::ALL {
            let run = language.run().unwrap_or(language.file_name());
            let is_project = language == PeerLanguage::CSharp;
            assert!(is_project || run.contains(language.file_name()), "{run}");
        }
    }
}
