//! Presets: ready-made rules.

use super::{Act, Pattern, Rule, Then, What, When};
use crate::payload::composition::{Composition, Format};

/// The purpose of a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    Echo,
    /// Echoes with a text in front, like the servers of tutorials.
    Prefix,
    Fixed,
    UpperCase,
    Modbus,
    Http,
    Ntp,
    Dns,
    Tftp,
}

impl Ready {
    pub const ALL: [Self; 9] = [
        Self::Echo,
        Self::Prefix,
        Self::Fixed,
        Self::UpperCase,
        Self::Modbus,
        Self::Http,
        Self::Ntp,
        Self::Dns,
        Self::Tftp,
    ];

    /// The rule, under this name. `prefix` is the text in front of the echo.
    pub fn rule(self, name: String, prefix: &str) -> Rule {
        let written = |text: String| What::Written(composition(&text));
        let (when, what) = match self {
            Self::Echo => (When::Always, What::Echo),
            Self::Prefix => (When::Always, written(format!("{prefix}${{data}}"))),
            Self::Fixed => (When::Always, written("OK\\r\\n".into())),
            Self::UpperCase => (When::Always, written("${upper}".into())),
            Self::Modbus => (When::Always, What::Modbus),
            Self::Http => {
                let page = "HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: 6\\r\\nConnection: close\\r\\n\\r\\nhello\\n";
                (
                    When::Matches("^[A-Z]+ \\S+ HTTP/1".into()),
                    written(page.into()),
                )
            }
            Self::Ntp => (
                When::Length {
                    least: 48,
                    most: 68,
                },
                What::Ntp,
            ),
            Self::Dns => (When::Always, What::Dns("127.0.0.1".into())),
            Self::Tftp => {
                let requests =
                    ["00 01", "00 02", "00 04"].map(|code| When::StartsWith(Pattern::hex(code)));
                (When::Any(requests.into()), What::Tftp)
            }
        };
        let reply = Then {
            act: Act::Reply { what, to: None },
            ..Then::default()
        };
        let close = Then {
            act: Act::Close,
            ..Then::default()
        };
        let mut then = vec![reply];
        if self == Self::Http {
            then.push(close);
        }
        Rule {
            name,
            on: true,
            when,
            then,
        }
    }
}

/// Text with escapes and variables.
pub fn composition(text: &str) -> Composition {
    Composition {
        format: Format::Text,
        text: text.into(),
        escapes: true,
        variables: true,
        ..Composition::default()
    }
}
