//! The field's losses, brought back, and the height scale that suits them.

use crate::gpu::{Gpu, GpuError, TextureReadback};
use crate::render::frame::HeightScale;
use crate::render::height::HeightStyle;
use crate::scene::{self, Scene};
use crate::simulation::Field;
use crate::simulation::field::nodes_from_bytes;

/// The field's finite losses, once they have come back.
pub(super) struct Losses {
    /// On their way.
    coming: Option<TextureReadback>,
    /// The nodes that came last, each (f, ∂f/∂a, ∂f/∂b, valid).
    nodes: Vec<[f32; 4]>,
    /// Their finite losses.
    values: Option<Vec<f32>>,
    /// The last scale chosen for them, with the style that it was chosen for.
    scale: Option<(HeightStyle, HeightScale)>,
    /// How many times nodes have come.
    arrivals: u32,
}

impl Losses {
    /// Asks for the losses of `field`, where they are there.
    pub(super) fn new(gpu: &Gpu, field: &Field) -> Self {
        let mut losses = Self {
            coming: None,
            nodes: Vec::new(),
            values: None,
            scale: None,
            arrivals: 0,
        };
        if field.is_whole() {
            losses.request(gpu, field);
        }
        losses
    }

    /// Asks for them anew; those that are here stay until the new ones come.
    pub(super) fn request(&mut self, gpu: &Gpu, field: &Field) {
        self.coming = Some(field.request_nodes(gpu));
    }

    /// Whether there are any by now.
    ///
    /// # Errors
    /// [`GpuError::Lost`].
    pub(super) fn poll(&mut self, gpu: &Gpu) -> Result<bool, GpuError> {
        gpu.poll()?;
        let bytes = match &mut self.coming {
            Some(readback) => readback.take()?,
            None => None,
        };
        if let Some(bytes) = bytes {
            self.coming = None;
            self.nodes = nodes_from_bytes(&bytes);
            self.values = Some(finite_losses(&self.nodes));
            self.scale = None;
            self.arrivals += 1;
        }
        Ok(self.values.is_some())
    }

    /// The field's nodes, each (f, ∂f/∂a, ∂f/∂b, valid), none until they are here; and how many
    /// times they have come.
    pub(super) fn nodes(&self) -> (&[[f32; 4]], u32) {
        (&self.nodes, self.arrivals)
    }

    /// The height scale that `scene` wishes for these losses, chosen once for each wish; `None`
    /// until they are here.
    pub(super) fn scale(&mut self, scene: &Scene) -> Option<HeightScale> {
        let values = self.values.as_ref()?;
        let style = height_style(scene);
        let chosen = match &self.scale {
            Some((known, chosen)) if *known == style => *chosen,
            _ => HeightScale::choose(&style, values),
        };
        self.scale = Some((style, chosen));
        Some(chosen)
    }
}

fn finite_losses(nodes: &[[f32; 4]]) -> Vec<f32> {
    nodes
        .iter()
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
