#![cfg(target_os = "linux")]

/// What it does by itself: answers, and a bad network.
mod automatic;
/// What exit statuses and totals say.
mod contract;
/// Recorded files, written in another format.
mod convert;
/// Nothing of a display is needed or touched.
mod headless;
/// A long input, and a far side that is slow.
mod in_flight;
/// Mistakes, told in the language asked for.
mod languages;
/// Recordings that a program reads as they happen.
mod live;
/// Loads sent, and measured.
mod load;
/// Exit statuses of each command in each case.
mod matrix;
/// Half-closing, and what else people use netcat for.
mod netcat;
/// A client that closes with its server.
mod parting;
/// The program as a test holds it.
pub mod program;
/// Sessions that do not print their traffic.
mod quiet;
/// The commands that the READMEs show.
mod readme;
/// Clients that connect again.
mod reconnect;
/// What is written to a file meanwhile.
mod recording;
/// Programs that take part in files of steps.
mod scenario_programs;
/// What files of steps say when they failed.
mod scenario_results;
/// Files of steps, played.
mod scenarios;
/// The scripts that the READMEs show.
mod scripts;
/// Sent once, and the answer judged.
mod send;
/// Sessions held in a terminal.
mod sessions;
/// Recorded files, printed.
mod show;
/// How fast steps follow one another.
mod step_rate;
/// Received text as it is printed.
mod text;
/// What is typed into them.
mod typed;
/// Unix sockets.
mod unix;
