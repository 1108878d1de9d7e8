mod flood;
mod icmp;
mod lifecycle;
mod probe;
mod tcp;
mod tcp_ends;
mod udp;
