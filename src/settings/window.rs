//! Where the window stood, and how large everything in it is.

use serde::{Deserialize, Serialize};

/// The bounds of the zoom factor, in tenths.
const LEAST: i32 = 5;
const MAX: i32 = 30;
/// The size of the content, in points, at which rows of the log have room above the message.
pub const ROOM_FOR_ROWS: (f32, f32) = (475.0, 300.0);

/// The inner size of the window while it is not maximised, in points at a zoom of 100 %. It is
/// written as a pair.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f32, f32)", into = "(f32, f32)")]
pub struct WindowSize {
    pub width: f32,
    pub height: f32,
}

impl From<(f32, f32)> for WindowSize {
    fn from((width, height): (f32, f32)) -> Self {
        Self { width, height }
    }
}

impl From<WindowSize> for (f32, f32) {
    fn from(size: WindowSize) -> Self {
        (size.width, size.height)
    }
}

/// The place of the window, and the zoom factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowPlace {
    /// The upper left corner of its frame; `None` leaves the choice to the desktop.
    pub corner: Option<Corner>,
    pub maximised: bool,
    /// 1 is 100 %.
    pub zoom: f32,
}

/// A place on the desktop, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corner {
    pub x: i32,
    pub y: i32,
}

impl Default for WindowPlace {
    fn default() -> Self {
        Self {
            corner: None,
            maximised: false,
            zoom: 1.0,
        }
    }
}

impl WindowPlace {
    /// Replaces a zoom factor out of range by 100 %.
    pub fn usable(self) -> Self {
        let bounds = LEAST as f32 / 10.0..=MAX as f32 / 10.0;
        let zoom = match bounds.contains(&self.zoom) {
            true => self.zoom,
            false => 1.0,
        };
        Self { zoom, ..self }
    }
}

/// The zoom factor that is this number of tenths larger; the nearest one within the bounds.
pub fn zoomed(zoom: f32, tenths: i32) -> f32 {
    let now = (zoom * 10.0).round() as i32;
    (now + tenths).clamp(LEAST, MAX) as f32 / 10.0
}

/// The largest zoom factor above 100 % at which rows of the log have room, in tenths; 100 % if there
/// is none. The content has this size in points of 100 %.
pub fn roomy_zoom((width, height): (f32, f32)) -> f32 {
    let (least_width, least_height) = ROOM_FOR_ROWS;
    let room = (width / least_width).min(height / least_height);
    // A size in whole pixels may be a little below a tenth.
    (room * 10.0 + 0.05).floor().clamp(10.0, MAX as f32) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zoom_factor_leaves_room_for_rows() {
        let sizes = [
            (760.0, 480.0),
            (760.0, 479.0),
            (1280.0, 800.0),
            (1920.0, 1080.0),
        ];
        assert_eq!(sizes.map(roomy_zoom), [1.6, 1.6, 2.6, 3.0]);
        assert_eq!([(200.0, 200.0), (0.0, 0.0)].map(roomy_zoom), [1.0, 1.0]);
    }

    #[test]
    fn the_zoom_factor_goes_in_tenths_to_its_bounds() {
        assert_eq!((zoomed(1.0, 1), zoomed(1.04, -1)), (1.1, 0.9));
        assert_eq!((zoomed(3.0, 1), zoomed(0.5, -1)), (3.0, 0.5));
        for zoom in [f32::NAN, -1.0, 0.0, 3.1, f32::INFINITY] {
            let place = WindowPlace {
                zoom,
                ..WindowPlace::default()
            };
            assert_eq!(place.usable(), WindowPlace::default());
        }
    }
}
