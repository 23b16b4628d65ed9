//! What is made when it is first used: a scene draws with few of all pipelines.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// A shader or a pipeline that is made when it is first used; clones share it.
#[derive(Debug)]
pub struct Lazy<T>(Arc<LazyLock<T, Box<dyn FnOnce() -> T + Send>>>);

impl<T> Lazy<T> {
    /// What `make` will make.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<T> Clone for Lazy<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Lazy<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A pipeline that draws.
pub type RenderPipeline = Lazy<wgpu::RenderPipeline>;
/// A shader module.
pub type Module = Lazy<wgpu::ShaderModule>;
