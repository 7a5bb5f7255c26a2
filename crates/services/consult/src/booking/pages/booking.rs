//! Booking: its confirmation, and 予約完了画面.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Date;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{Document, Frame, components, drawing};
use web::{Access, Form, Routes, Visitor};

use super::{
    nearby::{nearby_fields, nearby_notices},
    next_step,
    patient_choice::{path_with_patient, patient_choice_path},
    slot_choice::respond_to_booking_refusal,
    view::{AppointmentView, load_appointment_view},
};
use crate::{
    appointments::pages::AppointmentPage,
    booking::{
        rules::{AcceptedVisits, Booker, BookingObstacle, NearbyVisits},
        store::booking::BookingCheck,
        texts,
    },
    context::Context,
    directory::{
        pages::chosen_visit::{self, BookingPathParams, BookingStep, ChosenVisit, booking_path},
        rules::institution::{Charge, Menu},
    },
    pages::{
        addresses::path_with_query,
        fees::{cancellation_row, system_fee_row},
        frame::{allow_form_action, page_frame},
        signed_in,
    },
    people::rules::{
        account::{Account, ActsFor, Relationship},
        patient::{Profile, format_phone},
    },
    practitioners::rules::practitioner::{Practitioner, PractitionerId},
    proof::rules::next_steps::PatientNextStep,
    refusal::Refusal,
    schedule::rules::slot::BookingRequest,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/book", Access::SignedIn, get(show_booking_confirmation))
        .action("/book", Access::SignedIn, post(submit_booking))
        .page("/appointments/{id}/booked", Access::SignedIn, get(show_booking_completed))
}

/// The parameters of a booking, in the query of the page and in its form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BookingParams {
    #[serde(flatten)]
    visit: BookingPathParams,
    /// The id of the patient; empty until one is chosen.
    patient: String,
    /// The id of the patient's other visit at that time, if the page has shown it.
    overlap: String,
    /// The id of the patient's other visit at the institution on that day, if the page has shown it.
    same_day: String,
}

impl BookingParams {
    fn parse(&self) -> Result<BookingRequest, Refusal> {
        self.visit.parse().ok_or(Refusal::NotFound)
    }

    /// The patient, if one was chosen for whom the account acts, or if there is only one.
    fn find_patient<'a>(&self, account: &'a Account) -> Result<Option<&'a ActsFor>, Refusal> {
        match (self.patient.as_str(), account.patients.as_slice()) {
            ("", [only]) => Ok(Some(only)),
            ("", _) => Ok(None),
            (id, _) => {
                let id = id.parse().map_err(|_| Refusal::NotFound)?;
                account.find_patient(id).map(Some).ok_or(Refusal::NotFound)
            }
        }
    }
}

/// The profile of a patient who can be booked for: with a telephone number, since a connection can break.
fn bookable_profile(acts_for: &ActsFor) -> Option<&Profile> {
    acts_for.patient.profile.as_ref().filter(|profile| profile.phone.is_some())
}

/// Where the details of a patient are changed.
fn details_path(acts_for: &ActsFor, onward: &str) -> String {
    let page = match acts_for.relationship {
        Relationship::Oneself => "/profile".to_owned(),
        _ => format!("/profile/family/{}", acts_for.patient.id),
    };
    path_with_query(&page, &[("onward", onward)])
}

pub(crate) struct BookingConfirmationPage {
    pub(crate) chosen_visit: ChosenVisit,
    pub(crate) menu: Menu,
    /// The doctor who would take the visit.
    pub(crate) practitioner: Practitioner,
    /// The doctor of the request; None if any will do.
    pub(crate) wanted: Option<PractitionerId>,
    /// Whom the visit is for, with a profile.
    pub(crate) acts_for: ActsFor,
    pub(crate) profile: Profile,
    /// Other visits of the patient at that time or on that day.
    pub(crate) nearby: NearbyVisits,
    pub(crate) today: Date,
}

