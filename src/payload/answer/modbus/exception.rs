//! Exceptions: the answers to requests that cannot be carried out.

/// The exception codes of section 7 that a device answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exception {
    /// The device does not have this function.
    Function = 1,
    /// An address does not exist.
    Address = 2,
    /// A quantity, a length or a value in the request is wrong.
    Value = 3,
    /// The device cannot express its answer.
    Failure = 4,
}
