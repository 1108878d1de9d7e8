//! The parsers of addresses and of the names of Unix sockets.

use crate::config::{ArgumentMistake, socket_name};
use crate::engine::endpoint::{self, PortError, socket_address};
use crate::engine::{Endpoint, Host, Interfaces};
use crate::peer::{Name, Peer, UNIX};
use std::net::{Ipv4Addr, SocketAddr};

/// A destination `HOST:PORT`.
///
/// # Errors
/// [`ArgumentMistake`] if the text is invalid.
pub fn endpoint(text: &str) -> Result<Endpoint, ArgumentMistake> {
    let (host, port) = endpoint::split_last(text).ok_or(ArgumentMistake::Endpoint)?;
    let port = endpoint::parse_port(&port).map_err(|error| bad_port(&port, error))?;
    Ok(Endpoint {
        host: parse_host(&host)?,
        port,
    })
}

/// A host that sends: `HOST` or `HOST:PORT`. The port is 0 if none is written.
///
/// # Errors
/// [`ArgumentMistake`] if the text is invalid.
pub fn sender(text: &str) -> Result<Endpoint, ArgumentMistake> {
    match endpoint::split_last(text) {
        Some(_) => endpoint(text),
        None => Ok(Endpoint {
            host: parse_host(text)?,
            port: 0,
        }),
    }
}

/// The name of a Unix socket (unix(7)): a path, also `~/a.sock` or a `file:` URL, or `@name` for
/// the abstract namespace.
///
/// # Errors
/// [`ArgumentMistake::SocketName`] if the text is invalid.
pub fn name(text: &str) -> Result<Name, ArgumentMistake> {
    socket_name(text).map_err(ArgumentMistake::SocketName)
}

/// An address of this machine: `ADDR`, `ADDR:PORT` or `:PORT`. With port 0 or none the system
/// chooses the port.
///
/// # Errors
/// [`ArgumentMistake`] if the text is invalid.
pub fn local(text: &str) -> Result<SocketAddr, ArgumentMistake> {
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) {
        return Err(ArgumentMistake::PortAlone(text.to_owned()));
    }
    let (host, port) = match (text.strip_prefix(':'), endpoint::split_last(text)) {
        (Some(port), _) if !port.contains(':') => {
            (Ipv4Addr::UNSPECIFIED.to_string(), port.to_owned())
        }
        (_, Some(both)) => both,
        (_, None) => (text.to_owned(), "0".to_owned()),
    };
    let port = endpoint::parse_local_port(&port).map_err(|error| bad_port(&port, error))?;
    match parse_host(&host)? {
        Host::Ip { ip, scope } => Ok(socket_address(ip, scope, port)),
        // RFC 6761 §6.3: `localhost` is always this machine.
        Host::Name(name) if name.eq_ignore_ascii_case("localhost") => {
            Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        }
        Host::Name(_) => Err(ArgumentMistake::NotOwnAddress),
    }
}

/// An address of this machine as in [`local`], or the name of a Unix socket. A name begins with
/// `/`, `./`, `../`, `~/`, `@`, `file:/` or `unix:`.
///
/// # Errors
/// [`ArgumentMistake`] if the text is neither.
pub fn own(text: &str) -> Result<Peer, ArgumentMistake> {
    match is_name(text) {
        true => name(text).map(Peer::Named),
        false => local(text).map(Peer::Ip),
    }
}

/// Whether the text begins as the name of a Unix socket, which no address does.
pub fn is_name(text: &str) -> bool {
    let begins = ["/", "./", "../", "~/", "@", "file:/", UNIX];
    begins.iter().any(|begin| text.starts_with(begin))
}

/// The error of an invalid port.
fn bad_port(port: &str, problem: PortError) -> ArgumentMistake {
    ArgumentMistake::Port {
        text: port.to_owned(),
        problem,
    }
}

fn parse_host(text: &str) -> Result<Host, ArgumentMistake> {
    Host::parse(text, &Interfaces::read()).map_err(ArgumentMistake::Host)
}
