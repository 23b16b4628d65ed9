//! Every key is read, and written out as it was read.

use crate::{data, read};
use std::collections::BTreeMap;
use std::sync::Arc;
use thalweg::loss::Table;
use thalweg::scene::{
    CameraKey, CameraSettings, Color, Colormap, Compare, Converged, DataSource, Ease, EndSettings,
    FieldSettings, FilmSettings, HeightScale, HeightSettings, Hyper, Layout, LossData,
    LossSettings, LossSource, Mark, Method, Plane, Projection, Samples, Scene, ShowSettings, Sigma,
    Start, Stop, SurfaceStyle, Team, Theme, TimeSettings, TrailStyle,
};

#[test]
fn the_reference_is_the_defaults() {
    let adam = Team {
        label: Some("Adam".to_owned()),
        set: BTreeMap::from([("lr".to_owned(), Hyper::Number(0.05))]),
        ..Team::new(Method::Optimizer("adam".to_owned()))
    };
    let expected = Scene {
        title: Some("Adam and its ancestors".to_owned()),
        teams: vec![adam],
        ..Scene::default()
    };
    assert_eq!(read(&data("reference.toml")), expected);
    assert_eq!(read(""), Scene::default());
}

#[test]
fn every_key_is_read() {
    assert_eq!(read(&data("every-key.toml")), every_key());
}

#[test]
fn a_scene_written_out_reads_back_the_same() {
    for scene in [every_key(), read(&data("reference.toml")), Scene::default()] {
        assert_eq!(read(&scene.to_toml()), scene);
    }
}

fn every_key() -> Scene {
    let text = str::to_owned;
    Scene {
        title: Some(text("Every key")),
        seed: 9,
        loss: every_loss_key(),
        field: FieldSettings { size: 64 },
        height: HeightSettings {
            scale: HeightScale::Formula(text("sqrt(f)")),
            unit: Some(2.5),
            clip: 0.5,
        },
        teams: every_team_key(),
        ends: EndSettings {
            converged: Some(Converged {
                gradient: Some(1e-6),
                loss: Some(1e-9),
            }),
            far: 1e3,
        },
        time: TimeSettings {
            seconds: 5.0,
            steps_per_second: 30.5,
            hold: 1.5,
        },
        camera: every_camera_key(),
        show: every_show_key(),
        film: FilmSettings {
            size: [640, 360],
            fps: 25,
            quality: 30,
            samples: Samples::Count(4),
            looped: true,
        },
        stops: vec![
            Stop {
                caption: Some(text("The slope along a is {grad.a}")),
                seconds: 3.0,
                ease: 0.5,
                step: Some(7),
                set: "camera.azimuth = 90\nshow.marks = [\"slices\", \"tangent\"]\n\
                      team.0.set.lr = 0.1\nloss.at.w = 0.5\nheight.scale = \"log\"\n\
                      time.steps_per_second = 10"
                    .parse()
                    .expect("TOML"),
            },
            Stop::default(),
        ],
    }
}

fn every_loss_key() -> LossSettings {
    let text = str::to_owned;
    LossSettings {
        source: LossSource::Formula(text("a^2 + b^2 + w*model")),
        parameters: Some(vec![text("a"), text("b"), text("w")]),
        domain: Some(BTreeMap::from([
            (text("a"), [-1.0, 2.0]),
            (text("w"), [0.0, 0.5]),
        ])),
        plane: Some(Plane::Axes {
            axes: [text("a"), text("b")],
            at: BTreeMap::from([(text("w"), 0.5)]),
        }),
        at: Some(BTreeMap::from([(text("a"), 0.25)])),
        data: Some(LossData {
            source: Some(DataSource::Rows {
                rows: vec![vec![1.0, 2.0], vec![3.0, 4.5]],
                columns: vec![text("x"), text("y")],
            }),
            model: Some(text("sigmoid(a*x + b)")),
            batch: Some(32),
            table: Some(Arc::new(
                Table::new(
                    &[text("x"), text("y")],
                    vec![Ok(vec![1.0, 3.0]), Ok(vec![2.0, 4.5])],
                )
                .expect("a table"),
            )),
        }),
    }
}

