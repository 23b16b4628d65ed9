//! A scene's course over time: frames and steps, stops, the camera.

use crate::{gallery, read};
use thalweg::scene::{CameraSettings, Hyper, Layout, Mark, Projection, Scene, Timeline};

#[test]
fn a_layout_eases_from_the_one_before_it() {
    let scene = read(
        "show.layout = \"side-by-side\"\n\
         [[stop]]\nseconds = 2\nease = 1\nset = { show.layout = \"map\" }\n\
         [[stop]]\nseconds = 2\nease = 0\nset = { camera.azimuth = 3 }\n\
         [[stop]]\nseconds = 2\nease = 4\nset.show = { layout = \"3d\", fade = 0.5 }",
    );
    let timeline = Timeline::new(&scene);
    let at = |seconds| {
        let mix = timeline.layout_at(seconds);
        assert!((mix.landscape + mix.map + mix.side_by_side - 1.0).abs() < 1e-12);
        [mix.landscape, mix.map, mix.side_by_side]
    };
    // Smoothstep: 3t² - 2t³.
    for (seconds, expected) in [
        (0.0, [0.0, 0.0, 1.0]),
        (0.25, [0.0, 0.15625, 0.84375]),
        (0.5, [0.0, 0.5, 0.5]),
        (1.0, [0.0, 1.0, 0.0]),
        (3.9, [0.0, 1.0, 0.0]),
        (5.0, [0.15625, 0.84375, 0.0]),
        (7.0, [0.84375, 0.15625, 0.0]),
        (9.0, [1.0, 0.0, 0.0]),
    ] {
        let mix = at(seconds);
        for part in 0..3 {
            assert!(
                (mix[part] - expected[part]).abs() < 1e-12,
                "{mix:?} at {seconds}"
            );
        }
    }
    assert_eq!(
        timeline.scene_at(0.5).show.layout,
        Layout::Map,
        "the word switches at once"
    );
}

#[test]
fn steps_at_frames_do_not_drift() {
    // (fps, steps a second as a fraction), against exact integers.
    for (fps, numerator, denominator) in [
        (30, 60, 1),
        (60, 60, 1),
        (60, 25, 1),
        (24, 1000, 1),
        (25, 61, 2),
        (240, 1, 8),
        (7, 3, 1),
    ] {
        let mut scene = Scene::default();
        scene.film.fps = fps;
        scene.time.seconds = 36_000.0;
        scene.time.steps_per_second = f64::from(numerator) / f64::from(denominator);
        let timeline = Timeline::new(&scene);
        for frame in (0..2000).chain(timeline.frames() - 2000..=timeline.frames()) {
            let exact = frame * numerator as u64 / (denominator as u64 * u64::from(fps));
            let seconds = timeline.time_of_frame(frame);
            assert_eq!(
                timeline.steps_at(seconds),
                exact,
                "frame {frame} at {fps} fps"
            );
            assert_eq!(timeline.frame_at(seconds), frame);
        }
    }
}

#[test]
fn the_film_is_as_long_as_its_seconds_or_its_stops() {
    let bench = Timeline::new(&read(&gallery("bench-orbit")));
    assert_eq!((bench.frames(), bench.total_steps()), (60, 300));
    let race = Timeline::new(&read(&gallery("himmelblau-race")));
    assert_eq!(
        (race.frames(), race.total_steps(), race.steps_at(9.5)),
        (300, 225, 225)
    );
    assert_eq!(race.steps_at(4.0), 100);
    let lesson = Timeline::new(&read(
        "film.fps = 30\n[[stop]]\nseconds = 1.5\n[[stop]]\nseconds = 2",
    ));
    assert_eq!(
        (lesson.seconds(), lesson.frames(), lesson.frame_at(0.51)),
        (3.5, 105, 15)
    );
    let short = Timeline::new(&read("time.seconds = 0.001"));
    assert_eq!(short.frames(), 1);
}

const LESSON: &str = r#"
title = "one"
time = { seconds = 99, steps_per_second = 10, hold = 1 }
camera = { azimuth = 0, turns = 0, target = [0, 0, 0] }
[[stop]]
seconds = 2
[[stop]]
caption = "second"
seconds = 4
ease = 2
set = { camera.azimuth = 100, camera.target = [1, 2, 0], title = "two", show.contours = 4, time.steps_per_second = 20 }
[[stop]]
caption = "third"
seconds = 4
ease = 0
set = { camera.azimuth = 50, show.marks = ["starts"], time.steps_per_second = 0.5 }
"#;

#[test]
fn stops_add_up_and_ease() {
    let timeline = Timeline::new(&read(LESSON));
    let camera = |seconds| {
        let camera = timeline.scene_at(seconds).camera;
        (camera.azimuth_deg, camera.target)
    };
    assert_eq!(camera(1.999), (0.0, [0.0; 3]));
    assert_eq!(camera(2.0), (0.0, [0.0; 3]));
    // Smoothstep at a quarter: 3/16 - 2/64 = 5/32.
    assert_eq!(camera(2.5), (15.625, [0.15625, 0.3125, 0.0]));
    assert_eq!(camera(3.0), (50.0, [0.5, 1.0, 0.0]));
    assert_eq!(camera(4.0), (100.0, [1.0, 2.0, 0.0]));
    assert_eq!(camera(6.0), (50.0, [1.0, 2.0, 0.0]));
    let scene = timeline.scene_at(2.5);
    assert_eq!(scene.title.as_deref(), Some("two"));
    // 24 - 20 x 5/32 = 20.875, a whole number of lines.
    assert_eq!(scene.show.contours, 21);
    assert_eq!(scene.time.steps_per_second, 20.0);
    assert_eq!(timeline.scene_at(1.0), read(LESSON));
    let last = timeline.scene_at(7.0).show;
    assert_eq!((last.marks, last.contours), (vec![Mark::Starts], 4));
}

