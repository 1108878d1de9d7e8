//! The simplest possible UDP receiver, for benchmarks: a loop into memory with a receive buffer of
//! 4 MiB. `bare ADDRESS`; it ends with its standard input.

fn main() -> std::io::Result<()> {
    use std::io::Read as _;

    let address = std::env::args()
        .nth(1)
        .ok_or_else(|| std::io::Error::other("usage: bare ADDRESS"))?;
    let socket = std::net::UdpSocket::bind(address)?;
    socket2::SockRef::from(&socket).set_recv_buffer_size(4 << 20)?;
    let receive = move || {
        let (mut buffer, mut arena, mut index) = (vec![0; 65_535], Vec::new(), Vec::new());
        while let Ok((count, peer)) = socket.recv_from(&mut buffer) {
            index.push((arena.len(), peer));
            arena.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
    };
    std::thread::Builder::new()
        .name("receive".into())
        .spawn(receive)?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
