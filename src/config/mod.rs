//! Layer 3: what both front ends know of a session as it is written: its values, and what may
//! be wrong with them. Mistakes are facts here; [`explain`](crate::explain) words them.

mod argument;

pub use argument::ArgumentMistake;
