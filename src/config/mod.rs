//! Layer 3: what both front ends know of a session as it is written: its values, the files
//! they stand in, and what may be wrong with them. Mistakes are facts here;
//! [`explain`](crate::explain) words them.

pub mod amounts;
pub mod answers;
mod argument;
mod mistake;
pub mod ron_file;
pub mod session;
mod settings_mistake;
mod socket_name;
mod span;
pub mod weather;
pub mod writing;

pub use argument::ArgumentMistake;
pub use mistake::{FileMistake, FileProblem, ValueMistake};
pub use session::{SessionConfig, quoted as shell_quoted};
pub use settings_mistake::{SetAside, SettingsMistake};
pub use socket_name::{socket_name, typed_name};
pub use span::Span;

use std::time::Duration;

/// How long a connection may take unless another time is given.
pub const PATIENCE: Span = Span(Duration::from_secs(5));
