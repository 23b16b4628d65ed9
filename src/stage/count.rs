//! How the teams stand at the step that the race was last brought to.

use crate::gpu::{BufferReadback, Gpu, GpuError};
use crate::simulation::{Race, Standing, Standings, standings_from_bytes};

/// The standings, once they have come back.
pub(super) struct Count {
    standings: Standings,
    /// The step that `known`, or what is coming, is of.
    step: Option<u32>,
    coming: Option<BufferReadback>,
    known: Vec<Standing>,
}

impl Count {
    pub(super) fn new(gpu: &Gpu, race: &Race, teams: usize) -> Result<Self, GpuError> {
        Ok(Self {
            standings: Standings::new(gpu, &race.descents, teams)?,
            step: None,
            coming: None,
            known: vec![Standing::default(); teams],
        })
    }

    /// Counts anew where the race stands at another step than when it was last counted.
    pub(super) fn request(&mut self, gpu: &Gpu, step: u32) {
        if self.step != Some(step) && !self.known.is_empty() {
            self.step = Some(step);
            self.coming = Some(self.standings.request(gpu));
        }
    }

    /// Whether what was last requested is known.
    pub(super) fn poll(&mut self, gpu: &Gpu) -> Result<bool, GpuError> {
        let Some(coming) = &mut self.coming else {
            return Ok(true);
        };
        gpu.poll()?;
        let Some(bytes) = coming.take()? else {
            return Ok(false);
        };
        self.known = standings_from_bytes(&bytes);
        self.coming = None;
        Ok(true)
    }

    /// A standing for each team.
    pub(super) fn known(&self) -> &[Standing] {
        &self.known
    }
}
