#![cfg(target_os = "linux")]

/// What it does by itself: answers, and a bad network.
mod automatic;
/// Nothing of a display is needed or touched.
mod headless;
/// Loads sent, and measured.
mod load;
/// The program as a test holds it.
pub mod program;
/// Files of steps, played.
mod scenarios;
/// Sent once, and the answer judged.
mod send;
/// Sessions held in a terminal.
mod sessions;
/// What is typed into them.
mod typed;
