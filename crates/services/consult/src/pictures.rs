//! Insurance pictures: upload, checks, storage, erasure.
//!
//! Pictures are untrusted bytes. They are decoded in a process of their own with hard limits ([`image_worker::ImageWorker`]
//! starts it, [`worker_process::run_image_worker`] runs in it), so that a picture made to break a decoder ends that process
//! alone. The result, an upright JPEG, is re-encoded pixels: no EXIF, no location, no second file appended to the first.

pub(crate) mod cleanup;
pub(crate) mod image_worker;
pub(crate) mod jpeg;
mod measure;
pub(crate) mod normalise;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;
pub(crate) mod texts;
pub(crate) mod upload_lock;
pub(crate) mod vault;
pub(crate) mod wire;
pub(crate) mod worker_process;

#[cfg(test)]
mod tests;
