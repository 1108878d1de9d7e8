//! The renderers of the window. One may fail where another works: on a virtual machine, a remote
//! desktop, or with an old driver.

/// A renderer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renderer {
    Dx12,
    Metal,
    Vulkan,
    Gl,
}

impl Renderer {
    /// The renderers of this system, in the order in which they are tried.
    pub fn here() -> &'static [Self] {
        if cfg!(target_os = "linux") {
            &[Self::Gl]
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
        }
    }

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dx12 => "dx12",
            Self::Metal => "metal",
            Self::Vulkan => "vulkan",
            Self::Gl => "gl",
        }
    }
}
