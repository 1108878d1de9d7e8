//! The far side of TCP benchmarks, and the simplest possible TCP receiver.
//!
//! ```text
//! tcp bare ADDRESS                  accepts one connection and reads it into memory
//! tcp stream ADDRESS SECONDS COUNT  writes to COUNT connections as fast as they accept it
//! tcp idle ADDRESS COUNT            connects COUNT times and stays until its input ends
//! ```
//!
//! `stream` prints the bytes that the slowest, the median and the fastest connection accepted,
//! their sum, and the seconds; `idle` prints the seconds until all were connected.

use std::collections::VecDeque;
use std::io::{Error, Read as _, Result, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// The maximum size of a read or a write, in bytes.
const BLOCK: usize = 256 << 10;
/// The bytes that the bare reader keeps, as the log does by default, and the size of its pieces.
const KEPT: usize = 256 << 20;
const PIECE: usize = 1 << 20;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<usize>().map_err(Error::other);
    match words.as_slice() {
        ["bare", address] => bare(address),
        ["stream", address, seconds, count] => stream(address, number(seconds)?, number(count)?),
        ["idle", address, count] => idle(address, number(count)?),
        _ => Err(Error::other("usage: tcp bare|stream|idle ADDRESS …")),
    }
}

fn bare(address: &str) -> Result<()> {
    let (mut stream, _) = TcpListener::bind(address)?.accept()?;
    let mut buffer = vec![0; BLOCK];
    let (mut pieces, mut kept) = (VecDeque::from([Vec::with_capacity(PIECE)]), 0);
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        if pieces
            .back()
            .is_none_or(|piece| piece.len() + count > PIECE)
        {
            pieces.push_back(Vec::with_capacity(PIECE));
        }
        if let Some(piece) = pieces.back_mut() {
            piece.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
        kept += count;
        while kept > KEPT {
            kept -= pieces.pop_front().map_or(kept, |piece| piece.len());
        }
    }
}

fn stream(address: &str, seconds: usize, count: usize) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(seconds as u64);
    let write = move |mut stream: TcpStream| {
        let (block, mut sent) = (vec![b'x'; BLOCK], 0_usize);
        // A time-out, so that a connection that is never read ends too.
        stream.set_write_timeout(Some(Duration::from_millis(100)))?;
        while Instant::now() < end {
            match stream.write(&block) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(sent)
    };
    let streams: Vec<TcpStream> = (0..count)
        .map(|_| TcpStream::connect(address))
        .collect::<Result<_>>()?;
    let began = Instant::now();
    let mut sent: Vec<usize> = std::thread::scope(|scope| {
        let writers: Vec<_> = streams
            .into_iter()
            .map(|stream| scope.spawn(move || write(stream)))
            .collect();
        let joined = writers.into_iter().map(|writer| {
            writer
                .join()
                .map_err(|_| Error::other("a writer panicked"))?
        });
        joined.collect::<Result<_>>()
    })?;
    sent.sort_unstable();
    let at = |place: usize| sent.get(place).copied().unwrap_or(0);
    let sum: usize = sent.iter().sum();
    println!(
        "{} {} {} {sum} {:.3}",
        at(0),
        at(count / 2),
        at(count - 1),
        began.elapsed().as_secs_f64()
    );
    Ok(())
}

fn idle(address: &str, count: usize) -> Result<()> {
    let began = Instant::now();
    let streams: Vec<TcpStream> = (0..count)
        .map(|_| TcpStream::connect(address))
        .collect::<Result<_>>()?;
    println!("{:.3}", began.elapsed().as_secs_f64());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    drop(streams);
    Ok(())
}
