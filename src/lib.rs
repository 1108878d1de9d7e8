//! netpeer (网络调试助手): the other end of your socket.
//!
//! netpeer is a debugging assistant for UDP, TCP and Unix sockets. It plays the peer of the
//! program you are writing, shows the events of the socket, and explains failures and silence. It
//! has two front ends on one engine: a window and a command line. Modules form layers, and imports
//! go down only (`tests/layers.rs` holds the rules):
//!
//! | layer | module | content |
//! |---|---|---|
//! | 0 | [`payload`] | bytes ⇄ text: hex, escapes, charsets, checksums, templates; pure |
//! | 0 | [`schema`] | descriptions of messages: read, checked, and used to find their fields |
//! | 0 | [`counter`] | numbers that are never reused |
//! | 0 | [`peer`] | the far side of a connection: an IP endpoint, or a named one |
//! | 0 | [`connection_id`] | the identity of a connection, whatever its addresses |
//! | 0 | [`kind`] | the kinds of session, and the properties of each |
//! | 0 | [`words`] | the two languages |
//! | 0 | [`jobs`] | background threads, and how each ended |
//! | 0 | [`signals`] | the system's requests to end the process |
//! | 0 | [`disk`] | atomic replacement of files, private files and folders |
//! | 0 | [`stderr`] | lines on the standard error |
//! | 0 | [`renderer`] | the renderers of the window, by system |
//! | 0 | [`book`] | the installed book, as URLs for a browser |
//! | 0 | [`core_dumps`] | no memory of a crash on disk |
//! | 1 | [`traffic`] | rows of the log: records, chunks, filter, framing, the meter |
//! | 1 | [`automation`] | decisions without sockets: rules, limits, impairment, schedules |
//! | 2 | [`capture`] | capture files: formats, export, import, the recorder |
//! | 3 | [`engine`] | the only sockets, timers and clock |
//! | 3 | [`config`] | `SessionConfig`, the values of a session, and their typed errors |
//! | 3 | [`journal`] | the log on disk |
//! | 3 | [`finder`] | the threads that search a log |
//! | 3 | [`plotter`] | the thread that finds the numbers of a plot |
//! | 3 | [`importer`] | a capture file as the events of a session |
//! | 3 | [`course`] | exercises, what was seen of a learner's program, and the mistake in it |
//! | 3 | [`scenario`] | scenario files: recognition, the report, and a process that runs one |
//! | 3 | [`settings`] | the state kept between runs: plain types, and their file |
//! | 4 | [`codegen`] | programs for the other side of a session, in other languages |
//! | 4 | [`explain`] | a failure or a silence → what happened, why, what to do |
//! | 4 | [`session`] | the state of one session for a front end: a fold over events |
//! | 5 | [`cli`] | the front end in a terminal: sessions, scenarios, load, capture files |
//! | 5 | [`ui`] | the panels of the window: toolbar, log, composer, and the dock with its pages |
//! | 6 | [`app`], [`start`] | the window as a whole, and its start |
//!
//! ```text
//!             Action                Command                 bytes
//!   panels ───────────▶ App::act ───────────▶ worker ◀────────▶ sockets
//!     ▲ &Session                                  │
//!  Session ◀───── App::logic ◀────────────────────┘ Event (Arc<Chunk>) + wake()
//! ```

pub mod app;
pub mod automation;
pub mod book;
pub mod capture;
pub mod cli;
pub mod codegen;
pub mod config;
pub mod connection_id;
pub mod core_dumps;
pub mod counter;
pub mod course;
pub mod disk;
pub mod engine;
pub mod explain;
pub mod finder;
pub mod importer;
pub mod jobs;
pub mod journal;
pub mod kind;
pub mod payload;
pub mod peer;
pub mod plotter;
pub mod renderer;
pub mod scenario;
pub mod schema;
pub mod session;
pub mod settings;
pub mod signals;
pub mod start;
pub mod stderr;
pub mod traffic;
pub mod ui;
pub mod words;

/// Runs the program with the arguments of this process. Without a command it opens the window;
/// `report` shows the user why the window did not open.
pub fn run(report: impl FnOnce(String)) -> std::process::ExitCode {
    use std::process::ExitCode;
    // Before the first output: help may be written to a file, too.
    signals::outlive_file_limit();
    let arguments = cli::Arguments::read();
    let lang = arguments.lang();
    if let Err(reason) = arguments.forbid_core_dumps() {
        report(reason);
        return ExitCode::from(2);
    }
    if let Some(command) = arguments.command {
        return cli::run(command, lang);
    }
    let options = start::LaunchOptions {
        config: arguments.config,
        lang,
        new: arguments.new,
        open: arguments.open,
        renderer: arguments.renderer,
    };
    match start::window(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            report(reason);
            ExitCode::FAILURE
        }
    }
}
