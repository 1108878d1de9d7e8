//! netpeer (网络调试助手): the other end of your socket.
//!
//! A desktop assistant that stands opposite the UDP or TCP program you are writing,
//! shows exactly what the socket did, and says why when nothing happens. Modules form
//! layers, and imports go down only (`tests/layers.rs` holds the rules):
//!
//! | layer | module | what is in it |
//! |---|---|---|
//! | 0 | [`payload`] | bytes ⇄ text, pure |
//! | 0 | [`counter`] | numbers that are given once |
//! | 0 | [`peer`] | the far side of a connection: an IP endpoint, or a named one |
//! | 0 | [`kind`] | the kinds of session, and what is true of each |
//! | 0 | [`connection_id`] | what tells connections apart, whatever their addresses |
//! | 0 | [`words`] | the two languages |
//! | 0 | [`jobs`] | background threads, and how each ended |
//! | 0 | [`disk`] | files that are there whole or not at all |
//! | 0 | [`signals`] | the system's requests to end |
//! | 0 | [`stderr`] | lines on the standard error |
//! | 1 | [`traffic`] | what went over the wire: records, chunks, the log |
//! | 1 | [`automation`] | what is sent without a click: decisions alone |
//! | 2 | [`capture`] | capture files: formats, export, import, the recorder |
//! | 3 | [`engine`] | the only sockets, timers and clock |
//! | 3 | [`config`] | a session as it is written: values, and what may be wrong with them |
//! | 3 | [`journal`] | the log on disk |
//! | 3 | [`importer`] | a capture file as the events of a session |
//! | 3 | [`scenario`] | scenario files, and a process that plays one |
//! | 3 | [`finder`] | the threads that search a log |
//! | 3 | [`settings`] | what is kept between runs: plain types, and the file |
//! | 4 | [`explain`] | what happened → why, and what to do |
//! | 4 | [`session`] | all a front end knows of one session: a fold over events |
//! | 5 | [`ui`] | the panels |
//! | 5 | [`cli`] | the same engine in a terminal |
//! | 6 | [`app`], [`start`] | the window as a whole, and how it opens |
//!
//! ```text
//!             Action                Command                 bytes
//!   panels ───────────▶ App::act ───────────▶ worker ◀────────▶ sockets
//!     ▲ &Session                                  │
//!  Session ◀───── App::logic ◀────────────────────┘ Event (Arc<Chunk>) + wake()
//! ```

pub mod app;
pub mod automation;
pub mod capture;
pub mod cli;
pub mod config;
pub mod connection_id;
pub mod counter;
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
pub mod scenario;
pub mod session;
pub mod settings;
pub mod signals;
pub mod start;
pub mod stderr;
pub mod traffic;
pub mod ui;
pub mod words;

rust_i18n::i18n!("assets/locales", fallback = "en");
