//! RGB → `Y'CbCr` as H.264 wants it: BT.709, limited range, 4:2:0.
//!
//! Y' = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B), Cb = 128 + 224 (B - Y) / 1.8556,
//! Cr = 128 + 224 (R - Y) / 1.5748 for R, G, B, Y in 0..1
//! (ITU-R BT.709-6, items 3.2 to 3.5). Single sums of products in f32, which every machine rounds
//! alike, so that every machine writes the same film; processors take several at a time.

/// Of red, green and blue.
const WEIGHTS: [f64; 3] = [0.2126, 0.7152, 0.0722];
/// Weights of R, G, B over 0..255 in Y', and in Cb and Cr.
const LUMA: [f32; 3] = [luma(0), luma(1), luma(2)];
const CB: [f32; 3] = [chroma(0, 2), chroma(1, 2), chroma(2, 2)];
const CR: [f32; 3] = [chroma(0, 0), chroma(1, 0), chroma(2, 0)];

const fn luma(of: usize) -> f32 {
    (219.0 * WEIGHTS[of] / 255.0) as f32
}

/// The weight of one colour in 224 (colour `from` - Y) / (2 - 2 its own weight).
const fn chroma(of: usize, from: usize) -> f32 {
    let own = if of == from { 1.0 } else { 0.0 };
    (224.0 * (own - WEIGHTS[of]) / (2.0 - 2.0 * WEIGHTS[from]) / 255.0) as f32
}

/// A picture of 8-bit Y', Cb and Cr, the latter two at half the width and height.
#[derive(Debug)]
pub(super) struct Planes {
    width: usize,
    height: usize,
    /// Y', then Cb, then Cr, without gaps.
    samples: Vec<u8>,
}

impl Planes {
    /// Converts tightly packed RGBA of an even size; alpha is not looked at.
    ///
    /// Colour is the mean of two by two pixels.
    pub(super) fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Self {
        let (width, height) = (width as usize, height as usize);
        let mut samples = vec![0; width * height * 3 / 2];
        let (luma, chroma) = samples.split_at_mut(width * height);
        let (blue, red) = chroma.split_at_mut(width * height / 4);
        for (sample, pixel) in luma.iter_mut().zip(rgba.as_chunks().0) {
            *sample = weigh(LUMA, channels(i32::from_le_bytes(*pixel)), 16.0);
        }
        let two_rows = rgba.chunks_exact(8 * width);
        let blue_rows = blue.chunks_exact_mut(width / 2);
        let red_rows = red.chunks_exact_mut(width / 2);
        for ((rows, blue), red) in two_rows.zip(blue_rows).zip(red_rows) {
            to_chroma_row(rows, blue, red);
        }
        Self {
            width,
            height,
            samples,
        }
    }

    /// Width and height of Y' in samples.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Y', Cb and Cr.
    pub(super) fn planes(&self) -> [&[u8]; 3] {
        let (luma, chroma) = self.samples.split_at(self.width * self.height);
        let (blue, red) = chroma.split_at(chroma.len() / 2);
        [luma, blue, red]
    }
}

/// Red, green and blue of a pixel, red in its lowest bits.
fn channels(pixel: i32) -> [f32; 3] {
    [pixel & 0xff, pixel >> 8 & 0xff, pixel >> 16 & 0xff].map(|value| value as f32)
}

/// One row of Cb and of Cr from two rows of pixels.
fn to_chroma_row(two_rows: &[u8], blue: &mut [u8], red: &mut [u8]) {
    let (upper, lower) = two_rows.split_at(two_rows.len() / 2);
    let squares = upper.as_chunks().0.iter().zip(lower.as_chunks().0);
    for (((upper, lower), blue), red) in squares.zip(blue).zip(red) {
        let mean = mean_of_four(u64::from_le_bytes(*upper), u64::from_le_bytes(*lower));
        *blue = weigh(CB, mean, 128.0);
        *red = weigh(CR, mean, 128.0);
    }
}

