//! The renderers of the window. One may fail where another works: on a virtual machine, a remote
//! desktop, or with an old driver.

/// A renderer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renderer {
    Dx12,
    Metal,
    Vulkan,
    Gl,
    /// One of those that the environment variable `WGPU_BACKEND` names.
    Chosen,
}

impl Renderer {
    /// The renderers of this system, in the order in which they are tried.
    pub fn all() -> &'static [Self] {
        if cfg!(target_os = "linux") {
            &[Self::Gl]
        } else if std::env::var_os("WGPU_BACKEND").is_some() {
            &[Self::Chosen]
        } else if cfg!(windows) {
            &[Self::Dx12, Self::Vulkan, Self::Gl]
        } else {
            &[Self::Metal]
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Dx12 => "Direct3D 12",
            Self::Metal => "Metal",
            Self::Vulkan => "Vulkan",
            Self::Gl => "OpenGL",
            Self::Chosen => "WGPU_BACKEND",
        }
    }

    /// Linux has one.
    #[cfg(target_os = "linux")]
    pub fn choose(self, _options: &mut eframe::NativeOptions) {}

    /// Makes the window use this renderer only.
    #[cfg(not(target_os = "linux"))]
    pub fn choose(self, options: &mut eframe::NativeOptions) {
        use eframe::egui_wgpu::WgpuSetup;
        use eframe::wgpu::Backends;
        let backends = match self {
            Self::Dx12 => Backends::DX12,
            Self::Metal => Backends::METAL,
            Self::Vulkan => Backends::VULKAN,
            Self::Gl => Backends::GL,
            Self::Chosen => return,
        };
        if let WgpuSetup::CreateNew(setup) = &mut options.wgpu_options.wgpu_setup {
            setup.instance_descriptor.backends = backends;
        }
    }
}

/// What failed before a renderer worked, or all of it: `Direct3D 12: …; Vulkan: …`. Where there is
/// one renderer, it is not named.
pub fn told(failed: &[(Renderer, String)]) -> String {
    if let ([(_, reason)], [_]) = (failed, Renderer::all()) {
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
    fn what_failed_is_told_in_its_order() {
        let failed = [
            (Renderer::Dx12, "Parent device is lost".to_owned()),
            (Renderer::Vulkan, "No adapter".to_owned()),
        ];
        let expected = "Direct3D 12: Parent device is lost; Vulkan: No adapter";
        assert_eq!(told(&failed), expected);
        assert_eq!(told(&[]), "");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_only_renderer_is_not_named() {
        assert_eq!(told(&[(Renderer::Gl, "reason".to_owned())]), "reason");
    }
}
