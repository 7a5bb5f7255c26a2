//! Appointments in every state, and the sample pages of booking.

mod relative_samples;

use base::{ReceptionNumber, Span, Timestamp, end_of_day};
use jiff::ToSpan;
use maud::Markup;
use text::{Language, Text};

use super::{
    pages::{
        appointment::{render_appointment_list, render_appointment_page},
        booking::{BookingConfirmationPage, render_booking_completed, render_booking_confirmation},
        cancellation::render_cancellation_page,
        reschedule::{ReschedulePage, render_reschedule_confirmation},
        returned::{ReceptionReturnPage, render_reception_return},
        slots::{
            ClosedDay, DoctorChoice, LossReason, LostSlot, SlotDay, SlotDayState, SlotListPage, SlotPurpose, WeekSlots,
            choose_unfolded_day, render_slot_list_page,
        },
        view::AppointmentView,
    },
    rules::{NearbyVisits, UpcomingVisit},
    store::{details::AppointmentDetails, slot_choice::WantedSlot},
};
use crate::{
    appointments::{
        self,
        rules::{Appointment, AppointmentStatus},
        samples::{appointment, appointment_id},
    },
    directory::{
        self,
        pages::chosen_visit::ChosenVisit,
        rules::institution::{CancellationTerms, Charge, VisitMedium},
        samples::institutions,
    },
    pictures::{
        rules::picture::{DocumentSide, PictureHint, PictureState},
        samples::sample_picture,
    },
    practitioners::samples::practitioners,
    proof::{
        rules::ledgers::{
            ConfirmationMethod, InsuranceProof, RefusedReason, RequestReason, RequestedProof, ReschedulingLoss,
        },
        store::departure::DepartureStage,
    },
    sample_data::{self, now, randomness, visit_start},
    schedule::rules::slot::{self, BookingWindow},
};

/// A visit at another institution at the time of the sample visits.
pub(crate) fn overlapping_visit() -> UpcomingVisit {
    let institution = institutions().swap_remove(1);
    UpcomingVisit {
        id: appointment_id(),
        institution: institution.code,
        name: institution.name,
        name_english: institution.name_english,
        start: visit_start(),
        minutes: 15,
    }
}

/// A visit of the same patient at the same institution, two hours after the sample visits.
pub(crate) fn visit_on_the_same_day() -> UpcomingVisit {
    let institution = institutions().swap_remove(0);
    UpcomingVisit {
        institution: institution.code,
        name: institution.name,
        name_english: institution.name_english,
        start: visit_start().plus(Span::from_hours(2)),
        ..overlapping_visit()
    }
}

fn appointment_view(
    institution_index: usize,
    charge: Charge,
    status: AppointmentStatus,
    proof: Option<InsuranceProof>,
    shown_at: Timestamp,
) -> AppointmentView {
    let institution = institutions().remove(institution_index);
    let practitioner = practitioners(institution.code).remove(0);
    let appointment =
        Appointment { institution: institution.code, practitioner: practitioner.id, ..appointment(charge, status) };
    let details = AppointmentDetails {
        appointment,
        patient: sample_data::patient(),
        institution,
        practitioner,
        proof,
        pictures: Vec::new(),
    };
    AppointmentView::new(details, shown_at, None)
}

/// New appointments, for 予約完了画面.
pub(crate) fn new_appointment_views() -> Vec<(&'static str, AppointmentView)> {
    let insured =
        |index| appointment_view(index, Charge::Insured, AppointmentStatus::Booked, Some(InsuranceProof::new()), now());
    vec![
        ("hand-over", insured(0)),
        ("fixed-url", insured(1)),
        ("picture-only", insured(2)),
        ("self-pay", appointment_view(0, Charge::SelfPay, AppointmentStatus::Booked, None, now())),
    ]
}

