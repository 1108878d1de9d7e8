//! A load of numbered packets, and the position of the numbers.

use crate::traffic::meter::NumberField;
use serde::{Deserialize, Serialize};

/// The settings of measuring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeasureDraft {
    pub on: bool,
    pub field: NumberField,
    pub load: LoadDraft,
}

/// The load to send. `size` is in bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoadDraft {
    /// Packets a second; 0 is unlimited.
    pub rate: f64,
    /// The number of packets; 0 is unlimited.
    pub count: u64,
    pub size: usize,
    pub numbered: bool,
}

impl Default for MeasureDraft {
    fn default() -> Self {
        Self {
            on: false,
            field: NumberField::Header,
            load: LoadDraft::default(),
        }
    }
}

impl Default for LoadDraft {
    fn default() -> Self {
        Self {
            rate: 1_000.0,
            count: 10_000,
            size: 64,
            numbered: true,
        }
    }
}
