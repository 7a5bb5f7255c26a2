//! The forms that take pictures.

use maud::{Markup, html};
use text::Language;
use ui::{
    Frame,
    components::{self, FileSlot},
};

use super::view::{PictureUploadPage, UploadProblem};
use crate::pictures::{
    rules::picture::{DocumentSide, PictureSlot, PictureState, PictureSubject, Requirement},
    texts,
};

pub(crate) fn problem_text(
    language: Language,
    view: &PictureUploadPage,
    side: DocumentSide,
    problem: UploadProblem,
) -> String {
    match problem {
        UploadProblem::Unusable(unusable) => unusable.text().in_language(language).to_owned(),
        UploadProblem::Missing => {
            let subject = view.document().slot(side).subject.name();
            texts::choose_a_picture_of(language, subject.in_language(language))
        }
    }
}

/// The document of the form, and a link to choose another.
fn render_chosen_document(language: Language, view: &PictureUploadPage) -> Markup {
    html! {
        p { (texts::DOCUMENT.in_language(language)) b { (view.document().name().in_language(language)) } }
        (components::quiet_link(&format!("{}?change=yes", view.path()), texts::SEND_ANOTHER_DOCUMENT.in_language(language)))
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
            texts::SEND.in_language(language),
            Some(texts::IT_GOES_TO_CLINICS_DESK.in_language(language)),
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
    let certificate = texts::CERTIFICATE.in_language(language);
    match subject {
        PictureSubject::CertificateFront => (components::Side::Front, certificate),
        PictureSubject::CertificateBack => (components::Side::Back, certificate),
        PictureSubject::Notice => (components::Side::Front, texts::NOTICE.in_language(language)),
        PictureSubject::CardFront => (components::Side::Front, texts::MY_NUMBER_CARD.in_language(language)),
        PictureSubject::Screen => (components::Side::Front, texts::ELIGIBILITY_SCREEN.in_language(language)),
        PictureSubject::ScreenContinued => {
            (components::Side::Front, texts::ELIGIBILITY_SCREEN_CONTINUED.in_language(language))
        }
    }
}

fn slot_support_text(language: Language, subject: PictureSubject) -> &'static str {
    match subject {
        PictureSubject::CertificateFront | PictureSubject::Notice => {
            texts::ALL_FOUR_CORNERS_IN_PHOTO.in_language(language)
        }
        PictureSubject::CertificateBack => texts::SEND_THE_BACK_IF_WRITTEN_ON.in_language(language),
        PictureSubject::CardFront => texts::SIDE_WITH_YOUR_PHOTO_AND_NAME.in_language(language),
        PictureSubject::Screen => texts::SCREENSHOT_IN_MYNAPORTAL.in_language(language),
        PictureSubject::ScreenContinued => texts::SEND_IT_IF_ONE_IS_NOT_ENOUGH.in_language(language),
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
            texts::REPLACE_AND_SEND.in_language(language),
            Some(texts::THE_EARLIER_PICTURE_IS_ERASED.in_language(language)),
        ))
    };
    components::upload_form(frame, &view.path(), body)
}
