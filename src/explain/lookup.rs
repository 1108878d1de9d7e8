//! Why a host name has no address, as the system's resolver says it (gai_strerror(3)).

use crate::payload::printable;
use crate::t;
use crate::words::Lang;

/// The prefix that the standard library puts before the resolver's message.
const PREFIX: &str = "failed to lookup address information: ";

/// The resolver's message in words of the language; the message itself if it is unknown.
pub(super) fn reason(lang: Lang, message: &str) -> String {
    let message = message.strip_prefix(PREFIX).unwrap_or(message);
    let says = |part: &str| message.contains(part);
    if says("Temporary failure") {
        t!(lang, "failure.no_such_host.temporary")
    } else if says("No address associated") {
        t!(lang, "failure.no_such_host.no_address")
    } else if says("not known") || says("No such host is known") {
        t!(lang, "failure.no_such_host.unknown")
    } else {
        printable::line(message.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resolvers_messages_have_words() {
        let zh = |message: &str| reason(Lang::Chinese, message);
        let unknown = "failed to lookup address information: Name or service not known";
        assert_eq!(zh(unknown), "没有这个名称");
        assert_eq!(
            zh("Temporary failure in name resolution"),
            "域名服务器没有回答"
        );
        let en = reason(Lang::English, "No address associated with hostname");
        assert_eq!(en, "the name has no address");
        assert_eq!(zh("System error"), "System error");
    }
}
