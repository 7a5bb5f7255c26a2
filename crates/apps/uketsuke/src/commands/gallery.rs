//! `uketsuke gallery`: writes every page in every state into a folder.

use std::path::Path;

use samples::{GalleryError, NamedPage};
use text::Language;

/// Every page of every site in every state.
pub fn samples(language: Language) -> Vec<NamedPage> {
    let mut pages = samples::service_pages(language);
    pages.extend(samples::name_pages("demo", super::demo::samples(language)));
    pages
}

/// Writes the gallery to `folder`.
pub fn write_gallery(folder: &Path, language: Language) -> Result<(), GalleryError> {
    samples::write_gallery(folder, samples(language))
}
