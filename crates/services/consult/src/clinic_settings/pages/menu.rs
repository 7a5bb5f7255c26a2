//! 診療メニュー: adding, changing and withdrawing one.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use ui::{
    Document, Frame,
    components::{self, CheckState, Choice, ChoiceGroup, Field, Input, Problem, Width},
};
use web::{ButtonForm, Form, Routes, Visitor};

use super::{
    back_to_settings,
    fields::{NamedFields, check_state, render_checkboxes},
    overview::{SettingsNotice, menu_path},
    require_manager_and_frame,
};
use crate::{
    clinic::pages::frame::MANAGERS,
    clinic_settings::{
        rules::menu_input::{MenuInput, MenuProblem},
        store::{menus::MenuOffer, overview::ClinicSettings},
        texts,
    },
    context::Context,
    directory::rules::institution::{Charge, MenuAudience, VisitMediumKind},
    practitioners::rules::practitioner::{Practitioner, PractitionerId},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk/clinic/menus/{number}", MANAGERS, get(show_menu))
        .action("/desk/clinic/menus/{number}", MANAGERS, post(submit_menu))
        .action("/desk/clinic/menus/{number}/withdraw", MANAGERS, post(submit_withdrawal))
        .action("/desk/clinic/menus/{number}/offer", MANAGERS, post(submit_offer))
}

/// The form of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MenuPage {
    /// None for a new menu.
    pub(crate) number: Option<u32>,
    pub(crate) version: Option<i64>,
    pub(crate) input: MenuInput,
    pub(crate) problems: Vec<MenuProblem>,
    /// The doctors who are ticked.
    pub(crate) chosen: Vec<PractitionerId>,
    /// The doctors who receive patients.
    pub(crate) doctors: Vec<Practitioner>,
}

/// The menu of an address.
enum MenuAddress {
    New,
    Number(u32),
}

fn parse_address(text: &str) -> Result<MenuAddress, Refusal> {
    if text == "new" {
        return Ok(MenuAddress::New);
    }
    text.parse().map(MenuAddress::Number).map_err(|_| Refusal::NotFound)
}

/// The form for a new menu.
fn new_menu_input() -> MenuInput {
    MenuInput {
        charge: Charge::Insured.to_string(),
        minutes: "15".to_owned(),
        horizon_days: "60".to_owned(),
        audience: MenuAudience::Patients.to_string(),
        held_by: VisitMediumKind::Browser.to_string(),
        ..MenuInput::default()
    }
}

fn page_of(settings: &ClinicSettings, address: &MenuAddress) -> Option<MenuPage> {
    let doctors: Vec<_> = settings.active_practitioners().cloned().collect();
    match address {
        MenuAddress::New => Some(MenuPage {
            number: None,
            version: None,
            input: new_menu_input(),
            problems: Vec::new(),
            chosen: Vec::new(),
            doctors,
        }),
        MenuAddress::Number(number) => {
            let offered = settings.menus.iter().find(|offered| offered.menu.number == *number)?;
            Some(MenuPage {
                number: Some(*number),
                version: Some(offered.version),
                input: MenuInput::from_menu(&offered.menu, &offered.rules),
                problems: Vec::new(),
                chosen: offered.practitioners.clone(),
                doctors,
            })
        }
    }
}

async fn show_menu(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let address = parse_address(&number)?;
    let settings = context.store.load_clinic_settings(&manager, visitor.now()).await?;
    if let Some(page) = page_of(&settings, &address) {
        return Ok(render_menu_page(&frame, &page).into_response());
    }
    let MenuAddress::Number(number) = address else { return Err(Refusal::NotFound.into_response()) };
    let withdrawn = settings.withdrawn_menus.iter().find(|(withdrawn, _)| *withdrawn == number);
    let (number, name) = withdrawn.ok_or(Refusal::NotFound)?;
    Ok(render_withdrawn_menu(&frame, *number, name).into_response())
}

fn read_input(fields: &NamedFields) -> MenuInput {
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    MenuInput {
        charge: field("charge"),
        name: field("name"),
        name_english: field("name_english"),
        minutes: field("minutes"),
        buffer_minutes: field("buffer_minutes"),
        fee: field("fee"),
        fee_english: field("fee_english"),
        system_fee: field("system_fee"),
        audience: field("audience"),
        notice_minutes: field("notice_minutes"),
        horizon_days: field("horizon_days"),
        daily_capacity: field("daily_capacity"),
        cancel_limit_minutes: field("cancel_limit_minutes"),
        cancel_fee: field("cancel_fee"),
        held_by: field("held_by"),
        held_by_words: field("held_by_words"),
        held_by_words_english: field("held_by_words_english"),
    }
}

fn doctor_field(id: PractitionerId) -> String {
    format!("doctor_{id}")
}

