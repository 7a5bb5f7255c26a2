use base::Timestamp;
use maud::{Markup, html};
use shell::{
    Document, Frame, Language,
    parts::{self, BadgeTone, Choice, ChoiceGroup, FileSlot, Tone},
};

use super::{Trouble, may_send};
use crate::{
    pages::when,
    rules::{
        appointment::{AppointmentId, Openness, Status},
        institution::Charge,
        picture::{DocumentKind, Needed, Picture, Shown, Side, Slot, State, missing},
    },
    store::{
        desk::{Deed, DoneBy},
        picture::PicturePage,
    },
};

/// What the page shows.
pub(super) struct View {
    pub(super) page: PicturePage,
    pub(super) open: Openness,
    pub(super) kept_until: Timestamp,
    /// The document that the patient chose.
    pub(super) chosen: Option<DocumentKind>,
    /// Another document is to be chosen.
    pub(super) changes_document: bool,
    pub(super) troubles: Vec<(Side, Trouble)>,
}

impl View {
    fn in_state(&self, state: State) -> impl Iterator<Item = &Picture> {
        self.page.pictures.iter().filter(move |picture| picture.state == state)
    }

    fn drafts(&self) -> Vec<&Picture> {
        self.in_state(State::Draft).collect()
    }

    fn sent(&self) -> Vec<&Picture> {
        self.page.pictures.iter().filter(|picture| picture.state != State::Draft).collect()
    }

    /// The document that the form is about: what was chosen, else what is being sent, else what was sent.
    fn document(&self) -> DocumentKind {
        let newest = self.drafts().first().copied().or_else(|| self.sent().first().copied());
        self.chosen.or(newest.map(|picture| picture.document)).unwrap_or(DocumentKind::Certificate)
    }

    fn step(&self) -> Step {
        if !may_send(self.open) || self.page.appointment.menu.charge == Charge::SelfPay {
            Step::Closed
        } else if self.changes_document {
            Step::Document
        } else if !self.drafts().is_empty() {
            if missing(self.document(), &self.page.pictures).is_empty() { Step::LookFirst } else { Step::Incomplete }
        } else if self.page.request.is_some() || self.in_state(State::Refused).next().is_some() {
            Step::AskedAgain
        } else if let Some(sent) = self.sent().first() {
            if missing(sent.document, &self.page.pictures).is_empty() { Step::Sent } else { Step::Lacking }
        } else if self.chosen.is_none() && self.troubles.is_empty() {
            Step::Document
        } else {
            Step::Choose
        }
    }

    fn trouble(&self, side: Side) -> Option<Trouble> {
        self.troubles.iter().find(|(of, _)| *of == side).map(|(_, trouble)| *trouble)
    }

    fn path(&self) -> String {
        format!("/appointments/{}/picture", self.page.appointment.id)
    }
}

/// What the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Which document is to be sent?
    Document,
    /// The document is known, and nothing was sent yet.
    Choose,
    /// One picture of two is here.
    Incomplete,
    /// Everything is here, and something in it is to be looked at before it is sent.
    LookFirst,
    /// The desk has it.
    Sent,
    /// The desk has a part; the patient erased the other.
    Lacking,
    /// The desk asks for one again.
    AskedAgain,
    /// Nothing can be sent any more.
    Closed,
}

/// 保険証画像をアップロード
pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let step = view.step();
    let appointment = format!("/appointments/{}", view.page.appointment.id);
    let main = html! {
        (troubles(language, view))
        @match step {
            Step::Document => (which_document(language, view)),
            Step::Choose => (choose(frame, view)),
            Step::Incomplete => (incomplete(frame, view)),
            Step::LookFirst => (look_first(frame, view)),
            Step::Sent => (sent(frame, view)),
            Step::Lacking => (lacking(frame, view)),
            Step::AskedAgain => (asked_again(frame, view)),
            Step::Closed => (closed(frame, view)),
        }
        (trail(language, view))
        (parts::back_link(&appointment, language.t("予約の詳細へ戻る", "Back to the appointment")))
    };
    let title = if step == Step::Document {
        language.t("保険証画像のアップロード", "Upload your insurance document")
    } else {
        language.t("画像を送る", "Send your picture")
    };
    let mut document = Document::new(frame, title);
    if !view.troubles.is_empty() {
        document = document.with_problems();
    }
    document.main(main)
}

