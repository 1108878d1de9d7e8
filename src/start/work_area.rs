//! The area of an X11 desktop that its panels leave.

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};

/// The size of the area in pixels, by the property `_NET_WORKAREA` of the root window (EWMH);
/// `None` without a window manager that sets it.
pub fn size() -> Option<(u32, u32)> {
    let (connection, screen) = x11rb::connect(None).ok()?;
    let root = connection.setup().roots.get(screen)?.root;
    let name = connection.intern_atom(true, b"_NET_WORKAREA").ok()?;
    let name = name.reply().ok()?.atom;
    // The place and the size of the area of the first desktop.
    let area = connection.get_property(false, root, name, AtomEnum::CARDINAL, 0, 4);
    let area = area.ok()?.reply().ok()?;
    let mut sides = area.value32()?.skip(2);
    Some((sides.next()?, sides.next()?))
}
