//! The real program without a window.
#![cfg(target_os = "linux")]

/// The clients that a relay serves.
mod admitted;
/// Automatic replies, and the simulated network.
mod automatic;
/// Messages that generated Python builds.
mod built;
/// TCP connections that other programs captured.
mod captured;
/// `netpeer fields`.
mod code;
/// Exit statuses and totals.
mod contract;
/// `netpeer convert`.
mod convert;
/// Core files, and programs that look into the memory.
pub mod core_dumps;
/// Loads of scenarios, measurements that do not wait, and a number of messages.
mod counted;
/// The framing that a description says.
mod described_streams;
/// Rules that answer by fields.
mod devices;
/// `netpeer doctor` and `netpeer explain`.
mod doctor;
/// Peers and files that ask for much memory.
mod exhausted;
/// The commands need no display.
mod fields;
/// Outputs beyond the limit of a file's size.
mod file_limit;
mod headless;
/// A long input and a slow far side.
mod in_flight;
/// Multicast groups that cannot be joined.
mod joins;
/// Descriptions in the user's folder.
mod kept_descriptions;
/// Errors are explained in the requested language.
mod languages;
/// Recordings that another program reads while they are written.
mod live;
/// `netpeer flood` and `netpeer meter`.
mod load;
/// Exit statuses of each command in each case.
mod matrix;
/// The Modbus device.
mod modbus;
/// Half-closing and other uses of netcat.
mod netcat;
/// A client that closes with its server.
mod parting;
/// `netpeer code`.
mod peer_code;
/// Permissions of what is written.
pub mod permissions;
/// The program as a child process of a test.
pub mod program;
/// Sessions that do not print their traffic.
mod quiet;
/// The commands that the READMEs and the book show.
mod readme;
/// Clients that connect again.
mod reconnect;
/// Recording to a file.
mod recording;
/// Lines that were refused before the end.
mod refused;
/// Relays in a terminal.
mod relays;
/// Restricted sessions.
mod sandboxed;
/// Scenarios that are made of recorded rows.
mod scenario_made;
/// Programs that a scenario starts.
mod scenario_programs;
/// Results of scenarios that failed.
mod scenario_results;
/// `netpeer run`.
mod scenarios;
/// The scripts that the READMEs and the book show.
mod scripts;
/// `netpeer send`.
mod send;
/// The arguments that `netpeer send` refuses, and its time limits.
mod send_limits;
/// Files and repetitions that are delayed, refused or reset.
mod sent_files;
/// Sessions in a terminal.
mod sessions;
/// `netpeer show`.
mod show;
/// Steps a second of a scenario.
mod step_rate;
/// Received text as it is printed.
mod text;
/// Rules that answer texts by fields.
mod text_devices;
/// The files and ports of sessions.
mod traced;
/// Lines typed into a session.
mod typed;
/// Unix sockets.
mod unix;
/// The program without the rights of root.
pub mod unprivileged;