fn troubles(language: Language, view: &View) -> Markup {
    let messages: Vec<_> =
        view.troubles.iter().map(|(side, trouble)| (*side, message(language, view, *side, *trouble))).collect();
    let problems: Vec<_> =
        messages.iter().map(|(side, message)| parts::Problem { field: side.word(), message }).collect();
    parts::error_summary(language, &problems)
}

fn message(language: Language, view: &View, side: Side, trouble: Trouble) -> String {
    let wanted = view.document().slot(side).shows.name();
    match (trouble, language) {
        (Trouble::Unusable(unusable), _) => unusable.text().in_language(language).to_owned(),
        (Trouble::Missing, Language::Japanese) => format!("{}の画像を選んでください。", wanted.in_language(language)),
        (Trouble::Missing, Language::English) => {
            format!("Choose a picture. Missing: {}.", wanted.in_language(language))
        }
    }
}

/// Which of the documents, one question on a page.
fn which_document(language: Language, view: &View) -> Markup {
    let names: Vec<_> =
        DocumentKind::ALL.iter().map(|kind| (kind.word(), kind.name(), about(language, *kind))).collect();
    let choices: Vec<_> =
        names.iter().map(|(word, name, about)| Choice::new(word, name.in_language(language)).support(about)).collect();
    let question = language.t("どの書類を送りますか", "Which document will you send?");
    html! {
        form method="get" action=(view.path()) {
            (ChoiceGroup::radio(language, "document", question, &choices).chosen(view.document().word()))
            (parts::bottom_bar(parts::primary_button(
                language.t("次へ", "Continue"),
                Some(language.t("次の画面で、写真を撮るか画像を選びます。", "Next, take a photo or choose a picture.")),
            )))
        }
        (retired(language))
        p { (language.t(
            "送った画像は、予約した医療機関の受付だけが見ます。",
            "Only the desk of the clinic that you booked sees your picture.",
        )) }
    }
}

fn about(language: Language, kind: DocumentKind) -> &'static str {
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

/// The old card is what many have at hand.
fn retired(language: Language) -> Markup {
    parts::notice(
        Tone::Info,
        language.t("これまでの健康保険証は使えません", "The former health insurance card is no longer accepted"),
        html! { p { (language.t(
            "2025年12月1日で使えなくなりました。上の書類のどれかを送ってください。",
            "It ended on 1 December 2025. Please send one of the documents above.",
        )) } },
    )
}

fn choose(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    html! {
        (form(frame, view, &view.document().slots(), &Markup::default()))
        (warning(language))
        (retention(language, view))
    }
}

/// Which document the form is about, and the way to another.
fn chosen_document(language: Language, view: &View) -> Markup {
    html! {
        p { (language.t("送る書類：", "Document: ")) b { (view.document().name().in_language(language)) } }
        (parts::quiet_link(&format!("{}?change=yes", view.path()), language.t("ほかの書類を送る", "Send another document")))
    }
}

fn warning(language: Language) -> Markup {
    parts::notice(
        Tone::Warning,
        language.t("マイナンバーカードのうら面は送らないでください", "Do not send the back of the My Number Card"),
        html! { p { (language.t(
            "うら面にはマイナンバー（個人番号）がのっています。うら面の画像は受け付けません。",
            "It shows your My Number. A picture of the back is not accepted.",
        )) } },
    )
}

