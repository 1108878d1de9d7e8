//! A paced sender for benchmarks: datagrams of equal size to one address.
//!
//! `sender ADDRESS COUNT RATE [SIZE]`. Above 100,000/s it sends in bursts of 64 by
//! segmentation offload (UDP_SEGMENT, udp(7)): an ordinary sender is no faster. Each
//! datagram begins with its number in ten digits, from 0, if it is that long.

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    use nix::sys::socket::{setsockopt, sockopt};
    use std::time::{Duration, Instant};

    const BURST: usize = 64;
    const DIGITS: usize = 10;
    let mut arguments = std::env::args().skip(1);
    let usage = || std::io::Error::other("usage: sender ADDRESS COUNT RATE [SIZE]");
    let address = arguments.next().ok_or_else(usage)?;
    let mut number = || arguments.next().and_then(|text| text.parse::<usize>().ok());
    let (count, rate) = number().zip(number()).ok_or_else(usage)?;
    let size = number().unwrap_or(64).max(1);

    let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(address)?;
    let offload = rate > 100_000;
    if offload {
        setsockopt(
            &socket,
            sockopt::UdpGsoSegment,
            &i32::try_from(size).map_err(std::io::Error::other)?,
        )?;
    }
    let mut payload = vec![b'x'; size * BURST];
    let began = Instant::now();
    let mut sent = 0;
    while sent < count {
        for (datagram, number) in payload.chunks_mut(size).zip(sent..) {
            if let Some(digits) = datagram.get_mut(..DIGITS) {
                digits.copy_from_slice(format!("{number:010}").as_bytes());
            }
        }
        if offload {
            socket.send(&payload)?;
        } else {
            for datagram in payload.chunks(size) {
                socket.send(datagram)?;
            }
        }
        sent += BURST;
        let due = Duration::from_secs_f64(sent as f64 / rate as f64);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
    println!("{sent} {:.3}", began.elapsed().as_secs_f64());
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {}
