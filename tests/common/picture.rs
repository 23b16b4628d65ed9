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

    /// All pixels, row by row, as they lie in the image: premultiplied.
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
        for pixel in rgba.chunks_exact_mut(4) {
            let alpha = u32::from(pixel[3]);
            let premultiplied = |value: u8| ((u32::from(value) * alpha + 127) / 255) as u8;
            for value in &mut pixel[..3] {
                *value = premultiplied(*value);
            }
        }
        Self {
            width: info.width as usize,
            height: info.height as usize,
            rgba,
        }
    }

    /// Writes a PNG; where it is not opaque, with the straight colours that PNG asks for.
    pub fn save(&self, path: &Path) {
        let file = std::fs::File::create(path).expect("the path can be written");
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let straight = self.rgba.chunks_exact(4).flat_map(|pixel| {
            let alpha = u32::from(pixel[3]).max(1);
            let straight =
                |value: u8| ((u32::from(value) * 255 + alpha / 2) / alpha).min(255) as u8;
            [
                straight(pixel[0]),
                straight(pixel[1]),
                straight(pixel[2]),
                pixel[3],
            ]
        });
        let mut writer = encoder.write_header().expect("a header can be written");
        writer
            .write_image_data(&straight.collect::<Vec<_>>())
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
