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
    pictures::rules::picture::{InsurancePicture, PictureState, PictureSubject},
};

pub(crate) fn render_gallery(frame: &Frame, view: &PictureUploadPage, pictures: &[&InsurancePicture]) -> Markup {
    let language = frame.language;
    let cards: Vec<_> = pictures.iter().map(|picture| render_picture_card(frame, view, picture)).collect();
    html! { section aria-label=(language.t("画像", "Pictures")) { @for card in &cards { (card) } } }
}

fn render_picture_card(frame: &Frame, view: &PictureUploadPage, picture: &InsurancePicture) -> Markup {
    let language = frame.language;
    let name = picture_name(language, picture);
    let address = format!("{}/{}", view.path(), picture.id);
    let (tone, state) = match picture.state {
        PictureState::Draft => (BadgeTone::Attention, language.t("まだ送っていません", "Not sent yet")),
        PictureState::Sent => (BadgeTone::Accent, language.t("送りました", "Sent")),
        PictureState::Accepted => (BadgeTone::Good, language.t("確認済み", "Checked")),
        PictureState::Refused => (BadgeTone::Bad, language.t("送り直しのお願い", "Asked for again")),
    };
    components::panel(
        name,
        html! {
            p { (components::badge(tone, state)) }
            @let (width, height) = thumbnail_size(picture.size);
            a href={ (address) "/whole" } {
                img src={ (address) "/thumbnail" } width=(width) height=(height) alt={ (name) (language.t("（送った画像を大きく見る）", " (see it large)")) };
            }
            @let erase = language.t("この画像を消す", "Erase this picture");
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
        PictureState::Accepted => language.t(
            "医療機関は、この画像で保険を確認しています。消しても、確認はそのままです。消した画像は元に戻せません。",
            "The clinic has confirmed your insurance by it. That stays. The picture cannot be brought back.",
        ),
        PictureState::Refused => language.t(
            "医療機関から送り直しのお願いが届いている画像です。消した画像は元に戻せません。",
            "The clinic has asked you for another picture in its place. It cannot be brought back.",
        ),
        PictureState::Draft | PictureState::Sent => language.t(
            "消すと、医療機関は保険を確認できません。もう一度、画像を送るか、マイナ保険証の手続きが必要です。消した画像は元に戻せません。",
            "Without it the clinic cannot check your insurance: you would have to send a picture again or use your card. It cannot be brought back.",
        ),
    };
    Document::new(frame, language.t("この画像を消しますか", "Erase this picture?")).main(html! {
        p { b { (name) } }
        img src={ (address) "/thumbnail" } width=(width) height=(height) alt=(name);
        p { (explanation) }
        (components::bottom_bar(components::form(frame, &format!("{address}/erase"), components::danger_button(language.t("この画像を消す", "Erase this picture"), None))))
        (components::secondary_link(&pictures, language.t("消さない", "Keep it"), None))
    })
}

/// Width and height of a thumbnail in CSS pixels: the longer side has 240.
fn thumbnail_size((width, height): (u32, u32)) -> (u32, u32) {
    let longest = width.max(height).max(1);
    ((width * 240 / longest).max(1), (height * 240 / longest).max(1))
}

pub(crate) fn picture_name(language: Language, picture: &InsurancePicture) -> &'static str {
    let (japanese, english) = match picture.document.slot(picture.side).subject {
        PictureSubject::CertificateFront => ("資格確認書のおもて面", "Certificate, front"),
        PictureSubject::CertificateBack => ("資格確認書のうら面", "Certificate, back"),
        PictureSubject::Notice => ("資格情報のお知らせ", "Eligibility notice"),
        PictureSubject::CardFront => ("マイナンバーカードのおもて面", "My Number Card, front"),
        PictureSubject::Screen => ("資格情報の画面", "Eligibility screen"),
        PictureSubject::ScreenContinued => ("資格情報の画面（続き）", "Eligibility screen (continued)"),
    };
    language.t(japanese, english)
}
