//! From whatever a phone sends to an upright JPEG without metadata.
//!
//! Pictures are foreign bytes. They are decoded in a process of its own with hard limits ([`Workshop`] starts it,
//! [`picture_worker`] is what runs in it), so that a picture made to break a decoder breaks nothing but itself.
//! What comes out is re-encoded pixels: no EXIF, no place, no second file hidden behind the first.

mod develop;
mod jpeg;
mod measure;
mod turns;
mod wire;
mod worker;
mod workshop;

pub(crate) use develop::Developed;
pub(crate) use turns::{UploadTurn, UploadTurns};
pub use worker::picture_worker;
pub use workshop::{OutOfOrder, Workshop};