/// The form for these places. One that is there as a draft need not be filled again. What stands `above` is within the
/// form, so that its button is in sight from the top of the page.
fn form(frame: &Frame, view: &View, slots: &[Slot], above: &Markup) -> Markup {
    let language = frame.language;
    let drafts = view.drafts();
    let body = html! {
        (parts::hidden("document", view.document().word()))
        (above)
        (chosen_document(language, view))
        @for slot in slots {
            @let here = drafts.iter().find(|draft| draft.side == slot.side);
            @let kept = view.in_state(State::Sent).any(|sent| sent.side == slot.side && sent.document == view.document());
            (file_slot(language, view, *slot, here.is_some() || kept))
        }
        (parts::bottom_bar(parts::primary_button(
            language.t("この画像を送る", "Send"),
            Some(language.t("医療機関の受付に届きます。", "It goes to the clinic's desk.")),
        )))
    };
    parts::upload_form(frame, &view.path(), body)
}

fn file_slot(language: Language, view: &View, slot: Slot, filled: bool) -> Markup {
    let trouble = view.trouble(slot.side).map(|trouble| message(language, view, slot.side, trouble));
    let (side, word) = slot_words(language, slot.shows);
    let support = slot_support(language, slot.shows);
    let mut field =
        FileSlot::new(language, side, slot.side.word()).document_word(word).support(support).error(trouble.as_deref());
    if filled || slot.needed == Needed::IfThereIs {
        field = field.optional();
    }
    if matches!(slot.shows, Shown::Screen | Shown::ScreenContinued) {
        field = field.without_camera();
    }
    html! { (field) }
}

/// Which face of what is shown; the part writes 「おもて面」 or 「うら面」 after it.
fn slot_words(language: Language, shows: Shown) -> (parts::Side, &'static str) {
    let certificate = language.t("資格確認書", "Certificate (資格確認書)");
    match shows {
        Shown::CertificateFront => (parts::Side::Front, certificate),
        Shown::CertificateBack => (parts::Side::Back, certificate),
        Shown::Notice => (parts::Side::Front, language.t("資格情報のお知らせ", "Notice (資格情報のお知らせ)")),
        Shown::CardFront => (parts::Side::Front, language.t("マイナンバーカード", "My Number Card")),
        Shown::Screen => (parts::Side::Front, language.t("資格情報の画面", "Eligibility screen")),
        Shown::ScreenContinued => {
            (parts::Side::Front, language.t("資格情報の画面（続き）", "Eligibility screen (continued)"))
        }
    }
}

fn slot_support(language: Language, shows: Shown) -> &'static str {
    match shows {
        Shown::CertificateFront | Shown::Notice => language.t(
            "四すみが全部入り、文字が読めるように、明るい場所で撮ってください。",
            "All four corners in the photo, in good light, so that the text can be read.",
        ),
        Shown::CertificateBack => language.t(
            "うら面に住所や備考が書いてある場合に送ってください。",
            "Send it if an address or a remark is written on the back.",
        ),
        Shown::CardFront => language.t(
            "顔写真と名前がある面です。うら面は送らないでください。",
            "The side with your photo and name. Never send the back.",
        ),
        Shown::Screen => language.t(
            "マイナポータルの「資格情報」の画面を、画面の画像（スクリーンショット）で送ってください。",
            "A screenshot of the screen 「資格情報」 in Mynaportal.",
        ),
        Shown::ScreenContinued => {
            language.t("1枚に入りきらないときに送ってください。", "Send it if one screenshot does not show everything.")
        }
    }
}

fn incomplete(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let above = parts::notice(
        Tone::Warning,
        language.t("まだ送られていません", "Not sent yet"),
        html! { p { (language.t(
            "受け取った画像があります。足りない画像を選ぶと、いっしょに送られます。",
            "We have received a part. Choose the missing picture, and both are sent.",
        )) } },
    );
    html! {
        (form(frame, view, &view.document().slots(), &above))
        (gallery(frame, view, &view.drafts()))
        (retention(language, view))
    }
}

