//! The sample pages of the desk.

mod booking_samples;
mod day_sheet_samples;
mod second_factor_samples;
mod staff_samples;
mod week_samples;

use base::{InstitutionCode, Randomness, Span, Timestamp};
use maud::Markup;
use text::Language;
use ui::Frame;

use super::{
    pages::{
        day,
        frame::desk_frame,
        picture,
        search::{self, VisitSearchPage},
        settings, sign_in, view, visit,
        visit_change::{self, DeskMovePage},
    },
    rules::{
        desk_action::{DocumentTicks, RecordedDeskAction},
        letter_choice::LetterChoice,
        staff_role::StaffRole,
    },
    store::{
        news::{DeskNews, NewsItem},
        staff::{PasswordChange, StaffId, StaffMember},
        visit_change::DeskMoveCheck,
        visit_search::FoundVisits,
        visits::{ContactByLetter, DayVisit, DeskDay, DeskVisit, VisitBooker, WaitingPictures},
    },
};
use crate::{
    appointments::{self, rules::AppointmentStatus},
    audit::rules::action::DeskActionKind,
    booking::{
        self,
        store::{details::AppointmentDetails, slot_choice::WantedSlot},
    },
    desk_news::rules::DeskEvent,
    directory,
    people::rules::account::Relationship,
    pictures::{
        rules::picture::{DocumentSide, PictureHint, PictureId, PictureState},
        samples::{sample_audit_entries, sample_picture},
    },
    practitioners::samples::practitioners,
    proof::rules::ledgers::{InsuranceProof, LedgerVersion, PatientSide, RequestReason, ReschedulingLoss},
    sample_data,
};

/// Every page of the desk in each of its states.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let anonymous = desk_frame(sample_data::frame(language, "/desk/sign-in", None), None);
    let mut all = vec![
        ("desk/sign-in".to_owned(), sign_in::render_sign_in_page(&anonymous, sign_in::DeskSignInNotice::Nothing)),
        (
            "desk/sign-in-wrong".to_owned(),
            sign_in::render_sign_in_page(&anonymous, sign_in::DeskSignInNotice::WrongCredentials),
        ),
        (
            "desk/sign-in-waited".to_owned(),
            sign_in::render_sign_in_page(&anonymous, sign_in::DeskSignInNotice::WaitedTooLong),
        ),
        (
            "desk/sign-in-too-many".to_owned(),
            sign_in::render_sign_in_page(&anonymous, sign_in::DeskSignInNotice::TooManyAttempts),
        ),
    ];
    let cases: Vec<(&'static str, AppointmentDetails)> =
        booking::samples::appointment_views().into_iter().map(|(name, view)| (name, view.case)).collect();
    all.extend(day_samples(&staff_frame(language, "/desk/visits"), &cases));
    let visit_frame = staff_frame(language, "/desk/visits/sample");
    for (name, case) in cases {
        let page = visit::render_visit_page(&visit_frame, &visit_page(case, view::DeskVisitNotice::Nothing));
        all.push((format!("desk/visit-{name}"), page));
    }
    let own_name = Frame { name: Some(sample_data::custom_service_name()), ..staff_frame(language, "/desk/visits") };
    all.push(("desk/own-name".to_owned(), sign_in::render_sign_in_page(&own_name, sign_in::DeskSignInNotice::Nothing)));
    all.extend(action_outcome_samples(&visit_frame));
    all.extend(picture_samples(&visit_frame));
    all.extend(change_samples(&visit_frame));
    all.extend(day_sheet_samples::samples(&staff_frame(language, "/desk/visits/print")));
    all.extend(week_samples::samples(&staff_frame(language, "/desk/week")));
    all.extend(search_samples(&staff_frame(language, "/desk/search")));
    all.extend(settings_samples(&staff_frame(language, "/desk/settings")));
    all.extend(staff_samples::samples(language));
    all.extend(staff_samples::session_samples(&staff_frame(language, "/desk/settings/sessions")));
    all.extend(booking_samples::samples(language, &staff_member()));
    all.extend(second_factor_samples::samples(&staff_frame(language, "/desk/settings"), &anonymous));
    all
}

pub(crate) fn staff_frame(language: Language, path: &str) -> Frame {
    desk_frame(sample_data::frame(language, path, None), Some(&staff_member()))
}

fn staff_member() -> StaffMember {
    StaffMember {
        id: StaffId::new(sample_data::now(), &Randomness::repeatable("staff")),
        institution: institution_code(),
        institution_name: "見本さくら内科".to_owned(),
        name: "受付 見本".to_owned(),
        role: StaffRole::Desk,
    }
}

