//! TLS as a layer: rustls behind the trait of a stream's layers, without a socket.

use netpeer::engine::layers::{Layer, LayerError, LayerItem};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig};
use std::io::{ErrorKind, Read as _, Write as _};
use std::sync::Arc;
use std::time::Instant;

struct Tls {
    connection: Connection,
    closed: bool,
}

impl Tls {
    /// Passes decrypted bytes up.
    fn read_out(&mut self, take: &mut dyn FnMut(LayerItem<'_>)) -> Result<(), LayerError> {
        let mut buffer = [0; 4096];
        loop {
            match self.connection.reader().read(&mut buffer) {
                Ok(0) => self.closed = true,
                Ok(count) => {
                    take(LayerItem {
                        bytes: &buffer[..count],
                        end: None,
                        kind: None,
                    });
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(LayerError(error.to_string())),
            }
            return Ok(());
        }
    }
}

impl Layer for Tls {
    fn receive(
        &mut self,
        mut wire: &[u8],
        _now: Instant,
        take: &mut dyn FnMut(LayerItem<'_>),
    ) -> Result<(), LayerError> {
        let failed = |error: &dyn std::fmt::Display| LayerError(error.to_string());
        while !wire.is_empty() {
            self.connection
                .read_tls(&mut wire)
                .map_err(|error| failed(&error))?;
            self.connection
                .process_new_packets()
                .map_err(|error| failed(&error))?;
            self.read_out(take)?;
        }
        Ok(())
    }

    fn send(&mut self, message: &[u8]) -> Result<(), LayerError> {
        let written = self.connection.writer().write_all(message);
        written.map_err(|error| LayerError(error.to_string()))
    }

    fn take_wire(&mut self) -> Vec<u8> {
        let mut wire = Vec::new();
        while self.connection.wants_write() {
            self.connection.write_tls(&mut wire).unwrap();
        }
        wire
    }

    fn close(&mut self) {
        self.connection.send_close_notify();
    }

    fn finish(&mut self, take: &mut dyn FnMut(LayerItem<'_>)) -> bool {
        self.read_out(take).ok();
        self.closed
    }
}

/// A client and a server that trust each other.
fn pair() -> (Tls, Tls) {
    let made = rcgen::generate_simple_self_signed(["peer.test".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let name = ServerName::try_from("peer.test").unwrap();
    let client = ClientConnection::new(Arc::new(client), name).unwrap();
    let server = rustls::ServerConnection::new(Arc::new(server)).unwrap();
    let layer = |connection| Tls {
        connection,
        closed: false,
    };
    (layer(client.into()), layer(server.into()))
}

/// Transfers the wire bytes between both in pieces of this length, until neither has more.
/// Returns the items that each passed up.
fn carry(client: &mut Tls, server: &mut Tls, length: usize) -> (Vec<u8>, Vec<u8>) {
    let (mut to_client, mut to_server) = (Vec::new(), Vec::new());
    loop {
        let (out, back) = (client.take_wire(), server.take_wire());
        if out.is_empty() && back.is_empty() {
            return (to_client, to_server);
        }
        for piece in out.chunks(length) {
            let mut take = |item: LayerItem<'_>| to_server.extend_from_slice(item.bytes);
            server.receive(piece, Instant::now(), &mut take).unwrap();
        }
        for piece in back.chunks(length) {
            let mut take = |item: LayerItem<'_>| to_client.extend_from_slice(item.bytes);
            client.receive(piece, Instant::now(), &mut take).unwrap();
        }
    }
}

#[test]
fn tls_fits_a_layer_however_the_wire_is_cut() {
    for length in [1, 7, 1_000, 100_000] {
        let (mut client, mut server) = pair();
        // Before the handshake: the request waits in the layer.
        client.send(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let long: Vec<u8> = (0..100_000_u32).map(|number| number as u8).collect();
        let (_, asked) = carry(&mut client, &mut server, length);
        assert_eq!(asked, b"GET / HTTP/1.1\r\n\r\n");
        for part in long.chunks(10_000) {
            server.send(part).unwrap();
            let (answered, _) = carry(&mut client, &mut server, length);
            assert_eq!(answered, part);
        }
        server.close();
        carry(&mut client, &mut server, length);
        assert!(client.finish(&mut |_| {}), "its end was not said");
        assert!(!server.finish(&mut |_| {}), "only the wire ended");
    }
}

#[test]
fn what_is_no_tls_is_an_error() {
    let (_, mut server) = pair();
    let error = server.receive(b"GET / HTTP/1.1\r\n\r\n", Instant::now(), &mut |_| {});
    assert!(error.is_err());
}
