//! The toolkit options of the chosen renderer, and the report of failures.

use crate::renderer::Renderer;

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

/// The failures before a renderer worked, or all of them: `Direct3D 12: …; Vulkan: …`. A single
/// renderer is not named.
pub fn failures(failed: &[(Renderer, String)]) -> String {
    if let ([(_, reason)], [_]) = (failed, Renderer::here()) {
        return reason.clone();
    }
    let words = failed.iter();
    let words = words.map(|(renderer, reason)| format!("{}: {reason}", renderer.name()));
    words.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_reported_in_order() {
        let failed = [
            (Renderer::Dx12, "Parent device is lost".to_owned()),
            (Renderer::Vulkan, "No adapter".to_owned()),
        ];
        let expected = "Direct3D 12: Parent device is lost; Vulkan: No adapter";
        assert_eq!(failures(&failed), expected);
        assert_eq!(failures(&[]), "");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_only_renderer_is_not_named() {
        assert_eq!(failures(&[(Renderer::Gl, "reason".to_owned())]), "reason");
    }
}