async fn submit_menu(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(number): Path<String>,
    Form(fields): Form<NamedFields>,
) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let address = parse_address(&number)?;
    let settings = context.store.load_clinic_settings(&manager, visitor.now()).await?;
    let doctors: Vec<_> = settings.active_practitioners().cloned().collect();
    let is_chosen = |doctor: &&Practitioner| check_state(&fields, &doctor_field(doctor.id)) == CheckState::Checked;
    let chosen: Vec<_> = doctors.iter().filter(is_chosen).map(|doctor| doctor.id).collect();
    let input = read_input(&fields);
    let version = fields.get("version").and_then(|version| version.parse().ok());
    let (number, shown) = match address {
        MenuAddress::New => (context.store.next_menu_number(&manager).await?, None),
        MenuAddress::Number(number) => (number, Some(number)),
    };
    let menu = match input.parse(number) {
        Ok(menu) => menu,
        Err(problems) => {
            let page = MenuPage { number: shown, version, input, problems, chosen, doctors };
            return Ok(render_menu_page(&frame, &page).into_response());
        }
    };
    match context.store.save_menu(&manager, menu, chosen, version, visitor.now()).await {
        Ok(()) => Ok(Redirect::to(&SettingsNotice::Saved.path()).into_response()),
        Err(Refusal::Changed) => Ok(Redirect::to(&SettingsNotice::Changed.path()).into_response()),
        Err(refusal) => Err(refusal.into_response()),
    }
}

async fn change_offer(
    context: &Context,
    visitor: &Visitor,
    number: &str,
    offer: MenuOffer,
) -> Result<Response, Response> {
    let (manager, _) = require_manager_and_frame(context, visitor).await?;
    let number = number.parse().map_err(|_| Refusal::NotFound)?;
    context.store.offer_menu(&manager, number, offer, visitor.now()).await?;
    Ok(Redirect::to(&SettingsNotice::Saved.path()).into_response())
}

async fn submit_withdrawal(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(number): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    change_offer(&context, &visitor, &number, MenuOffer::Withdrawn).await
}

async fn submit_offer(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(number): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    change_offer(&context, &visitor, &number, MenuOffer::Offered).await
}

/// A menu that is no longer offered.
pub(crate) fn render_withdrawn_menu(frame: &Frame, number: u32, name: &str) -> Markup {
    let language = frame.language;
    Document::new(frame, name).above_heading(back_to_settings(language)).main(html! {
        p { (texts::WITHDRAWN_MENUS.in_language(language)) }
        (components::form(frame, &format!("{}/offer", menu_path(number)), components::primary_button(
            texts::OFFER_IT_AGAIN.in_language(language),
            Some(texts::PATIENTS_SEE_IT_AT_ONCE.in_language(language)),
        )))
    })
}

pub(crate) fn render_menu_page(frame: &Frame, page: &MenuPage) -> Markup {
    let language = frame.language;
    let problems: Vec<_> = page
        .problems
        .iter()
        .map(|problem| Problem { field: problem.field, message: problem.message.in_language(language) })
        .collect();
    let title = if page.number.is_some() { page.input.name.as_str() } else { texts::NEW_MENU.in_language(language) };
    let path = page.number.map_or_else(|| menu_path("new"), menu_path);
    let mut document = Document::new(frame, title).above_heading(back_to_settings(language));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        (components::form(frame, &path, html! {
            @if let Some(version) = page.version { (components::hidden_field("version", &version.to_string())) }
            (render_what_patients_read(frame, page))
            (render_booking_fields(frame, page))
            (render_cancellation_fields(frame, page))
            (render_medium_fields(frame, page))
            (render_doctor_boxes(frame, page))
            (components::bottom_bar(components::primary_button(
                texts::SAVE.in_language(language),
                Some(texts::PATIENTS_SEE_IT_AT_ONCE.in_language(language)),
            )))
        }))
        @if let Some(number) = page.number {
            (components::disclosure(texts::WITHDRAW_THE_MENU.in_language(language), components::form(
                frame,
                &format!("{}/withdraw", menu_path(number)),
                components::danger_button(
                    texts::WITHDRAW_THE_MENU.in_language(language),
                    Some(texts::BOOKED_VISITS_STAY_AS_AGREED.in_language(language)),
                ),
            )))
        }
    })
}

/// The message about a field, if it has a problem.
fn field_error<'p>(frame: &Frame, page: &'p MenuPage, field: &str) -> Option<&'p str> {
    let problem = page.problems.iter().find(|problem| problem.field == field)?;
    Some(problem.message.in_language(frame.language))
}

fn text_field<'a>(frame: &Frame, page: &'a MenuPage, name: &'a str, label: &'a str, value: &'a str) -> Field<'a> {
    Field::new(frame.language, Input::Text, name, label).value(value).error(field_error(frame, page, name))
}

fn number_field<'a>(frame: &Frame, page: &'a MenuPage, name: &'a str, label: &'a str, value: &'a str) -> Field<'a> {
    Field::new(frame.language, Input::Digits, name, label)
        .width(Width::Short)
        .value(value)
        .error(field_error(frame, page, name))
}