/// An appointment in every state that differs for the patient.
pub(crate) fn appointment_views() -> Vec<(&'static str, AppointmentView)> {
    let booked_at = |institution, proof| {
        appointment_view(institution, Charge::Insured, AppointmentStatus::Booked, Some(proof), now())
    };
    let booked = |proof| booked_at(0, proof);
    let staff_name = || "受付 見本".to_owned();
    let number = ReceptionNumber::new(&randomness());
    let departed = || InsuranceProof::new().depart(now());
    let registered = || departed().register_consent(number, end_of_day(visit_start().japan_date()));
    let requested =
        |proof: InsuranceProof, requested_proof, reason| proof.request_proof(requested_proof, reason, now());
    let picture_sent = || InsuranceProof::new().receive_picture(now());
    let previous_date = visit_start().minus(Span::from_hours(48)).japan_date();
    let minutes_after_start = |minutes, proof| {
        appointment_view(
            0,
            Charge::Insured,
            AppointmentStatus::Booked,
            Some(proof),
            visit_start().plus(Span::from_mins(minutes)),
        )
    };
    let with_picture = |state, hints: &[_], mut view: AppointmentView| {
        view.case.pictures = vec![sample_picture(DocumentSide::Front, state, hints)];
        view
    };
    let confirmed = || registered().confirm(ConfirmationMethod::Terminal, staff_name(), now());
    let requested_again = || requested(picture_sent(), RequestedProof::Picture, RequestReason::Blurred);
    let midnight = end_of_day(visit_start().japan_date());
    vec![
        ("not-sent", with_picture(PictureState::Draft, &[PictureHint::Blurred], booked(InsuranceProof::new()))),
        ("not-sent-again", with_picture(PictureState::Draft, &[], booked(picture_sent()))),
        ("asked-picture-with-note", with_picture(PictureState::Refused, &[], booked(requested_again()))),
        ("at-the-hour", minutes_after_start(5, confirmed())),
        ("after-the-hour", minutes_after_start(20, confirmed())),
        ("after-the-hour-sent", minutes_after_start(20, picture_sent())),
        (
            "self-pay-after-the-hour",
            appointment_view(
                0,
                Charge::SelfPay,
                AppointmentStatus::Booked,
                None,
                visit_start().plus(Span::from_mins(40)),
            ),
        ),
        ("over-unproven", appointment_view(0, Charge::Insured, AppointmentStatus::Booked, Some(departed()), midnight)),
        (
            "completed-confirmed",
            appointment_view(0, Charge::Insured, AppointmentStatus::Completed, Some(confirmed()), midnight),
        ),
        ("not-started", booked(InsuranceProof::new())),
        ("left", booked(departed())),
        ("registered", booked(registered())),
        ("ended", booked(departed().end_without_registering())),
        ("erased", booked(picture_sent().erase_picture())),
        ("erased-picture-only", booked_at(2, picture_sent().erase_picture())),
        ("withdrawn", booked(registered().withdraw_consent())),
        ("lapsed", booked(registered().expire_consent())),
        ("moved", booked(registered().reschedule(previous_date))),
        ("said-done", booked_at(1, departed().report_done(now()))),
        ("picture-sent", booked(picture_sent())),
        ("asked-consent", booked(requested(InsuranceProof::new(), RequestedProof::Consent, RequestReason::NothingYet))),
        (
            "asked-consent-left",
            booked(requested(departed(), RequestedProof::Consent, RequestReason::NothingAtTerminal)),
        ),
        ("asked-picture", booked(requested(picture_sent(), RequestedProof::Picture, RequestReason::Blurred))),
        ("confirmed-terminal", booked(registered().confirm(ConfirmationMethod::Terminal, staff_name(), now()))),
        ("confirmed-picture", booked(picture_sent().confirm(ConfirmationMethod::Picture, staff_name(), now()))),
        ("refused", booked(picture_sent().refuse(RefusedReason::NotAccepted, staff_name(), now()))),
        ("refused-consent", booked(registered().refuse(RefusedReason::NotInsured, staff_name(), now()))),
        ("picture-only", booked_at(2, InsuranceProof::new())),
        ("self-pay", appointment_view(0, Charge::SelfPay, AppointmentStatus::Booked, None, now())),
        (
            "begun",
            appointment_view(
                0,
                Charge::Insured,
                AppointmentStatus::Booked,
                Some(departed()),
                visit_start().plus(Span::from_mins(5)),
            ),
        ),
        ("completed", appointment_view(0, Charge::Insured, AppointmentStatus::Completed, Some(registered()), now())),
        (
            "cancelled",
            appointment_view(0, Charge::Insured, AppointmentStatus::Cancelled, Some(InsuranceProof::new()), now()),
        ),
        ("over", appointment_view(0, Charge::Insured, AppointmentStatus::Booked, Some(registered()), midnight)),
    ]
}

