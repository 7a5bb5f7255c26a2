//! The ways back from these pages.

use maud::Markup;
use text::Language;
use ui::components;

pub(crate) fn render_back_to_profile(language: Language) -> Markup {
    components::back_link("/profile", language.t("登録情報に戻る", "Back to your details"))
}

pub(crate) fn render_back_to_data(language: Language) -> Markup {
    components::back_link("/profile/data", language.t("保存している情報に戻る", "Back to your data"))
}
