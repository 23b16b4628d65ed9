//! The layout of WGSL structs as naga sees it, to hold Rust's twins to.

use naga::front::wgsl;
use naga::proc::Layouter;

/// A field of a struct: its name, its offset and its size in bytes.
pub type Field = (String, usize, usize);

/// The members of struct `name` in `text`, and the struct's size.
pub fn struct_layout(text: &str, name: &str) -> (Vec<Field>, usize) {
    let module =
        wgsl::parse_str(text).unwrap_or_else(|error| panic!("{}", error.emit_to_string(text)));
    let (handle, ty) = module
        .types
        .iter()
        .find(|(_, ty)| ty.name.as_deref() == Some(name))
        .unwrap_or_else(|| panic!("no struct {name}"));
    let naga::TypeInner::Struct { members, .. } = &ty.inner else {
        panic!("{name} is no struct");
    };
    let mut layouter = Layouter::default();
    layouter.update(module.to_ctx()).expect("sizes are known");
    let field = |member: &naga::StructMember| {
        (
            member.name.clone().expect("WGSL names its members"),
            member.offset as usize,
            layouter[member.ty].size as usize,
        )
    };
    (
        members.iter().map(field).collect(),
        layouter[handle].size as usize,
    )
}

/// The size of what `_field` points at.
pub fn size_of_field<S, F>(_field: fn(&S) -> &F) -> usize {
    size_of::<F>()
}

/// Asserts that `$rust` has the layout of struct `$name` in `$text`: the same fields, of the same
/// sizes, at the same offsets, in the same order, and the same size as a whole. What the Rust
/// struct has beyond `$field`s is padding that WGSL leaves unnamed.
#[macro_export]
macro_rules! assert_same_layout {
    ($text:expr, $name:expr, $rust:ty, [$($field:ident),+ $(,)?]) => {{
        use $crate::common::wgsl_layout::{size_of_field, struct_layout};
        let (members, size) = struct_layout($text, $name);
        let twin = vec![$((
            stringify!($field).to_string(),
            std::mem::offset_of!($rust, $field),
            size_of_field(|twin: &$rust| &twin.$field),
        )),+];
        assert_eq!(members, twin, "WGSL's and Rust's fields of {}", $name);
        assert_eq!(size, size_of::<$rust>(), "WGSL's and Rust's size of {}", $name);
    }};
}
