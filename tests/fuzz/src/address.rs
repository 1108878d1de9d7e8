//! Addresses as people type them: what is read is read again as it is shown.

use super::texts::is_safe;
use netpeer::config::{socket_name, typed_name};
use netpeer::engine::endpoint::{parse_port, split_port};
use netpeer::engine::{Host, Interface, Interfaces, Remote};
use netpeer::peer::Peer;

pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let interfaces = Interfaces::from(vec![Interface {
        name: "eth0".to_owned(),
        index: 2,
        ip: [10_u8, 0, 0, 1].into(),
        prefix: 24,
        broadcasts: Vec::new(),
    }]);
    if let Some(remote) = Remote::parse(&text, &interfaces)
        && !is_host_unix(&remote)
    {
        let shown = remote.to_string();
        let again = Remote::parse(&shown, &interfaces);
        assert_eq!(again, Some(remote), "{shown:?}");
    }
    if let Ok(peer) = text.parse::<Peer>() {
        let shown = peer.to_string();
        assert_eq!(shown.parse().ok(), Some(peer), "{shown:?}");
        is_safe(&shown);
    }
    if let Ok(name) = socket_name(&text) {
        let typed = typed_name(name);
        assert_eq!(socket_name(&typed), Ok(name), "{typed:?}");
    }
    if let Ok(port) = parse_port(&text) {
        assert_ne!(port, 0);
        assert_eq!(parse_port(&port.to_string()), Ok(port));
    }
    if let Some((host, port)) = split_port(&text) {
        assert!(host.len() + port.len() <= text.len());
    }
    if let Err(mistake) = Host::parse(&text, &interfaces) {
        assert!(format!("{mistake:?}").len() < 16 * text.len() + 256);
    }
}

/// A host of this name looks like a Unix socket: `unix:80`.
fn is_host_unix(remote: &Remote) -> bool {
    let endpoint = remote.clone().endpoint();
    endpoint.is_some_and(|endpoint| endpoint.host == Host::Name("unix".to_owned()))
}