pub(crate) fn slot_samples(language: Language) -> Vec<(String, Markup)> {
    let offer = directory::samples::offers().remove(0);
    let now = sample_data::now();
    let monday = slot::monday_of_week(now.japan_date());
    let appointment = appointments::samples::appointment_id();
    let day = |offset: i64, state| SlotDay { date: monday.saturating_add(offset.days()), state };
    let starts = offer.schedules[0].slots_of_day(monday.saturating_add(2.days()), 15);
    let lost = starts[1];
    let days = vec![
        day(0, SlotDayState::Closed(ClosedDay::Holiday("勤労感謝の日".to_owned()))),
        day(1, SlotDayState::Open(Vec::new())),
        day(2, SlotDayState::Open(starts.clone())),
        day(3, SlotDayState::Open(starts.into_iter().take(2).collect())),
        day(4, SlotDayState::Closed(ClosedDay::Regular)),
        day(5, SlotDayState::Past),
        day(6, SlotDayState::TooFar),
    ];
    let last_day = BookingWindow::default().last_day(now.japan_date());
    let view = |purpose| SlotListPage {
        institution: offer.institution.clone(),
        menu_name: offer.menus[0].menu.name_in(language).to_owned(),
        week_slots: WeekSlots {
            monday,
            unfolded_day: choose_unfolded_day(&days, None),
            days: days.clone(),
            first_free_day: Some(monday.saturating_add(2.days())),
            last_day,
        },
        purpose,
        doctors: DoctorChoice { doctors: offer.practitioners.clone(), wanted: None },
        now,
        hold_minutes: 10,
        lost_slot: None,
    };
    let book = SlotPurpose::Book { menu_number: 1 };
    let nothing_free = |first_free_day| {
        let full =
            |offset: i64| SlotDay { date: monday.saturating_add(offset.days()), state: SlotDayState::Open(Vec::new()) };
        let days = (0..7).map(full).collect();
        let week_slots = WeekSlots { monday, days, first_free_day, unfolded_day: None, last_day };
        SlotListPage { week_slots, ..view(book) }
    };
    let doctors = practitioners(offer.institution.code);
    let several = |wanted| SlotListPage { doctors: DoctorChoice { doctors: doctors.clone(), wanted }, ..view(book) };
    let mut closed = view(book);
    closed.week_slots.days[4].state = SlotDayState::Closed(ClosedDay::Closure(Text::from_static("学会", "Congress")));
    let lost = |purpose, reason| SlotListPage { lost_slot: Some(LostSlot { start: lost, reason }), ..view(purpose) };
    let frame = sample_data::frame(language, "/", None);
    let account = sample_data::account();
    let signed_in = sample_data::frame(language, "/", Some(&account));
    let moving = |lost| SlotPurpose::Reschedule { appointment, current_start: now, loss: lost };
    let lost_moving = lost(moving(ReschedulingLoss::Consent), LossReason::Taken);
    vec![
        ("slots/book".to_owned(), render_slot_list_page(&frame, &view(book))),
        ("slots/any-doctor".to_owned(), render_slot_list_page(&frame, &several(None))),
        ("slots/one-doctor".to_owned(), render_slot_list_page(&frame, &several(Some(doctors[1].id)))),
        ("slots/closure".to_owned(), render_slot_list_page(&frame, &closed)),
        ("slots/lost".to_owned(), render_slot_list_page(&signed_in, &lost(book, LossReason::Taken))),
        ("slots/lost-over".to_owned(), render_slot_list_page(&signed_in, &lost(book, LossReason::Over))),
        ("slots/lost-moving".to_owned(), render_slot_list_page(&signed_in, &lost_moving)),
        (
            "slots/week-full".to_owned(),
            render_slot_list_page(&frame, &nothing_free(Some(monday.saturating_add(8.days())))),
        ),
        ("slots/all-full".to_owned(), render_slot_list_page(&frame, &nothing_free(None))),
        ("slots/move".to_owned(), render_slot_list_page(&signed_in, &view(moving(ReschedulingLoss::Consent)))),
        (
            "slots/move-nothing-done".to_owned(),
            render_slot_list_page(&signed_in, &view(moving(ReschedulingLoss::Nothing))),
        ),
        (
            "slots/move-picture".to_owned(),
            render_slot_list_page(&signed_in, &view(moving(ReschedulingLoss::PictureReview))),
        ),
        (
            "slots/move-confirmed".to_owned(),
            render_slot_list_page(&signed_in, &view(moving(ReschedulingLoss::Confirmation))),
        ),
    ]
}

