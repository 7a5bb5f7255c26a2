//! A desk books for a patient: menu, time, confirmation.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Token;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, Field, Input, Problem, Tone},
};
use web::{Access, Form, Routes, Visitor};

use super::{
    frame::{desk_frame, require_staff},
    patient_identity,
    patients::BOOKING_PATH,
};
use crate::{
    booking::{
        pages::{slot_choice::parse_chosen_slot, slots},
        store::slot_choice::{WantedSlot, desk_slot_terms},
    },
    clinic::{
        store::{
            desk_booking::{ClinicPatient, DeskBookingCheck},
            staff::StaffMember,
            visits::ContactByLetter,
        },
        texts,
    },
    context::Context,
    directory::rules::institution::{MenuAudience, OfferedMenu},
    mail::rules::address::MailAddress,
    people::rules::patient::PatientId,
    refusal::Refusal,
    schedule::rules::slot::BookingRequest,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk/book/{patient}", Access::SignedIn, get(show_menus))
        .page("/desk/book/{patient}/menus/{menu}", Access::SignedIn, get(show_slots))
        .action("/desk/book/{patient}/menus/{menu}", Access::SignedIn, post(submit_booking))
        .action("/desk/book/{patient}/menus/{menu}/hold", Access::SignedIn, post(check_slot))
}

fn parse_patient(id: &str) -> Result<PatientId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}

/// The menus that a desk can book for a patient.
pub(crate) struct MenuChoicePage {
    pub(crate) patient: ClinicPatient,
    pub(crate) menus: Vec<OfferedMenu>,
    pub(crate) today: base::Date,
}

async fn show_menus(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(patient): Path<String>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let patient = context.store.find_clinic_patient(&staff, parse_patient(&patient)?, visitor.now()).await?;
    let menus = context.store.find_desk_offer(&staff, visitor.now()).await?.menus;
    let page = MenuChoicePage { patient, menus, today: visitor.now().japan_date() };
    Ok(render_menu_choice_page(&desk_frame(visitor.frame(), Some(&staff)), &page).into_response())
}

/// メニューを選ぶ
pub(crate) fn render_menu_choice_page(frame: &Frame, page: &MenuChoicePage) -> Markup {
    let language = frame.language;
    let patient = &page.patient.patient;
    let cards: Vec<_> = page
        .menus
        .iter()
        .map(|offered| {
            let menu = &offered.menu;
            let desk_only = offered.rules.audience == MenuAudience::DeskOnly;
            components::link_card(
                &format!("{BOOKING_PATH}/{}/menus/{}", patient.id, menu.number),
                menu.name_in(language),
                html! {
                    p {
                        (menu.charge.name(language)) " " (texts::minutes(language, menu.minutes))
                        @if desk_only { " " (texts::FOR_THE_DESK_ALONE.in_language(language)) }
                    }
                },
            )
        })
        .collect();
    Document::new(frame, texts::CHOOSE_A_MENU.in_language(language))
        .above_heading(components::back_link(BOOKING_PATH, texts::BACK_TO_THE_SEARCH.in_language(language)))
        .lead(&patient_identity::patient_title(language, patient, page.today))
        .main(html! {
            (render_contact_notice(language, &page.patient))
            (components::section(texts::MENU.in_language(language), components::card_list(&cards)))
        })
}

/// Says where no letter reaches the patient.
fn render_contact_notice(language: Language, patient: &ClinicPatient) -> Markup {
    let phone = patient.patient.profile.as_ref().and_then(|profile| profile.phone.as_deref());
    match patient.contact {
        ContactByLetter::Account => Markup::default(),
        ContactByLetter::Missing => components::notice(
            Tone::Info,
            texts::NO_LETTER_REACHES_THIS_PATIENT.in_language(language),
            html! {
                p { (texts::TELL_BY_TELEPHONE_OR_INVITE.in_language(language)) }
                @if let Some(number) = phone { p { (patient_identity::render_phone_link(number)) } }
            },
        ),
    }
}

