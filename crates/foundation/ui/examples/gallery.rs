//! Writes every component, in every theme and both languages, into a folder: `cargo run -p ui --example gallery -- FOLDER`.

use std::{env, error::Error, fs, path::PathBuf};

use text::Language;
use ui::{Asset, Theme, asset_path, gallery};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("the folder to write into is missing")?);
    fs::create_dir_all(folder.join("assets"))?;
    for asset in Asset::all() {
        fs::write(folder.join(asset_path(asset).trim_start_matches('/')), asset.content())?;
    }
    let themes = [
        ("service", Theme::Service),
        ("desk", Theme::Desk),
        ("reception", Theme::Reception),
        ("portal", Theme::Portal),
        ("terminal", Theme::Terminal),
        ("demo", Theme::Demo),
    ];
    for (name, theme) in themes {
        for language in [Language::Japanese, Language::English] {
            for page in gallery::pages(theme, language) {
                // The pages are beside their assets, so that they open from the folder.
                let html = page.html.into_string().replace("\"/assets/", "\"assets/");
                fs::write(folder.join(format!("{name}-{}-{}.html", language.tag(), page.name)), html)?;
            }
        }
    }
    Ok(())
}