/// The page before booking a menu of an institution, for the holder of the account.
fn booking_confirmation_page(institution_index: usize, menu_index: usize) -> BookingConfirmationPage {
    let mut offer = directory::samples::offers().swap_remove(institution_index);
    BookingConfirmationPage {
        menu: offer.menus.swap_remove(menu_index).menu,
        practitioner: offer.practitioners.swap_remove(0),
        wanted: None,
        chosen_visit: ChosenVisit { institution: offer.institution, ..directory::samples::chosen_visit() },
        acts_for: sample_data::account().patients.swap_remove(0),
        profile: sample_data::profile(),
        nearby: NearbyVisits::default(),
        today: sample_data::now().japan_date(),
    }
}

pub(crate) fn booking_samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::account();
    let frame = sample_data::frame(language, "/book", Some(&account));
    let view = booking_confirmation_page;
    let unheld = view(0, 0);
    let unheld = BookingConfirmationPage {
        chosen_visit: ChosenVisit { held_until: None, ..unheld.chosen_visit.clone() },
        ..unheld
    };
    let mut with_fee = view(0, 0);
    with_fee.menu.cancellation = CancellationTerms { limit_minutes: 24 * 60, fee: 1_100 };
    let mut by_telephone = view(0, 0);
    by_telephone.menu.cancellation = CancellationTerms { limit_minutes: 120, fee: 0 };
    by_telephone.menu.medium = VisitMedium::Telephone(Text::from_static(
        "予約の時刻に、医療機関から電話をかけます。",
        "The clinic calls you at the time of the visit.",
    ));
    let besides = |nearby| BookingConfirmationPage { nearby, ..view(0, 0) };
    let overlapping = NearbyVisits { overlap: Some(overlapping_visit()), same_day: None };
    let same_day = NearbyVisits { overlap: None, same_day: Some(visit_on_the_same_day()) };
    let both = NearbyVisits { overlap: overlapping.overlap.clone(), ..same_day.clone() };
    let mut samples: Vec<_> = [
        ("insured", view(0, 0)),
        ("self-pay", view(1, 1)),
        ("picture-only", view(2, 0)),
        ("not-held", unheld),
        ("fee", with_fee),
        ("telephone", by_telephone),
        ("overlapping", besides(overlapping)),
        ("same-day", besides(same_day)),
        ("overlapping-and-same-day", besides(both)),
    ]
    .into_iter()
    .map(|(name, view)| (format!("booking/confirm-{name}"), render_booking_confirmation(&frame, &view)))
    .collect();
    samples.extend(
        new_appointment_views()
            .into_iter()
            .map(|(name, view)| (format!("booking/done-{name}"), render_booking_completed(&frame, &view))),
    );
    samples
}

pub(crate) fn appointment_samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::account();
    let frame = sample_data::frame(language, "/appointments", Some(&account));
    let cases = appointment_views();
    let views: Vec<_> = cases.iter().map(|(_, view)| view.clone()).collect();
    let mut samples = vec![
        ("appointments/list".to_owned(), render_appointment_list(&frame, &views)),
        ("appointments/none".to_owned(), render_appointment_list(&frame, &[])),
    ];
    samples.extend(
        cases.iter().map(|(name, view)| (format!("appointment/{name}"), render_appointment_page(&frame, view))),
    );
    let previous_start = Some(sample_data::visit_start().minus(base::Span::from_hours(24)));
    let moved = AppointmentView { rescheduled_from: previous_start, ..new_appointment_views().remove(0).1 };
    samples.push(("appointment/just-moved".to_owned(), render_appointment_page(&frame, &moved)));
    samples
}

