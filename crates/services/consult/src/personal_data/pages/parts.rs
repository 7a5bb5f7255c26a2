//! The ways back from these pages.

use maud::Markup;
use text::Language;
use ui::components;

use crate::personal_data::texts;

pub(crate) fn render_back_to_profile(language: Language) -> Markup {
    components::back_link("/profile", texts::BACK_TO_YOUR_DETAILS.in_language(language))
}

pub(crate) fn render_back_to_data(language: Language) -> Markup {
    components::back_link("/profile/data", texts::BACK_TO_YOUR_DATA.in_language(language))
}
