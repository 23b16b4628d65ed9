//! Alpha of a frame, in the display-encoded space of the image; its colours are straight.

/// Lays the frame on a white ground; its alpha is then whole.
pub(super) fn lay_on_white(rgba: &mut [u8]) {
    for pixel in rgba.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        for value in &mut pixel[..3] {
            let laid = u32::from(*value) * alpha + 255 * (255 - alpha);
            *value = ((laid + 127) / 255) as u8;
        }
        pixel[3] = 255;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_on_white_is_opaque() {
        let mut rgba = [0, 0, 0, 0, 10, 20, 30, 255, 200, 0, 100, 51];
        lay_on_white(&mut rgba);
        assert_eq!(
            rgba,
            [255, 255, 255, 255, 10, 20, 30, 255, 244, 204, 224, 255]
        );
    }
}