pub(crate) fn change_samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::account();
    let frame = sample_data::frame(language, "/appointments", Some(&account));
    let cases = appointment_views();
    let find = |name: &str| {
        cases.iter().find(|(case_name, _)| *case_name == name).map(|(_, view)| view).expect("the case is there")
    };
    let (registered, self_pay) = (find("registered"), find("self-pay"));
    let (fresh, picture) = (find("not-started"), find("confirmed-picture"));
    let seen = AppointmentView {
        case: AppointmentDetails { proof: Some(proof_confirmed_on_screen()), ..fresh.case.clone() },
        ..fresh.clone()
    };
    let hour = Span::from_hours(1);
    let moving = |view: &AppointmentView, offset: Span| ReschedulePage {
        appointment: view.clone(),
        wanted: WantedSlot { start: view.case.appointment.visit_start.plus(offset), practitioner: None },
        practitioner: view.case.practitioner.clone(),
        held_until: Some(sample_data::now().plus(Span::from_mins(10))),
        nearby: NearbyVisits::default(),
    };
    let overlapping = NearbyVisits { overlap: Some(overlapping_visit()), same_day: None };
    let overlapping = ReschedulePage { held_until: None, nearby: overlapping, ..moving(registered, hour) };
    let same_day = NearbyVisits { overlap: None, same_day: Some(visit_on_the_same_day()) };
    let same_day = ReschedulePage { nearby: same_day, ..moving(self_pay, hour * 24) };
    let other_doctor = practitioners(fresh.case.institution.code).swap_remove(1);
    let other_doctor = ReschedulePage { practitioner: other_doctor, ..moving(fresh, hour) };
    let with_fee = AppointmentView { cancellation_fee: 1_100, can_be_rescheduled: false, ..fresh.clone() };
    vec![
        ("move/another-day".to_owned(), render_reschedule_confirmation(&frame, &moving(registered, hour * 24))),
        ("move/same-day".to_owned(), render_reschedule_confirmation(&frame, &moving(registered, hour))),
        ("move/self-pay".to_owned(), render_reschedule_confirmation(&frame, &moving(self_pay, hour * 24))),
        ("move/nothing-done".to_owned(), render_reschedule_confirmation(&frame, &moving(fresh, hour * 24))),
        ("move/picture".to_owned(), render_reschedule_confirmation(&frame, &moving(picture, hour * 24))),
        ("move/confirmed".to_owned(), render_reschedule_confirmation(&frame, &moving(&seen, hour * 24))),
        ("move/overlapping".to_owned(), render_reschedule_confirmation(&frame, &overlapping)),
        ("move/beside-another".to_owned(), render_reschedule_confirmation(&frame, &same_day)),
        ("move/another-doctor".to_owned(), render_reschedule_confirmation(&frame, &other_doctor)),
        ("cancel/ask-fee".to_owned(), render_cancellation_page(&frame, &with_fee)),
        ("cancel/ask".to_owned(), render_cancellation_page(&frame, registered)),
        ("cancel/ask-picture".to_owned(), render_cancellation_page(&frame, picture)),
        ("cancel/ask-nothing-done".to_owned(), render_cancellation_page(&frame, fresh)),
    ]
}

fn proof_confirmed_on_screen() -> InsuranceProof {
    InsuranceProof::new().confirm(ConfirmationMethod::ShownOnScreen, "受付 見本".to_owned(), sample_data::now())
}

pub(crate) fn returned_samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::account();
    let frame = sample_data::frame(language, "/appointments", Some(&account));
    let cases = appointment_views();
    let page = |stage, name: &str| {
        let view = cases
            .iter()
            .find(|(case_name, _)| *case_name == name)
            .map(|(_, view)| view.clone())
            .expect("the case is there");
        render_reception_return(&frame, &ReceptionReturnPage { stage, appointment: view })
    };
    vec![
        ("returned/registered".to_owned(), page(DepartureStage::Registered, "registered")),
        ("returned/ended".to_owned(), page(DepartureStage::Ended, "ended")),
        ("returned/unconfirmed".to_owned(), page(DepartureStage::Unconfirmed, "left")),
        ("returned/redeeming".to_owned(), page(DepartureStage::Redeeming, "left")),
        ("returned/void".to_owned(), page(DepartureStage::Void, "moved")),
    ]
}

/// The pages in each of their states.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    [
        slot_samples(language),
        booking_samples(language),
        appointment_samples(language),
        change_samples(language),
        returned_samples(language),
        relative_samples::samples(language),
    ]
    .concat()
}
