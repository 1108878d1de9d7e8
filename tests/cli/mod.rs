#![cfg(target_os = "linux")]

/// Nothing of a display is needed or touched.
mod headless;
/// The program as a test holds it.
pub mod program;
/// Files of steps, played.
mod scenarios;
/// Sent once, and the answer judged.
mod send;
/// Sessions held in a terminal.
mod sessions;
