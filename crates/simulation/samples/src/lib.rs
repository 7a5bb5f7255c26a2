//! Every page in every state, rendered without a server: for review, for comparison, for accessibility checks.
//!
//! Each service renders the samples of its own pages where its feature `samples` is on; this crate turns it on, gathers them,
//! and writes them into a folder. No service knows this crate.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use maud::Markup;
use text::Language;

/// A page by its name, which begins with that of the site: `consult/home`.
pub type NamedPage = (String, Markup);

/// Why the gallery could not be written.
#[derive(Debug, thiserror::Error)]
#[error("'{path}' cannot be written")]
pub struct GalleryError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Every page of every service in every state.
pub fn service_pages(language: Language) -> Vec<NamedPage> {
    let services: [(&str, Vec<NamedPage>); 4] = [
        ("consult", consult::samples(language)),
        ("reception", reception::samples(language)),
        ("portal", portal::samples(language)),
        ("terminal", terminal::samples(language)),
    ];
    services.into_iter().flat_map(|(site, pages)| name_pages(site, pages)).collect()
}

/// The pages of a site, with its name before theirs.
pub fn name_pages(site: &str, pages: Vec<NamedPage>) -> impl Iterator<Item = NamedPage> {
    pages.into_iter().map(move |(name, page)| (format!("{site}/{name}"), page))
}

/// Writes the gallery to `folder`: one file for each page, the assets, and a list of the pages.
pub fn write_gallery(folder: &Path, pages: impl IntoIterator<Item = NamedPage>) -> Result<(), GalleryError> {
    let mut names = Vec::new();
    for (name, page) in pages {
        let path = folder.join(format!("{}.html", name.replace('/', "--")));
        // A page that is opened as a file refers to assets in its own folder.
        write_file(&path, page.into_string().replace("\"/assets/", "\"assets/").as_bytes())?;
        names.push(name);
    }
    for asset in ui::Asset::all() {
        write_file(&folder.join(ui::asset_path(asset).trim_start_matches('/')), asset.content().as_bytes())?;
    }
    write_file(&folder.join("pages.txt"), (names.join("\n") + "\n").as_bytes())
}

fn write_file(path: &Path, content: &[u8]) -> Result<(), GalleryError> {
    let failed = |source| GalleryError { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::write(path, content).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_page_has_a_name_of_its_own_in_both_languages() {
        let names = |language| service_pages(language).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let japanese = names(Language::Japanese);
        assert_eq!(japanese, names(Language::English));
        assert_eq!(japanese.iter().collect::<BTreeSet<_>>().len(), japanese.len());
    }
}
