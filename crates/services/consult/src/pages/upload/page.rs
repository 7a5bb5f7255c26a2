use base::Timestamp;
use maud::{Markup, html};
use text::Language;
use ui::{
    Document, Frame,
    components::{self, BadgeTone, Choice, ChoiceGroup, FileSlot, Tone},
};

use super::{UploadProblem, can_send};
use crate::{
    pages::date_text,
    rules::{
        appointment::{AppointmentId, AppointmentStatus, Openness},
        institution::Charge,
        picture::{
            DocumentKind, DocumentSide, InsurancePicture, PictureSlot, PictureState, PictureSubject, Requirement,
            missing_slots,
        },
    },
    store::{
        desk::{AuditActor, VisitAuditEntry},
        picture::AppointmentPictures,
    },
};

pub(super) struct PictureUploadPage {
    pub(super) page: AppointmentPictures,
    pub(super) openness: Openness,
    pub(super) retained_until: Timestamp,
    pub(super) chosen_document: Option<DocumentKind>,
    /// Whether the patient wants to choose another document.
    pub(super) changes_document: bool,
    pub(super) problems: Vec<(DocumentSide, UploadProblem)>,
}

impl PictureUploadPage {
    fn pictures_in_state(&self, state: PictureState) -> impl Iterator<Item = &InsurancePicture> {
        self.page.pictures.iter().filter(move |picture| picture.state == state)
    }

    fn drafts(&self) -> Vec<&InsurancePicture> {
        self.pictures_in_state(PictureState::Draft).collect()
    }

    fn sent_pictures(&self) -> Vec<&InsurancePicture> {
        self.page.pictures.iter().filter(|picture| picture.state != PictureState::Draft).collect()
    }

    /// The document of the form: the chosen one, else that of the newest draft, else that of the newest sent picture.
    fn document(&self) -> DocumentKind {
        let newest = self.drafts().first().copied().or_else(|| self.sent_pictures().first().copied());
        self.chosen_document.or(newest.map(|picture| picture.document)).unwrap_or(DocumentKind::Certificate)
    }

    fn step(&self) -> UploadStep {
        if !can_send(self.openness) || self.page.appointment.menu.charge == Charge::SelfPay {
            UploadStep::Closed
        } else if self.changes_document {
            UploadStep::ChooseDocument
        } else if !self.drafts().is_empty() {
            if missing_slots(self.document(), &self.page.pictures).is_empty() {
                UploadStep::ReviewDrafts
            } else {
                UploadStep::Incomplete
            }
        } else if self.page.request.is_some() || self.pictures_in_state(PictureState::Refused).next().is_some() {
            UploadStep::RequestedAgain
        } else if let Some(sent) = self.sent_pictures().first() {
            if missing_slots(sent.document, &self.page.pictures).is_empty() {
                UploadStep::Sent
            } else {
                UploadStep::SentIncomplete
            }
        } else if self.chosen_document.is_none() && self.problems.is_empty() {
            UploadStep::ChooseDocument
        } else {
            UploadStep::ChoosePictures
        }
    }

    fn find_problem(&self, side: DocumentSide) -> Option<UploadProblem> {
        self.problems.iter().find(|(problem_side, _)| *problem_side == side).map(|(_, problem)| *problem)
    }

    fn path(&self) -> String {
        format!("/appointments/{}/picture", self.page.appointment.id)
    }
}

/// The step of the upload that the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UploadStep {
    ChooseDocument,
    /// The document is chosen, and no picture was uploaded.
    ChoosePictures,
    /// Drafts exist, and a required picture is missing.
    Incomplete,
    /// All required pictures exist as drafts, which the patient reviews before sending.
    ReviewDrafts,
    Sent,
    /// The patient erased one of the pictures that were sent.
    SentIncomplete,
    /// The desk requested a picture, or one again.
    RequestedAgain,
    /// No picture can be sent any more, or none is needed.
    Closed,
}

