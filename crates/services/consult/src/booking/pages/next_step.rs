//! Where an appointment stands, and the next step of its patient.

use maud::{Markup, html};
use text::{Language, dates};
use ui::{
    Frame,
    components::{self, Progress, TimelineEntry, Tone},
};

use super::view::AppointmentView;
use crate::{
    appointments::rules::{AppointmentStatus, VisitPhase},
    booking::{store::details::AppointmentDetails, texts},
    directory::rules::institution::ProofMethodKind,
    pages::telephone::render_telephone_link,
    people::rules::account::has_pin_of_guardian,
    pictures::rules::picture::PictureState,
    proof::rules::{
        ledgers::{DeskSide, InsuranceProof, PatientSide},
        next_steps::PatientNextStep,
    },
};

/// 予約 → 保険の確認 → 診察 → お会計, with the progress of each. Empty if the appointment was cancelled, or if its day ended
/// and the clinic did not record the visit.
pub(crate) fn render_timeline(language: Language, view: &AppointmentView) -> Markup {
    let AppointmentDetails { appointment, proof, .. } = &view.case;
    let over = view.standing.patient_step == PatientNextStep::Nothing;
    let held = appointment.status == AppointmentStatus::Completed;
    if over && !held {
        return Markup::default();
    }
    let entry = |label, progress, detail| TimelineEntry { label, progress, detail };
    let mut entries = vec![entry(texts::BOOKING.in_language(language), Progress::Done, None)];
    let insurance = texts::INSURANCE_CHECK.in_language(language);
    let confirmed = proof.as_ref().is_some_and(|proof| matches!(proof.desk, DeskSide::Confirmed { .. }));
    let ready = view.standing.patient_step == PatientNextStep::WaitForVisit;
    match proof {
        None => {}
        // The visit was held without confirmed insurance: the step is left out.
        Some(_) if held && !confirmed => {}
        Some(_) if confirmed => entries.push(entry(insurance, Progress::Done, None)),
        Some(_) if ready => {
            let detail = texts::YOUR_PART_IS_DONE.in_language(language);
            entries.push(entry(insurance, Progress::Done, Some(detail)));
        }
        Some(_) => entries.push(entry(insurance, Progress::Current, None)),
    }
    let visit = match () {
        () if held => Progress::Done,
        () if ready => Progress::Current,
        () => Progress::Upcoming,
    };
    entries.push(entry(texts::VISIT.in_language(language), visit, None));
    let payment = if held { Progress::Current } else { Progress::Upcoming };
    entries.push(entry(texts::PAYMENT.in_language(language), payment, None));
    components::timeline(language, &entries)
}

/// Whether the patient chose a picture, has not sent it, and insurance still has to be proven.
pub(crate) fn has_unsent_picture(view: &AppointmentView) -> bool {
    let needed = !matches!(view.standing.patient_step, PatientNextStep::WaitForVisit | PatientNextStep::Nothing);
    needed && view.case.pictures.iter().any(|picture| picture.state == PictureState::Draft)
}

