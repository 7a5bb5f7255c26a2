//! The pictures of an appointment, and the question before one is erased.

use maud::{Markup, html};
use text::Language;
use ui::{
    Document, Frame,
    components::{self, BadgeTone},
};

use super::view::PictureUploadPage;
use crate::{
    appointments::rules::AppointmentId,
    pictures::{
        rules::picture::{InsurancePicture, PictureState, PictureSubject},
        texts,
    },
};

pub(crate) fn render_gallery(frame: &Frame, view: &PictureUploadPage, pictures: &[&InsurancePicture]) -> Markup {
    let language = frame.language;
    let cards: Vec<_> = pictures.iter().map(|picture| render_picture_card(frame, view, picture)).collect();
    html! { section aria-label=(texts::PICTURES.in_language(language)) { @for card in &cards { (card) } } }
}

fn render_picture_card(frame: &Frame, view: &PictureUploadPage, picture: &InsurancePicture) -> Markup {
    let language = frame.language;
    let name = picture_name(language, picture);
    let address = format!("{}/{}", view.path(), picture.id);
    let (tone, state) = match picture.state {
        PictureState::Draft => (BadgeTone::Attention, texts::NOT_SENT_YET_BADGE.in_language(language)),
        PictureState::Sent => (BadgeTone::Accent, texts::SENT.in_language(language)),
        PictureState::Accepted => (BadgeTone::Good, texts::CHECKED.in_language(language)),
        PictureState::Refused => (BadgeTone::Bad, texts::ASKED_FOR_AGAIN.in_language(language)),
    };
    components::panel(
        name,
        html! {
            p { (components::badge(tone, state)) }
            @let (width, height) = thumbnail_size(picture.size);
            a href={ (address) "/whole" } {
                img src={ (address) "/thumbnail" } width=(width) height=(height) alt={ (name) (texts::SEE_IT_LARGE.in_language(language)) };
            }
            @let erase = texts::ERASE_THIS_PICTURE.in_language(language);
            @if picture.state == PictureState::Draft {
                (components::form(frame, &format!("{address}/erase"), components::quiet_button(erase)))
            } @else {
                (components::quiet_link(&format!("{address}/erase"), erase))
            }
        },
    )
}

/// Asks for confirmation: the desk may be reviewing the picture.
pub(crate) fn render_erase_page(frame: &Frame, appointment: AppointmentId, picture: &InsurancePicture) -> Markup {
    let language = frame.language;
    let pictures = format!("/appointments/{appointment}/picture");
    let address = format!("{pictures}/{}", picture.id);
    let (width, height) = thumbnail_size(picture.size);
    let name = picture_name(language, picture);
    let explanation = match picture.state {
        PictureState::Accepted => texts::CLINIC_HAS_CONFIRMED_BY_IT.in_language(language),
        PictureState::Refused => texts::CLINIC_HAS_ASKED_FOR_ANOTHER_PICTURE.in_language(language),
        PictureState::Draft | PictureState::Sent => texts::CLINIC_CANNOT_CHECK_WITHOUT_IT.in_language(language),
    };
    Document::new(frame, texts::ERASE_THIS_PICTURE_QUESTION.in_language(language)).main(html! {
        p { b { (name) } }
        img src={ (address) "/thumbnail" } width=(width) height=(height) alt=(name);
        p { (explanation) }
        (components::bottom_bar(components::form(frame, &format!("{address}/erase"), components::danger_button(texts::ERASE_THIS_PICTURE.in_language(language), None))))
        (components::secondary_link(&pictures, texts::KEEP_IT.in_language(language), None))
    })
}

/// Width and height of a thumbnail in CSS pixels: the longer side has 240.
fn thumbnail_size((width, height): (u32, u32)) -> (u32, u32) {
    let longest = width.max(height).max(1);
    ((width * 240 / longest).max(1), (height * 240 / longest).max(1))
}

pub(crate) fn picture_name(language: Language, picture: &InsurancePicture) -> &'static str {
    let name = match picture.document.slot(picture.side).subject {
        PictureSubject::CertificateFront => &texts::CERTIFICATE_FRONT,
        PictureSubject::CertificateBack => &texts::CERTIFICATE_BACK,
        PictureSubject::Notice => &texts::ELIGIBILITY_NOTICE,
        PictureSubject::CardFront => &texts::MY_NUMBER_CARD_FRONT,
        PictureSubject::Screen => &texts::ELIGIBILITY_SCREEN,
        PictureSubject::ScreenContinued => &texts::ELIGIBILITY_SCREEN_CONTINUED,
    };
    name.in_language(language)
}
