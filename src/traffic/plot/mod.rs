//! Curves of numbers in messages: finding the numbers, keeping the points, and reducing them to
//! what a picture shows.

mod block;
mod collect;
mod figures;
mod point;
mod reduce;
mod series;
mod text_values;

pub use collect::{Collected, PlotCollector, PlotFields, PlotSample, PlotSource};
pub use figures::Figures;
pub use point::PlotPoint;
pub use reduce::{Grid, cells, columns};
pub use series::Series;
pub use text_values::{TextValue, text_values};
