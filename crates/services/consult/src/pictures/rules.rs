//! Insurance pictures, and the notes of a desk on them.

pub(crate) mod note;
pub(crate) mod picture;
