//! Icons as lines: sharp at every scale, and of no font.

use egui::{Color32, Painter, Pos2, Stroke, vec2};

/// The lines of an icon, in a square of [`SIDE`] by [`SIDE`].
pub type Icon = &'static [&'static [(f32, f32)]];

/// The side of the square that icons are written in, and the points they take.
pub const SIDE: f32 = 16.0;

pub const DETAILS: Icon = &[
    &[(2.0, 4.0), (14.0, 4.0)],
    &[(2.0, 8.0), (14.0, 8.0)],
    &[(2.0, 12.0), (9.0, 12.0)],
];

pub const REPLY: Icon = &[
    &[(2.0, 5.0), (13.0, 5.0)],
    &[(10.5, 2.5), (13.0, 5.0), (10.5, 7.5)],
    &[(14.0, 11.0), (3.0, 11.0)],
    &[(5.5, 8.5), (3.0, 11.0), (5.5, 13.5)],
];

pub const NETWORK: Icon = &[&[
    (9.0, 1.5),
    (4.0, 9.0),
    (8.0, 9.0),
    (7.0, 14.5),
    (12.0, 7.0),
    (8.0, 7.0),
    (9.0, 1.5),
]];

pub const HELD: Icon = &[
    &[
        (2.5, 2.5),
        (13.5, 2.5),
        (13.5, 13.5),
        (2.5, 13.5),
        (2.5, 2.5),
    ],
    &[(6.5, 5.5), (6.5, 10.5)],
    &[(9.5, 5.5), (9.5, 10.5)],
];

pub const MEASURE: Icon = &[
    &[
        (2.0, 10.0),
        (2.8, 7.0),
        (5.0, 4.8),
        (8.0, 4.0),
        (11.0, 4.8),
        (13.2, 7.0),
        (14.0, 10.0),
    ],
    &[(8.0, 10.0), (11.0, 6.5)],
    &[(3.0, 13.0), (13.0, 13.0)],
];

pub const RATES: Icon = &[
    &[(2.0, 2.0), (2.0, 14.0), (14.0, 14.0)],
    &[(3.5, 11.0), (6.0, 7.0), (8.5, 9.5), (13.0, 3.5)],
];

pub const SEQUENCE: Icon = &[
    &[(1.5, 2.5), (4.5, 2.5), (4.5, 5.5), (1.5, 5.5), (1.5, 2.5)],
    &[
        (1.5, 10.5),
        (4.5, 10.5),
        (4.5, 13.5),
        (1.5, 13.5),
        (1.5, 10.5),
    ],
    &[(3.0, 7.0), (3.0, 9.0)],
    &[(7.5, 4.0), (14.0, 4.0)],
    &[(7.5, 12.0), (14.0, 12.0)],
];

pub const LIBRARY: Icon = &[&[
    (4.0, 2.0),
    (12.0, 2.0),
    (12.0, 14.0),
    (8.0, 10.5),
    (4.0, 14.0),
    (4.0, 2.0),
]];

pub const OPEN: Icon = &[&[
    (2.0, 4.0),
    (6.0, 4.0),
    (7.5, 6.0),
    (14.0, 6.0),
    (14.0, 13.0),
    (2.0, 13.0),
    (2.0, 4.0),
]];

pub const EXPORT: Icon = &[
    &[(8.0, 10.0), (8.0, 2.0)],
    &[(5.0, 5.0), (8.0, 2.0), (11.0, 5.0)],
    &[(2.0, 9.0), (2.0, 14.0), (14.0, 14.0), (14.0, 9.0)],
];

pub const SETTINGS: Icon = &[
    &[(2.0, 5.0), (14.0, 5.0)],
    &[(5.0, 3.0), (5.0, 7.0)],
    &[(2.0, 11.0), (14.0, 11.0)],
    &[(11.0, 9.0), (11.0, 13.0)],
];

pub const LEFT: Icon = &[
    &[
        (2.0, 3.0),
        (14.0, 3.0),
        (14.0, 13.0),
        (2.0, 13.0),
        (2.0, 3.0),
    ],
    &[(6.5, 3.0), (6.5, 13.0)],
];

/// Paints an icon around this place.
pub fn paint(painter: &Painter, icon: Icon, centre: Pos2, colour: Color32) {
    let corner = centre - vec2(SIDE, SIDE) / 2.0;
    for line in icon {
        let points = line.iter().map(|(x, y)| corner + vec2(*x, *y));
        painter.line(points.collect(), Stroke::new(1.4, colour));
    }
}
