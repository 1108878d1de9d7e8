//! What formulas ask for when a message is made.

/// The moment at which a message is made.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The number of the message among those of its sender, from 1.
    pub count: u64,
    /// Seconds since 1970.
    pub seconds: f64,
    pub random: fastrand::Rng,
}
