//! The field's losses, brought back once, and the height scale that suits them.

use crate::gpu::{Gpu, GpuError, TextureReadback};
use crate::render::frame::{HeightScale, Placement};
use crate::render::height::HeightStyle;
use crate::render::map_figure::{MapFigure, Sketch};
use crate::scene::{self, Scene};
use crate::simulation::Field;
use crate::simulation::field::nodes_from_bytes;
use std::sync::Arc;

/// The field's finite losses, once they have come back.
pub(super) enum Losses {
    /// On their way.
    Coming(TextureReadback),
    /// Here, with what was last made of them.
    Here(Box<Known>),
}

/// The field as far as it is looked at on the CPU.
pub(super) struct Known {
    values: Vec<f32>,
    sketch: Sketch,
    /// The last scale, with the style that it was chosen for.
    scale: Option<(HeightStyle, HeightScale)>,
    /// The last map, with its scale and count of arrows.
    map: Option<(HeightScale, u32, Arc<MapFigure>)>,
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
            *self = Self::Here(Box::new(Known::new(&nodes_from_bytes(&bytes))));
        }
        Ok(true)
    }

    /// What is known of them; `None` until they are here.
    pub(super) fn known(&mut self) -> Option<&mut Known> {
        match self {
            Self::Coming(_) => None,
            Self::Here(known) => Some(known),
        }
    }
}

impl Known {
    fn new(nodes: &[[f32; 4]]) -> Self {
        let finite = nodes.iter().filter(|node| node[3] != 0.0);
        Self {
            values: finite.map(|node| node[0]).collect(),
            sketch: Sketch::new(nodes),
            scale: None,
            map: None,
        }
    }

    /// The height scale that `scene` wishes for these losses, chosen once for each wish.
    pub(super) fn scale(&mut self, scene: &Scene) -> HeightScale {
        let style = height_style(scene);
        let chosen = match &self.scale {
            Some((known, chosen)) if *known == style => *chosen,
            _ => HeightScale::choose(&style, &self.values),
        };
        self.scale = Some((style, chosen));
        chosen
    }

    /// The map at that scale with so many arrows, drawn up once for each.
    pub(super) fn map(
        &mut self,
        placement: &Placement,
        scale: &HeightScale,
        arrows: u32,
    ) -> Arc<MapFigure> {
        if let Some((known, count, map)) = &self.map
            && (known, *count) == (scale, arrows)
        {
            return Arc::clone(map);
        }
        let map = Arc::new(MapFigure::new(&self.sketch, placement, scale, arrows));
        self.map = Some((*scale, arrows, Arc::clone(&map)));
        map
    }
}

fn height_style(scene: &Scene) -> HeightStyle {
    HeightStyle {
        log: scene.height.scale != scene::HeightScale::Linear,
        unit: scene.height.unit,
        clip: scene.height.clip,
        contours: scene.show.contours,
    }
}
