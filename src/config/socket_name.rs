//! The names of Unix sockets as people type and paste them: in the window, on the command line
//! and in scenarios.

use crate::disk::path_of;
use crate::engine::endpoint;
use crate::payload::width;
use crate::peer::{Name, NameError, UNIX};
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Reads a name: a path, `~/a.sock` in the home folder, a `file:` URL, or `@name`. Behind
/// `unix:`, it is taken literally.
///
/// # Errors
/// The mistake in it; [`NameError::Address`] for an IP address or `host:port`.
pub fn socket_name(text: &str) -> Result<Name, NameError> {
    read(text, || etcetera::home_dir().ok())
}

/// The text that [`socket_name`] reads as this name.
pub fn typed_name(name: Name) -> String {
    let text = name.to_string();
    match socket_name(&text) == Ok(name) {
        true => text,
        // Without the prefix, the text reads as something else.
        false => format!("{UNIX}{text}"),
    }
}

fn read(text: &str, home: impl FnOnce() -> Option<PathBuf>) -> Result<Name, NameError> {
    let text = text.trim();
    if text.starts_with(UNIX) {
        return Name::read(text);
    }
    if text.starts_with("file:/") {
        return Name::read(&escaped(&path_of(text)));
    }
    if let Some((rest, home)) = text.strip_prefix("~/").zip(home()) {
        // The typed text may contain escapes; the home folder is literal.
        return Name::read(&format!("{}/{rest}", escaped(&home)));
    }
    match is_address(text) {
        true => Err(NameError::Address),
        false => Name::read(text),
    }
}

/// A path with every byte escaped that is not printable ASCII, and every backslash.
fn escaped(path: &std::path::Path) -> String {
    let mut text = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        let is_plain = byte.is_ascii_graphic() && *byte != b'\\';
        if is_plain {
            text.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            write!(text, "\\{byte:02X}").ok();
        }
    }
    text
}

/// Whether the text is an IP address, or a host with a port.
fn is_address(text: &str) -> bool {
    let narrow = width::to_ascii(text);
    let bare = narrow.trim_matches(['[', ']']);
    let is_ip = bare.parse::<IpAddr>().is_ok() || narrow.parse::<SocketAddr>().is_ok();
    // In an abstract name or a path, a colon is part of the name.
    let is_name = narrow.starts_with('@') || narrow.contains('/');
    let has_port = || endpoint::split_port(&narrow).is_some() || is_port(&narrow);
    is_ip || !is_name && has_port()
}

/// A port alone: `:8080`.
fn is_port(text: &str) -> bool {
    let port = text.strip_prefix(':');
    port.is_some_and(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Result<String, NameError> {
        let home = || Some(PathBuf::from("/home/a b\\c"));
        read(text, home).map(|name| name.to_string())
    }

    #[test]
    fn a_name_may_be_in_the_home_folder_or_a_url() {
        for (text, name) in [
            ("/tmp/a.sock", "/tmp/a.sock"),
            (" ./a.sock ", "./a.sock"),
            ("~/a.sock", r"/home/a b\5Cc/a.sock"),
            (r"~/\41", r"/home/a b\5Cc/A"),
            ("./~/a", "./~/a"),
            ("~", "~"),
            ("unix:~/a", "~/a"),
            ("file:///tmp/a%20b%5C.sock", r"/tmp/a b\5C.sock"),
            ("file:///tmp/%E5%A5%97", "/tmp/套"),
            ("file://localhost/tmp/a", "/tmp/a"),
            ("@name", "@name"),
        ] {
            assert_eq!(named(text).as_deref(), Ok(name), "{text}");
        }
        let homeless = read("~/a", || None).map(|name| name.to_string());
        assert_eq!(homeless.as_deref(), Ok("~/a"));
    }

    #[test]
    fn what_is_typed_for_a_name_is_read_as_it() {
        for (name, text) in [
            ("/tmp/a.sock", "/tmp/a.sock"),
            ("127.0.0.1:8080", "unix:127.0.0.1:8080"),
            ("~/a", "unix:~/a"),
            (" a", r"\20a"),
            ("a ", r"a\20"),
        ] {
            let name = Name::new(name.as_bytes()).unwrap();
            assert_eq!(typed_name(name), text);
        }
    }

    #[test]
    fn an_address_is_no_name_unless_a_prefix_makes_it_one() {
        for text in [
            "127.0.0.1:8080",
            "127.0.0.1",
            "[::1]:80",
            "[::1]",
            "::1",
            "localhost:8080",
            ":8080",
            "１２７.0.0.1：80",
        ] {
            assert_eq!(named(text), Err(NameError::Address), "{text}");
        }
        for (text, name) in [
            ("./127.0.0.1:8080", "./127.0.0.1:8080"),
            ("unix:127.0.0.1:8080", "127.0.0.1:8080"),
            ("@a:80", "@a:80"),
            ("/tmp/a:80", "/tmp/a:80"),
            ("8080", "8080"),
        ] {
            assert_eq!(named(text).as_deref(), Ok(name), "{text}");
        }
        assert_eq!(named(" "), Err(NameError::Empty));
    }
}