fn institution_code() -> InstitutionCode {
    directory::samples::institutions()[0].code
}

fn day_line(case: &AppointmentDetails) -> DayVisit {
    DayVisit {
        appointment: case.appointment.clone(),
        patient: sample_data::patient(),
        proof: case.proof.clone(),
        ledger_version: None,
    }
}

/// A visit that begins this many minutes after the sample visits.
fn day_line_starting_at(name: &str, minutes: i64) -> DayVisit {
    let mut case = find_case(name);
    case.appointment.visit_start = sample_data::visit_start().plus(Span::from_mins(minutes));
    day_line(&case)
}

fn no_news() -> DeskNews {
    DeskNews { since: sample_data::now(), events: Vec::new() }
}

fn sample_news() -> DeskNews {
    let item = |event, minutes| NewsItem {
        appointment: appointments::samples::appointment_id(),
        visit_start: sample_data::visit_start(),
        event,
        occurred_at: sample_data::visit_start().minus(Span::from_mins(minutes)),
    };
    DeskNews {
        since: sample_data::visit_start().minus(Span::from_mins(50)),
        events: vec![item(DeskEvent::PictureArrived, 2), item(DeskEvent::Booked, 20)],
    }
}

fn day_samples(frame: &Frame, cases: &[(&'static str, AppointmentDetails)]) -> Vec<(String, Markup)> {
    let lines: Vec<_> = cases.iter().map(|(_, case)| day_line(case)).collect();
    let date = sample_data::visit_start().japan_date();
    let proof_method = directory::samples::institutions()[0].proof_method.kind();
    let view = |filter, lines: Vec<DayVisit>, now: Timestamp, news| day::DeskDayPage {
        date,
        today: now.japan_date(),
        now,
        filter,
        doctor: None,
        day: DeskDay { proof_method, visits: lines, practitioners: practitioners(institution_code()), news },
    };
    let mut no_phone = day_line_starting_at("not-started", 20);
    if let Some(profile) = &mut no_phone.patient.profile {
        profile.phone = None;
    }
    // A morning with patients to telephone, patients in the procedure, patients who are ready, and visits that were held.
    let departed_just_now = |minutes: i64| {
        let mut line = day_line_starting_at("left", minutes);
        line.proof = Some(InsuranceProof::new().depart(sample_data::visit_start().minus(Span::from_mins(5))));
        line
    };
    let morning = vec![
        day_line_starting_at("completed", -90),
        day_line_starting_at("registered", -60),
        day_line_starting_at("confirmed-terminal", 0),
        day_line_starting_at("asked-picture", 6),
        departed_just_now(15),
        no_phone,
        day_line_starting_at("registered", 25),
        day_line_starting_at("not-started", 90),
        day_line_starting_at("not-started", 150),
    ];
    let (all, to_do) = (day::DayFilter::All, day::DayFilter::NeedsAction);
    let doctors = practitioners(institution_code());
    let mut two_doctors = morning.clone();
    two_doctors[4].appointment.practitioner = doctors[1].id;
    let start = sample_data::visit_start();
    vec![
        ("desk/day".to_owned(), day::render_day_page(frame, &view(all, lines.clone(), start, sample_news()))),
        ("desk/day-morning".to_owned(), day::render_day_page(frame, &view(all, morning.clone(), start, no_news()))),
        ("desk/day-morning-to-do".to_owned(), day::render_day_page(frame, &view(to_do, morning, start, no_news()))),
        ("desk/day-to-do".to_owned(), day::render_day_page(frame, &view(to_do, lines, sample_data::now(), no_news()))),
        ("desk/day-two-doctors".to_owned(), {
            let page = view(all, two_doctors, start, no_news());
            day::render_day_page(frame, &day::DeskDayPage { doctor: Some(doctors[1].id), ..page })
        }),
        ("desk/day-over".to_owned(), {
            let lines = vec![day_line_starting_at("completed", -90), day_line_starting_at("cancelled", -60)];
            day::render_day_page(frame, &view(all, lines, start, no_news()))
        }),
        (
            "desk/day-empty".to_owned(),
            day::render_day_page(frame, &view(all, Vec::new(), sample_data::now(), no_news())),
        ),
        (
            "desk/day-nothing-to-do".to_owned(),
            day::render_day_page(frame, &view(to_do, Vec::new(), sample_data::now(), no_news())),
        ),
    ]
}

fn settings_samples(frame: &Frame) -> Vec<(String, Markup)> {
    use settings::DeskSettingsNotice;
    [
        ("desk/settings", LetterChoice::On, DeskSettingsNotice::Nothing),
        ("desk/settings-letters-off", LetterChoice::Off, DeskSettingsNotice::LetterChoiceSaved),
        ("desk/settings-password-changed", LetterChoice::On, DeskSettingsNotice::Password(PasswordChange::Done)),
        ("desk/settings-password-wrong", LetterChoice::On, DeskSettingsNotice::Password(PasswordChange::WrongPassword)),
        ("desk/settings-password-short", LetterChoice::On, DeskSettingsNotice::Password(PasswordChange::TooShort)),
        (
            "desk/settings-password-too-many",
            LetterChoice::On,
            DeskSettingsNotice::Password(PasswordChange::TooManyAttempts),
        ),
        ("desk/settings-signed-out", LetterChoice::On, DeskSettingsNotice::SignedOutElsewhere),
    ]
    .into_iter()
    .map(|(name, letter_choice, notice)| {
        (name.to_owned(), settings::render_settings_page(frame, &settings::DeskSettingsPage { letter_choice, notice }))
    })
    .collect()
}

fn visit_page(case: AppointmentDetails, notice: view::DeskVisitNotice) -> view::DeskVisitPage {
    view::DeskVisitPage { now: sample_data::now(), notice, visit: sample_visit(case) }
}

/// As [`visit_page`], this many minutes after the start of the visit.
fn visit_page_at(
    case: AppointmentDetails,
    notice: view::DeskVisitNotice,
    minutes_from_start: i64,
) -> view::DeskVisitPage {
    let now = sample_data::visit_start().plus(Span::from_mins(minutes_from_start));
    view::DeskVisitPage { now, ..visit_page(case, notice) }
}

fn sample_visit(case: AppointmentDetails) -> DeskVisit {
    let by_picture = case.proof.as_ref().is_some_and(|proof| matches!(proof.patient, PatientSide::PictureSent { .. }));
    let pictures = vec![
        sample_picture(DocumentSide::Front, PictureState::Sent, &[PictureHint::Blurred]),
        sample_picture(DocumentSide::Back, PictureState::Sent, &[]),
    ];
    DeskVisit {
        proof_method: case.institution.proof_method.kind(),
        appointment: case.appointment,
        practitioner: case.practitioner,
        patient: sample_data::patient(),
        booked_by: Some(VisitBooker { name: None, relationship: Relationship::Oneself }),
        patient_contact: ContactByLetter::Account,
        proof: case.proof.map(|proof| (proof, LedgerVersion::from_number(1))),
        viewed_pictures: pictures.iter().map(|picture| picture.id).collect(),
        waiting_pictures: WaitingPictures::default(),
        last_action: None,
        pictures: if by_picture { pictures } else { Vec::new() },
        audit_trail: if by_picture { sample_audit_entries() } else { Vec::new() },
    }
}

fn waiting_pictures() -> WaitingPictures {
    let picture = PictureId::new(sample_data::now(), &Randomness::repeatable("another"));
    WaitingPictures { next_picture: Some((appointments::samples::appointment_id(), picture)), visits: 2 }
}

fn recorded_action(kind: DeskActionKind, done_at: Timestamp) -> RecordedDeskAction {
    RecordedDeskAction { number: 1, kind, done_at, done_by: "受付 見本".to_owned() }
}

fn find_case(name: &str) -> AppointmentDetails {
    let view = booking::samples::appointment_views().into_iter().find(|(case_name, _)| *case_name == name);
    view.expect("the samples have this case").1.case
}

fn action_outcome_samples(frame: &Frame) -> Vec<(String, Markup)> {
    use view::DeskVisitNotice;
    let mut done = visit_page(find_case("confirmed-picture"), DeskVisitNotice::Done);
    done.visit.last_action = Some(recorded_action(DeskActionKind::ConfirmByPictures, sample_data::now()));
    done.visit.waiting_pictures = waiting_pictures();
    let mut last_action = visit_page(find_case("confirmed-terminal"), DeskVisitNotice::Nothing);
    last_action.visit.last_action = Some(recorded_action(DeskActionKind::ConfirmAtTerminal, sample_data::now()));
    let mut completed = visit_page_at(find_case("completed"), DeskVisitNotice::Done, 14);
    completed.visit.appointment.status = AppointmentStatus::Completed;
    completed.visit.last_action = Some(recorded_action(DeskActionKind::Complete, completed.now));
    let mut no_phone = visit_page_at(find_case("not-started"), DeskVisitNotice::Nothing, 1);
    if let Some(profile) = &mut no_phone.visit.patient.profile {
        profile.phone = None;
    }
    let moved = visit_page(find_case("not-started"), DeskVisitNotice::Moved);
    let mut cancelled = visit_page(find_case("cancelled"), DeskVisitNotice::Cancelled);
    cancelled.visit.appointment.status = AppointmentStatus::Cancelled;
    [
        ("desk/visit-moved-now", moved),
        ("desk/visit-cancelled-now", cancelled),
        ("desk/visit-done", done),
        ("desk/visit-last-act", last_action),
        ("desk/visit-completed-now", completed),
        ("desk/visit-taken-back", visit_page(find_case("picture-sent"), DeskVisitNotice::Undone)),
        ("desk/visit-changed", visit_page(find_case("picture-sent"), DeskVisitNotice::Changed)),
        ("desk/visit-too-early", visit_page(find_case("self-pay"), DeskVisitNotice::TooEarly)),
        ("desk/visit-too-late", visit_page(find_case("confirmed-picture"), DeskVisitNotice::TooLate)),
        ("desk/visit-to-phone", visit_page_at(find_case("asked-picture"), DeskVisitNotice::Nothing, -6)),
        ("desk/visit-to-phone-without-number", no_phone),
        ("desk/visit-ready", visit_page_at(find_case("confirmed-terminal"), DeskVisitNotice::Nothing, 5)),
    ]
    .into_iter()
    .map(|(name, view)| (name.to_owned(), visit::render_visit_page(frame, &view)))
    .collect()
}

fn search_samples(frame: &Frame) -> Vec<(String, Markup)> {
    let practitioners = practitioners(institution_code());
    let found = |visits: Vec<DayVisit>| FoundVisits { visits, practitioners: practitioners.clone() };
    let lines = vec![day_line_starting_at("registered", 0), day_line_starting_at("cancelled", 90)];
    let page = |text: &str, found| VisitSearchPage { text: text.to_owned(), found };
    [
        ("desk/search", page("", None)),
        ("desk/search-found", page("見本", Some(found(lines)))),
        ("desk/search-nothing", page("佐藤", Some(found(Vec::new())))),
    ]
    .into_iter()
    .map(|(name, page)| (name.to_owned(), search::render_search_page(frame, &page)))
    .collect()
}

fn change_samples(frame: &Frame) -> Vec<(String, Markup)> {
    let visit = || sample_visit(find_case("registered"));
    let start = visit().appointment.visit_start;
    let page = |hours, loss, doctor| DeskMovePage {
        visit: visit(),
        wanted: WantedSlot { start: start.plus(Span::from_hours(hours)), practitioner: None },
        check: DeskMoveCheck { practitioner: practitioners(institution_code()).swap_remove(doctor), loss },
    };
    let (same_day, another_day) = (page(1, ReschedulingLoss::Nothing, 0), page(24, ReschedulingLoss::Consent, 1));
    vec![
        ("desk/move-check".to_owned(), visit_change::render_move_confirmation(frame, &same_day)),
        ("desk/move-check-loss".to_owned(), visit_change::render_move_confirmation(frame, &another_day)),
        ("desk/cancel".to_owned(), visit_change::render_desk_cancellation(frame, &visit())),
    ]
}

fn picture_samples(frame: &Frame) -> Vec<(String, Markup)> {
    use picture::PictureFormError;
    let view = |side, state, viewport: picture::PictureViewport| picture::DeskPicturePage {
        viewport: viewport.clamped(),
        picture: sample_picture(side, state, &[PictureHint::Blurred]),
        visit: sample_visit(find_case("picture-sent")),
        form_error: PictureFormError::NoError,
    };
    let fresh = || view(DocumentSide::Front, PictureState::Sent, picture::PictureViewport::default());
    let mut other_first = fresh();
    other_first.visit.viewed_pictures.clear();
    let mut checked = view(DocumentSide::Back, PictureState::Accepted, picture::PictureViewport::default());
    checked.visit.waiting_pictures = waiting_pictures();
    let ticks = DocumentTicks { name: true, ..DocumentTicks::default() };
    let note = "保険者番号 0613 9999 が読めません".parse().expect("a sample's note says something");
    let number = PictureFormError::NumberInNote { reason: RequestReason::Blurred, note };
    [
        ("desk/picture", fresh()),
        ("desk/picture-turned", view(DocumentSide::Front, PictureState::Sent, picture::PictureViewport::sample(1, 2))),
        ("desk/picture-other-first", other_first),
        (
            "desk/picture-not-compared",
            picture::DeskPicturePage { form_error: PictureFormError::NotCompared(ticks), ..fresh() },
        ),
        ("desk/picture-number-in-note", picture::DeskPicturePage { form_error: number, ..fresh() }),
        ("desk/picture-checked", checked),
    ]
    .into_iter()
    .map(|(name, view)| (name.to_owned(), picture::render_picture_page(frame, &view)))
    .collect()
}