/// The status text and the next step, which stays visible on a phone, with the alternative beneath it.
pub(crate) fn render_next_step(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let sentence = view.standing.patient_text.in_language(language);
    let takes_the_card = view.case.institution.proof_method.kind().accepts_card();
    if has_unsent_picture(view) {
        let text = texts::CLINIC_DOES_NOT_HAVE_IT_YET.in_language(language);
        return html! {
            (components::notice(
                Tone::Warning,
                texts::YOU_HAVE_NOT_SENT_YOUR_PICTURE_YET.in_language(language),
                html! { p { (text) } },
            ))
            (components::bottom_bar(components::primary_link(&picture_path(view), texts::CHECK_AND_SEND_THE_PICTURE.in_language(language), None)))
            @if takes_the_card && view.standing.patient_step != PatientNextStep::WaitForInstitution {
                (render_secondary_consent_form(frame, view))
            }
            (render_visit_instructions(language, view))
        };
    }
    match view.standing.patient_step {
        PatientNextStep::ChooseConsent => {
            let fresh = view.case.proof.as_ref().is_some_and(|proof| *proof == InsuranceProof::new());
            let heading = if fresh {
                texts::NEXT_CONFIRM_YOUR_INSURANCE.in_language(language)
            } else {
                texts::INSURANCE_MUST_BE_CONFIRMED.in_language(language)
            };
            render_consent_and_picture(frame, view, heading, consent_label(language))
        }
        PatientNextStep::ContinueConsent => {
            let heading = texts::YOU_HAVE_NOT_FINISHED.in_language(language);
            render_consent_and_picture(frame, view, heading, texts::CONTINUE.in_language(language))
        }
        PatientNextStep::SendPicture => html! {
            (components::notice(
                Tone::Warning,
                texts::SEND_PICTURE_OF_YOUR_INSURANCE_DOCUMENT.in_language(language),
                html! { p { (sentence) } (render_desk_notes(language, view)) },
            ))
            (components::bottom_bar(components::primary_link(&picture_path(view), upload_label(language), None)))
            p { (upload_support_text(language)) }
            @if takes_the_card { (render_secondary_consent_form(frame, view)) }
            (render_visit_instructions(language, view))
        },
        PatientNextStep::WaitForInstitution => components::notice(
            Tone::Info,
            texts::THE_CLINIC_IS_CHECKING.in_language(language),
            html! { p { (sentence) } (render_waiting_for_clinic(language, view)) },
        ),
        PatientNextStep::WaitForVisit => {
            let (tone, heading) = match view.phase {
                VisitPhase::Before => (Tone::Success, texts::YOU_ARE_READY.in_language(language)),
                VisitPhase::During => (Tone::Info, texts::IT_IS_TIME_FOR_YOUR_VISIT.in_language(language)),
                VisitPhase::After => (Tone::Info, texts::TIME_OF_YOUR_VISIT_HAS_PASSED.in_language(language)),
            };
            let body = html! { p { (sentence) } (render_visit_instructions(language, view)) (render_proof_details(language, view)) };
            components::notice(tone, heading, body)
        }
        PatientNextStep::Nothing => components::notice(
            Tone::Info,
            sentence,
            html! { (components::secondary_link("/", texts::BOOK_AGAIN.in_language(language), None)) },
        ),
    }
}

fn render_waiting_for_clinic(language: Language, view: &AppointmentView) -> Markup {
    html! {
        p { (texts::THERE_IS_NOTHING_ELSE_TO_DO.in_language(language)) }
        (render_visit_instructions(language, view))
        @if is_reported_done(view) {
            (components::quiet_link(&format!("/appointments/{}/leave", view.id()), texts::NOT_DONE_YET_BACK_TO_PROCEDURE.in_language(language)))
            (components::quiet_link(&picture_path(view), upload_label(language)))
        } @else {
            (components::quiet_link(&picture_path(view), texts::SEE_OR_SEND_PICTURES.in_language(language)))
        }
    }
}

/// When the visit is, and the telephone number of the clinic, which tells patients how the visit is held.
pub(crate) fn render_visit_instructions(language: Language, view: &AppointmentView) -> Markup {
    let AppointmentDetails { appointment, institution, .. } = &view.case;
    let (before_phone, after_phone) = match view.phase {
        VisitPhase::Before => (
            texts::your_visit_starts_on(language, dates::format_short_date_time(language, appointment.visit_start)),
            texts::ASK_THE_CLINIC_END.in_language(language),
        ),
        VisitPhase::During => (
            texts::YOUR_VISIT_HAS_STARTED.in_language(language).to_owned(),
            texts::PHONE_THE_CLINIC_END.in_language(language),
        ),
        VisitPhase::After => (
            texts::IF_YOU_HAVE_NOT_BEEN_SEEN.in_language(language).to_owned(),
            texts::PHONE_THE_CLINIC_END.in_language(language),
        ),
    };
    html! { p { (before_phone) (render_telephone_link(&institution.phone)) (after_phone) } }
}

/// The notes of the desk on the pictures that it refused.
fn render_desk_notes(language: Language, view: &AppointmentView) -> Markup {
    let refused = view.case.pictures.iter().filter(|picture| picture.state == PictureState::Refused);
    let notes = refused.filter_map(|picture| picture.refusal.as_ref()?.note.as_ref());
    html! {
        @for note in notes {
            p { (texts::FROM_THE_CLINIC.in_language(language)) "「" (note) "」" }
        }
    }
}

