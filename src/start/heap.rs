//! The memory of frames, which the allocator keeps for the next one.

use std::hint::black_box;

/// Half of what may stay free at the end of the heap, in bytes. A frame of the software renderer
/// takes a few MiB.
const HALF: usize = 8 << 20;

/// Keeps up to 16 MiB of freed memory in the process.
///
/// By default glibc gives more than 128 KiB at the end of the heap back to the system at once.
/// The memory of a frame then came from the system anew each time, page by page, which took
/// nearly half of a frame's time. A large block that is freed raises that limit to twice its size
/// (mallopt(3), `M_MMAP_THRESHOLD`: "dynamic mmap threshold"). The block is never written to, so
/// it costs no memory.
pub fn keep_memory_of_frames() {
    drop(black_box(Vec::<u8>::with_capacity(HALF)));
}