/// 保険証画像をアップロード
pub(super) fn render_upload_page(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let step = view.step();
    let appointment = format!("/appointments/{}", view.page.appointment.id);
    let main = html! {
        (render_problems(language, view))
        @match step {
            UploadStep::ChooseDocument => (render_document_question(language, view)),
            UploadStep::ChoosePictures => (render_choose_pictures(frame, view)),
            UploadStep::Incomplete => (render_incomplete(frame, view)),
            UploadStep::ReviewDrafts => (render_draft_review(frame, view)),
            UploadStep::Sent => (render_sent(frame, view)),
            UploadStep::SentIncomplete => (render_sent_incomplete(frame, view)),
            UploadStep::RequestedAgain => (render_requested_again(frame, view)),
            UploadStep::Closed => (render_closed(frame, view)),
        }
        (render_audit_trail(language, view))
        (components::back_link(&appointment, language.t("予約の詳細へ戻る", "Back to the appointment")))
    };
    let title = if step == UploadStep::ChooseDocument {
        language.t("保険証画像のアップロード", "Upload your insurance document")
    } else {
        language.t("画像を送る", "Send your picture")
    };
    let mut document = Document::new(frame, title);
    if !view.problems.is_empty() {
        document = document.with_problems();
    }
    document.main(main)
}

fn render_problems(language: Language, view: &PictureUploadPage) -> Markup {
    let messages: Vec<_> =
        view.problems.iter().map(|(side, problem)| (*side, problem_text(language, view, *side, *problem))).collect();
    let problems: Vec<_> =
        messages.iter().map(|(side, message)| components::Problem { field: side.as_str(), message }).collect();
    components::error_summary(language, &problems)
}

fn problem_text(language: Language, view: &PictureUploadPage, side: DocumentSide, problem: UploadProblem) -> String {
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

fn render_document_question(language: Language, view: &PictureUploadPage) -> Markup {
    let names: Vec<_> = DocumentKind::ALL
        .iter()
        .map(|kind| (kind.as_str(), kind.name(), document_support_text(language, *kind)))
        .collect();
    let choices: Vec<_> = names
        .iter()
        .map(|(value, name, support)| Choice::new(value, name.in_language(language)).support(support))
        .collect();
    let question = language.t("どの書類を送りますか", "Which document will you send?");
    html! {
        form method="get" action=(view.path()) {
            (ChoiceGroup::radio(language, "document", question, &choices).selected(view.document().as_str()))
            (components::bottom_bar(components::primary_button(
                language.t("次へ", "Continue"),
                Some(language.t("次の画面で、写真を撮るか画像を選びます。", "Next, take a photo or choose a picture.")),
            )))
        }
        (render_old_card_notice(language))
        p { (language.t(
            "送った画像は、予約した医療機関の受付だけが見ます。",
            "Only the desk of the clinic that you booked sees your picture.",
        )) }
    }
}

fn document_support_text(language: Language, kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Certificate => language.t(
            "加入している健康保険から届いたカードや紙です。",
            "The card or paper that your health insurer sent you.",
        ),
        DocumentKind::NoticeWithCard => language.t(
            "マイナ保険証をお持ちの方に届いた紙です。カードのおもて面といっしょに送ります。",
            "The paper sent to people whose My Number Card is their insurance card, with the front of that card.",
        ),
        DocumentKind::PortalScreen => {
            language.t("スマートフォンの画面の画像（スクリーンショット）を送ります。", "A screenshot from your phone.")
        }
    }
}

/// The former insurance card, which many patients would send, is not accepted.
fn render_old_card_notice(language: Language) -> Markup {
    components::notice(
        Tone::Info,
        language.t("これまでの健康保険証は使えません", "The former health insurance card is no longer accepted"),
        html! { p { (language.t(
            "2025年12月1日で使えなくなりました。上の書類のどれかを送ってください。",
            "It ended on 1 December 2025. Please send one of the documents above.",
        )) } },
    )
}

