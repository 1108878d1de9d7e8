//! The trials of the course.

use super::shown::Shown;
use super::*;
use std::os::unix::fs::PermissionsExt as _;

/// A program that answers as the exercise of the page asks.
const GREETS: &str = "import os, socket
at = (os.environ['NETPEER_HOST'], int(os.environ['NETPEER_PORT']))
with socket.create_connection(at) as server:
    server.sendall(b'hello\\n')
    print(server.recv(100).decode())
";

pub fn is_checked(shown: Shown) {
    let folder = shown.folder.path();
    let solution = Path::new(ROOT).join("assets/course/03-udp-recvfrom/solution.py");
    let solution = std::fs::read_to_string(solution).unwrap();
    std::fs::create_dir(folder.join("course")).unwrap();
    for name in ["course/03-udp-recvfrom.py", "program.py", "server.c"] {
        std::fs::write(folder.join(name), &solution).unwrap();
    }
    let server = folder.join("server");
    std::fs::write(&server, format!("#!/usr/bin/env python3\n{solution}")).unwrap();
    std::fs::set_permissions(&server, std::fs::Permissions::from_mode(0o755)).unwrap();
    if shown.line.contains("greeting.ron") {
        let page = std::fs::read_to_string(Path::new(ROOT).join("docs/en/course.md"));
        let page = page.unwrap();
        let exercise = blocks(&page, "ron").into_iter().next().unwrap();
        std::fs::write(folder.join("greeting.ron"), exercise).unwrap();
        std::fs::write(folder.join("program.py"), GREETS).unwrap();
    }
    passes(shown);
}
