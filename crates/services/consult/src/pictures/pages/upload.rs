//! The page of an upload, step by step.

use maud::{Markup, html};
use text::Language;
use ui::{
    Document, Frame,
    components::{self, Choice, ChoiceGroup, Tone},
};

use super::{
    audit_trail::render_audit_trail,
    form::{problem_text, render_replacement_form, render_upload_form},
    gallery::{picture_name, render_gallery},
    view::{PictureUploadPage, UploadStep},
};
use crate::{
    appointments::rules::AppointmentStatus,
    directory::rules::institution::Charge,
    pages::date_text,
    pictures::rules::picture::{DocumentKind, PictureState},
};

/// 保険証画像をアップロード
pub(crate) fn render_upload_page(frame: &Frame, view: &PictureUploadPage) -> Markup {
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
