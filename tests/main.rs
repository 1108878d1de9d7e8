//! All tests that need more than one file of the program, in one binary.

/// Walls of the house: imports go down the floors only.
mod floors;
/// The engine against real sockets on loopback.
mod loopback;
/// The real `App`, by accessible name, in both languages.
mod window;