fn look_first(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let drafts = view.drafts();
    let hinted: Vec<_> = drafts.iter().filter(|draft| !draft.hints.is_empty()).collect();
    html! {
        (parts::notice(
            Tone::Warning,
            language.t("送る前に、画像をご確認ください", "Please look at the picture before it is sent"),
            html! {
                @if hinted.is_empty() {
                    p { (language.t("文字が読めれば、このまま送れます。", "If the text can be read, send it as it is.")) }
                } @else {
                    ul {
                        @for draft in &hinted {
                            @for hint in draft.hints.each() {
                                li { (shown_name(language, draft)) (language.t("：", ": ")) (hint.text().in_language(language)) }
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
        (gallery(frame, view, &drafts))
        (parts::bottom_bar(parts::form(frame, &format!("{}/send", view.path()), parts::primary_button(
            language.t("このまま送る", "Send as it is"),
            Some(language.t("医療機関の受付に届きます。", "It goes to the clinic's desk.")),
        ))))
        (parts::disclosure(
            language.t("撮り直した画像を選ぶ", "Choose another picture"),
            replacement_form(frame, view),
        ))
        (retention(language, view))
    }
}

/// The form where the page has another primary button.
fn replacement_form(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let slots = view.document().slots();
    let body = html! {
        (parts::hidden("document", view.document().word()))
        (chosen_document(language, view))
        @for slot in slots { (file_slot(language, view, slot, true)) }
        (parts::secondary_button(
            language.t("差し替えて送る", "Replace and send"),
            Some(language.t("前の画像は消えます。", "The earlier picture is erased.")),
        ))
    };
    parts::upload_form(frame, &view.path(), body)
}

fn sent(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let accepted = view.in_state(State::Accepted).next().is_some();
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
        (parts::notice(Tone::Success, heading, html! { p { (body) } }))
        (parts::primary_link(
            &appointment,
            language.t("予約の詳細を見る", "See the appointment"),
            Some(language.t("診察までの流れを確認できます。", "It shows the way to your visit.")),
        ))
        (gallery(frame, view, &view.sent()))
        @if !accepted {
            (parts::disclosure(
                language.t("別の画像に差し替える", "Send another picture instead"),
                html! { (replacement_form(frame, view)) },
            ))
        }
        (retention(language, view))
    }
}

fn lacking(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let above = parts::notice(
        Tone::Warning,
        language.t("画像が足りません", "A picture is missing"),
        html! { p { (language.t(
            "消した画像がないと、医療機関は保険を確認できません。足りない画像を選んで送ってください。残っている画像は、もう一度送る必要はありません。",
            "Without the picture that you erased the clinic cannot check your insurance. Choose and send what is missing. What is still here need not be sent again.",
        )) } },
    );
    html! {
        (form(frame, view, &view.document().slots(), &above))
        (gallery(frame, view, &view.sent()))
        (warning(language))
        (retention(language, view))
    }
}

fn asked_again(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let good: Vec<_> = view.in_state(State::Sent).collect();
    let document = view.document();
    // Only what is asked for again, unless another document was chosen or nothing of this one is good.
    let again: Vec<_> = document
        .slots()
        .into_iter()
        .filter(|slot| !good.iter().any(|picture| picture.side == slot.side && picture.document == document))
        .collect();
    html! {
        (form(frame, view, &again, &request(language, view)))
        (warning(language))
        @if !view.sent().is_empty() {
            (parts::section(language.t("これまでに送った画像", "What you sent before"), gallery(frame, view, &view.sent())))
        }
        (retention(language, view))
    }
}

/// What the desk asks for, and why.
fn request(language: Language, view: &View) -> Markup {
    let refused: Vec<_> = view.in_state(State::Refused).collect();
    parts::notice(
        Tone::Warning,
        language.t("医療機関から、画像のお願いが届いています", "The clinic asks you for a picture"),
        html! {
            @if refused.is_empty() {
                @if let Some(reason) = view.page.request { p { (reason.text().in_language(language)) } }
            }
            @for picture in &refused {
                @if let Some(refusal) = &picture.refusal {
                    p { b { (shown_name(language, picture)) } (language.t("：", ": ")) (refusal.reason.text().in_language(language)) }
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

fn closed(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let appointment = &view.page.appointment;
    let (heading, why) = match appointment.status {
        _ if appointment.menu.charge == Charge::SelfPay => (
            language.t("画像は必要ありません", "No picture is needed"),
            language.t(
                "自費診療のため、保険の書類は必要ありません。",
                "You pay for this visit yourself: no document is needed.",
            ),
        ),
        Status::Cancelled => (
            language.t("キャンセル済みの予約です", "This appointment is cancelled"),
            language.t(
                "この予約には、もう画像を送れません。送った画像は自動で消えます。",
                "Pictures can no longer be sent for it. What you sent is erased by itself.",
            ),
        ),
        Status::Completed => (
            language.t("診察は終わっています", "The visit was held"),
            language.t("この予約には、もう画像を送れません。", "Pictures can no longer be sent for this appointment."),
        ),
        Status::Booked => (
            language.t("診察日が終わりました", "The visit day is over"),
            language.t("この予約には、もう画像を送れません。", "Pictures can no longer be sent for this appointment."),
        ),
    };
    html! {
        (parts::notice(Tone::Info, heading, html! { p { (why) } }))
        @if !view.page.pictures.is_empty() {
            (gallery(frame, view, &view.page.pictures.iter().collect::<Vec<_>>()))
            (retention(language, view))
        }
    }
}

fn gallery(frame: &Frame, view: &View, pictures: &[&Picture]) -> Markup {
    let language = frame.language;
    let cards: Vec<_> = pictures.iter().map(|picture| card(frame, view, picture)).collect();
    html! { section aria-label=(language.t("画像", "Pictures")) { @for card in &cards { (card) } } }
}

fn card(frame: &Frame, view: &View, picture: &Picture) -> Markup {
    let language = frame.language;
    let name = shown_name(language, picture);
    let address = format!("{}/{}", view.path(), picture.id);
    let (tone, state) = match picture.state {
        State::Draft => (BadgeTone::Attention, language.t("まだ送っていません", "Not sent yet")),
        State::Sent => (BadgeTone::Accent, language.t("送りました", "Sent")),
        State::Accepted => (BadgeTone::Good, language.t("確認済み", "Checked")),
        State::Refused => (BadgeTone::Bad, language.t("送り直しのお願い", "Asked for again")),
    };
    parts::panel(
        name,
        html! {
            p { (parts::badge(tone, state)) }
            @let (width, height) = thumbnail_size(picture.size);
            a href={ (address) "/whole" } {
                img src={ (address) "/thumbnail" } width=(width) height=(height) alt={ (name) (language.t("（送った画像を大きく見る）", " (see it large)")) };
            }
            @let erase = language.t("この画像を消す", "Erase this picture");
            @if picture.state == State::Draft {
                (parts::form(frame, &format!("{address}/erase"), parts::quiet_button(erase)))
            } @else {
                (parts::quiet_link(&format!("{address}/erase"), erase))
            }
        },
    )
}

/// Whether a picture that the desk may be looking at is really to be erased.
pub(super) fn erase_page(frame: &Frame, appointment: AppointmentId, picture: &Picture) -> Markup {
    let language = frame.language;
    let pictures = format!("/appointments/{appointment}/picture");
    let address = format!("{pictures}/{}", picture.id);
    let (width, height) = thumbnail_size(picture.size);
    let name = shown_name(language, picture);
    let means = match picture.state {
        State::Accepted => language.t(
            "医療機関は、この画像で保険を確認しています。消しても、確認はそのままです。消した画像は元に戻せません。",
            "The clinic has confirmed your insurance by it. That stays. The picture cannot be brought back.",
        ),
        State::Refused => language.t(
            "医療機関から送り直しのお願いが届いている画像です。消した画像は元に戻せません。",
            "The clinic has asked you for another picture in its place. It cannot be brought back.",
        ),
        State::Draft | State::Sent => language.t(
            "消すと、医療機関は保険を確認できません。もう一度、画像を送るか、マイナ保険証の手続きが必要です。消した画像は元に戻せません。",
            "Without it the clinic cannot check your insurance: you would have to send a picture again or use your card. It cannot be brought back.",
        ),
    };
    Document::new(frame, language.t("この画像を消しますか", "Erase this picture?")).main(html! {
        p { b { (name) } }
        img src={ (address) "/thumbnail" } width=(width) height=(height) alt=(name);
        p { (means) }
        (parts::bottom_bar(parts::form(frame, &format!("{address}/erase"), parts::danger_button(language.t("この画像を消す", "Erase this picture"), None))))
        (parts::secondary_link(&pictures, language.t("消さない", "Keep it"), None))
    })
}

/// The size at which a thumbnail is shown, in its own proportions.
fn thumbnail_size((width, height): (u32, u32)) -> (u32, u32) {
    let longest = width.max(height).max(1);
    ((width * 240 / longest).max(1), (height * 240 / longest).max(1))
}

fn shown_name(language: Language, picture: &Picture) -> &'static str {
    let (japanese, english) = match picture.document.slot(picture.side).shows {
        Shown::CertificateFront => ("資格確認書のおもて面", "Certificate, front"),
        Shown::CertificateBack => ("資格確認書のうら面", "Certificate, back"),
        Shown::Notice => ("資格情報のお知らせ", "Eligibility notice"),
        Shown::CardFront => ("マイナンバーカードのおもて面", "My Number Card, front"),
        Shown::Screen => ("資格情報の画面", "Eligibility screen"),
        Shown::ScreenContinued => ("資格情報の画面（続き）", "Eligibility screen (continued)"),
    };
    language.t(japanese, english)
}

fn retention(language: Language, view: &View) -> Markup {
    html! {
        p { (language.t("画像の保存期限：", "Kept ")) b { (when::until(language, view.kept_until)) }
            (language.t(
                "。そのあと自動で消えます。それより前に、いつでも自分で消せます。位置情報などは、送るときに取り除かれます。",
                ". Then it is erased by itself. You can erase it yourself at any time. Location data is removed when you send it.",
            ))
        }
    }
}

fn trail(language: Language, view: &View) -> Markup {
    let lines: Vec<_> = view.page.deeds.iter().filter_map(|deed| Some((deed, deed_words(language, deed)?))).collect();
    html! {
        @if !lines.is_empty() {
            (parts::disclosure(
                language.t("この画像をだれが見たか", "Who looked at the pictures"),
                html! { ul { @for (deed, words) in &lines {
                    li { (when::short_moment(language, deed.at)) " " (by(language, deed)) (language.t("：", ": ")) (words)
                        @if let Some(side) = deed.side { (side_words(language, side)) } }
                } } },
            ))
        }
    }
}

/// What a line of the trail says to the patient; `None` for what is not about pictures, and for the patient's own looks.
fn deed_words(language: Language, deed: &Deed) -> Option<&'static str> {
    Some(match deed.act.as_str() {
        "picture.look" | "picture.look_small" | "picture.receive" if matches!(deed.by, DoneBy::Patient) => return None,
        "picture.look" => language.t("画像を見ました", "looked at the picture"),
        "picture.look_small" => language.t("一覧で見ました", "saw it in a list"),
        "picture.send" => language.t("画像を送りました", "sent the picture"),
        "picture.erase" => language.t("画像を消しました", "erased the picture"),
        "desk.confirm_picture" => language.t("画像で確認しました", "confirmed by the picture"),
        "desk.ask_again" => language.t("画像の送り直しをお願いしました", "asked for the picture again"),
        _ => return None,
    })
}

fn side_words(language: Language, side: Side) -> &'static str {
    match side {
        Side::Front => language.t("（1枚目）", " (first)"),
        Side::Back => language.t("（2枚目）", " (second)"),
    }
}

fn by(language: Language, deed: &Deed) -> String {
    match &deed.by {
        DoneBy::Patient => language.t("あなた", "You").to_owned(),
        DoneBy::Desk(name) => language.t("医療機関の受付", "The clinic's desk").to_owned() + &language.bracketed(name),
        DoneBy::Service => language.t("システム", "The service").to_owned(),
    }
}
