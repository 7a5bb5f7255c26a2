//! The forms that take pictures.

use maud::{Markup, html};
use text::Language;
use ui::{
    Frame,
    components::{self, FileSlot},
};

use super::view::{PictureUploadPage, UploadProblem};
use crate::pictures::rules::picture::{DocumentSide, PictureSlot, PictureState, PictureSubject, Requirement};

pub(crate) fn problem_text(
    language: Language,
    view: &PictureUploadPage,
    side: DocumentSide,
    problem: UploadProblem,
) -> String {
    let missing = view.document().slot(side).subject.name();
    match (problem, language) {
        (UploadProblem::Unusable(unusable), _) => unusable.text().in_language(language).to_owned(),
        (UploadProblem::Missing, Language::Japanese) => {
            format!("{}の画像を選んでください。", missing.in_language(language))
        }
        (UploadProblem::Missing, Language::English) => {
            format!("Choose a picture. Missing: {}.", missing.in_language(language))
        }
    }
}

/// The document of the form, and a link to choose another.
fn render_chosen_document(language: Language, view: &PictureUploadPage) -> Markup {
    html! {
        p { (language.t("送る書類：", "Document: ")) b { (view.document().name().in_language(language)) } }
        (components::quiet_link(&format!("{}?change=yes", view.path()), language.t("ほかの書類を送る", "Send another document")))
    }
}

/// The form for these slots. A slot with a picture is optional. `top` is rendered inside the form, so that the bar with its
/// button is visible from the top of the page.
pub(crate) fn render_upload_form(
    frame: &Frame,
    view: &PictureUploadPage,
    slots: &[PictureSlot],
    top: &Markup,
) -> Markup {
    let language = frame.language;
    let drafts = view.drafts();
    let body = html! {
        (components::hidden_field("document", view.document().as_str()))
        (top)
        (render_chosen_document(language, view))
        @for slot in slots {
            @let draft = drafts.iter().find(|draft| draft.side == slot.side);
            @let is_sent = view.pictures_in_state(PictureState::Sent).any(|sent| sent.side == slot.side && sent.document == view.document());
            (render_file_slot(language, view, *slot, draft.is_some() || is_sent))
        }
        (components::bottom_bar(components::primary_button(
            language.t("この画像を送る", "Send"),
            Some(language.t("医療機関の受付に届きます。", "It goes to the clinic's desk.")),
        )))
    };
    components::upload_form(frame, &view.path(), body)
}

fn render_file_slot(language: Language, view: &PictureUploadPage, slot: PictureSlot, filled: bool) -> Markup {
    let problem = view.find_problem(slot.side).map(|problem| problem_text(language, view, slot.side, problem));
    let (side, name) = slot_label(language, slot.subject);
    let support = slot_support_text(language, slot.subject);
    let mut field = FileSlot::new(language, side, slot.side.as_str())
        .document_name(name)
        .support(support)
        .error(problem.as_deref());
    if filled || slot.requirement == Requirement::IfPresent {
        field = field.optional();
    }
    if matches!(slot.subject, PictureSubject::Screen | PictureSubject::ScreenContinued) {
        field = field.without_camera();
    }
    html! { (field) }
}

/// Side and name of the document; the component adds 「おもて面」 or 「うら面」 to it.
fn slot_label(language: Language, subject: PictureSubject) -> (components::Side, &'static str) {
    let certificate = language.t("資格確認書", "Certificate (資格確認書)");
    match subject {
        PictureSubject::CertificateFront => (components::Side::Front, certificate),
        PictureSubject::CertificateBack => (components::Side::Back, certificate),
        PictureSubject::Notice => {
            (components::Side::Front, language.t("資格情報のお知らせ", "Notice (資格情報のお知らせ)"))
        }
        PictureSubject::CardFront => (components::Side::Front, language.t("マイナンバーカード", "My Number Card")),
        PictureSubject::Screen => (components::Side::Front, language.t("資格情報の画面", "Eligibility screen")),
        PictureSubject::ScreenContinued => {
            (components::Side::Front, language.t("資格情報の画面（続き）", "Eligibility screen (continued)"))
        }
    }
}

fn slot_support_text(language: Language, subject: PictureSubject) -> &'static str {
    match subject {
        PictureSubject::CertificateFront | PictureSubject::Notice => language.t(
            "四すみが全部入り、文字が読めるように、明るい場所で撮ってください。",
            "All four corners in the photo, in good light, so that the text can be read.",
        ),
        PictureSubject::CertificateBack => language.t(
            "うら面に住所や備考が書いてある場合に送ってください。",
            "Send it if an address or a remark is written on the back.",
        ),
        PictureSubject::CardFront => language.t(
            "顔写真と名前がある面です。うら面は送らないでください。",
            "The side with your photo and name. Never send the back.",
        ),
        PictureSubject::Screen => language.t(
            "マイナポータルの「資格情報」の画面を、画面の画像（スクリーンショット）で送ってください。",
            "A screenshot of the screen 「資格情報」 in Mynaportal.",
        ),
        PictureSubject::ScreenContinued => {
            language.t("1枚に入りきらないときに送ってください。", "Send it if one screenshot does not show everything.")
        }
    }
}

/// The form with a secondary button, for pages with another primary one.
pub(crate) fn render_replacement_form(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let slots = view.document().slots();
    let body = html! {
        (components::hidden_field("document", view.document().as_str()))
        (render_chosen_document(language, view))
        @for slot in slots { (render_file_slot(language, view, slot, true)) }
        (components::secondary_button(
            language.t("差し替えて送る", "Replace and send"),
            Some(language.t("前の画像は消えます。", "The earlier picture is erased.")),
        ))
    };
    components::upload_form(frame, &view.path(), body)
}
