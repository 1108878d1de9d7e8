//! Invalid typed input, in words.

use crate::engine::NoSuchInterface;
use crate::engine::endpoint::{HostError, PortError};
use crate::payload::template::Variable;
use crate::payload::{TextMistake, TextProblem};
use crate::peer::NameError;
use crate::settings::tab::{AddressFault, GroupFault};
use crate::{
    t,
    words::{Lang, listed},
};

/// Explains the mistake in a typed address.
pub fn address_fault(lang: Lang, fault: &AddressFault) -> String {
    match fault {
        AddressFault::Host(error) => host_error(lang, error),
        AddressFault::Port(error) => port_error(lang, *error),
        AddressFault::Name(error) => name_error(lang, *error),
        AddressFault::NotOwn => t!(lang, "network.local_name"),
        AddressFault::NotNetwork(text) => t!(lang, "config.no_network", text = text),
    }
}

/// The message for a mistake in typed text or hexadecimal.
pub fn mistake(lang: Lang, mistake: &TextMistake) -> String {
    among(lang, mistake, &Variable::WRITTEN)
}

/// Explains the mistake in a text in which these variables are known.
pub(super) fn among(lang: Lang, mistake: &TextMistake, variables: &[&str]) -> String {
    let problem = match mistake.problem {
        TextProblem::NotHex(c) => t!(lang, "mistake.not_hex", char = shown(c)),
        TextProblem::HalfByte => t!(lang, "mistake.half_byte"),
        TextProblem::NoDigits => t!(lang, "mistake.no_digits"),
        TextProblem::LoneBackslash => t!(lang, "mistake.lone_backslash"),
        TextProblem::UnknownEscape(c) => t!(lang, "mistake.unknown_escape", char = shown(c)),
        TextProblem::Brace => t!(lang, "mistake.brace"),
        TextProblem::Lacking(c, charset) => {
            let c = shown(c);
            t!(lang, "mistake.lacking", char = c, charset = charset.name())
        }
        TextProblem::UnknownVariable => {
            let known = variables.join(" ");
            t!(lang, "mistake.unknown_variable", known = known)
        }
        TextProblem::NoRequest => t!(lang, "mistake.no_request"),
        TextProblem::UnclosedVariable => t!(lang, "mistake.unclosed_variable"),
        TextProblem::NumberType => t!(lang, "mistake.number_type"),
        TextProblem::NumberRange => t!(lang, "mistake.number_range"),
        TextProblem::VariableNumber => t!(lang, "mistake.variable_number"),
        TextProblem::ChecksumRange(length) => {
            return t!(lang, "mistake.checksum_range", length = length);
        }
        TextProblem::NoCharacter(value) => {
            t!(lang, "mistake.no_character", value = format!("{value:X}"))
        }
    };
    t!(
        lang,
        "mistake.at",
        position = mistake.at + 1,
        problem = problem
    )
}

/// Says that an interface does not exist, and which ones do.
pub fn no_such_interface(lang: Lang, missing: &NoSuchInterface) -> String {
    let known = listed(lang, &missing.known);
    t!(
        lang,
        "host.no_such_interface",
        name = &missing.name,
        known = known
    )
}

/// Explains why a typed group cannot be joined.
pub fn group_fault(lang: Lang, fault: &GroupFault) -> String {
    match fault {
        GroupFault::NotMulticast => t!(lang, "group.not_multicast"),
        GroupFault::OtherFamily => t!(lang, "group.wrong_family"),
        GroupFault::Interface(missing) => no_such_interface(lang, missing),
    }
}

/// The character itself, or its escape if it is invisible.
fn shown(c: char) -> String {
    match c {
        // `escape_debug` would put a backslash before these.
        '\\' | '"' | '\'' => c.to_string(),
        c => c.escape_debug().to_string(),
    }
}

pub fn port_error(lang: Lang, error: PortError) -> String {
    match error {
        PortError::Empty => t!(lang, "port.empty"),
        PortError::NotANumber => t!(lang, "port.not_a_number"),
        PortError::OutOfRange => t!(lang, "port.out_of_range"),
        PortError::Zero => t!(lang, "port.zero"),
    }
}

pub fn name_error(lang: Lang, error: NameError) -> String {
    match error {
        NameError::Empty => t!(lang, "socket_name.empty"),
        NameError::TooLong { length, limit } => {
            t!(lang, "socket_name.too_long", length = length, limit = limit)
        }
        NameError::Escape => t!(lang, "socket_name.escape"),
        NameError::Address => t!(lang, "socket_name.address"),
        NameError::TooMany => t!(lang, "socket_name.too_many"),
    }
}

pub fn host_error(lang: Lang, error: &HostError) -> String {
    match error {
        HostError::Empty => t!(lang, "host.empty"),
        HostError::NotIpv4 => t!(lang, "host.not_ipv4"),
        HostError::NotIpv6 => t!(lang, "host.not_ipv6"),
        HostError::NoSuchInterface(missing) => no_such_interface(lang, missing),
        HostError::NeedsScope { known } => t!(lang, "host.needs_scope", known = known.join(" ")),
        HostError::BadCharacter(c) if c.is_whitespace() => t!(lang, "host.space"),
        HostError::BadCharacter(c) => t!(lang, "host.bad_character", char = shown(*c)),
        HostError::TooLong => t!(lang, "host.too_long"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::charset::Charset;
    use crate::payload::escape::unescape;

    #[test]
    fn a_wrong_character_is_named_as_it_was_typed_and_where_it_stands() {
        let wrong = unescape(r"a\x4\q", Charset::Utf8).unwrap_err();
        let wording = mistake(Lang::English, &wrong);
        assert_eq!(wording, r"Character 5: “\” is not a hexadecimal digit");
        let wrong = unescape("a\\\u{1b}", Charset::Utf8).unwrap_err();
        assert!(mistake(Lang::English, &wrong).contains(r"\u{1b}"));
    }

    #[test]
    fn a_port_that_is_too_large_is_not_said_to_begin_at_1() {
        // 0 lets the system choose the port that is bound.
        for lang in Lang::ALL {
            let wording = port_error(lang, PortError::OutOfRange);
            assert!(
                wording.contains("65535") && !wording.contains("1–"),
                "{wording}"
            );
        }
    }
}
