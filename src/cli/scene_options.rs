//! The flags that override keys of a scene.

use super::arguments::Pair;
use super::failure::Failure;
use std::str::FromStr;
use thalweg::load::{self, Loaded};
use thalweg::loss;

/// Overrides of a scene's settings.
#[derive(Debug, clap::Args)]
pub struct SceneOptions {
    /// Width and height in pixels, such as 1920x1080
    #[arg(long, value_name = "WxH")]
    pub size: Option<Size>,
    /// Frames a second
    #[arg(long)]
    pub fps: Option<u32>,
    /// Length of the film
    #[arg(long)]
    pub seconds: Option<f64>,
    /// Seed of the random starts
    #[arg(long)]
    pub seed: Option<u32>,
    /// Samples a pixel, 1 to 64: the mean of as many pictures [default: what the adapter does well]
    #[arg(long, value_name = "N")]
    pub samples: Option<u32>,
    /// Any key of the scene, such as team.0.set.lr=0.1; may be repeated
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub set: Vec<Pair>,
}

impl SceneOptions {
    /// The scene that `argument` means, with the overrides laid over it. Keys that ask for what is
    /// not built yet are named on stderr.
    pub fn load(&self, argument: &str) -> Result<Loaded, Failure> {
        let losses: Vec<_> = loss::names().collect();
        let loaded = load::scene(argument, &self.overrides(), &losses)?;
        for warning in &loaded.warnings {
            eprintln!("note: {warning}");
        }
        Ok(loaded)
    }

    fn overrides(&self) -> Vec<(String, String)> {
        let flags = [
            self.size
                .map(|Size([width, height])| ("film.size", format!("[{width}, {height}]"))),
            self.fps.map(|fps| ("film.fps", fps.to_string())),
            self.seconds
                .map(|seconds| ("time.seconds", format!("{seconds:?}"))),
            self.seed.map(|seed| ("seed", seed.to_string())),
            self.samples
                .map(|samples| ("film.samples", samples.to_string())),
        ];
        let flags = flags.into_iter().flatten();
        flags
            .map(|(key, value)| (key.to_owned(), value))
            .chain(
                self.set
                    .iter()
                    .map(|pair| (pair.key.clone(), pair.value.clone())),
            )
            .collect()
    }
}

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub [u32; 2]);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a size; one is written so: 1920x1080");
        let (width, height) = text.split_once(['x', 'X', '×']).ok_or_else(wrong)?;
        let number = |part: &str| part.trim().parse().map_err(|_| wrong());
        Ok(Self([number(width)?, number(height)?]))
    }
}
