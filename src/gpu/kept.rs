//! Compute pipelines that were made before, by the text of their shader.

use std::sync::{Arc, Mutex, PoisonError};

/// Pipelines kept at most; those last asked for stay.
const MOST: usize = 64;

/// Shared by all clones of a device.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<(String, wgpu::ComputePipeline)>>>);

impl Kept {
    /// The pipeline of a text, if it was kept.
    pub(super) fn get(&self, text: &str) -> Option<wgpu::ComputePipeline> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == text)?;
        let entry = kept.remove(at);
        let pipeline = entry.1.clone();
        kept.push(entry);
        Some(pipeline)
    }

    /// Keeps a pipeline.
    pub(super) fn put(&self, text: &str, pipeline: &wgpu::ComputePipeline) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == MOST {
            kept.remove(0);
        }
        kept.push((text.to_owned(), pipeline.clone()));
    }
}
