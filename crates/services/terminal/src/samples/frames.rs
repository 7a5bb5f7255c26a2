//! The frame of the sample pages.

use maud::Markup;
use text::Language;
use ui::{Frame, Theme};

use crate::{Role, sign_in::session::add_menu};

pub(crate) const STATION_NAME: &str = "見本オンラインクリニック";

pub(crate) const SEALED_LINK: &str = "sample";

pub(crate) type Pages = Vec<(String, Markup)>;

pub(crate) fn frame(language: Language, role: Role, path: &str) -> Frame {
    add_menu(signed_out_frame(language, path), role, STATION_NAME)
}

pub(crate) fn signed_out_frame(language: Language, path: &str) -> Frame {
    Frame {
        theme: Theme::Terminal,
        name: None,
        language,
        csrf: "sample".to_owned(),
        path_and_query: path.to_owned(),
        signed_in: None,
        menu: Vec::new(),
        footer: ui::Footer::default(),
    }
}
