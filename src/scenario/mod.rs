//! Layer 3: scenario files as both front ends see them. `netpeer run` plays one and, with
//! `--json`, prints the lines of [`report`].

pub mod report;
