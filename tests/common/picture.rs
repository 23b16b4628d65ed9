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

    /// All pixels, row by row, as they lie in the image: with straight colours.
    pub fn pixels(&self) -> impl Iterator<Item = &[u8]> {
        self.rgba.chunks_exact(4)
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

    /// What is to be said where this picture is not the known one at `path`.
    ///
    /// Software drivers differ in rounding at edges, so one value in a hundred may be off by more
    /// than 32 of 255, and the mean by half a step. `UPDATE_SNAPSHOTS=1` writes the known picture
    /// anew; then look at it.
    pub fn changed_from(&self, path: &Path) -> Option<String> {
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            self.save(path);
            return None;
        }
        let known = path.exists().then(|| Self::load(path));
        let complaint = match &known {
            None => Some("there is no known picture".to_owned()),
            Some(known) => self.difference(known),
        };
        complaint.map(|complaint| {
            let new = path.with_extension("new.png");
            self.save(&new);
            let [new, path] = [&new, path].map(|path| path.display().to_string());
            format!("{complaint}: compare {new} with {path}; UPDATE_SNAPSHOTS=1 accepts it")
        })
    }

    fn difference(&self, known: &Self) -> Option<String> {
        if (self.width, self.height) != (known.width, known.height) {
            return Some("another size".to_owned());
        }
        let values = self.rgba.iter().zip(&known.rgba);
        let differences = values.map(|(a, b)| a.abs_diff(*b));
        let far = differences.clone().filter(|off| *off > 32).count();
        let mean = differences.map(f64::from).sum::<f64>() / self.rgba.len() as f64;
        let said = format!(
            "{far} of {} values far off, {mean:.3} of 255 in the mean",
            self.rgba.len()
        );
        (far * 100 > self.rgba.len() || mean > 0.5).then_some(said)
    }
}