async fn show_booking_confirmation(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    params: Result<Query<BookingParams>, QueryRejection>,
) -> Result<Response, Response> {
    let (account, _) = signed_in::require_account_with_profile(&context, &visitor).await?;
    let params = params.unwrap_or_default();
    let request = params.parse()?;
    let Some(acts_for) = params.find_patient(&account)?.cloned() else {
        return Err(Redirect::to(&patient_choice_path(request)).into_response());
    };
    let Some(profile) = bookable_profile(&acts_for).cloned() else {
        return Err(Redirect::to(&details_path(&acts_for, visitor.path_and_query())).into_response());
    };
    let booker =
        Booker { patient: Some(acts_for.patient.id), ..Booker::with_browser(account.id, visitor.browser().digest()) };
    let state = match context.store.check_booking(booker, request, visitor.now()).await {
        Ok(state) => state,
        Err(refusal) => {
            return Err(respond_to_booking_refusal(&context, &visitor, Some(&account), request, refusal).await);
        }
    };
    let (offer, practitioner, nearby) = match state {
        BookingCheck::Booked(id) => return Ok(Redirect::to(&format!("/appointments/{id}/booked")).into_response()),
        BookingCheck::Open { offer, practitioner, nearby } => (offer, practitioner, nearby),
    };
    let menu = offer.menu(request.menu).ok_or(Refusal::NotFound)?.menu.clone();
    let practitioner = offer.practitioner(practitioner).cloned().ok_or(Refusal::NotFound)?;
    let held_until = chosen_visit::find_held_until(&context, &visitor, (request.institution, request.start)).await?;
    let chosen = ChosenVisit { institution: offer.institution, start: request.start, held_until };
    let view = BookingConfirmationPage {
        chosen_visit: chosen,
        menu,
        practitioner,
        wanted: request.practitioner,
        acts_for,
        profile,
        nearby,
        today: visitor.now().japan_date(),
    };
    Ok(render_booking_confirmation(&page_frame(&visitor, Some(&account)), &view).into_response())
}

async fn submit_booking(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<BookingParams>,
) -> Result<Response, Response> {
    let Some(account) = signed_in::find_signed_in_account(&context, &visitor).await? else {
        let onward = form.parse().map_or_else(|_| "/appointments".to_owned(), booking_path);
        return Err(Redirect::to(&path_with_query("/sign-in", &[("onward", &onward)])).into_response());
    };
    let request = form.parse()?;
    if account.own_profile().is_none() {
        return Err(Redirect::to(&path_with_query("/profile", &[("onward", &booking_path(request))])).into_response());
    }
    let Some(acts_for) = form.find_patient(&account)? else {
        return Err(Redirect::to(&patient_choice_path(request)).into_response());
    };
    let path = path_with_patient(request, acts_for.patient.id);
    if bookable_profile(acts_for).is_none() {
        return Err(Redirect::to(&details_path(acts_for, &path)).into_response());
    }
    let booker = Booker {
        patient: Some(acts_for.patient.id),
        accepted_visits: AcceptedVisits::parse(&form.overlap, &form.same_day),
        ..Booker::with_browser(account.id, visitor.browser().digest())
    };
    match context.store.book_appointment(booker, request, visitor.now()).await {
        Ok(outcome) => Ok(Redirect::to(&format!("/appointments/{}/booked", outcome.id())).into_response()),
        // Back to the page, which shows the visit that its form did not name.
        Err(Refusal::Booking(BookingObstacle::Overlaps(_) | BookingObstacle::SameDay(_))) => {
            Ok(Redirect::to(&path).into_response())
        }
        Err(refusal) => Err(respond_to_booking_refusal(&context, &visitor, Some(&account), request, refusal).await),
    }
}

