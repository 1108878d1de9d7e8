mod flood;
mod icmp;
mod lifecycle;
mod probe;
mod tcp;
mod udp;