/// Of two pixels each, one beside the other: red and blue in one sum, with room between them.
fn mean_of_four(upper: u64, lower: u64) -> [f32; 3] {
    const EVERY_OTHER: u64 = 0x00ff_00ff_00ff_00ff;
    let sum = |upper: u64, lower: u64| {
        let pairs = (upper & EVERY_OTHER) + (lower & EVERY_OTHER);
        (pairs as u32).wrapping_add((pairs >> 32) as u32) as i32
    };
    let (red_blue, green) = (sum(upper, lower), sum(upper >> 8, lower >> 8));
    [red_blue & 0xffff, green & 0xffff, red_blue >> 16].map(|sum| 0.25 * sum as f32)
}

/// `offset` + weights·rgb, rounded. Stays in 16..240 by the weights, so the cast drops nothing.
fn weigh(weights: [f32; 3], rgb: [f32; 3], offset: f32) -> u8 {
    // Numbers as large as this are whole, and their last bits count.
    const WHOLE: f32 = 8_388_608.0;
    let sum = weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2];
    (sum + (offset + WHOLE)).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula of the standard, in f64, for one colour.
    fn reference(rgb: [u8; 3]) -> [f64; 3] {
        let [r, g, b] = rgb.map(|v| f64::from(v) / 255.0);
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        [
            16.0 + 219.0 * y,
            128.0 + 224.0 * (b - y) / 1.8556,
            128.0 + 224.0 * (r - y) / 1.5748,
        ]
    }

    #[test]
    fn every_colour_is_the_standards_rounded() {
        for red in (0..=255).step_by(5) {
            for green in (0..=255).step_by(5) {
                for blue in (0..=255).step_by(5) {
                    let rgb = [red, green, blue].map(|v: i32| v as u8);
                    let pixel = [rgb[0], rgb[1], rgb[2], 7];
                    let planes = Planes::from_rgba(2, 2, &pixel.repeat(4));
                    for (plane, wanted) in planes.planes().into_iter().zip(reference(rgb)) {
                        let off = f64::from(plane[0]) - wanted;
                        assert!(off.abs() < 0.51, "{rgb:?}: {} for {wanted}", plane[0]);
                    }
                }
            }
        }
    }

    #[test]
    fn colour_is_the_mean_of_its_four_pixels_and_rows_keep_their_place() {
        let (width, height) = (6_u32, 4_u32);
        let colour = |x: u32, y: u32| [40 * x as u8, 60 * y as u8, (255 - 30 * x) as u8];
        let mut rgba = Vec::new();
        for y in 0..height {
            for x in 0..width {
                rgba.extend(colour(x, y));
                rgba.push(255);
            }
        }
        let planes = Planes::from_rgba(width, height, &rgba);
        let [luma, blue, red] = planes.planes();
        assert_eq!((luma.len(), blue.len(), red.len()), (24, 6, 6));
        for y in 0..height {
            for x in 0..width {
                let sample = luma[(y * width + x) as usize];
                assert!((f64::from(sample) - reference(colour(x, y))[0]).abs() < 0.51);
            }
        }
        for (i, (&blue, &red)) in blue.iter().zip(red).enumerate() {
            let (x, y) = (2 * (i as u32 % 3), 2 * (i as u32 / 3));
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)];
            let mean = |channel: usize| {
                four.iter()
                    .map(|(dx, dy)| reference(colour(x + dx, y + dy))[channel])
                    .sum::<f64>()
                    / 4.0
            };
            assert!((f64::from(blue) - mean(1)).abs() < 0.51, "Cb at {x},{y}");
            assert!((f64::from(red) - mean(2)).abs() < 0.51, "Cr at {x},{y}");
        }
    }

    #[test]
    fn greys_have_no_colour() {
        for grey in 0..=255 {
            let planes = Planes::from_rgba(2, 2, &[grey, grey, grey, 255].repeat(4));
            assert_eq!(planes.planes()[1..], [[128].as_slice(), [128].as_slice()]);
        }
    }
}
