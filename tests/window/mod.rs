//! The real `App` without pixels, used by accessible name as with a screen reader.

mod automatic;
mod bad_input;
mod basics;
mod columns;
mod composer;
mod dock;
pub mod driver;
mod encodings;
mod files;
mod first_run;
mod framing;
mod journal;
mod keys;
mod left_panel;
mod log;
mod palette;
mod reconnect;
mod scenario;
mod search;
mod selecting;
mod sending;
mod snippets;
mod status;
mod tabs;
mod toolbar;
mod undo;
mod unix;
