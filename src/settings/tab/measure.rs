//! A load of numbered packets, and where the numbers stand.

use crate::traffic::meter::NumberField;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeasureDraft {
    pub on: bool,
    pub field: NumberField,
    pub load: LoadDraft,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoadDraft {
    /// Packets a second; 0 is as fast as they go.
    pub rate: f64,
    /// In all; 0 does not end.
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
