//! The page of an upload, step by step.

use maud::{Markup, html};
use text::{Language, dates};
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
    pictures::{
        rules::picture::{DocumentKind, PictureState},
        texts,
    },
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
        (components::back_link(&appointment, texts::BACK_TO_THE_APPOINTMENT.in_language(language)))
    };
    let title = if step == UploadStep::ChooseDocument {
        texts::UPLOAD_YOUR_INSURANCE_DOCUMENT.in_language(language)
    } else {
        texts::SEND_YOUR_PICTURE.in_language(language)
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
    let question = texts::WHICH_DOCUMENT_WILL_YOU_SEND.in_language(language);
    html! {
        form method="get" action=(view.path()) {
            (ChoiceGroup::radio(language, "document", question, &choices).selected(view.document().as_str()))
            (components::bottom_bar(components::primary_button(
                texts::CONTINUE.in_language(language),
                Some(texts::NEXT_TAKE_PHOTO_OR_CHOOSE_PICTURE.in_language(language)),
            )))
        }
        (render_old_card_notice(language))
        p { (texts::ONLY_THE_DESK_SEES_YOUR_PICTURE.in_language(language)) }
    }
}

fn document_support_text(language: Language, kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Certificate => texts::CARD_OR_PAPER_FROM_YOUR_INSURER.in_language(language),
        DocumentKind::NoticeWithCard => texts::PAPER_WITH_THE_FRONT_OF_THE_CARD.in_language(language),
        DocumentKind::PortalScreen => texts::A_SCREENSHOT_FROM_YOUR_PHONE.in_language(language),
    }
}

/// The former insurance card, which many patients would send, is not accepted.
fn render_old_card_notice(language: Language) -> Markup {
    components::notice(
        Tone::Info,
        texts::FORMER_CARD_IS_NO_LONGER_ACCEPTED.in_language(language),
        html! { p { (texts::IT_ENDED_ON_1_DECEMBER_2025.in_language(language)) } },
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
        texts::DO_NOT_SEND_BACK_OF_CARD.in_language(language),
        html! { p { (texts::IT_SHOWS_YOUR_MY_NUMBER.in_language(language)) } },
    )
}

fn render_incomplete(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let above = components::notice(
        Tone::Warning,
        texts::NOT_SENT_YET.in_language(language),
        html! { p { (texts::WE_HAVE_RECEIVED_A_PART.in_language(language)) } },
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
            texts::LOOK_AT_THE_PICTURE_BEFORE_SENDING.in_language(language),
            html! {
                @if hinted.is_empty() {
                    p { (texts::SEND_IT_IF_IT_CAN_BE_READ.in_language(language)) }
                } @else {
                    ul {
                        @for draft in &hinted {
                            @for hint in draft.hints.iter() {
                                li { (picture_name(language, draft)) (texts::COLON.in_language(language)) (hint.text().in_language(language)) }
                            }
                        }
                    }
                    p { (texts::SEND_IT_OR_TAKE_IT_AGAIN.in_language(language)) }
                }
            },
        ))
        (render_gallery(frame, view, &drafts))
        (components::bottom_bar(components::form(frame, &format!("{}/send", view.path()), components::primary_button(
            texts::SEND_AS_IT_IS.in_language(language),
            Some(texts::IT_GOES_TO_CLINICS_DESK.in_language(language)),
        ))))
        (components::disclosure(
            texts::CHOOSE_ANOTHER_PICTURE.in_language(language),
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
            texts::CLINIC_HAS_CHECKED_PICTURE.in_language(language),
            texts::NOTHING_MORE_TO_DO_WITH_IT.in_language(language),
        )
    } else {
        (texts::THE_PICTURE_WAS_SENT.in_language(language), texts::CLINICS_DESK_WILL_CHECK_IT.in_language(language))
    };
    html! {
        (components::notice(Tone::Success, heading, html! { p { (body) } }))
        (components::primary_link(
            &appointment,
            texts::SEE_THE_APPOINTMENT.in_language(language),
            Some(texts::IT_SHOWS_WAY_TO_YOUR_VISIT.in_language(language)),
        ))
        (render_gallery(frame, view, &view.sent_pictures()))
        @if !accepted {
            (components::disclosure(
                texts::SEND_ANOTHER_PICTURE_INSTEAD.in_language(language),
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
        texts::A_PICTURE_IS_MISSING.in_language(language),
        html! { p { (texts::CHOOSE_AND_SEND_WHAT_IS_MISSING.in_language(language)) } },
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
            (components::section(texts::WHAT_YOU_SENT_BEFORE.in_language(language), render_gallery(frame, view, &view.sent_pictures())))
        }
        (render_retention(language, view))
    }
}

/// The reasons and notes of the desk.
fn render_desk_request(language: Language, view: &PictureUploadPage) -> Markup {
    let refused: Vec<_> = view.pictures_in_state(PictureState::Refused).collect();
    components::notice(
        Tone::Warning,
        texts::CLINIC_ASKS_YOU_FOR_PICTURE.in_language(language),
        html! {
            @if refused.is_empty() {
                @if let Some(reason) = view.page.request { p { (reason.text().in_language(language)) } }
            }
            @for picture in &refused {
                @if let Some(refusal) = &picture.refusal {
                    p { b { (picture_name(language, picture)) } (texts::COLON.in_language(language)) (refusal.reason.text().in_language(language)) }
                    @if let Some(note) = &refusal.note {
                        p { (texts::FROM_THE_CLINIC.in_language(language)) "「" (note) "」" }
                    }
                }
            }
            p { (texts::PLEASE_SEND_IT_BEFORE_YOUR_VISIT.in_language(language)) }
        },
    )
}

fn render_closed(frame: &Frame, view: &PictureUploadPage) -> Markup {
    let language = frame.language;
    let appointment = &view.page.appointment;
    let (heading, explanation) = match appointment.status {
        _ if appointment.menu.charge == Charge::SelfPay => (
            texts::NO_PICTURE_IS_NEEDED.in_language(language),
            texts::YOU_PAY_FOR_THIS_VISIT_YOURSELF.in_language(language),
        ),
        AppointmentStatus::Cancelled => (
            texts::THIS_APPOINTMENT_IS_CANCELLED.in_language(language),
            texts::SENT_PICTURES_ARE_ERASED_BY_THEMSELVES.in_language(language),
        ),
        AppointmentStatus::Completed => (
            texts::THE_VISIT_WAS_HELD.in_language(language),
            texts::PICTURES_CAN_NO_LONGER_BE_SENT.in_language(language),
        ),
        AppointmentStatus::Booked | AppointmentStatus::NoShow => (
            texts::THE_VISIT_DAY_IS_OVER.in_language(language),
            texts::PICTURES_CAN_NO_LONGER_BE_SENT.in_language(language),
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
        p { (texts::KEPT_UNTIL.in_language(language)) b { (dates::format_deadline(language, view.retained_until)) }
            (texts::THEN_IT_IS_ERASED_BY_ITSELF.in_language(language))
        }
    }
}