/// The slots of a menu that the desk can book for a patient.
async fn load_slots(
    context: &Context,
    visitor: &Visitor,
    (staff, patient, number): (&StaffMember, PatientId, u32),
    week: &slots::WeekQuery,
) -> Result<slots::SlotListPage, Refusal> {
    let offer = context.store.find_desk_offer(staff, visitor.now()).await?;
    let offered = offer.menu(number).ok_or(Refusal::NotFound)?;
    let source = slots::SlotSource::from_menu(&offer, offered, desk_slot_terms(&offered.menu));
    let name = offered.menu.name_in(visitor.language()).to_owned();
    let purpose = slots::SlotPurpose::DeskBook { patient, menu_number: number };
    slots::load_slot_list_page(context, visitor, source, week, (name, purpose)).await
}

async fn show_slots(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((patient, menu)): Path<(String, String)>,
    week: Result<Query<slots::WeekQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let menu = menu.parse().map_err(|_| Refusal::NotFound)?;
    let patient = context.store.find_clinic_patient(&staff, parse_patient(&patient)?, visitor.now()).await?;
    let week = slots::WeekQuery::from_query(week);
    let page = load_slots(&context, &visitor, (&staff, patient.patient.id, menu), &week).await?;
    Ok(slots::render_slot_list_page(&desk_frame(visitor.frame(), Some(&staff)), &page).into_response())
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct BookingForm {
    start: String,
    doctor: String,
    /// Where an invitation goes, for a patient without an account; may be empty.
    mail: String,
}

/// A booking before the desk confirms it.
pub(crate) struct DeskBookingPage {
    pub(crate) check: DeskBookingCheck,
    pub(crate) wanted: WantedSlot,
    pub(crate) mail: String,
    pub(crate) mail_problem: Option<&'static str>,
    pub(crate) today: base::Date,
}

/// What a form of a booking asks for.
struct DeskBookingRequest {
    staff: StaffMember,
    patient: PatientId,
    request: BookingRequest,
    wanted: WantedSlot,
}

async fn parse_booking_request(
    context: &Context,
    visitor: &Visitor,
    (patient, menu): (&str, &str),
    form: &BookingForm,
) -> Result<DeskBookingRequest, Response> {
    let staff = require_staff(context, visitor).await?;
    let (patient, menu) = (parse_patient(patient)?, menu.parse().map_err(|_| Refusal::NotFound)?);
    let wanted = parse_chosen_slot(&form.start, &form.doctor)?;
    let request =
        BookingRequest { institution: staff.institution, menu, practitioner: wanted.practitioner, start: wanted.start };
    Ok(DeskBookingRequest { staff, patient, request, wanted })
}

async fn check_slot(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((patient, menu)): Path<(String, String)>,
    Form(form): Form<BookingForm>,
) -> Result<Response, Response> {
    let booking = parse_booking_request(&context, &visitor, (&patient, &menu), &form).await?;
    Ok(respond_with_confirmation(&context, &visitor, &booking, &form, None).await)
}

/// The page that confirms a booking, or the slots if it cannot be booked any more.
async fn respond_with_confirmation(
    context: &Context,
    visitor: &Visitor,
    booking: &DeskBookingRequest,
    form: &BookingForm,
    mail_problem: Option<&'static str>,
) -> Response {
    let now = visitor.now();
    let check = match context.store.check_desk_booking(&booking.staff, booking.patient, booking.request, now).await {
        Ok(check) => check,
        Err(refusal) => return respond_with_slots(context, visitor, booking, refusal).await,
    };
    let page = DeskBookingPage {
        check,
        wanted: booking.wanted,
        mail: form.mail.clone(),
        mail_problem,
        today: now.japan_date(),
    };
    render_desk_booking_confirmation(&desk_frame(visitor.frame(), Some(&booking.staff)), &page).into_response()
}

/// The response to a refused booking: the slots if another one can be chosen, else the error page.
async fn respond_with_slots(
    context: &Context,
    visitor: &Visitor,
    booking: &DeskBookingRequest,
    refusal: Refusal,
) -> Response {
    let Some(lost) = slots::LostSlot::from_refusal(&refusal, booking.wanted.start) else {
        return refusal.into_response();
    };
    let of_menu = (&booking.staff, booking.patient, booking.request.menu);
    match load_slots(context, visitor, of_menu, &slots::WeekQuery::from_slot(booking.wanted)).await {
        Ok(page) => {
            let page = slots::SlotListPage { lost_slot: Some(lost), ..page };
            slots::respond_with_lost_slot(desk_frame(visitor.frame(), Some(&booking.staff)), &page, &refusal)
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn submit_booking(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((patient, menu)): Path<(String, String)>,
    Form(form): Form<BookingForm>,
) -> Result<Response, Response> {
    let booking = parse_booking_request(&context, &visitor, (&patient, &menu), &form).await?;
    let address = form.mail.trim();
    let invited = address.parse::<MailAddress>().ok();
    if invited.is_none() && !address.is_empty() {
        let problem = texts::PLEASE_ENTER_AN_ADDRESS.in_language(visitor.language());
        return Ok(respond_with_confirmation(&context, &visitor, &booking, &form, Some(problem)).await);
    }
    let token = Token::new(visitor.site().randomness());
    let booked = context
        .store
        .book_for_patient(&booking.staff, booking.patient, booking.request, (invited, &token), visitor.now())
        .await;
    match booked {
        Ok(id) => Ok(Redirect::to(&format!("/desk/visits/{id}?said=booked")).into_response()),
        Err(refusal) => Ok(respond_with_slots(&context, &visitor, &booking, refusal).await),
    }
}

/// 予約の確認
pub(crate) fn render_desk_booking_confirmation(frame: &Frame, page: &DeskBookingPage) -> Markup {
    let language = frame.language;
    let DeskBookingPage { check, wanted, .. } = page;
    let (patient, menu) = (&check.patient.patient, &check.menu);
    let path = format!("{BOOKING_PATH}/{}/menus/{}", patient.id, menu.number);
    let next = match check.patient.contact {
        ContactByLetter::Account => texts::THE_PATIENT_GETS_A_LETTER,
        ContactByLetter::Missing => texts::TELL_THE_PATIENT_YOURSELF,
    };
    let problems: Vec<_> = page.mail_problem.iter().map(|message| Problem { field: "mail", message }).collect();
    let mut document = Document::new(frame, texts::CHECK_THE_BOOKING.in_language(language))
        .above_heading(components::back_link(&path, texts::CHOOSE_ANOTHER_TIME.in_language(language)));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        (components::plain_panel(components::description_list(&[
            (
                texts::PATIENT.in_language(language),
                html! { b { (patient_identity::patient_title(language, patient, page.today)) } },
            ),
            (texts::TIME.in_language(language), html! {
                strong { (dates::format_visit_time(language, wanted.start, menu.minutes)) }
            }),
            (texts::MENU.in_language(language), html! { (menu.name_in(language)) }),
            (texts::DOCTOR.in_language(language), html! { (check.practitioner.details.name_in(language)) }),
        ])))
        @if let Some(visit) = &check.nearby.same_day {
            (components::notice(
                Tone::Warning,
                texts::PATIENT_HAS_ANOTHER_VISIT_THAT_DAY.in_language(language),
                html! { p { (dates::format_date_time(language, visit.start)) } },
            ))
        }
        (render_contact_notice(language, &check.patient))
        (components::form(frame, &path, html! {
            (components::hidden_field("start", &wanted.start.milliseconds().to_string()))
            @if let Some(doctor) = wanted.practitioner { (components::hidden_field("doctor", &doctor.to_string())) }
            @if check.patient.contact == ContactByLetter::Missing {
                (Field::new(language, Input::Email, "mail", texts::INVITE_BY_MAIL.in_language(language))
                    .optional()
                    .support(texts::PATIENT_CAN_PROVE_INSURANCE_ONLINE.in_language(language))
                    .autocomplete("off").value(&page.mail).error(page.mail_problem))
            }
            (components::bottom_bar(components::primary_button(
                texts::BOOK_THIS_TIME.in_language(language),
                Some(next.in_language(language)),
            )))
        }))
    })
}
