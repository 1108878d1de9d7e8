//! The commands need no display.
use super::program::Program;

#[test]
fn no_library_of_a_display_is_loaded() {
    let program = Program::run(&["udp", "--bind", "127.0.0.1:0"]);
    program.local();
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", program.id())).unwrap();
    assert!(maps.contains("libc"), "{maps}");
    for library in [
        "libX",
        "libxcb",
        "libxkb",
        "libwayland",
        "libGL",
        "libEGL",
        "libgallium",
        "libvulkan",
    ] {
        assert!(!maps.contains(library), "{library} is loaded");
    }
    program.send_signal("INT");
    assert_eq!(program.ended().status, Some(0));
}
