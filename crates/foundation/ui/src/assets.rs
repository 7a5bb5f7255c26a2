use std::{fmt::Write, sync::LazyLock};

use axum::{
    Router,
    extract::Path,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::Theme;

/// A file that pages load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asset {
    /// The stylesheet of a theme.
    Style(Theme),
    /// A script that enhances one component.
    Script(Script),
    /// The icon in the browser's tab.
    Favicon(Favicon),
}

/// The scripts, each for one component. A page is complete without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Copies a number to the clipboard.
    Copy,
    /// The keypad of a PIN entry.
    Keypad,
    /// Prevents a second submission of a form.
    SubmitOnce,
    /// Polls the state of a procedure.
    Poll,
    /// Opens the print dialogue.
    Print,
    /// Reloads a part of the page.
    Renew,
    /// Moves through the rows of a table by arrow keys.
    Rows,
    /// Previews and checks a picture before it is sent.
    Upload,
}

/// The icons in the browser's tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Favicon {
    /// That of the service.
    Service,
    /// That of the simulated national side, which resembles nothing official.
    Simulation,
}

impl Favicon {
    pub(super) fn for_theme(theme: Theme) -> Self {
        if theme.is_simulation() { Self::Simulation } else { Self::Service }
    }
}

const THEMES: [Theme; 6] = [Theme::Service, Theme::Desk, Theme::Reception, Theme::Portal, Theme::Terminal, Theme::Demo];

const SCRIPTS: [Script; 8] = [
    Script::Copy,
    Script::Keypad,
    Script::SubmitOnce,
    Script::Poll,
    Script::Print,
    Script::Renew,
    Script::Rows,
    Script::Upload,
];

impl Script {
    /// The attribute in the markup of a component that needs this script.
    fn marker(self) -> &'static str {
        match self {
            Self::Copy => "data-copy",
            Self::Keypad => "data-keypad",
            Self::SubmitOnce => "method=\"post\"",
            Self::Poll => "data-poll",
            Self::Print => "data-print",
            Self::Renew => "data-renew",
            Self::Rows => "data-rows",
            Self::Upload => "data-upload",
        }
    }

    /// The scripts that components in this content need.
    pub(super) fn required_by(content: &str) -> impl Iterator<Item = Self> {
        SCRIPTS.into_iter().filter(move |script| content.contains(script.marker()))
    }
}

/// Concatenates stylesheets: those for all themes, those of the theme's components, then the theme's own.
macro_rules! style {
    ($($sheet:literal)*) => {
        concat!(
            include_str!("../assets/tokens.css"),
            include_str!("../assets/base.css"),
            include_str!("../assets/parts.css"),
            $(include_str!(concat!("../assets/", $sheet, ".css")),)*
        )
    };
}

impl Asset {
    fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Style(Theme::Service) => ("service.css", style!("drawing" "visit" "upload" "table" "service")),
            Self::Style(Theme::Desk) => ("desk.css", style!("visit" "table" "service" "desk")),
            Self::Style(Theme::Reception) => ("reception.css", style!("consent" "table" "reception")),
            Self::Style(Theme::Portal) => ("portal.css", style!("drawing" "pin" "portal")),
            Self::Style(Theme::Terminal) => ("terminal.css", style!("table" "terminal")),
            Self::Style(Theme::Demo) => ("demo.css", style!("table" "demo")),
            Self::Script(Script::Copy) => ("copy.js", include_str!("../assets/copy.js")),
            Self::Script(Script::Keypad) => ("keypad.js", include_str!("../assets/keypad.js")),
            Self::Script(Script::SubmitOnce) => ("once.js", include_str!("../assets/once.js")),
            Self::Script(Script::Poll) => ("poll.js", include_str!("../assets/poll.js")),
            Self::Script(Script::Print) => ("print.js", include_str!("../assets/print.js")),
            Self::Script(Script::Renew) => ("renew.js", include_str!("../assets/renew.js")),
            Self::Script(Script::Rows) => ("rows.js", include_str!("../assets/rows.js")),
            Self::Script(Script::Upload) => ("upload.js", include_str!("../assets/upload.js")),
            Self::Favicon(Favicon::Service) => ("mark.svg", include_str!("../assets/mark.svg")),
            Self::Favicon(Favicon::Simulation) => ("simulation.svg", include_str!("../assets/simulation.svg")),
        }
    }

    /// Every asset.
    pub fn all() -> impl Iterator<Item = Self> {
        THEMES
            .into_iter()
            .map(Self::Style)
            .chain(SCRIPTS.into_iter().map(Self::Script))
            .chain([Favicon::Service, Favicon::Simulation].into_iter().map(Self::Favicon))
    }

    /// The content as served.
    pub fn content(self) -> &'static str {
        &find_asset(self).content
    }
}

struct ServedAsset {
    asset: Asset,
    path: String,
    content: String,
    content_type: &'static str,
}

static SERVED_ASSETS: LazyLock<Vec<ServedAsset>> = LazyLock::new(|| Asset::all().map(prepare_asset).collect());

fn prepare_asset(asset: Asset) -> ServedAsset {
    let (name, source) = asset.source();
    let (stem, extension) = name.split_once('.').expect("the names in `source` have one dot");
    let (content, content_type) = match asset {
        Asset::Style(_) => (minify_css(source), "text/css; charset=utf-8"),
        Asset::Script(_) => (source.to_owned(), "text/javascript; charset=utf-8"),
        Asset::Favicon(_) => (source.to_owned(), "image/svg+xml"),
    };
    ServedAsset { asset, path: format!("/assets/{stem}-{}.{extension}", digest(&content)), content, content_type }
}

fn find_asset(asset: Asset) -> &'static ServedAsset {
    SERVED_ASSETS.iter().find(|served| served.asset == asset).expect("`Asset::all` yields every asset")
}

/// Removes comments and insignificant white space from a stylesheet. A space before a colon is kept: `a :hover` is not
/// `a:hover`.
fn minify_css(sheet: &str) -> String {
    let without_comments = sheet.split("/*").enumerate().map(|(index, piece)| match (index, piece.split_once("*/")) {
        (0, _) | (_, None) => piece,
        (_, Some((_, remainder))) => remainder,
    });
    let text = without_comments.collect::<String>();
    let mut minified = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !minified.ends_with(['{', '}', ';', ',', ':']) && !minified.is_empty() && !word.starts_with(['{', '}']) {
            minified.push(' ');
        }
        minified.push_str(word);
    }
    minified.replace(";}", "}")
}

/// The first twelve digits of the SHA-256 of the content. They change the address with the content, so caches are never stale.
fn digest(content: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content.as_bytes());
    digest.as_ref().iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The address of an asset.
pub fn asset_path(asset: Asset) -> &'static str {
    &find_asset(asset).path
}

/// Serves every asset at its address.
pub fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Response {
    let asset = SERVED_ASSETS.iter().find(|served| served.path.strip_prefix("/assets/") == Some(name.as_str()));
    match asset {
        Some(served) => (headers(served.content_type), served.content.as_str()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn headers(content_type: &'static str) -> [(HeaderName, &'static str); 3] {
    [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ]
}
