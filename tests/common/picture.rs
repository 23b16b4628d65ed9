//! Pictures in tests: the image's bytes, and files to look at.

use std::path::Path;
use thalweg::gpu::{Gpu, TextureReadback};

/// Display-encoded pixels, top row first.
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub rgba: Vec<u8>,
}

impl Picture {
    /// Reads `texture` back, waiting for all that was submitted.
    pub fn of(gpu: &Gpu, texture: &wgpu::Texture) -> Self {
        let readback = TextureReadback::request(gpu, texture);
        Self {
            width: texture.width() as usize,
            height: texture.height() as usize,
            rgba: readback.wait(gpu).expect("the device answers"),
        }
    }

    /// Red, green and blue of a pixel.
    pub fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        let first = 4 * (y * self.width + x);
        [self.rgba[first], self.rgba[first + 1], self.rgba[first + 2]]
    }

    /// Reads a PNG of 8-bit RGBA, as [`Picture::save`] writes it.
    pub fn load(path: &Path) -> Self {
        let file =
            std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut reader = png::Decoder::new(std::io::BufReader::new(file))
            .read_info()
            .expect("a PNG");
        let mut rgba = vec![0; reader.output_buffer_size().expect("a small picture")];
        let info = reader.next_frame(&mut rgba).expect("a whole PNG");
        Self {
            width: info.width as usize,
            height: info.height as usize,
            rgba,
        }
    }

    /// Writes a PNG.
    pub fn save(&self, path: &Path) {
        let file = std::fs::File::create(path).expect("the path can be written");
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().expect("a header can be written");
        writer
            .write_image_data(&self.rgba)
            .expect("the rows can be written");
    }
}
