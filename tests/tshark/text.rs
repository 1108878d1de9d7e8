//! The ready-made descriptions of text protocols find the same values as Wireshark's dissectors.

use super::described::{same, same_in, stream};

#[test]
fn syslog_of_both_forms() {
    let pairs = [
        ("facility", "syslog.facility"),
        ("severity", "syslog.level"),
        ("version", "syslog.version"),
        ("host", "syslog.hostname"),
        ("app", "syslog.appname"),
        ("process", "syslog.procid"),
    ];
    let new = b"<165>1 2026-10-11T22:14:15.003Z gate.example.com evntslog 812 ID47 \
        [exampleSDID@32473 iut=\"3\" eventSource=\"App\"] \xEF\xBB\xBFAn event";
    same("syslog", (514, true), &[], new, &pairs);
    // The tag and the message are in one field there.
    let pairs = [
        ("facility", "syslog.facility"),
        ("severity", "syslog.level"),
        ("timestamp", "syslog.timestamp_rfc3164"),
        ("host", "syslog.hostname"),
    ];
    let old = b"<34>Oct 11 22:14:15 gate su[230]: 'su root' failed on /dev/pts/8";
    same("syslog", (514, true), &[], old, &pairs);
}

#[test]
fn requests_and_replies_of_http() {
    let request = b"GET /index.html?a=1 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: test\r\n\
        content-type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
    let pairs = [
        ("method", "http.request.method"),
        ("target", "http.request.uri"),
        ("version", "http.request.version"),
        ("headers.host", "http.host"),
        ("headers.content_type", "http.content_type"),
        ("headers.content_length", "http.content_length"),
        ("headers.others.User-Agent", "http.user_agent"),
    ];
    let chunk = stream(80, request, true);
    same_in("http", &chunk, &[], request, &pairs);
    let reply = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\
        Server: test\r\n\r\nno!";
    let pairs = [
        ("version", "http.response.version"),
        ("status", "http.response.code"),
        ("reason", "http.response.phrase"),
        ("headers.content_type", "http.content_type"),
        ("headers.content_length", "http.content_length"),
        ("headers.others.Server", "http.server"),
    ];
    let chunk = stream(80, reply, false);
    same_in("http", &chunk, &[], reply, &pairs);
}

#[test]
fn requests_and_replies_of_sip() {
    let invite = b"INVITE sip:bob@example.com SIP/2.0\r\n\
        Via: SIP/2.0/UDP pc33.example.com;branch=z9hG4bK776asdhds\r\n\
        Via: SIP/2.0/UDP proxy.example.com;branch=z9hG4bK77\r\n\
        Max-Forwards: 70\r\nTo: Bob <sip:bob@example.com>\r\n\
        f: Alice <sip:alice@example.com>;tag=1928301774\r\nCall-ID: a84b4c76e66710\r\n\
        CSeq: 314159 INVITE\r\nContact: <sip:alice@pc33.example.com>\r\nUser-Agent: phone\r\n\
        Content-Length: 0\r\n\r\n";
    let pairs = [
        ("method", "sip.Method"),
        ("uri", "sip.r-uri"),
        ("headers.via", "sip.Via"),
        ("headers.max_forwards", "sip.Max-Forwards"),
        ("headers.from", "sip.From"),
        ("headers.to", "sip.To"),
        ("headers.call_id", "sip.Call-ID"),
        ("headers.cseq.number", "sip.CSeq.seq"),
        ("headers.cseq.method", "sip.CSeq.method"),
        ("headers.contact", "sip.Contact"),
        ("headers.user_agent", "sip.User-Agent"),
        ("headers.content_length", "sip.Content-Length"),
    ];
    same("sip", (5060, true), &[], invite, &pairs);
    let reply = b"SIP/2.0 200 OK\r\nv: SIP/2.0/UDP pc33.example.com;branch=z9hG4bK776asdhds\r\n\
        To: Bob <sip:bob@example.com>;tag=a6c85cf\r\n\
        From: Alice <sip:alice@example.com>;tag=1928301774\r\ni: a84b4c76e66710\r\n\
        CSeq: 314159 REGISTER\r\nExpires: 7200\r\nl: 0\r\n\r\n";
    let pairs = [
        ("status", "sip.Status-Code"),
        ("headers.via", "sip.Via"),
        ("headers.to", "sip.To"),
        ("headers.call_id", "sip.Call-ID"),
        ("headers.cseq.number", "sip.CSeq.seq"),
        ("headers.expires", "sip.Expires"),
        ("headers.content_length", "sip.Content-Length"),
    ];
    same("sip", (5060, false), &[], reply, &pairs);
}
