//! All tests that use more than one file of the program, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its threads end with it"
)]

/// The real program without a window.
mod cli;
/// The exercises of the course, their solutions, and wrong programs.
mod course;
/// A process killed while it saves its settings.
mod crash;
/// The real program on a virtual display.
mod desktop;
/// The committed inputs of the fuzz targets.
mod fuzz_seeds;
/// Descriptions of Kaitai Struct that nobody here wrote.
mod ksy;
/// Imports go down the layers only.
mod layers;
/// The engine against real sockets on loopback.
mod loopback;
/// Both ends of a link between network namespaces that a test sets up.
mod netns;
/// Ports that no other test gets.
mod ports;
/// The commands, options, files and links in the READMEs and the book exist.
mod readme;
/// The recognition of the encoding of text.
mod recognition;
/// Tests that are left out where something is missing.
mod skips;
/// UDP sockets of the far side.
mod sockets;
/// TLS as a layer on a stream.
mod tls_layer;
/// A sample of the torture suites.
mod torture;
/// What a run touches, against the list of the book.
mod trace;
/// Exports as Wireshark reads them.
#[cfg(target_os = "linux")]
mod tshark;
/// The window with real Python programs as peers.
#[cfg(unix)]
mod tutorial;
/// The real `App`, by accessible name, in both languages.
mod window;
