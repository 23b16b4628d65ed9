//! Colours: the maps from level to colour, the themes, the teams' palette.
//!
//! All of them are display-encoded (sRGB), as they are published and as the image holds them.

use super::colour_tables::{BATLOW, CIVIDIS, MAGMA, TURBO, VIRIDIS};
use crate::gpu::Gpu;
use bytemuck::{Pod, Zeroable};

/// What colour a level has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "published maps, by their names")]
pub enum ColourMap {
    #[default]
    Viridis,
    Cividis,
    Magma,
    Batlow,
    Turbo,
    Grey,
}

impl ColourMap {
    /// Every map.
    pub const ALL: [Self; 6] = [
        Self::Viridis,
        Self::Cividis,
        Self::Magma,
        Self::Batlow,
        Self::Turbo,
        Self::Grey,
    ];

    /// The name a scene gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viridis => "viridis",
            Self::Cividis => "cividis",
            Self::Magma => "magma",
            Self::Batlow => "batlow",
            Self::Turbo => "turbo",
            Self::Grey => "grey",
        }
    }

    /// The map of that name, and whether it is to be reversed: `viridis_r` is viridis from its last
    /// colour to its first.
    pub fn named(name: &str) -> Option<(Self, bool)> {
        let (name, is_reversed) = match name.strip_suffix("_r") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let map = Self::ALL.into_iter().find(|map| map.name() == name)?;
        Some((map, is_reversed))
    }

    /// The 256 colours, `[red, green, blue]`, lowest level first.
    pub fn table(self) -> [[u8; 3]; 256] {
        let packed = match self {
            Self::Viridis => VIRIDIS,
            Self::Cividis => CIVIDIS,
            Self::Magma => MAGMA,
            Self::Batlow => BATLOW,
            Self::Turbo => TURBO,
            Self::Grey => std::array::from_fn(grey),
        };
        packed.map(rgb_of_hex)
    }

    /// The colour of `level` from 0 to 1, between the table's entries.
    pub fn at(self, level: f32) -> [f32; 3] {
        let table = self.table();
        let at = level.clamp(0.0, 1.0) * 255.0;
        let below = at.floor().min(254.0);
        let [low, high] = [table[below as usize], table[below as usize + 1]];
        std::array::from_fn(|channel| {
            let [low, high] = [low[channel], high[channel]].map(|value| f32::from(value) / 255.0);
            low + (high - low) * (at - below)
        })
    }
}

/// Even steps of lightness (CIE L*) from 10 to 95: pure black would lose the shading.
fn grey(index: usize) -> u32 {
    let lightness = 10.0 + 85.0 * index as f32 / 255.0;
    let linear = ((lightness + 16.0) / 116.0).powi(3);
    let value = (display_from_linear(linear) * 255.0).round() as u32;
    value << 16 | value << 8 | value
}

/// The colour map's texture, 1024 by 1 texels, display-encoded: fine enough to be read without
/// a filter.
#[derive(Debug)]
pub struct ColourMapTexture {
    texture: wgpu::Texture,
    /// All of it.
    pub view: wgpu::TextureView,
}

impl ColourMapTexture {
    /// A texture still to be written.
    pub fn new(gpu: &Gpu) -> Self {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("ColourMapTexture::texture"),
            size: Self::SIZE,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        Self {
            view: texture.create_view(&Default::default()),
            texture,
        }
    }

    const SIZE: wgpu::Extent3d = wgpu::Extent3d {
        width: 1024,
        height: 1,
        depth_or_array_layers: 1,
    };

    /// Writes `map`, or with `is_reversed` its mirror image.
    pub fn write(&self, gpu: &Gpu, map: ColourMap, is_reversed: bool) {
        let last = (Self::SIZE.width - 1) as f32;
        let texels: Vec<[u8; 4]> = (0..Self::SIZE.width)
            .map(|texel| {
                let level = texel as f32 / last;
                let [red, green, blue] = map
                    .at(if is_reversed { 1.0 - level } else { level })
                    .map(|value| (value * 255.0).round() as u8);
                [red, green, blue, 255]
            })
            .collect();
        gpu.queue.write_texture(
            self.texture.as_image_copy(),
            texels.as_flattened(),
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(4 * Self::SIZE.width),
                rows_per_image: None,
            },
            Self::SIZE,
        );
    }
}

/// The colours around the landscape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Near-black ground: for a projector in a dark room.
    #[default]
    Dark,
    /// White ground: for a bright room.
    Light,
    /// Pure white and black without a shadow: for a page.
    Print,
    /// No ground: the picture's alpha says how much of it covers what is behind.
    Transparent,
    /// As transparent, before the checkerboard that image editors show behind: for a window.
    Checks,
}

/// `Theme` in `shaders/include/colour.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct ThemeUniform {
    pub ground: [f32; 3],
    pub shadow: f32,
    pub ground_edge: [f32; 3],
    pub map_fill: f32,
    pub ink: [f32; 3],
    pub map_lift: f32,
    pub checks_pt: f32,
    pub padding: [f32; 3],
}