#[test]
fn a_patch_that_eases_on_is_the_next_ones_beginning() {
    let timeline = Timeline::new(&read(
        "camera.azimuth = 0\n\
         [[stop]]\nseconds = 1\nease = 2\nset.camera.azimuth = 100\n\
         [[stop]]\nseconds = 9\nease = 2\nset.camera.azimuth = 0",
    ));
    let azimuth = |seconds| timeline.scene_at(seconds).camera.azimuth_deg;
    assert!((azimuth(0.999) - azimuth(1.001)).abs() < 0.2);
    assert_eq!((azimuth(1.0), azimuth(3.0)), (50.0, 0.0));
}

#[test]
fn stops_change_the_pace_from_their_beginning() {
    let timeline = Timeline::new(&read(LESSON));
    for (seconds, steps) in [
        (0.0, 0),
        (1.0, 10),
        (2.0, 20),
        (2.5, 30),
        (6.0, 100),
        (8.0, 101),
        (9.0, 101),
        (10.0, 101),
    ] {
        assert_eq!(timeline.steps_at(seconds), steps, "at {seconds} s");
    }
    assert_eq!(timeline.total_steps(), 101);
    let unheld = LESSON.replace("hold = 1", "hold = 0");
    assert_eq!(Timeline::new(&read(&unheld)).total_steps(), 102);
}

#[test]
fn a_stop_may_begin_at_a_step_of_its_own() {
    let timeline = Timeline::new(&read(
        "film.fps = 10\ntime.steps_per_second = 10\n\
         [[stop]]\nseconds = 2\n\
         [[stop]]\nseconds = 2\nstep = 5\nset.time.steps_per_second = 0\n\
         [[stop]]\nseconds = 2\nstep = 0\nset.time.steps_per_second = 4",
    ));
    let steps = [1.9, 2.0, 3.9, 4.0, 5.0, 6.0].map(|seconds| timeline.steps_at(seconds));
    assert_eq!(steps, [19, 5, 5, 0, 4, 8]);
    assert_eq!(timeline.total_steps(), 20, "the most, not the last");
    let stops = [0.0, 1.999, 2.0, 5.0, 99.0].map(|seconds| timeline.stop_at(seconds));
    assert_eq!(stops, [Some(0), Some(0), Some(1), Some(2), Some(2)]);
    let last = [0, 1, 2].map(|stop| timeline.last_frame_of_stop(stop));
    assert_eq!(last, [19, 39, 59]);
    assert_eq!(
        (timeline.stop_count(), timeline.stop_seconds(1)),
        (3, 2.0..4.0)
    );
}

#[test]
fn captions_last_their_stop() {
    let timeline = Timeline::new(&read(LESSON));
    let captions = [0.0, 1.9, 2.0, 5.9, 6.0, 11.0].map(|seconds| timeline.caption_at(seconds));
    let (second, third) = (Some("second"), Some("third"));
    assert_eq!(captions, [None, None, second, second, third, third]);
    assert_eq!(Timeline::new(&Scene::default()).caption_at(1.0), None);
}

#[test]
fn a_patch_of_a_team_that_is_gone_is_left_out() {
    let mut scene = read(
        "[[team]]\noptimizer = \"adam\"\n[[stop]]\nset.team.0.set.lr = 0.5\n[[stop]]\nset.title = \"b\"",
    );
    let lr = |scene: &Scene| Timeline::new(scene).scene_at(2.0).teams[0].set["lr"].clone();
    assert_eq!(lr(&scene), Hyper::Number(0.5));
    scene.teams.clear();
    assert_eq!(
        Timeline::new(&scene).scene_at(5.0).title.as_deref(),
        Some("b")
    );
}

#[test]
fn the_camera_turns_over_the_film() {
    let camera = CameraSettings::default();
    let azimuths = [0.0, 3.0, 12.0].map(|seconds| camera.at(seconds, 12.0).azimuth_deg);
    assert_eq!(azimuths, [30.0, 120.0, 390.0]);
}

#[test]
fn camera_keys_interpolate_each_property_alone() {
    let camera = read(
        "[camera]\nazimuth = 0\nturns = 0\ndistance = 2\n\
         [[camera.key]]\nat = 4\nazimuth = 40\nease = \"linear\"\n\
         [[camera.key]]\nat = 6\ndistance = 4\nprojection = \"orthographic\"\n\
         [[camera.key]]\nat = 8\nazimuth = 0\n",
    )
    .camera;
    let view = |seconds| camera.at(seconds, 10.0);
    assert_eq!(view(1.0).azimuth_deg, 10.0);
    assert_eq!(view(4.0).azimuth_deg, 40.0);
    // Smoothstep at a quarter of the way down.
    assert_eq!(view(5.0).azimuth_deg, 40.0 * (1.0 - 0.15625));
    assert_eq!(view(9.0).azimuth_deg, 0.0);
    assert_eq!(
        (view(0.0).distance, view(3.0).distance, view(7.0).distance),
        (2.0, 3.0, 4.0)
    );
    assert_eq!(view(5.99).projection, Projection::Perspective);
    assert_eq!(view(6.0).projection, Projection::Orthographic);
    assert_eq!(view(7.0).elevation_deg, 35.0);
}