fn render_choose_pictures(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    html! {
        (render_upload_form(frame, view, &view.document().slots(), &Markup::default()))
        (render_my_number_warning(language))
        (render_retention(language, view))
    }
}

/// The document of the form, and a link to choose another.
fn render_chosen_document(language: Language, view: &PictureUploadPage) -> Markup {
    html! {
        p { (language.t("送る書類：", "Document: ")) b { (view.document().name().in_language(language)) } }
        (components::quiet_link(&format!("{}?change=yes", view.path()), language.t("ほかの書類を送る", "Send another document")))
    }
}

fn render_my_number_warning(language: Language) -> Markup {
    components::notice(
        Tone::Warning,
        language.t("マイナンバーカードのうら面は送らないでください", "Do not send the back of the My Number Card"),
        html! { p { (language.t(
            "うら面にはマイナンバー（個人番号）がのっています。うら面の画像は受け付けません。",
            "It shows your My Number. A picture of the back is not accepted.",
        )) } },
    )
}

/// The form for these slots. A slot with a picture is optional. `top` is rendered inside the form, so that the bar with its
/// button is visible from the top of the page.
fn render_upload_form(frame: &Frame, view: &PictureUploadPage, slots: &[PictureSlot], top: &Markup) -> Markup {
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

fn render_incomplete(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let above = components::notice(
        Tone::Warning,
        language.t("まだ送られていません", "Not sent yet"),
        html! { p { (language.t(
            "受け取った画像があります。足りない画像を選ぶと、いっしょに送られます。",
            "We have received a part. Choose the missing picture, and both are sent.",
        )) } },
    );
    html! {
        (render_upload_form(frame, view, &view.document().slots(), &above))
        (render_gallery(frame, view, &view.drafts()))
        (render_retention(language, view))
    }
}

fn render_draft_review(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let drafts = view.drafts();
    let hinted: Vec<_> = drafts.iter().filter(|draft| !draft.hints.is_empty()).collect();
    html! {
        (components::notice(
            Tone::Warning,
            language.t("送る前に、画像をご確認ください", "Please look at the picture before it is sent"),
            html! {
                @if hinted.is_empty() {
                    p { (language.t("文字が読めれば、このまま送れます。", "If the text can be read, send it as it is.")) }
                } @else {
                    ul {
                        @for draft in &hinted {
                            @for hint in draft.hints.iter() {
                                li { (picture_name(language, draft)) (language.t("：", ": ")) (hint.text().in_language(language)) }
                            }
                        }
                    }
                    p { (language.t(
                        "文字が読めれば、このまま送れます。読みにくいときは、下で撮り直せます。",
                        "If the text can be read, send it as it is. If not, take it again below.",
                    )) }
                }
            },
        ))
        (render_gallery(frame, view, &drafts))
        (components::bottom_bar(components::form(frame, &format!("{}/send", view.path()), components::primary_button(
            language.t("このまま送る", "Send as it is"),
            Some(language.t("医療機関の受付に届きます。", "It goes to the clinic's desk.")),
        ))))
        (components::disclosure(
            language.t("撮り直した画像を選ぶ", "Choose another picture"),
            render_replacement_form(frame, view),
        ))
        (render_retention(language, view))
    }
}

/// The form with a secondary button, for pages with another primary one.
fn render_replacement_form(frame: &Frame, view: &PictureUploadPage) -> Markup {
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

fn render_sent(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let accepted = view.pictures_in_state(PictureState::Accepted).next().is_some();
    let appointment = format!("/appointments/{}", view.page.appointment.id);
    let (heading, body) = if accepted {
        (
            language.t("医療機関が画像を確認しました", "The clinic has checked the picture"),
            language.t("画像について、もうすることはありません。", "There is nothing more to do with it."),
        )
    } else {
        (
            language.t("画像を送りました", "The picture was sent"),
            language.t(
                "医療機関の受付が確認します。読めないときは、メールでお知らせします。",
                "The clinic's desk will check it. We will email you if it cannot be read.",
            ),
        )
    };
    html! {
        (components::notice(Tone::Success, heading, html! { p { (body) } }))
        (components::primary_link(
            &appointment,
            language.t("予約の詳細を見る", "See the appointment"),
            Some(language.t("診察までの流れを確認できます。", "It shows the way to your visit.")),
        ))
        (render_gallery(frame, view, &view.sent_pictures()))
        @if !accepted {
            (components::disclosure(
                language.t("別の画像に差し替える", "Send another picture instead"),
                html! { (render_replacement_form(frame, view)) },
            ))
        }
        (render_retention(language, view))
    }
}

fn render_sent_incomplete(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let above = components::notice(
        Tone::Warning,
        language.t("画像が足りません", "A picture is missing"),
        html! { p { (language.t(
            "消した画像がないと、医療機関は保険を確認できません。足りない画像を選んで送ってください。残っている画像は、もう一度送る必要はありません。",
            "Without the picture that you erased the clinic cannot check your insurance. Choose and send what is missing. What is still here need not be sent again.",
        )) } },
    );
    html! {
        (render_upload_form(frame, view, &view.document().slots(), &above))
        (render_gallery(frame, view, &view.sent_pictures()))
        (render_my_number_warning(language))
        (render_retention(language, view))
    }
}

fn render_requested_again(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let good: Vec<_> = view.pictures_in_state(PictureState::Sent).collect();
    let document = view.document();
    // The slots without an accepted or sent picture of this document.
    let slots: Vec<_> = document
        .slots()
        .into_iter()
        .filter(|slot| !good.iter().any(|picture| picture.side == slot.side && picture.document == document))
        .collect();
    html! {
        (render_upload_form(frame, view, &slots, &render_desk_request(language, view)))
        (render_my_number_warning(language))
        @if !view.sent_pictures().is_empty() {
            (components::section(language.t("これまでに送った画像", "What you sent before"), render_gallery(frame, view, &view.sent_pictures())))
        }
        (render_retention(language, view))
    }
}

/// The reasons and notes of the desk.
fn render_desk_request(language: Language, view: &PictureUploadPage) -> Markup {
    let refused: Vec<_> = view.pictures_in_state(PictureState::Refused).collect();
    components::notice(
        Tone::Warning,
        language.t("医療機関から、画像のお願いが届いています", "The clinic asks you for a picture"),
        html! {
            @if refused.is_empty() {
                @if let Some(reason) = view.page.request { p { (reason.text().in_language(language)) } }
            }
            @for picture in &refused {
                @if let Some(refusal) = &picture.refusal {
                    p { b { (picture_name(language, picture)) } (language.t("：", ": ")) (refusal.reason.text().in_language(language)) }
                    @if let Some(note) = &refusal.note {
                        p { (language.t("医療機関から：", "From the clinic: ")) "「" (note) "」" }
                    }
                }
            }
            p { (language.t(
                "診察の時間までに送り直してください。問題のない画像は、もう一度送る必要はありません。",
                "Please send it before your visit. What was good need not be sent again.",
            )) }
        },
    )
}

fn render_closed(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let appointment = &view.page.appointment;
    let (heading, explanation) = match appointment.status {
        _ if appointment.menu.charge == Charge::SelfPay => (
            language.t("画像は必要ありません", "No picture is needed"),
            language.t(
                "自費診療のため、保険の書類は必要ありません。",
                "You pay for this visit yourself: no document is needed.",
            ),
        ),
        AppointmentStatus::Cancelled => (
            language.t("キャンセル済みの予約です", "This appointment is cancelled"),
            language.t(
                "この予約には、もう画像を送れません。送った画像は自動で消えます。",
                "Pictures can no longer be sent for it. What you sent is erased by itself.",
            ),
        ),
        AppointmentStatus::Completed => (
            language.t("診察は終わっています", "The visit was held"),
            language.t("この予約には、もう画像を送れません。", "Pictures can no longer be sent for this appointment."),
        ),
        AppointmentStatus::Booked => (
            language.t("診察日が終わりました", "The visit day is over"),
            language.t("この予約には、もう画像を送れません。", "Pictures can no longer be sent for this appointment."),
        ),
    };
    html! {
        (components::notice(Tone::Info, heading, html! { p { (explanation) } }))
        @if !view.page.pictures.is_empty() {
            (render_gallery(frame, view, &view.page.pictures.iter().collect::<Vec<_>>()))
            (render_retention(language, view))
        }
    }
}

fn render_gallery(frame: &Frame, view: &PictureUploadPage, pictures: &[&InsurancePicture]) -> Markup {
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
pub(super) fn render_erase_page(frame: &Frame, appointment: AppointmentId, picture: &InsurancePicture) -> Markup {
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

fn picture_name(language: Language, picture: &InsurancePicture) -> &'static str {
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

fn render_retention(language: Language, view: &PictureUploadPage) -> Markup {
    html! {
        p { (language.t("画像の保存期限：", "Kept ")) b { (date_text::format_deadline(language, view.retained_until)) }
            (language.t(
                "。そのあと自動で消えます。それより前に、いつでも自分で消せます。位置情報などは、送るときに取り除かれます。",
                ". Then it is erased by itself. You can erase it yourself at any time. Location data is removed when you send it.",
            ))
        }
    }
}

fn render_audit_trail(language: Language, view: &PictureUploadPage) -> Markup {
    let lines: Vec<_> =
        view.page.audit_trail.iter().filter_map(|entry| Some((entry, audit_entry_text(language, entry)?))).collect();
    html! {
        @if !lines.is_empty() {
            (components::disclosure(
                language.t("この画像をだれが見たか", "Who looked at the pictures"),
                html! { ul { @for (entry, text) in &lines {
                    li { (date_text::format_short_date_time(language, entry.occurred_at)) " " (audit_actor_text(language, entry)) (language.t("：", ": ")) (text)
                        @if let Some(side) = entry.side { (side_text(language, side)) } }
                } } },
            ))
        }
    }
}

/// The text of an audit entry for the patient; `None` if it is not about pictures, or if the patient looked.
fn audit_entry_text(language: Language, entry: &VisitAuditEntry) -> Option<&'static str> {
    Some(match entry.action.as_str() {
        "picture.look" | "picture.look_small" | "picture.receive" if matches!(entry.actor, AuditActor::Patient) => {
            return None;
        }
        "picture.look" => language.t("画像を見ました", "looked at the picture"),
        "picture.look_small" => language.t("一覧で見ました", "saw it in a list"),
        "picture.send" => language.t("画像を送りました", "sent the picture"),
        "picture.erase" => language.t("画像を消しました", "erased the picture"),
        "desk.confirm_picture" => language.t("画像で確認しました", "confirmed by the picture"),
        "desk.ask_again" => language.t("画像の送り直しをお願いしました", "asked for the picture again"),
        _ => return None,
    })
}

fn side_text(language: Language, side: DocumentSide) -> &'static str {
    match side {
        DocumentSide::Front => language.t("（1枚目）", " (first)"),
        DocumentSide::Back => language.t("（2枚目）", " (second)"),
    }
}

fn audit_actor_text(language: Language, entry: &VisitAuditEntry) -> String {
    match &entry.actor {
        AuditActor::Patient => language.t("あなた", "You").to_owned(),
        AuditActor::Desk(name) => {
            language.t("医療機関の受付", "The clinic's desk").to_owned() + &language.in_brackets(name)
        }
        AuditActor::Service => language.t("システム", "The service").to_owned(),
    }
}
