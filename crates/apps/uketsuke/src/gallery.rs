//! Renders every page in every state without a server: for review, for comparison, for accessibility checks.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use maud::Markup;
use text::Language;

/// Why the gallery could not be written.
#[derive(Debug, thiserror::Error)]
#[error("'{path}' cannot be written")]
pub struct GalleryError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Every page of every service in every state, by the name of the service and of the sample.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let services: [(&str, Vec<(String, Markup)>); 5] = [
        ("consult", consult::samples(language)),
        ("reception", reception::samples(language)),
        ("portal", portal::samples(language)),
        ("terminal", terminal::samples(language)),
        ("demo", crate::demo::samples(language)),
    ];
    services
        .into_iter()
        .flat_map(|(service, pages)| pages.into_iter().map(move |(name, page)| (format!("{service}/{name}"), page)))
        .collect()
}

/// Writes the gallery to `folder`: one file for each page, the assets, and a list of the pages.
pub fn write_gallery(folder: &Path, language: Language) -> Result<(), GalleryError> {
    let mut names = Vec::new();
    for (name, page) in samples(language) {
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
        let names = |language| samples(language).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let japanese = names(Language::Japanese);
        assert_eq!(japanese, names(Language::English));
        assert_eq!(japanese.iter().collect::<BTreeSet<_>>().len(), japanese.len());
    }
}
