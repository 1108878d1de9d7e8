//! The exit status of every command that runs a session, in every case that may end it.

use super::contract::number_before;
use super::program::DEADLINE;
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

/// The behaviour of the far side, or of one of our streams: a column of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Case {
    Fin,
    Reset,
    Silence,
    Refusal,
    BadInput,
    FullDisk,
}

/// A far side; its result is the number of bytes it read.
enum Far {
    /// `None` if no program listens.
    Datagrams(Option<UdpSocket>),
    Stream(Option<JoinHandle<u64>>, String),
}

impl Far {
    fn open(tcp: bool, case: Case) -> (Self, String) {
        let listens = case != Case::Refusal;
        if !tcp {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            let address = socket.local_addr().unwrap().to_string();
            return (Self::Datagrams(listens.then_some(socket)), address);
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let read = move || {
            let (mut stream, _) = listener.accept().unwrap();
            drop(listener);
            stream.set_read_timeout(Some(DEADLINE)).unwrap();
            match case {
                // Closed with something unread (RFC 2525 §2.17).
                Case::Reset => return stream.peek(&mut [0; 1]).map_or(0, |_| 0),
                Case::Fin => stream.shutdown(Shutdown::Write).unwrap(),
                _ => {}
            }
            std::io::copy(&mut stream, &mut std::io::sink()).unwrap_or(0)
        };
        let thread = listens.then(|| std::thread::spawn(read));
        (Self::Stream(thread, address.clone()), address)
    }

    fn read(self) -> u64 {
        match self {
            Self::Datagrams(None) | Self::Stream(None, _) => 0,
            Self::Datagrams(Some(socket)) => {
                socket.set_nonblocking(true).unwrap();
                let came = std::iter::from_fn(|| socket.recv(&mut [0; 2_048]).ok());
                came.map(|length| length as u64).sum()
            }
            Self::Stream(Some(thread), address) => {
                // Unblocks the accept if no client came.
                TcpStream::connect(address).ok();
                thread.join().unwrap()
            }
        }
    }
}

/// Runs a command in a case; returns its status, its messages, and the number of bytes that the
/// far side read.
fn cell(line: &str, tcp: bool, case: Case) -> (i32, String, u64) {
    let (far, address) = Far::open(tcp, case);
    let dir = tempfile::tempdir().unwrap();
    let scenario = dir.path().join("x.ron");
    let text = format!(
        r#"(sessions: {{"a": TcpClient(to: "{address}")}}, steps: [
            Send(session: "a", text: "x"), Expect(session: "a", exact: "y", within: "300ms")])"#
    );
    std::fs::write(&scenario, text).unwrap();
    let words = line.split(' ').map(|word| match word {
        "FAR" => address.as_str(),
        "FILE" => scenario.to_str().unwrap(),
        word => word,
    });
    let input: Stdio = match case {
        // Reading a folder gives EISDIR.
        Case::BadInput => std::fs::File::open("/").unwrap().into(),
        _ => Stdio::null(),
    };
    let mut program = Command::new(env!("CARGO_BIN_EXE_netpeer"));
    program.args(["--lang", "en"]).args(words).stdin(input);
    if case == Case::FullDisk {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        program.stdout(full.unwrap()).stderr(Stdio::piped());
    }
    let output = program.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.code().unwrap(), said, far.read())
}

/// The number of bytes that it reports as sent.
fn sent(said: &str) -> Option<u64> {
    if let Some((_, rest)) = said
        .split_once("Sent ")
        .filter(|_| said.contains(" of 64 bytes to"))
    {
        let number = rest.split(' ').next()?.replace(',', "");
        return number.parse::<u64>().ok().map(|count| count * 64);
    }
    let totals = ["bytes), dropped", "byte), dropped"];
    let word = totals.into_iter().find(|word| said.contains(word))?;
    Some(number_before(said, word))
}

#[test]
fn each_command_in_each_case_ends_with_the_right_status_and_totals() {
    use Case::{BadInput, Fin, FullDisk, Refusal, Reset, Silence};
    let (ok, failed, unusable): (&[i32], &[i32], &[i32]) = (&[0], &[1], &[2]);
    let no: &[i32] = &[];
    // In the order of the cases; `no` is a case that the protocol does not have.
    let cases = [Fin, Reset, Silence, Refusal, BadInput, FullDisk];
    #[rustfmt::skip]
    let table = [
        ("udp --bind 127.0.0.1:0 --to FAR --message x --once", false, [no, no, ok, failed, failed, failed]),
        ("udp --bind 127.0.0.1:0 --to FAR --message x --count 1 --for 300ms", false, [no, no, failed, failed, failed, failed]),
        ("tcp-client FAR --message x --count 1 --for 1s", true, [failed, failed, failed, unusable, failed, failed]),
        ("tcp-server --bind 127.0.0.1:0 --for 200ms", false, [no, no, ok, no, failed, failed]),
        ("tcp-server --bind 127.0.0.1:0 --count 1 --for 200ms", false, [no, no, failed, no, failed, failed]),
        ("relay udp --bind 127.0.0.1:0 --to FAR --for 200ms", false, [no, no, ok, ok, failed, failed]),
        ("relay tcp --bind 127.0.0.1:0 --to FAR --for 200ms", true, [no, no, ok, ok, failed, failed]),
        ("relay tcp --bind 127.0.0.1:0 --to FAR --count 1 --for 200ms", true, [no, no, failed, failed, failed, failed]),
        ("send udp FAR x", false, [no, no, ok, failed, ok, ok]),
        ("send udp FAR x --expect y --within 200ms", false, [no, no, failed, failed, failed, failed]),
        ("send udp FAR x --within 200ms", false, [no, no, ok, failed, ok, ok]),
        ("send tcp FAR x --expect y --within 500ms", true, [failed, failed, failed, unusable, failed, failed]),
        ("flood udp FAR --count 3", false, [no, no, ok, failed, ok, failed]),
        ("flood tcp FAR --count 300 --rate 600", true, [failed, failed, ok, unusable, ok, failed]),
        ("meter --bind 127.0.0.1:0 --to FAR --count 3 --wait 100ms --expect-loss <1%", false, [no, no, failed, failed, failed, failed]),
        ("run FILE", true, [failed, failed, failed, unusable, failed, failed]),
    ];
    std::thread::scope(|scope| {
        for (line, tcp, expected) in table {
            scope.spawn(move || {
                for (case, expected) in cases.into_iter().zip(expected) {
                    if expected.is_empty() {
                        continue;
                    }
                    let (status, said, read) = cell(line, tcp, case);
                    assert!(
                        expected.contains(&status),
                        "{line}, {case:?}: {status} {said}"
                    );
                    assert!(status == 0 || !said.trim().is_empty(), "{line}, {case:?}");
                    // Only a reset or a refusal may leave sent bytes unread.
                    let lost = matches!(case, Reset | Refusal);
                    if let Some(sent) = sent(&said).filter(|_| !lost) {
                        assert_eq!(sent, read, "{line}, {case:?}: {said}");
                    }
                }
            });
        }
    });
}
