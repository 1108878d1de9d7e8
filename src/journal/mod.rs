//! Layer 3: the journal, which keeps a log on disk. Ten million rows then need little memory
//! and survive a crash.
//!
//! The journal of a session is a directory with segment files and a lock file, which is locked
//! while the program runs. A directory whose lock is free was left by a crash, or has a file
//! `ended` and was kept at a clean end. A journal with a file `private` is never offered for
//! recovery. With a file `cleared`, its rows were cleared from their tab. A file `session`
//! describes the session in a format of the window. A segment is a header and a sequence of
//! frames, one chunk each:
//!
//! ```text
//! segment: "netpeer\0" | version u32 (1 or 2) | 0 u32 | frame…
//! frame:   length u32 | CRC-32 of the chunk u32 | chunk (see `traffic::Chunk::encode`)
//! ```
//!
//! All integers are little-endian. Only the owner may read files (0600) and enter directories
//! (0700). Only files with these names are removed, and a directory that is empty afterwards.

mod own;
mod recovery;
mod replay;
mod segment;
mod space;
mod writer;

pub use recovery::{RecoverableLog, recoverable_logs};
pub use replay::{RecoveredFiles, RecoveredLog, UnreadableFiles, replay};
pub use segment::MissingRows;
pub use space::free_space;
pub use writer::{Journal, JournalOutcome};
