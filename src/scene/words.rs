//! The closed words of a scene file: each key that takes one of a few words.

use std::fmt;

use serde::{Serialize, Serializer};

/// A key's value that is one of a closed list of words.
pub trait Word: Copy + PartialEq + Sized + 'static {
    /// Every allowed word beside its value, in the order of the reference.
    const WORDS: &'static [(&'static str, Self)];

    /// The word as it stands in a scene file.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, value)| *value == self)
            .map(|(word, _)| *word)
            .expect("every variant has its word")
    }
}

/// Declares an enum beside its words; written and shown as its word.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl Word for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant),)+];
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self.word())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    };
}

words! {
    /// `camera.projection`.
    Projection {
        /// Near things are larger; `fov` says how much is seen.
        Perspective = "perspective",
        /// Parallel lines stay parallel.
        Orthographic = "orthographic",
    }
}

words! {
    /// `ease` of a camera key: how the camera goes to it from the key before.
    Ease {
        /// Starts and ends at rest (smoothstep).
        Smooth = "smooth",
        /// At constant speed.
        Linear = "linear",
    }
}

words! {
    /// `show.layout`.
    Layout {
        /// The landscape in 3D.
        ThreeD = "3d",
        /// The contour map alone, from above.
        Map = "map",
        /// 3D on the left, the map on the right.
        SideBySide = "side-by-side",
    }
}

words! {
    /// `show.surface`.
    SurfaceStyle {
        /// Lit and opaque.
        Solid = "solid",
        /// A wire mesh over the solid surface.
        Wire = "wire",
        /// Translucent: trails behind it are visible.
        Glass = "glass",
        /// Contour lines only.
        Contours = "contours",
        /// No surface.
        None = "none",
    }
}

words! {
    /// `show.trails`.
    TrailStyle {
        /// Lying on the surface.
        Draped = "draped",
        /// Straight from step to step.
        Chords = "chords",
        /// No trails.
        None = "none",
    }
}

words! {
    /// An entry of `show.marks`.
    Mark {
        /// The loss's known minima.
        Minima = "minima",
        /// The descents' start points.
        Starts = "starts",
        /// The loss's saddles.
        Saddles = "saddles",
        /// The gradient's arrow.
        Gradient = "gradient",
        /// The gradient's two components, an arrow along each parameter.
        Components = "components",
        /// The arrow opposite to the gradient.
        Opposite = "opposite",
        /// The step's arrow.
        Step = "step",
        /// The momentum's arrow.
        Momentum = "momentum",
        /// The tangent plane.
        Tangent = "tangent",
        /// The two slice curves through the followed point.
        Slices = "slices",
        /// The plane of the followed point's loss, with its contour line.
        Level = "level",
    }
}

words! {
    /// `show.colormap`: perceptually uniform maps of height to colour.
    Colormap {
        /// Matplotlib's default.
        Viridis = "viridis",
        /// Alike for colour-blind eyes.
        Cividis = "cividis",
        /// Black through red to pale yellow.
        Magma = "magma",
        /// Crameri's batlow.
        Batlow = "batlow",
        /// Google's turbo.
        Turbo = "turbo",
        /// Lightness alone.
        Grey = "grey",
        /// Viridis from its last colour to its first; likewise the others.
        ViridisReversed = "viridis_r",
        /// Cividis reversed.
        CividisReversed = "cividis_r",
        /// Magma reversed.
        MagmaReversed = "magma_r",
        /// Batlow reversed.
        BatlowReversed = "batlow_r",
        /// Turbo reversed.
        TurboReversed = "turbo_r",
        /// Grey reversed.
        GreyReversed = "grey_r",
    }
}

words! {
    /// `show.theme`.
    Theme {
        /// Dark ground.
        Dark = "dark",
        /// Light ground.
        Light = "light",
        /// White, no shadow.
        Print = "print",
        /// No ground.
        Transparent = "transparent",
    }
}

words! {
    /// `show.compare`: what of a turn of the machine's knobs stands beside its prediction.
    Compare {
        /// The machine's output.
        Output = "output",
        /// The loss.
        Loss = "loss",
        /// One below the other.
        Both = "both",
    }
}
