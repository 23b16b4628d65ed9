//! The teams' colours: bright, far from the surface's own, and told apart by colour-blind eyes.

/// Display-encoded colours, for team after team; a thirteenth team begins again.
///
/// The first two are Okabe and Ito's orange and sky blue; the others were searched for so that
/// all are read on the dark and on the light ground and stand off viridis, and any two differ by a
/// CIEDE2000 of at least 10 also for people without red, green or blue cones. The most different
/// come first.
const PALETTE: [[u8; 3]; 12] = [
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
    [0xff, 0x2d, 0x96],
    [0x78, 0xff, 0x00],
    [0xd2, 0x00, 0xff],
    [0xe1, 0xc3, 0x78],
    [0xff, 0x00, 0x00],
    [0x69, 0xa5, 0x69],
    [0xd2, 0x78, 0xb4],
    [0x69, 0x78, 0x4b],
    [0x4b, 0x87, 0x00],
    [0xc3, 0x00, 0xb4],
];

/// The colour of team `number` (from 0) where the scene names none.
pub fn team_colour(number: usize) -> [u8; 3] {
    PALETTE[number % PALETTE.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::colour::{Theme, linear_from_display};

    /// Linear sRGB as seen without cones of one kind: Machado, Oliveira and Fernandes 2009,
    /// severity 1, <https://doi.org/10.1109/TVCG.2009.113>. The first is normal vision.
    const VISIONS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ];

    /// CIE L*a*b* under D65 of a colour seen with `vision`.
    fn lab(rgb: [u8; 3], vision: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = rgb.map(|value| f64::from(linear_from_display(f32::from(value) / 255.0)));
        let dot = |row: &[f64; 3], rgb: [f64; 3]| (0..3).map(|i| row[i] * rgb[i]).sum::<f64>();
        let seen: [f64; 3] = std::array::from_fn(|i| dot(&vision[i], linear).clamp(0.0, 1.0));
        let xyz = [
            [
                0.4124564 / 0.95047,
                0.3575761 / 0.95047,
                0.1804375 / 0.95047,
            ],
            [0.2126729, 0.7151522, 0.0721750],
            [
                0.0193339 / 1.08883,
                0.1191920 / 1.08883,
                0.9503041 / 1.08883,
            ],
        ];
        let [x, y, z] = xyz.map(|row| {
            let value = dot(&row, seen);
            if value > 216.0 / 24389.0 {
                value.cbrt()
            } else {
                (24389.0 / 27.0 * value + 16.0) / 116.0
            }
        });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// CIEDE2000: Sharma, Wu and Dalal 2005, <https://doi.org/10.1002/col.20070>.
    fn difference(one: [f64; 3], two: [f64; 3]) -> f64 {
        let seventh = |chroma: f64| (chroma.powi(7) / (chroma.powi(7) + 25f64.powi(7))).sqrt();
        let mean_chroma = 0.5 * (one[1].hypot(one[2]) + two[1].hypot(two[2]));
        let stretch = 1.5 - 0.5 * seventh(mean_chroma);
        let polar = |[_, a, b]: [f64; 3]| {
            (
                (a * stretch).hypot(b),
                b.atan2(a * stretch).to_degrees().rem_euclid(360.0),
            )
        };
        let ((chroma1, hue1), (chroma2, hue2)) = (polar(one), polar(two));
        // Half a turn goes upwards, as the paper's own figures have it; give it some rounding.
        let turn = match hue2 - hue1 {
            more if more > 180.0 + 1e-9 => more - 360.0,
            less if less < -180.0 - 1e-9 => less + 360.0,
            turn => turn,
        };
        let hue_step = 2.0 * (chroma1 * chroma2).sqrt() * (0.5 * turn).to_radians().sin();
        let hue = (hue1 + 0.5 * turn).rem_euclid(360.0);
        let chroma = 0.5 * (chroma1 + chroma2);
        let cos = |degrees: f64| degrees.to_radians().cos();
        let weight =
            1.0 - 0.17 * cos(hue - 30.0) + 0.24 * cos(2.0 * hue) + 0.32 * cos(3.0 * hue + 6.0)
                - 0.20 * cos(4.0 * hue - 63.0);
        let middle = (0.5 * (one[0] + two[0]) - 50.0).powi(2);
        let lightness_step = (two[0] - one[0]) / (1.0 + 0.015 * middle / (20.0 + middle).sqrt());
        let chroma_step = (chroma2 - chroma1) / (1.0 + 0.045 * chroma);
        let hue_step = hue_step / (1.0 + 0.015 * chroma * weight);
        let rotation = (60.0 * (-((hue - 275.0) / 25.0).powi(2)).exp())
            .to_radians()
            .sin();
        let cross = -rotation * 2.0 * seventh(chroma) * chroma_step * hue_step;
        (lightness_step.powi(2) + chroma_step.powi(2) + hue_step.powi(2) + cross).sqrt()
    }

    #[test]
    fn the_colour_difference_is_the_published_one() {
        let text = include_str!("../../tests/data/ciede2000.csv");
        let mut count = 0;
        for line in text.lines().skip(2) {
            let numbers = line
                .split(',')
                .map(|number| number.parse().expect("a number"));
            let pair: Vec<f64> = numbers.collect();
            let [l1, a1, b1, l2, a2, b2, published] = pair[..] else {
                panic!("a pair and its difference, not {line}");
            };
            let found = difference([l1, a1, b1], [l2, a2, b2]);
            assert!((found - published).abs() < 1e-4, "{line}: {found}");
            count += 1;
        }
        assert_eq!(count, 34);
    }

    /// On every ground that a theme has, each colour stands off by twice as much as from another.
    #[test]
    fn every_team_is_read_on_every_ground() {
        for theme in [Theme::Dark, Theme::Light, Theme::Print] {
            let uniform = theme.uniform();
            for ground in [uniform.ground, uniform.ground_edge] {
                let ground = ground.map(|value| (255.0 * value).round() as u8);
                for (vision, color) in VISIONS.iter().flat_map(|v| PALETTE.map(|c| (v, c))) {
                    let apart = difference(lab(color, vision), lab(ground, vision));
                    assert!(apart >= 20.0, "{color:02x?} on {ground:02x?}: {apart}");
                }
            }
        }
    }

    #[test]
    fn any_two_teams_are_told_apart_by_everyone() {
        for vision in &VISIONS {
            for (i, &one) in PALETTE.iter().enumerate() {
                for &two in &PALETTE[i + 1..] {
                    let apart = difference(lab(one, vision), lab(two, vision));
                    assert!(apart >= 10.0, "{one:02x?} and {two:02x?}: {apart}");
                }
            }
        }
    }
}