impl Theme {
    /// Whether something is drawn behind the landscape.
    pub fn has_ground(self) -> bool {
        self != Self::Transparent
    }

    /// Whether the picture's alpha counts; with checks it is what lies on them.
    pub fn keeps_alpha(self) -> bool {
        matches!(self, Self::Transparent | Self::Checks)
    }

    /// The theme's colours for the passes, and for text: `ink` on `ground`.
    pub fn uniform(self) -> ThemeUniform {
        let dark = ThemeUniform {
            ground: unit_rgb(0x2e_2e31),
            shadow: 0.85,
            ground_edge: unit_rgb(0x09_090b),
            map_fill: 0.10,
            ink: unit_rgb(0xee_eef2),
            map_lift: 0.45,
            checks_pt: 0.0,
            padding: [0.0; 3],
        };
        let light = ThemeUniform {
            ground: unit_rgb(0xff_ffff),
            shadow: 0.30,
            ground_edge: unit_rgb(0xe6_e7ea),
            ink: unit_rgb(0x1b_1c20),
            ..dark
        };
        match self {
            Self::Dark => dark,
            Self::Light => light,
            Self::Print => ThemeUniform {
                shadow: 0.0,
                ground_edge: unit_rgb(0xff_ffff),
                ink: unit_rgb(0x00_0000),
                ..light
            },
            Self::Transparent => ThemeUniform {
                map_fill: 0.16,
                ..light
            },
            Self::Checks => ThemeUniform {
                checks_pt: 16.0,
                ..Self::Transparent.uniform()
            },
        }
    }
}

/// Display-encoded from linear light: sRGB's curve, for a value from 0 to 1.
pub fn display_from_linear(linear: f32) -> f32 {
    if linear <= 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    }
}

/// Linear light from a display-encoded value: the inverse of [`display_from_linear`].
pub fn linear_from_display(display: f32) -> f32 {
    if display <= 0.040_45 {
        display / 12.92
    } else {
        ((display + 0.055) / 1.055).powf(2.4)
    }
}

fn rgb_of_hex(hex: u32) -> [u8; 3] {
    let [_, red, green, blue] = hex.to_be_bytes();
    [red, green, blue]
}

fn unit_rgb(hex: u32) -> [f32; 3] {
    rgb_of_hex(hex).map(|value| f32::from(value) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every colour as matplotlib 3.11 and cmcrameri 1.10 have it: `tests/data/colour-maps.csv`.
    #[test]
    fn the_tables_hold_what_was_published() {
        let text = include_str!("../../tests/data/colour-maps.csv");
        let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let maps = lines.next().expect("a line of names").into_iter();
        let maps: Vec<_> = maps
            .map(|name| ColourMap::named(name).expect("a known map").0)
            .collect();
        assert_eq!(maps.len(), 5, "all but grey, which is our own");
        let mut count = 0;
        for (index, line) in lines.enumerate() {
            for (map, hex) in maps.iter().zip(line) {
                let hex = u32::from_str_radix(hex, 16).expect("a colour");
                assert_eq!(map.table()[index], rgb_of_hex(hex), "{map:?} {index}");
                count += 1;
            }
        }
        assert_eq!(count, 5 * 256);
    }

    /// Perceptually uniform: lightness never falls (turbo is not, and is there on request).
    #[test]
    fn lightness_rises_along_every_uniform_map() {
        for map in ColourMap::ALL {
            if map == ColourMap::Turbo {
                continue;
            }
            let luminance = map.table().map(|rgb| {
                let [red, green, blue] =
                    rgb.map(|value| linear_from_display(f32::from(value) / 255.0));
                0.2126 * red + 0.7152 * green + 0.0722 * blue
            });
            let falls = luminance.windows(8).filter(|w| w[7] < w[0]).count();
            assert_eq!(falls, 0, "{map:?}");
        }
    }

    #[test]
    fn names_lead_back_to_their_maps() {
        for map in ColourMap::ALL {
            assert_eq!(ColourMap::named(map.name()), Some((map, false)));
            let reversed = format!("{}_r", map.name());
            assert_eq!(ColourMap::named(&reversed), Some((map, true)));
        }
        assert_eq!(ColourMap::named("jet"), None);
    }

    #[test]
    fn a_level_between_two_entries_is_between_their_colours() {
        let table = ColourMap::Magma.table();
        let between = ColourMap::Magma.at(100.5 / 255.0);
        for channel in 0..3 {
            let mean = (f32::from(table[100][channel]) + f32::from(table[101][channel])) / 510.0;
            assert!((between[channel] - mean).abs() < 1e-5);
        }
        assert_eq!(ColourMap::Magma.at(2.0), ColourMap::Magma.at(1.0));
    }
}
