//! The conditions and values that all languages share.

use super::{Syntax, checksum, framing};
use crate::codegen::address::{PeerRole, host};
use crate::codegen::language::PeerLanguage;
use crate::codegen::literal;
use crate::codegen::program::PeerProgram;
use crate::codegen::template::Values;
use std::net::SocketAddr;

/// The conditions and values for a program in this language.
pub(super) fn of(program: &PeerProgram, language: PeerLanguage, syntax: &Syntax) -> Values {
    let mut values = Values::default();
    let addresses = &program.addresses;
    let roles: &[&str] = match addresses.role {
        PeerRole::Client => &["tcp", "client"],
        PeerRole::Server => &["tcp", "server"],
        PeerRole::Datagrams => &["udp"],
    };
    for role in roles {
        values.flag(role);
    }
    values.flag_if(addresses.session.is_some(), "known");
    values.flag_if(program.is_ipv6(), "v6");
    let mut set_address = |address: Option<SocketAddr>, before: &str| {
        if let Some(address) = address {
            let name = |name: &str| format!("{before}{name}");
            values.set(&name("host"), (syntax.text)(&host(address)));
            values.set(&name("port"), address.port().to_string());
            values.set(&name("address"), (syntax.text)(&address.to_string()));
        }
    };
    set_address(addresses.session, "");
    set_address(addresses.own, "own_");
    values.set(
        "family",
        if program.is_ipv6() {
            "AF_INET6"
        } else {
            "AF_INET"
        },
    );
    values.set("session", literal::comment(&program.command));
    if let Some(run) = language.run() {
        values.set("run", run);
    }
    let charset = (syntax.charset)(program.charset).unwrap_or("");
    values.set("charset", (syntax.text)(charset));
    values.set("ending", (syntax.bytes)(&program.ending));
    values.set("ending_array", syntax.array(&program.ending));
    values.set("messages", messages(program, syntax));
    framing::describe(program, syntax, &mut values);
    if let Some(checksum) = &program.checksum {
        checksum::describe(checksum, &mut values);
    }
    (syntax.own)(program, &mut values);
    values
}

/// The list of the messages, each after its text where the entry does not show it.
fn messages(program: &PeerProgram, syntax: &Syntax) -> String {
    let (indentation, between) = syntax.list;
    let mut list = String::new();
    for (at, sample) in program.samples.iter().enumerate() {
        if at > 0 {
            list.push_str(between);
            list.push('\n');
        }
        let entry = (syntax.sample)(sample, program.charset);
        if let Some(text) = &sample.text
            && !entry.contains(text.as_str())
        {
            let text = literal::comment(text);
            list.push_str(&format!("{indentation}{} {text}\n", syntax.comment));
        }
        list.push_str(indentation);
        list.push_str(&entry);
    }
    list
}
