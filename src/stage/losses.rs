//! The field's losses, brought back, and the height scale that suits them.

use crate::gpu::{Gpu, GpuError, TextureReadback};
use crate::loss::HeightFormula;
use crate::render::frame::Placement;
use crate::render::height::{FormulaLaw, HeightScale, HeightStyle, LawStyle};
use crate::render::map_figure::{MapFigure, Sketch};
use crate::render::rims::Rims;
use crate::scene::{self, Scene};
use crate::simulation::Field;
use crate::simulation::field::nodes_from_bytes;
use std::sync::Arc;

/// The field's finite losses, once they have come back.
pub(super) struct Losses {
    /// On their way.
    coming: Option<TextureReadback>,
    /// The nodes that came last, each (f, ∂f/∂a, ∂f/∂b, valid).
    nodes: Vec<[f32; 4]>,
    /// Their finite losses.
    values: Option<Vec<f32>>,
    /// By how much the loss changes over one cell at each of them.
    steps: Vec<f32>,
    /// A cell's size in both plane coordinates.
    cell: [f32; 2],
    /// What the map needs of them, once it was asked for.
    sketch: Option<Sketch>,
    /// The last map, with its scale and count of arrows.
    map: Option<(HeightScale, u32, Arc<MapFigure>)>,
    /// The last rims, with their scale.
    rims: Option<(HeightScale, Arc<Rims>)>,
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
            steps: Vec::new(),
            cell: [0, 1].map(|axis| {
                let [low, high] = field.plane.domain[axis];
                ((high - low) / f64::from(field.cells[axis])) as f32
            }),
            sketch: None,
            map: None,
            rims: None,
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
            let (values, steps) = finite_losses(&self.nodes, self.cell);
            self.values = Some(values);
            self.steps = steps;
            (self.scale, self.sketch, self.map) = (None, None, None);
            self.rims = None;
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
            Some((known, chosen)) if *known == style => chosen.clone(),
            _ => HeightScale::choose(&style, values, &self.steps),
        };
        self.scale = Some((style, chosen.clone()));
        Some(chosen)
    }

    /// The map of these losses at a scale, with so many arrows; drawn up once for each.
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
        let sketch = self.sketch.get_or_insert_with(|| Sketch::new(&self.nodes));
        let map = Arc::new(MapFigure::new(sketch, placement, scale, arrows));
        self.map = Some((scale.clone(), arrows, Arc::clone(&map)));
        map
    }

    /// The rims of these losses' surface at a scale; made once for each.
    pub(super) fn rims(
        &mut self,
        cells: [u32; 2],
        placement: &Placement,
        scale: &HeightScale,
    ) -> Arc<Rims> {
        if let Some((known, rims)) = &self.rims
            && known == scale
        {
            return Arc::clone(rims);
        }
        let rims = Arc::new(Rims::new(&self.nodes, cells, placement, scale));
        self.rims = Some((scale.clone(), Arc::clone(&rims)));
        rims
    }
}

/// The finite losses, and by how much they change over one cell.
fn finite_losses(nodes: &[[f32; 4]], cell: [f32; 2]) -> (Vec<f32>, Vec<f32>) {
    let finite = nodes.iter().filter(|[_, _, _, valid]| *valid != 0.0);
    finite
        .map(|[loss, a, b, _]| (*loss, (a * cell[0]).hypot(b * cell[1])))
        .unzip()
}

fn height_style(scene: &Scene) -> HeightStyle {
    let unit = scene.height.unit;
    HeightStyle {
        law: match &scene.height.scale {
            scene::HeightScale::Linear => LawStyle::Linear,
            scene::HeightScale::Log => LawStyle::Log { unit },
            // A plan was made of the scene, which has tried the formula.
            scene::HeightScale::Formula(text) => HeightFormula::parse(text)
                .map_or(LawStyle::Log { unit }, |formula| {
                    LawStyle::Formula(formula_law(formula))
                }),
        },
        clip: scene.height.clip,
        contours: scene.show.contours,
    }
}

fn formula_law(formula: HeightFormula) -> FormulaLaw {
    let slope = formula.clone();
    FormulaLaw {
        name: formula.formula.clone(),
        wgsl: formula.wgsl(),
        height: Arc::new(move |loss| formula.height(loss)),
        slope: Arc::new(move |loss| slope.slope(loss)),
        one_to_one: None,
    }
}
