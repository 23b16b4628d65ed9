//! The one source of chance: a hash of (seed, descent, step, draw) in 32-bit
//! integers alone, so that its WGSL twin, `shaders/include/chance.wgsl`, gives the same bits.

/// pcg4d of Jarzynski and Olano, "Hash Functions for GPU Rendering", Journal of
/// Computer Graphics Techniques 9(3), 2020, listing of section 3. All sums and
/// products wrap at 2^32.
///
/// Called as `pcg4d([seed, descent, step, draw])`; each of the four words of
/// the answer is uniform over u32.
pub fn pcg4d(input: [u32; 4]) -> [u32; 4] {
    let mut v = input.map(|word| word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    mix(&mut v);
    v = v.map(|word| word ^ (word >> 16));
    mix(&mut v);
    v
}

fn mix(v: &mut [u32; 4]) {
    v[0] = v[0].wrapping_add(v[1].wrapping_mul(v[3]));
    v[1] = v[1].wrapping_add(v[2].wrapping_mul(v[0]));
    v[2] = v[2].wrapping_add(v[0].wrapping_mul(v[1]));
    v[3] = v[3].wrapping_add(v[1].wrapping_mul(v[2]));
}

/// A number in [0, 1) from a hash's word: its upper 24 bits, so that the same
/// number is exact in f32.
pub fn uniform(word: u32) -> f64 {
    f64::from(word >> 8) / f64::from(1_u32 << 24)
}

/// A standard normal number from two of a hash's words (Box and Muller, 1958).
pub fn normal(radius_word: u32, angle_word: u32) -> f64 {
    radius(radius_word) * (std::f64::consts::TAU * uniform(angle_word)).cos()
}

/// The distance from 0 of a point of the plane whose coordinates are Gaussians.
fn radius(word: u32) -> f64 {
    // 1 - u lies in (0, 1]: the logarithm is finite.
    (-2.0 * (1.0 - uniform(word)).ln()).sqrt()
}

/// The first draw of a batch's rows; those of Gaussians are far below.
pub const FIRST_ROW_DRAW: u32 = 1 << 31;

/// What the Gaussians and the batch of one descent and step are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chance {
    /// The scene's seed.
    pub seed: u32,
    /// The descent's number in its team, so that all teams meet the same chances.
    pub descent: u32,
    /// 1 at the first step.
    pub step: u32,
}

impl Chance {
    /// The Gaussian of a draw. One hash gives two points of the plane, each of two of them: one for
    /// a descent of an even number, one for its neighbour.
    pub fn normal(self, draw: u32) -> f64 {
        let words = pcg4d([self.seed, self.descent / 2, self.step, draw / 2]);
        let [distance, angle] = match self.descent % 2 {
            0 => [words[0], words[1]],
            _ => [words[2], words[3]],
        };
        let turns = f64::from(angle) / f64::from(1_u32 << 16).powi(2);
        let (sine, cosine) = (std::f64::consts::TAU * turns).sin_cos();
        radius(distance) * [cosine, sine][draw as usize % 2]
    }

    /// The row, of so many, that is drawn as number `draw` of a batch. Each of a hash's four words
    /// gives one, as a remainder: a row's share is off by less than rows / 2^32.
    pub fn row(self, draw: u32, rows: u32) -> u32 {
        let words = pcg4d([
            self.seed,
            self.descent,
            self.step,
            FIRST_ROW_DRAW + draw / 4,
        ]);
        words[draw as usize % 4] % rows
    }
}
