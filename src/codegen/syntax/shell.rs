//! A shell, with OpenBSD's `nc` or with `socat`. The messages stand in it as they are on the wire.

use super::Syntax;
use crate::codegen::address::{PeerRole, host};
use crate::codegen::literal::octal_escape;
use crate::codegen::program::PeerProgram;
use crate::codegen::sample::PeerSample;
use crate::codegen::template::Values;
use crate::payload::charset::Charset;
use std::net::{IpAddr, SocketAddr};

pub(super) const NC: Syntax = Syntax {
    parts: &[include_str!("../templates/shell/nc.tmpl")],
    text,
    bytes,
    sample,
    list: ("", ""),
    comment: "#",
    charset: |_| None,
    own: nc,
};

pub(super) const SOCAT: Syntax = Syntax {
    parts: &[include_str!("../templates/shell/socat.tmpl")],
    own: socat,
    ..NC
};

fn text(text: &str) -> String {
    bytes(text.as_bytes())
}

/// Bytes as a format of `printf` between apostrophes. Only letters, digits and spaces stand as
/// they are: neither the shell nor `printf` reads anything else in it.
fn bytes(bytes: &[u8]) -> String {
    let mut literal = String::from('\'');
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b' ' => literal.push(char::from(*byte)),
            byte => literal.push_str(&octal_escape(*byte)),
        }
    }
    literal.push('\'');
    literal
}

fn sample(sample: &PeerSample, _: Charset) -> String {
    bytes(&sample.body)
}

/// The commands that write the messages.
fn set_messages(program: &PeerProgram, values: &mut Values) {
    let wire = program.wire(program.sent.as_ref());
    let lines = program.samples.iter().filter_map(|sample| {
        let sent = wire.encode(&sample.body)?;
        Some(format!("    printf {}", bytes(&sent)))
    });
    // A pipe joins what is written at once, and each read of it becomes a datagram.
    let between = match program.addresses.role {
        PeerRole::Datagrams => "\n    sleep 1\n",
        PeerRole::Client | PeerRole::Server => "\n",
    };
    values.set("wire_messages", lines.collect::<Vec<_>>().join(between));
}

fn nc(program: &PeerProgram, values: &mut Values) {
    set_messages(program, values);
    let pair = |address: SocketAddr| format!("{} {}", host(address), address.port());
    let addresses = &program.addresses;
    let mut words = vec![if program.is_ipv6() { "-6" } else { "-4" }.to_owned()];
    if addresses.role == PeerRole::Datagrams {
        words.push("-u".to_owned());
    }
    match (addresses.session, addresses.own) {
        (Some(session), own) => {
            if let Some(own) = own.filter(|own| own.port() != 0) {
                words.push(format!("-s {} -p {}", host(own), own.port()));
            }
            words.push(pair(session));
        }
        (None, Some(own)) => words.push(format!("-l {}", pair(own))),
        (None, None) => {}
    }
    values.set("nc_words", words.join(" "));
}

fn socat(program: &PeerProgram, values: &mut Values) {
    set_messages(program, values);
    let version = if program.is_ipv6() { 6 } else { 4 };
    let bracketed = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(_) => format!("[{}]", host(address)),
    };
    let addresses = &program.addresses;
    let protocol = match addresses.role {
        PeerRole::Datagrams => "UDP",
        PeerRole::Client | PeerRole::Server => "TCP",
    };
    let address = match (addresses.session, addresses.own) {
        (Some(session), own) => {
            let own = own.filter(|own| own.port() != 0);
            let bind = own.map(|own| format!(",bind={}:{}", bracketed(own), own.port()));
            let (host, port) = (bracketed(session), session.port());
            format!(
                "{protocol}{version}:{host}:{port}{}",
                bind.unwrap_or_default()
            )
        }
        (None, Some(own)) => {
            let (host, port) = (bracketed(own), own.port());
            format!("{protocol}{version}-LISTEN:{port},bind={host},reuseaddr")
        }
        (None, None) => String::new(),
    };
    values.set("socat_address", address);
}
