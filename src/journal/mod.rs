//! Floor 2: the log on disk, so that ten million rows need little memory and survive a
//! crash.
//!
//! A session's journal is a folder of segments and a lock that is held while the program
//! lives; a folder whose lock is free was left by a crash, or has a file `ended` and was
//! kept at a clean end. With a file `private` it is never offered, with a file `cleared` its
//! rows are no longer in the tab they came into; a file `session` says whose log it is, in
//! words of the window. A segment is a header and frames, one chunk each:
//!
//! ```text
//! segment: "netpeer\0" | version u32 (1 or 2) | 0 u32 | frame…
//! frame:   length u32 | CRC-32 of the chunk u32 | chunk (see `traffic::Chunk::encode`)
//! ```
//!
//! All integers are little-endian; files are readable (0600), and folders entered (0700), by
//! their owner only. Nothing is removed but files with these names, and a folder that is
//! empty then.

mod own;
mod recovery;
mod replay;
mod segment;
mod space;
mod writer;

pub use recovery::{RecoverableLog, recoverable_logs};
pub use replay::{RecoveredFiles, RecoveredLog, Unread, replay};
pub use space::free_space;
pub use writer::{Journal, JournalOutcome};
