//! `--sandbox`: a session that reaches only the files and ports it needs (Landlock, landlock(7)).

#[cfg(target_os = "linux")]
mod linux;

use super::diagnostics;
use super::options::SessionOptions;
use crate::config::SessionConfig;
use crate::explain;
use crate::t;
use crate::words::Lang;

/// How much of a sandbox the system enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "other systems have no Landlock")
)]
enum Enforcement {
    Whole,
    Part,
    None,
}

/// Restricts this thread, and those it starts, to what this session needs, and says where the
/// system cannot. It comes before the first thread.
///
/// # Errors
/// Why the sandbox, or the recording in it, cannot be made, as text.
pub fn enter(config: &SessionConfig, options: &SessionOptions, lang: Lang) -> Result<(), String> {
    #[cfg(target_os = "linux")]
    let made = linux::enter(config, options);
    #[cfg(not(target_os = "linux"))]
    let made = Ok::<_, std::io::Error>((Enforcement::None, config, options).0);
    let made = made.map_err(|error| {
        let why = explain::reason(lang, &error);
        t!(lang, "cli.sandbox_failed", why = why)
    });
    match made? {
        Enforcement::Whole => {}
        Enforcement::Part => diagnostics::print_line(&t!(lang, "cli.sandbox_part")),
        Enforcement::None => diagnostics::print_line(&t!(lang, "cli.sandbox_none")),
    }
    Ok(())
}
