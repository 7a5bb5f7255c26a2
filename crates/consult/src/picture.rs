//! From whatever a phone sends to an upright JPEG without metadata.
//!
//! Pictures are foreign bytes. They are decoded in a process of its own with hard limits ([`ImageWorker`] starts it,
//! [`run_image_worker`] is what runs in it), so that a picture made to break a decoder breaks nothing but itself.
//! What comes out is re-encoded pixels: no EXIF, no place, no second file hidden behind the first.

mod image_worker;
mod jpeg;
mod measure;
mod normalise;
mod upload_lock;
mod wire;
mod worker_process;

pub use image_worker::{ImageWorker, ImageWorkerUnavailable};
pub(crate) use normalise::NormalisedImage;
pub(crate) use upload_lock::{UploadLock, UploadLocks};
pub use worker_process::run_image_worker;