pub(crate) fn render_booking_confirmation(frame: &Frame, view: &BookingConfirmationPage) -> Markup {
    let language = frame.language;
    let BookingConfirmationPage { chosen_visit: chosen, menu, practitioner, wanted, acts_for, profile, nearby, today } =
        view;
    let institution = &chosen.institution;
    let request =
        BookingRequest { institution: institution.code, menu: menu.number, practitioner: *wanted, start: chosen.start };
    let details = details_path(acts_for, &path_with_patient(request, acts_for.patient.id));
    let mut rows = vec![
        (
            texts::PATIENT.in_language(language),
            patient_details(language, profile, *today, (&details, &patient_choice_path(request))),
        ),
        (texts::CLINIC.in_language(language), html! { (institution.name_in(language)) }),
        (texts::TIME.in_language(language), html! { (dates::format_visit_time(language, chosen.start, menu.minutes)) }),
        (
            texts::MENU.in_language(language),
            html! {
                (menu.name_in(language)) (language.in_brackets(menu.charge.name(language))) br;
                (texts::DOCTOR_LABEL.in_language(language)) (practitioner.details.format_with_registration(language))
            },
        ),
        (
            texts::ESTIMATED_MEDICAL_FEE.in_language(language),
            html! {
                (menu.fee_in(language)) br;
                (texts::PRESCRIPTIONS_ARE_CHARGED_SEPARATELY.in_language(language))
            },
        ),
    ];
    rows.extend(system_fee_row(language, menu.system_fee));
    let cancellation = cancellation_row(language, menu);
    let cancels_freely = cancellation.is_none();
    rows.extend(cancellation);
    if let Some(words) = menu.medium.description() {
        rows.push((texts::HOW_THE_VISIT_IS_HELD.in_language(language), html! { (words.in_language(language)) }));
    }
    let support = match (menu.charge, institution.proof_method.kind().accepts_card()) {
        (Charge::SelfPay, _) => texts::BOOKED_NO_INSURANCE_TO_CONFIRM.in_language(language),
        (Charge::Insured, true) => texts::BOOKED_NEXT_CONFIRM_YOUR_INSURANCE.in_language(language),
        (Charge::Insured, false) => texts::BOOKED_NEXT_UPLOAD_A_PICTURE.in_language(language),
    };
    let label = match nearby {
        NearbyVisits { overlap: Some(_), .. } => texts::BOOK_BOTH_AT_THE_SAME_TIME.in_language(language),
        NearbyVisits { same_day: Some(_), .. } => texts::BOOK_BOTH_ON_THE_SAME_DAY.in_language(language),
        _ => texts::CONFIRM_BOOKING.in_language(language),
    };
    let back = format!("/institutions/{}/menus/{}", institution.code, menu.number);
    Document::new(frame, texts::CHECK_AND_BOOK.in_language(language))
        .above_heading(chosen_visit::render_chosen_visit(language, Some(chosen), BookingStep::Check))
        .main(html! {
            (nearby_notices(language, nearby))
            (components::form(frame, "/book", html! {
                (components::hidden_field("institution", &institution.code.to_string()))
                (components::hidden_field("menu", &menu.number.to_string()))
                @if let Some(doctor) = wanted { (components::hidden_field("doctor", &doctor.to_string())) }
                (components::hidden_field("start", &chosen.start.milliseconds().to_string()))
                (components::hidden_field("patient", &acts_for.patient.id.to_string()))
                (nearby_fields(nearby))
                (components::plain_panel(components::description_list(&rows)))
                @if cancels_freely { p { (texts::YOU_CAN_MOVE_OR_CANCEL_IT.in_language(language)) } }
                (components::quiet_link(&back, texts::CHOOSE_THE_TIME_AGAIN.in_language(language)))
                (components::bottom_bar(components::primary_button(label, Some(support))))
            }))
        })
}

/// The profile that the clinic will see, so that mistakes are noticed before anything is booked.
fn patient_details(language: Language, profile: &Profile, today: Date, (details, choice): (&str, &str)) -> Markup {
    html! {
        (profile.name)
        @if let Some(kana) = &profile.kana { (language.in_brackets(kana)) }
        br; (dates::format_birth_date(language, profile.birth_date, today))
        @if let Some(phone) = &profile.phone { br; (texts::TELEPHONE_LABEL.in_language(language)) (format_phone(phone)) }
        " " a href=(details) { (texts::CHANGE.in_language(language)) }
        br; a href=(choice) { (texts::BOOK_FOR_SOMEBODY_ELSE.in_language(language)) }
    }
}

async fn show_booking_completed(
    State(context): State<Arc<Context>>,
    page: AppointmentPage,
) -> Result<Response, Refusal> {
    let view = load_appointment_view(&context, &page).await?;
    let response = render_booking_completed(&page.frame(), &view).into_response();
    Ok(allow_form_action(response, view.reception_origin.as_ref()))
}

/// 予約完了画面
pub(crate) fn render_booking_completed(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    // Nothing is called complete while a step is due: a patient who sees the tick closes the page.
    let complete = view.standing.patient_step == PatientNextStep::WaitForVisit;
    let title = if complete {
        texts::YOUR_VISIT_IS_BOOKED.in_language(language)
    } else {
        texts::BOOKED_AND_A_STEP_IS_DUE.in_language(language)
    };
    Document::new(frame, title).main(html! {
        @if complete { (drawing::done(language)) }
        p { (view.case.institution.name_in(language)) br; strong { (dates::format_visit_time(language, view.case.appointment.visit_start, view.case.appointment.menu.minutes)) } }
        (next_step::render_next_step(frame, view))
        (next_step::render_timeline(language, view))
        (components::quiet_link(&format!("/appointments/{}", view.case.appointment.id), texts::SEE_THE_APPOINTMENT.in_language(language)))
    })
}