/// Whether the patient reported that the procedure is done; nothing else confirms it.
fn is_reported_done(view: &AppointmentView) -> bool {
    view.case.proof.as_ref().is_some_and(|proof| matches!(proof.patient, PatientSide::ReportedDone { .. }))
}

fn picture_path(view: &AppointmentView) -> String {
    format!("/appointments/{}/picture", view.id())
}

fn upload_label(language: Language) -> &'static str {
    texts::UPLOAD_PICTURE_OF_YOUR_INSURANCE_DOCUMENT.in_language(language)
}

fn upload_support_text(language: Language) -> &'static str {
    texts::YOU_SEND_PICTURES_OF_YOUR_DOCUMENT.in_language(language)
}

/// 「同意可否を選択する」 or its continuation, with the upload of a picture as the alternative.
fn render_consent_and_picture(frame: &Frame, view: &AppointmentView, heading: &str, label: &str) -> Markup {
    let language = frame.language;
    let method = view.case.institution.proof_method.kind();
    html! {
        (components::notice(
            Tone::Warning,
            heading,
            html! {
                p { (view.standing.patient_text.in_language(language)) }
                p { (departure_support_text(language, method)) }
                @if let Some(text) = card_text(language, view) { p { (text) } }
            },
        ))
        (components::bottom_bar(components::form(
            frame,
            &format!("/appointments/{}/leave", view.id()),
            components::primary_button(label, None),
        )))
        (components::secondary_link(&picture_path(view), upload_label(language), Some(upload_support_text(language))))
        (components::quiet_link("/help/card", texts::CHECK_BEFORE_YOU_USE_YOUR_CARD.in_language(language)))
        (render_visit_instructions(language, view))
    }
}

/// Whose card is used, where the patient is somebody else, and whose PIN, where it is a child's.
fn card_text(language: Language, view: &AppointmentView) -> Option<&'static str> {
    let relative = view.relative.as_ref()?;
    if has_pin_of_guardian(relative.birth_date, view.case.appointment.visit_date()) {
        Some(texts::USE_THE_CARD_OF_THE_CHILD.in_language(language))
    } else {
        Some(texts::USE_THE_CARD_OF_THE_PATIENT.in_language(language))
    }
}

/// The label that the guide prescribes; in English with a translation.
fn consent_label(language: Language) -> &'static str {
    texts::CHOOSE_WHAT_TO_SHARE.in_language(language)
}

fn render_secondary_consent_form(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let method = view.case.institution.proof_method.kind();
    components::form(
        frame,
        &format!("/appointments/{}/leave", view.id()),
        components::secondary_button(consent_label(language), Some(departure_support_text(language, method))),
    )
}

fn departure_support_text(language: Language, method: ProofMethodKind) -> &'static str {
    match method {
        ProofMethodKind::HandOver | ProofMethodKind::PictureOnly => {
            texts::CHOOSE_WHAT_THE_CLINIC_MAY_SEE.in_language(language)
        }
        ProofMethodKind::FixedUrl => texts::NEXT_PAGE_SHOWS_VISIT_DATE.in_language(language),
    }
}

fn render_proof_details(language: Language, view: &AppointmentView) -> Markup {
    let Some(proof) = &view.case.proof else { return Markup::default() };
    html! {
        @if let PatientSide::Registered { reception_number, valid_until } = proof.patient {
            (components::description_list(&[
                (texts::CONSENT_IS_VALID.in_language(language), html! { (dates::format_deadline(language, valid_until)) }),
                (texts::RECEPTION_NUMBER.in_language(language), html! { (reception_number.to_grouped_string()) }),
            ]))
        }
        @if let DeskSide::Confirmed { confirmed_by, confirmed_at, .. } = &proof.desk {
            p { (texts::CONFIRMED_LABEL.in_language(language)) (confirmed_by)
                (language.in_brackets(&dates::format_short_date_time(language, *confirmed_at))) }
        } @else {
            p { (texts::CLINIC_WILL_NOW_CHECK_YOUR_INSURANCE.in_language(language)) }
        }
    }
}
