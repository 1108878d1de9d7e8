//! The inputs of formulas when a message is made: its number, the time, random numbers.

/// The moment at which a message is made.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The number of the message among those of its sender, from 1.
    pub count: u64,
    /// Seconds since 1970.
    pub seconds: f64,
    pub random: fastrand::Rng,
}

impl Moment {
    /// The moment of a trial, which is always the same.
    pub fn trial() -> Self {
        Self {
            count: 1,
            seconds: 0.0,
            random: fastrand::Rng::with_seed(0),
        }
    }
}
