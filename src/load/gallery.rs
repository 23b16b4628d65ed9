//! The gallery: the scenes that the program carries with it.

/// One scene of the gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GalleryScene {
    /// The name to call it by: its file's in `scenes`, without the ending.
    pub name: &'static str,
    /// Its file's text.
    pub text: &'static str,
}

macro_rules! gallery {
    ($($name:literal),+ $(,)?) => {
        [$(GalleryScene {
            name: $name,
            text: include_str!(concat!("../../scenes/", $name, ".toml")),
        }),+]
    };
}

/// Every file in the folder `scenes`, by name.
pub const GALLERY: [GalleryScene; 15] = gallery![
    "bench-orbit",
    "himmelblau-race",
    "lesson/1-slope",
    "lesson/2-knobs",
    "lesson/3-landscape",
    "lesson/4-contours",
    "lesson/5-fixed-point",
    "lesson/6-update-rule",
    "lesson/kitani",
    "rastrigin-trap",
    "rosenbrock-valley",
    "saddle-escape",
    "sigmoid-plateau",
    "two-wells",
    "wood-on-a-plane",
];
