//! How many hands draw a film.
//!
//! A driver in software waits for all its threads at each barrier of a frame, so that one film is
//! done sooner by several devices with fewer threads each. A GPU is one, and has one hand.

use super::failure::Failure;
use std::thread::available_parallelism;
use thalweg::film::Hand;
use thalweg::gpu::Gpu;
use thalweg::scene::{Scene, Timeline};
use thalweg::simulation::plan::loss_of;

/// Hands at most: each has images and a landscape of its own.
const MOST: usize = 4;

/// Frames that a hand draws at least; to set the scene up takes as long as some ten.
const FRAMES_A_HAND: u64 = 12;

/// Steps of descents for each frame of a film at most, where each hand takes them all.
const STEPS_A_FRAME: u64 = 500_000;

/// Tells Mesa's software driver how many threads each of its devices may start,
/// <https://docs.mesa3d.org/envvars.html>; other drivers do not read it, and who has set it is
/// obeyed. To be called before there is another thread. Answers how many devices that is for.
pub fn share_cores(scene: &Scene, frames: u64) -> usize {
    const THREADS: &str = "LP_NUM_THREADS";
    let cores = available_parallelism().map_or(1, usize::from);
    let hands = hands_for(scene, frames, cores);
    if hands > 1 && std::env::var_os(THREADS).is_none() {
        // SAFETY: no other thread runs yet that could read the environment.
        unsafe { std::env::set_var(THREADS, (cores / hands).to_string()) };
    }
    hands
}

/// Sets the scene up on the best adapter, for up to `most` hands if that is a driver in software.
pub fn hire(scene: &Scene, most: usize) -> Result<Vec<Hand>, Failure> {
    let mut devices = vec![Gpu::headless()?];
    if devices[0].is_cpu() {
        // Each has its own instance of the driver, and so its own threads.
        for _ in 1..most {
            devices.push(Gpu::headless()?);
        }
    }
    Ok(Hand::each(devices, scene)?)
}

/// As many as have enough to draw, where what each must do for itself is little beside it: the whole
/// race, and the landscape.
fn hands_for(scene: &Scene, frames: u64, cores: usize) -> usize {
    let goes_over_rows = loss_of(scene).is_ok_and(|loss| loss.data.is_some());
    let descents: usize = scene.teams.iter().map(|team| team.start.count()).sum();
    let steps = Timeline::new(scene).total_steps();
    let race = steps.saturating_mul(descents as u64);
    if goes_over_rows || race > STEPS_A_FRAME * frames {
        return 1;
    }
    let busy = usize::try_from(frames / FRAMES_A_HAND).unwrap_or(MOST);
    cores.min(MOST).min(busy).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(text: &str) -> Scene {
        Scene::from_toml(text, "film.toml").expect("the scene reads")
    }

    #[test]
    fn a_long_film_of_a_small_race_has_a_hand_for_each_of_four_cores() {
        let film = scene(
            "[time]\nsteps_per_second = 100\n[[team]]\noptimizer = \"adam\"\nstart = { uniform = 300 }",
        );
        assert_eq!(
            [1, 2, 3, 4, 64].map(|cores| hands_for(&film, 300, cores)),
            [1, 2, 3, 4, 4]
        );
        assert_eq!(
            [1, 23, 24, 36].map(|frames| hands_for(&film, frames, 4)),
            [1, 1, 2, 3]
        );
    }

    #[test]
    fn what_each_hand_would_do_again_is_done_by_one() {
        let crowd = scene(
            "[time]\nsteps_per_second = 1000\n[[team]]\noptimizer = \"adam\"\nstart = { uniform = 1000000 }",
        );
        assert_eq!(hands_for(&crowd, 300, 4), 1);
    }
}
