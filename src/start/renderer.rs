//! The toolkit options of the chosen renderer, and the report of failures.

use crate::explain;
use crate::renderer::Renderer;
use crate::t;
use crate::words::Lang;

/// Linux has one.
#[cfg(target_os = "linux")]
pub fn choose(_renderer: Renderer, _options: &mut eframe::NativeOptions) {}

/// Makes the window use this renderer only.
#[cfg(not(target_os = "linux"))]
pub fn choose(renderer: Renderer, options: &mut eframe::NativeOptions) {
    use eframe::egui_wgpu::WgpuSetup;
    use eframe::wgpu::Backends;
    let backends = match renderer {
        Renderer::Dx12 => Backends::DX12,
        Renderer::Metal => Backends::METAL,
        Renderer::Vulkan => Backends::VULKAN,
        Renderer::Gl => Backends::GL,
    };
    if let WgpuSetup::CreateNew(setup) = &mut options.wgpu_options.wgpu_setup {
        setup.instance_descriptor.backends = backends;
    }
}

/// Why a renderer did not open the window.
pub struct Failure {
    renderer: Renderer,
    reason: String,
    /// Whether the graphics driver is the cause, which another one may mend.
    is_of_driver: bool,
}

impl Failure {
    pub fn new(renderer: Renderer, error: &eframe::Error) -> Self {
        Self {
            renderer,
            reason: reason(error),
            is_of_driver: is_of_driver(error),
        }
    }

    /// The toolkit panicked with these words.
    pub fn of_panic(renderer: Renderer, lang: Lang, words: String) -> Self {
        Self {
            renderer,
            reason: refused_thread(lang, &words).unwrap_or(words),
            is_of_driver: false,
        }
    }
}

/// The reason, if these are the words of `std::thread::spawn` where the system refused a thread:
/// `failed to spawn thread: Os { code: 11, … }`.
fn refused_thread(lang: Lang, words: &str) -> Option<String> {
    let words = words.strip_prefix("failed to spawn thread: Os { code: ")?;
    let (code, _) = words.split_once(',')?;
    let error = std::io::Error::from_raw_os_error(code.parse().ok()?);
    let reason = explain::reason(lang, &error);
    Some(t!(lang, "start.no_thread", reason = reason))
}

/// Without the list of what was asked of the driver, which is twenty lines long.
#[cfg(target_os = "linux")]
fn reason(error: &eframe::Error) -> String {
    match error {
        eframe::Error::NoGlutinConfigs(_, reason) => format!("OpenGL: {reason}"),
        eframe::Error::Glutin(reason) => format!("OpenGL: {reason}"),
        _ => error.to_string(),
    }
}

#[cfg(not(target_os = "linux"))]
fn reason(error: &eframe::Error) -> String {
    error.to_string()
}

#[cfg(target_os = "linux")]
fn is_of_driver(error: &eframe::Error) -> bool {
    use eframe::Error::{Glutin, NoGlutinConfigs, OpenGL};
    matches!(error, Glutin(_) | NoGlutinConfigs(..) | OpenGL(_))
}

#[cfg(not(target_os = "linux"))]
fn is_of_driver(error: &eframe::Error) -> bool {
    matches!(error, eframe::Error::Wgpu(_))
}

/// The failures before a renderer worked, or all of them: `Direct3D 12: …; Vulkan: …`. A single
/// renderer is not named.
pub fn reasons(failed: &[Failure]) -> String {
    if let ([failure], [_]) = (failed, Renderer::here()) {
        return failure.reason.clone();
    }
    let words = failed.iter();
    let words = words.map(|failure| format!("{}: {}", failure.renderer.name(), failure.reason));
    words.collect::<Vec<_>>().join("; ")
}

/// The message of a window that no renderer opened: why, what mends it, and what works without.
pub fn message(lang: Lang, failed: &[Failure]) -> String {
    let mut message = t!(lang, "start.failed", reason = reasons(failed));
    if failed.iter().any(|failure| failure.is_of_driver) {
        message.push('\n');
        message += &t!(lang, DRIVER);
        if cfg!(target_os = "linux") {
            message += "\n\n    sudo apt-get install libegl1 libgl1 libgl1-mesa-dri\n";
        }
    }
    message.push('\n');
    message += &t!(lang, "start.terminal");
    message + "\n\n    netpeer udp --bind 127.0.0.1:8080\n"
}

/// The text about the driver.
const DRIVER: &str = match cfg!(target_os = "linux") {
    true => "start.mesa",
    false => "start.driver",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_refused_thread_is_told_in_words() {
        // As `expect` words it.
        let error = std::io::Error::from_raw_os_error(11);
        let words = format!("failed to spawn thread: {error:?}");
        let words = Failure::of_panic(Renderer::Gl, Lang::English, words).reason;
        assert!(
            words.contains("no thread") && !words.contains("Os {"),
            "{words}"
        );
    }

    #[test]
    fn a_driver_is_named_only_where_it_is_the_cause() {
        let of_driver = |is_of_driver| Failure {
            renderer: Renderer::Gl,
            reason: "reason".to_owned(),
            is_of_driver,
        };
        for lang in Lang::ALL {
            let driver = t!(lang, DRIVER);
            let of_driver = [of_driver(true), of_driver(false)];
            let [told, untold] = of_driver.map(|failure| message(lang, &[failure]));
            assert!(
                told.contains(&driver) && !untold.contains(&driver),
                "{told}"
            );
            for message in [told, untold] {
                assert!(
                    message.contains("reason") && message.contains("netpeer udp"),
                    "{message}"
                );
            }
        }
    }

    #[test]
    fn failures_are_reported_in_order() {
        let failed = [
            Failure::of_panic(
                Renderer::Dx12,
                Lang::English,
                "Parent device is lost".to_owned(),
            ),
            Failure::of_panic(Renderer::Vulkan, Lang::English, "No adapter".to_owned()),
        ];
        let expected = "Direct3D 12: Parent device is lost; Vulkan: No adapter";
        assert_eq!(reasons(&failed), expected);
        assert_eq!(reasons(&[]), "");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_only_renderer_is_not_named() {
        let failed = [Failure::of_panic(
            Renderer::Gl,
            Lang::English,
            "reason".to_owned(),
        )];
        assert_eq!(reasons(&failed), "reason");
    }
}