fn render_what_patients_read(frame: &Frame, page: &MenuPage) -> Markup {
    let (language, input) = (frame.language, &page.input);
    let charges = Charge::ALL.map(|charge| (charge.as_str(), charge.name(language)));
    let charges = charges.map(|(value, label)| Choice::new(value, label));
    html! {
        (ChoiceGroup::radio(language, "charge", texts::WHO_PAYS.in_language(language), &charges)
            .selected(&input.charge).error(field_error(frame, page, "charge")))
        (text_field(frame, page, "name", texts::NAME_OF_THE_MENU.in_language(language), &input.name))
        (text_field(frame, page, "name_english", texts::NAME_IN_ENGLISH.in_language(language), &input.name_english)
            .optional().support(texts::EMPTY_FOR_JAPANESE.in_language(language)))
        (number_field(frame, page, "minutes", texts::MINUTES_OF_THE_VISIT.in_language(language), &input.minutes)
            .suffix(texts::MINUTES.in_language(language)))
        (number_field(frame, page, "buffer_minutes", texts::MINUTES_AFTER_THE_VISIT.in_language(language), &input.buffer_minutes)
            .optional().suffix(texts::MINUTES.in_language(language))
            .support(texts::PATIENTS_ARE_NOT_TOLD.in_language(language)))
        (text_field(frame, page, "fee", texts::FEE_IN_WORDS.in_language(language), &input.fee))
        (text_field(frame, page, "fee_english", texts::FEE_IN_ENGLISH.in_language(language), &input.fee_english).optional())
        (number_field(frame, page, "system_fee", texts::SYSTEM_FEE.in_language(language), &input.system_fee)
            .optional().suffix(texts::YEN.in_language(language)))
    }
}

fn render_booking_fields(frame: &Frame, page: &MenuPage) -> Markup {
    let (language, input) = (frame.language, &page.input);
    let audiences = [
        Choice::new(MenuAudience::Patients.as_str(), texts::PATIENTS_AND_THE_DESK.in_language(language)),
        Choice::new(MenuAudience::DeskOnly.as_str(), texts::THE_DESK_ONLY.in_language(language)),
    ];
    html! {
        (ChoiceGroup::radio(language, "audience", texts::WHO_BOOKS.in_language(language), &audiences)
            .without_mark().selected(&input.audience))
        (number_field(frame, page, "notice_minutes", texts::BOOKED_AT_THE_LATEST.in_language(language), &input.notice_minutes)
            .optional().suffix(texts::MINUTES.in_language(language)))
        (number_field(frame, page, "horizon_days", texts::BOOKED_AT_THE_EARLIEST.in_language(language), &input.horizon_days)
            .suffix(texts::DAYS.in_language(language)))
        (number_field(frame, page, "daily_capacity", texts::VISITS_A_DAY.in_language(language), &input.daily_capacity)
            .optional().suffix(texts::VISITS.in_language(language))
            .support(texts::EMPTY_FOR_NO_LIMIT.in_language(language)))
    }
}

fn render_cancellation_fields(frame: &Frame, page: &MenuPage) -> Markup {
    let (language, input) = (frame.language, &page.input);
    html! {
        (number_field(frame, page, "cancel_limit_minutes", texts::CANCELLED_FREELY_UNTIL.in_language(language), &input.cancel_limit_minutes)
            .optional().suffix(texts::MINUTES.in_language(language)))
        (number_field(frame, page, "cancel_fee", texts::FEE_FOR_CANCELLING_LATER.in_language(language), &input.cancel_fee)
            .optional().suffix(texts::YEN.in_language(language)))
    }
}

fn render_medium_fields(frame: &Frame, page: &MenuPage) -> Markup {
    let (language, input) = (frame.language, &page.input);
    let media = [
        Choice::new(VisitMediumKind::Browser.as_str(), texts::BY_A_CALL_IN_THE_BROWSER.in_language(language)),
        Choice::new(VisitMediumKind::Telephone.as_str(), texts::BY_TELEPHONE.in_language(language)),
        Choice::new(VisitMediumKind::OtherProgram.as_str(), texts::BY_ANOTHER_PROGRAM.in_language(language)),
    ];
    html! {
        (ChoiceGroup::radio(language, "held_by", texts::HOW_THE_VISIT_IS_HELD.in_language(language), &media)
            .without_mark().selected(&input.held_by))
        (text_field(frame, page, "held_by_words", texts::WORDS_ON_HOW_IT_IS_HELD.in_language(language), &input.held_by_words).optional())
        (text_field(frame, page, "held_by_words_english", texts::WORDS_IN_ENGLISH.in_language(language), &input.held_by_words_english).optional())
    }
}

fn render_doctor_boxes(frame: &Frame, page: &MenuPage) -> Markup {
    let language = frame.language;
    let state = |doctor: &Practitioner| {
        if page.chosen.contains(&doctor.id) { CheckState::Checked } else { CheckState::Unchecked }
    };
    let boxes: Vec<_> = page
        .doctors
        .iter()
        .map(|doctor| (doctor_field(doctor.id), doctor.details.name_in(language).to_owned(), state(doctor)))
        .collect();
    html! {
        @if !boxes.is_empty() {
            (render_checkboxes(
                texts::WHICH_DOCTORS.in_language(language),
                Some(texts::ALL_IF_NONE_IS_TICKED.in_language(language)),
                &boxes,
            ))
        }
    }
}
