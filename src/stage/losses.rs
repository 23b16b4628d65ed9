//! The field's losses, brought back once, and the height scale that suits them.

use crate::gpu::{Gpu, GpuError, TextureReadback};
use crate::render::frame::HeightScale;
use crate::render::height::HeightStyle;
use crate::scene::{self, Scene};
use crate::simulation::Field;
use crate::simulation::field::nodes_from_bytes;

/// The field's finite losses, once they have come back.
pub(super) enum Losses {
    /// On their way.
    Coming(TextureReadback),
    /// Here, with the last scale chosen and the style that it was chosen for.
    Here {
        values: Vec<f32>,
        scale: Option<(HeightStyle, HeightScale)>,
    },
}

impl Losses {
    /// Asks for the losses of `field`.
    pub(super) fn request(gpu: &Gpu, field: &Field) -> Self {
        Self::Coming(field.request_nodes(gpu))
    }

    /// Whether they are here by now.
    ///
    /// # Errors
    /// [`GpuError::Lost`].
    pub(super) fn poll(&mut self, gpu: &Gpu) -> Result<bool, GpuError> {
        if let Self::Coming(readback) = self {
            gpu.poll()?;
            let Some(bytes) = readback.take()? else {
                return Ok(false);
            };
            *self = Self::Here {
                values: finite_losses(&bytes),
                scale: None,
            };
        }
        Ok(true)
    }

    /// The height scale that `scene` wishes for these losses, chosen once for each wish; `None`
    /// until they are here.
    pub(super) fn scale(&mut self, scene: &Scene) -> Option<HeightScale> {
        let Self::Here { values, scale } = self else {
            return None;
        };
        let style = height_style(scene);
        let chosen = match scale {
            Some((known, chosen)) if *known == style => *chosen,
            _ => HeightScale::choose(&style, values),
        };
        *scale = Some((style, chosen));
        Some(chosen)
    }
}

fn finite_losses(bytes: &[u8]) -> Vec<f32> {
    let nodes = nodes_from_bytes(bytes).into_iter();
    nodes
        .filter(|node| node[3] != 0.0)
        .map(|node| node[0])
        .collect()
}

fn height_style(scene: &Scene) -> HeightStyle {
    HeightStyle {
        log: scene.height.scale != scene::HeightScale::Linear,
        unit: scene.height.unit,
        clip: scene.height.clip,
        contours: scene.show.contours,
    }
}
