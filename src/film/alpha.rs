//! Alpha of a frame: its colours are premultiplied, in the display-encoded space of the image.

/// Lays the frame on a white ground; its alpha is then whole.
pub(super) fn lay_on_white(rgba: &mut [u8]) {
    for pixel in rgba.chunks_exact_mut(4) {
        let missing = 255 - pixel[3];
        for value in pixel {
            *value = value.saturating_add(missing);
        }
    }
}

/// The frame as PNG wants it: the colours as they are where alpha is whole.
pub(super) fn straight(rgba: &[u8]) -> Vec<u8> {
    let pixels = rgba.chunks_exact(4);
    pixels
        .flat_map(|pixel| {
            let alpha = u32::from(pixel[3]);
            let whole = |value: u8| match alpha {
                0 => 0,
                _ => ((u32::from(value) * 255 + alpha / 2) / alpha).min(255) as u8,
            };
            [whole(pixel[0]), whole(pixel[1]), whole(pixel[2]), pixel[3]]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_on_white_is_opaque() {
        let mut rgba = [0, 0, 0, 0, 10, 20, 30, 255, 50, 0, 100, 100];
        lay_on_white(&mut rgba);
        assert_eq!(
            rgba,
            [255, 255, 255, 255, 10, 20, 30, 255, 205, 155, 255, 255]
        );
    }

    #[test]
    fn straight_colours_come_back_when_alpha_multiplies_them() {
        for alpha in 1..=255_u8 {
            for value in 0..=alpha {
                let [straight, ..] = straight(&[value, 0, 0, alpha])[..] else {
                    panic!("a pixel");
                };
                let back = (u32::from(straight) * u32::from(alpha) + 127) / 255;
                assert!(back.abs_diff(u32::from(value)) <= 1, "{value} of {alpha}");
            }
        }
        assert_eq!(straight(&[0, 0, 0, 0]), [0, 0, 0, 0]);
    }
}
