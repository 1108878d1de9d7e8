//! Layer 3: a session in its written form: the values, the files that contain them, and the
//! mistakes in them. Mistakes are typed values here; [`explain`](crate::explain) words them.

pub mod answers;
mod argument;
pub mod description;
pub mod description_table;
mod framing;
pub mod impairment;
mod kaitai;
mod mistake;
pub mod named_network;
pub mod ron_file;
pub mod session;
mod settings_mistake;
mod socket_name;
mod unit_duration;
pub mod units;
mod value_mistake;
pub mod writing;

pub use argument::ArgumentMistake;
pub use framing::{FramingChoice, FramingWord};
pub use mistake::{DescriptionProblem, FieldTestProblem, FileMistake, RonProblem};
pub use session::{SessionConfig, quoted as shell_quoted};
pub use settings_mistake::{SetAside, SettingsMistake};
pub use socket_name::{socket_name, typed_name};
pub use unit_duration::UnitDuration;
pub use value_mistake::ValueMistake;

use std::time::Duration;

/// The default time-out of a dial.
pub const PATIENCE: UnitDuration = UnitDuration(Duration::from_secs(5));
