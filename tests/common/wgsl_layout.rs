//! The layout of WGSL structs as naga sees it, to hold Rust's twins to.

use naga::front::wgsl;
use naga::proc::Layouter;

/// Name and byte offset of each member of struct `name` in `text`, and the struct's size.
pub fn struct_layout(text: &str, name: &str) -> (Vec<(String, usize)>, usize) {
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
    let named = |member: &naga::StructMember| {
        (
            member.name.clone().expect("WGSL names its members"),
            member.offset as usize,
        )
    };
    (
        members.iter().map(named).collect(),
        layouter[handle].size as usize,
    )
}

/// Asserts that `$rust` has the layout of struct `$name` in `$text`: the same fields at the same
/// offsets in the same order, and the same size. Padding that WGSL leaves unnamed is not listed.
#[macro_export]
macro_rules! assert_same_layout {
    ($text:expr, $name:literal, $rust:ty, [$($field:ident),+ $(,)?]) => {{
        let (members, size) = $crate::common::wgsl_layout::struct_layout($text, $name);
        let twin = vec![$((stringify!($field).to_string(), std::mem::offset_of!($rust, $field))),+];
        assert_eq!(members, twin, "fields of {}", $name);
        assert_eq!(size, size_of::<$rust>(), "size of {}", $name);
    }};
}
