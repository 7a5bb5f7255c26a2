//! Normalising: from any picture format of a phone to an upright JPEG without metadata.
//!
//! Pictures are untrusted bytes. They are decoded in a process of their own with hard limits ([`ImageWorker`] starts it,
//! [`run_image_worker`] runs in it), so that a picture made to break a decoder ends that process alone. The result is
//! re-encoded pixels: no EXIF, no location, no second file appended to the first.

mod cleanup;
mod image_worker;
mod jpeg;
mod measure;
mod normalise;
mod upload_lock;
mod wire;
mod worker_process;

#[cfg(test)]
pub(crate) use cleanup::clean_up_once;
pub(crate) use cleanup::run_cleanup;
pub use image_worker::{ImageWorker, ImageWorkerUnavailable};
pub(crate) use normalise::NormalisedImage;
pub(crate) use upload_lock::{UploadLock, UploadLocks};
pub use worker_process::run_image_worker;
