//! The choice of the display server on Linux. The toolkit takes the first display that the
//! environment names, whether or not it can be reached, and its error names its own source file.

use crate::explain;
use crate::t;
use crate::words::Lang;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use x11rb::errors::ConnectError;

/// A display server of Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayServer {
    Wayland,
    X11,
}

/// The display server that can be reached: the Wayland compositor, otherwise the X server.
///
/// # Errors
/// The message for the user: why no display can be reached, and what to do.
pub fn reached(lang: Lang) -> Result<DisplayServer, String> {
    let of = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let (display, wayland) = (of("DISPLAY"), of("WAYLAND_DISPLAY"));
    // A socket that the parent process already connected to the compositor.
    if of("WAYLAND_SOCKET").is_some() {
        return Ok(DisplayServer::Wayland);
    }
    let mut tried = Vec::new();
    let mut vain = |variable: &str, name: OsString, reason: String| {
        let name = name.to_string_lossy();
        tried.push(t!(
            lang,
            "start.no_such_display",
            variable = variable,
            display = name,
            reason = reason
        ));
    };
    if let Some(name) = wayland {
        match compositor(&name, of("XDG_RUNTIME_DIR")) {
            Ok(()) => return Ok(DisplayServer::Wayland),
            Err(error) => vain("WAYLAND_DISPLAY", name, explain::reason(lang, &error)),
        }
    }
    if let Some(name) = display {
        match x11rb::connect(None) {
            Ok(_) => return Ok(DisplayServer::X11),
            Err(error) => vain("DISPLAY", name, x_reason(lang, &error)),
        }
    }
    let text = match tried.is_empty() {
        true => t!(lang, "start.display"),
        false => {
            tried.push(t!(lang, "start.other_display"));
            tried.join("\n")
        }
    };
    Err(format!("{text}\n\n    xvfb-run -a netpeer\n"))
}

/// Explains why the X server cannot be reached. Rare errors keep the library's words.
fn x_reason(lang: Lang, error: &ConnectError) -> String {
    match error {
        ConnectError::IoError(error) => explain::reason(lang, error),
        ConnectError::DisplayParsingError(_) => t!(lang, "start.not_a_display"),
        ConnectError::SetupAuthenticate(_) | ConnectError::SetupFailed(_) => {
            t!(lang, "start.no_access")
        }
        _ => error.to_string(),
    }
}

/// Connects to the compositor's socket: a path, or a name in `XDG_RUNTIME_DIR`.
fn compositor(name: &OsStr, folder: Option<OsString>) -> io::Result<()> {
    let folder = PathBuf::from(folder.unwrap_or_default());
    UnixStream::connect(folder.join(name)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_compositor_is_one_that_listens() {
        let folder = tempfile::tempdir().unwrap();
        let (name, path) = (OsString::from("wayland-7"), folder.path().join("wayland-7"));
        let folder = Some(folder.path().into());
        assert!(compositor(&name, folder.clone()).is_err());
        let listener = UnixListener::bind(&path).unwrap();
        assert!(compositor(&name, folder.clone()).is_ok());
        assert!(compositor(path.as_os_str(), None).is_ok());
        drop(listener);
        assert!(compositor(&name, folder).is_err(), "a socket left behind");
    }

    #[test]
    fn an_x_server_that_is_not_there_is_told_in_the_chosen_language() {
        // No server has so high a number.
        for (display, words) in [
            (":40077", "那里没有程序在监听（ECONNREFUSED）"),
            ("nonsense", "这不是显示的名字"),
        ] {
            let error = x11rb::connect(Some(display)).err().unwrap();
            assert_eq!(x_reason(Lang::Chinese, &error), words, "{error}");
            let english = x_reason(Lang::English, &error);
            assert!(!english.contains("os error"), "{english}");
        }
    }
}