fn every_team_key() -> Vec<Team> {
    let text = str::to_owned;
    let sgd = |start| Team {
        start,
        ..Team::new(Method::Optimizer(text("sgd")))
    };
    vec![
        Team {
            method: Method::Optimizer(text("adam")),
            label: Some(text("Adam")),
            set: BTreeMap::from([
                (text("lr"), Hyper::Formula(text("0.1 * 0.5^(t/100)"))),
                (text("beta1"), Hyper::Number(0.8)),
            ]),
            start: Start::At {
                at: vec![vec![-4.0, 4.0, 1.0], vec![0.0, 0.5, 0.0]],
            },
            color: Some(Color([0xe6, 0x9f, 0])),
            tune: Some(text("lr")),
            visible: false,
        },
        Team {
            start: Start::Uniform { uniform: 10 },
            ..Team::new(Method::Rule(text("w = w - lr*grad\n")))
        },
        sgd(Start::Normal {
            normal: 20,
            at: Some(vec![1.0, 2.0, 3.0]),
            sigma: Sigma::Each(vec![1.0, 2.0, 3.0]),
        }),
        sgd(Start::Grid {
            grid: vec![20, 10, 1],
        }),
        sgd(Start::Ring {
            ring: 64,
            radius: 4.0,
            at: Some(vec![0.0; 3]),
        }),
        sgd(Start::Line {
            line: 50,
            from: vec![0.0; 3],
            to: vec![1.0; 3],
        }),
    ]
}

fn every_camera_key() -> CameraSettings {
    let key = CameraKey {
        at_seconds: 1.0,
        ease: Ease::Smooth,
        azimuth_deg: None,
        elevation_deg: None,
        distance: Some(4.0),
        target: None,
        fov_deg: None,
        projection: None,
        turns: None,
    };
    CameraSettings {
        azimuth_deg: 10.0,
        elevation_deg: -20.0,
        distance: 3.0,
        target: [0.1, 0.2, -0.3],
        fov_deg: 50.0,
        projection: Projection::Orthographic,
        turns: -0.5,
        // In the order of their times, not of the file.
        keys: vec![
            key.clone(),
            CameraKey {
                at_seconds: 2.0,
                ease: Ease::Linear,
                azimuth_deg: Some(90.0),
                elevation_deg: Some(10.0),
                distance: Some(2.0),
                target: Some([0.0, 0.0, 1.0]),
                fov_deg: Some(20.0),
                projection: Some(Projection::Perspective),
                turns: Some(0.0),
            },
        ],
    }
}

fn every_show_key() -> ShowSettings {
    ShowSettings {
        layout: Layout::SideBySide,
        surface: SurfaceStyle::Glass,
        contours: 0,
        arrows: 5,
        floor: false,
        floor_trails: false,
        trails: TrailStyle::Chords,
        trail_points: 2,
        fade: 0.5,
        glow: 0.25,
        behind: 0.2,
        heads: false,
        shapes: true,
        marks: vec![
            Mark::Minima,
            Mark::Starts,
            Mark::Saddles,
            Mark::Gradient,
            Mark::Components,
            Mark::Opposite,
            Mark::Step,
            Mark::Momentum,
            Mark::Tangent,
            Mark::Slices,
        ],
        follow: Some([0, 1]),
        level: Some(0.5),
        gradient_scale: Some(2.0),
        axes: false,
        legend: false,
        standings: true,
        curves: true,
        colormap: Colormap::Batlow,
        theme: Theme::Print,
        text_scale: 1.5,
        explain: 2.5,
        machine: true,
        input: BTreeMap::from([("x".to_owned(), 1.5)]),
        compare: Compare::Loss,
        turn: BTreeMap::from([("a".to_owned(), 0.25)]),
    }
}

#[test]
fn the_other_forms_of_loss_are_read() {
    let loss = |text| read(text).loss;
    assert_eq!(
        loss("[loss]\nname = \"sphere\"").source,
        LossSource::Name("sphere".to_owned())
    );
    assert_eq!(
        loss("loss.plane = { origin = [0, 0, 0], u = [1, 0, 0], v = [0, 1, 0] }").plane,
        Some(Plane::Directions {
            origin: vec![0.0; 3],
            u: vec![1.0, 0.0, 0.0],
            v: vec![0.0, 1.0, 0.0],
        })
    );
    let file = loss("loss.data.file = \"points.csv\"").data.expect("data");
    assert_eq!(
        file.source,
        Some(DataSource::File {
            file: "points.csv".to_owned()
        })
    );
}
