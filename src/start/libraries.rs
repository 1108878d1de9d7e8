//! The shared libraries that the window opens at run time.

use std::path::PathBuf;
use std::process::Command;

/// A shared library by its file name.
pub struct SharedLibrary {
    pub file: &'static str,
    /// The Debian package that contains the library.
    pub package: &'static str,
}

const X11: [SharedLibrary; 6] = [
    SharedLibrary {
        file: "libX11.so.6",
        package: "libx11-6",
    },
    SharedLibrary {
        file: "libX11-xcb.so.1",
        package: "libx11-xcb1",
    },
    SharedLibrary {
        file: "libXcursor.so.1",
        package: "libxcursor1",
    },
    SharedLibrary {
        file: "libXi.so.6",
        package: "libxi6",
    },
    SharedLibrary {
        file: "libxkbcommon-x11.so.0",
        package: "libxkbcommon-x11-0",
    },
    SharedLibrary {
        file: "libGL.so.1",
        package: "libgl1",
    },
];
const WAYLAND: [SharedLibrary; 2] = [
    SharedLibrary {
        file: "libwayland-client.so.0",
        package: "libwayland-client0",
    },
    SharedLibrary {
        file: "libwayland-egl.so.1",
        package: "libwayland-egl1",
    },
];
const BOTH: [SharedLibrary; 2] = [
    SharedLibrary {
        file: "libxkbcommon.so.0",
        package: "libxkbcommon0",
    },
    SharedLibrary {
        file: "libEGL.so.1",
        package: "libegl1",
    },
];

/// The libraries that a window on this kind of display needs and the system lacks. Empty if
/// `ldconfig` cannot be run, because then nothing is certain.
pub fn missing(wayland: bool) -> Vec<&'static SharedLibrary> {
    let needed = if wayland {
        WAYLAND.iter().chain(&BOTH)
    } else {
        X11.iter().chain(&BOTH)
    };
    let folders = folders();
    let mut missing: Vec<&SharedLibrary> = needed
        .filter(|library| {
            !folders
                .iter()
                .any(|folder| folder.join(library.file).exists())
        })
        .collect();
    if missing.is_empty() {
        return missing;
    }
    // A library may also be in another folder: the loader's list decides.
    let Some(known) = loader_list() else {
        return Vec::new();
    };
    missing.retain(|library| !known.contains(library.file));
    missing
}

fn folders() -> Vec<PathBuf> {
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    let own = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let usual = ["/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib"].map(PathBuf::from);
    let of_arch = ["/lib", "/usr/lib"].map(|folder| PathBuf::from(folder).join(&triple));
    std::env::split_paths(&own)
        .chain(of_arch)
        .chain(usual)
        .collect()
}

fn loader_list() -> Option<String> {
    let output = Command::new("/sbin/ldconfig").arg("-p").output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loaders_list_is_understood() {
        if let Some(list) = loader_list() {
            assert!(list.contains("libc.so.6"));
        }
    }
}
