//! Commands that show more to those who may run them.

/// The command by which root sees which program has a port.
pub(super) fn port_owner(is_tcp: bool, port: u16) -> String {
    let transport = if is_tcp { 't' } else { 'u' };
    format!("sudo ss -l{transport}np 'sport = :{port}'")
}
