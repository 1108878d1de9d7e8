//! The allowed networks of a relay in a file: a list of texts.

use crate::config::ValueMistake;
use crate::peer::network::Network;
use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

/// # Errors
/// Those of the writer.
pub fn serialize<S: Serializer>(networks: &[Network], serializer: S) -> Result<S::Ok, S::Error> {
    texts(networks).serialize(serializer)
}

/// # Errors
/// Those of the reader, and [`ValueMistake::Network`] for a text that is no network.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Network>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let networks = texts.into_iter().map(|text| {
        let network = text.parse::<Network>();
        network.map_err(|_| D::Error::custom(ValueMistake::Network(text)))
    });
    networks.collect()
}

/// Networks as a file has them.
pub(super) fn texts(networks: &[Network]) -> Vec<String> {
    networks.iter().map(Network::to_string).collect()
}
