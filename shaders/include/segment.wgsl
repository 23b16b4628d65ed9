// A piece of the line at which the surface ends on the image.

// Pixels and depth of both ends; the same twice for none.
struct Segment {
    a: vec3f,
    b: vec3f,
}
