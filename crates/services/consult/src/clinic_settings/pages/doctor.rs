//! A doctor: what patients are told, own hours, additional sessions, leaving.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Text, dates};
use ui::{
    Document, Frame,
    components::{self, BadgeTone, CheckState, Choice, ChoiceGroup, Field, Input, Problem, Width},
};
use web::{Form, Routes, Visitor};

use super::{
    back_to_settings,
    fields::{NamedFields, check_state, problem_field, read_hours_lines, render_checkboxes, render_hours_fields},
    overview::{NoticeQuery, SettingsNotice, doctor_path},
    render_changed_notice, require_manager_and_frame,
    visits::render_concerned_visits,
};
use crate::{
    clinic::pages::frame::MANAGERS,
    clinic_settings::{
        rules::hours_input::{
            HoursLines, HoursProblem, format_hours_lines, format_range, parse_hours_lines, parse_range,
        },
        store::{ConcernedVisit, doctors::DoctorChange, overview::ClinicSettings},
        texts,
    },
    context::Context,
    practitioners::rules::{
        practitioner::{Employment, Practitioner, PractitionerDetails, PractitionerId, WrongPractitioner},
        specialty::Specialty,
        spoken_language::SpokenLanguage,
    },
    refusal::Refusal,
    schedule::rules::practitioner_schedule::{HoursSource, PractitionerSchedule, Session},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk/clinic/doctors/{id}", MANAGERS, get(show_doctor))
        .action("/desk/clinic/doctors/{id}", MANAGERS, post(submit_doctor))
        .action("/desk/clinic/doctors/{id}/leave", MANAGERS, post(submit_leaving))
        .action("/desk/clinic/doctors/{id}/return", MANAGERS, post(submit_return))
        .action("/desk/clinic/doctors/{id}/sessions", MANAGERS, post(submit_session))
        .action("/desk/clinic/doctors/{id}/sessions/remove", MANAGERS, post(submit_session_removal))
}

/// The form of a doctor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DoctorPage {
    /// None for a new doctor.
    pub(crate) doctor: Option<Practitioner>,
    pub(crate) input: DoctorInput,
    pub(crate) problem: Option<DoctorProblem>,
    pub(crate) schedule: Option<PractitionerSchedule>,
    /// The booked visits to come.
    pub(crate) visits: Vec<ConcernedVisit>,
    pub(crate) session: SessionInput,
    pub(crate) session_problem: Option<(&'static str, Text)>,
    pub(crate) notice: Option<SettingsNotice>,
}

/// What was typed about a doctor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DoctorInput {
    pub(crate) name: String,
    pub(crate) kana: String,
    pub(crate) name_english: String,
    pub(crate) registration_year: String,
    pub(crate) specialties: Vec<Specialty>,
    pub(crate) languages: Vec<SpokenLanguage>,
    pub(crate) hours_source: HoursSource,
    pub(crate) lines: HoursLines,
    pub(crate) version: i64,
}

/// Why the form of a doctor cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoctorProblem {
    Details(WrongPractitioner),
    Hours(usize, HoursProblem),
}

/// What was typed about an additional session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct SessionInput {
    pub(crate) date: String,
    pub(crate) hours: String,
    pub(crate) version: String,
}

const OWN_HOURS: &str = "own";

impl DoctorInput {
    pub(crate) fn from_doctor(doctor: &Practitioner, schedule: Option<&PractitionerSchedule>) -> Self {
        let details = &doctor.details;
        let hours_source = schedule.map_or(HoursSource::Institution, |schedule| schedule.hours_source);
        let own = schedule.filter(|schedule| schedule.hours_source == HoursSource::Practitioner);
        Self {
            name: details.name.clone(),
            kana: details.kana.clone().unwrap_or_default(),
            name_english: details.name_english.clone().unwrap_or_default(),
            registration_year: details.registration_year.map_or_else(String::new, |year| year.to_string()),
            specialties: details.specialties.clone(),
            languages: details.languages.clone(),
            hours_source,
            lines: own.map(|schedule| format_hours_lines(&schedule.opening.hours)).unwrap_or_default(),
            version: doctor.version,
        }
    }

    /// An empty form.
    pub(crate) fn empty() -> Self {
        Self {
            name: String::new(),
            kana: String::new(),
            name_english: String::new(),
            registration_year: String::new(),
            specialties: Vec::new(),
            languages: Vec::new(),
            hours_source: HoursSource::Institution,
            lines: HoursLines::default(),
            version: 0,
        }
    }

    fn from_fields(fields: &NamedFields) -> Self {
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let is_ticked = |name: &str| check_state(fields, name) == CheckState::Checked;
        let own = field("hours") == OWN_HOURS;
        Self {
            name: field("name"),
            kana: field("kana"),
            name_english: field("name_english"),
            registration_year: field("registration_year"),
            specialties: Specialty::ALL
                .into_iter()
                .filter(|specialty| is_ticked(&specialty_field(*specialty)))
                .collect(),
            languages: SpokenLanguage::ALL
                .into_iter()
                .filter(|language| is_ticked(&language_field(*language)))
                .collect(),
            hours_source: if own { HoursSource::Practitioner } else { HoursSource::Institution },
            lines: read_hours_lines(fields),
            version: field("version").parse().unwrap_or_default(),
        }
    }

    fn parse(&self, today: Date) -> Result<DoctorChange, DoctorProblem> {
        let year = text::half_width_digits(self.registration_year.trim());
        let registration_year = if year.is_empty() {
            None
        } else {
            Some(year.parse().map_err(|_| DoctorProblem::Details(WrongPractitioner::RegistrationYear))?)
        };
        let details = PractitionerDetails {
            name: self.name.clone(),
            kana: Some(self.kana.clone()),
            name_english: Some(self.name_english.clone()),
            registration_year,
            specialties: self.specialties.clone(),
            languages: self.languages.clone(),
        };
        let this_year = u32::try_from(today.year()).unwrap_or_default();
        let details = details.parse(this_year).map_err(DoctorProblem::Details)?;
        let hours = match self.hours_source {
            HoursSource::Institution => None,
            HoursSource::Practitioner => {
                let read = parse_hours_lines(&self.lines, false);
                Some(read.map_err(|(index, problem)| DoctorProblem::Hours(index, problem))?.hours)
            }
        };
        Ok(DoctorChange::Save { details, hours })
    }
}

fn specialty_field(specialty: Specialty) -> String {
    format!("specialty_{specialty}")
}

fn language_field(language: SpokenLanguage) -> String {
    format!("language_{language}")
}

/// The doctor of an address; None for the address of a new one.
fn parse_doctor(text: &str) -> Result<Option<PractitionerId>, Refusal> {
    if text == "new" { Ok(None) } else { text.parse().map(Some).map_err(|_| Refusal::NotFound) }
}

/// The page of a doctor of these settings.
async fn load_page(
    context: &Context,
    manager: &crate::clinic::store::staff::Manager,
    (settings, id): (&ClinicSettings, Option<PractitionerId>),
    now: Timestamp,
) -> Result<DoctorPage, Refusal> {
    let (doctor, schedule, visits, input) = match id {
        None => (None, None, Vec::new(), DoctorInput::empty()),
        Some(id) => {
            let doctor = settings.practitioner(id).ok_or(Refusal::NotFound)?.clone();
            let schedule = settings.schedule(id).cloned();
            let visits = context.store.list_visits_of_doctor(manager, id, now).await?;
            let input = DoctorInput::from_doctor(&doctor, schedule.as_ref());
            (Some(doctor), schedule, visits, input)
        }
    };
    Ok(DoctorPage {
        doctor,
        input,
        problem: None,
        schedule,
        visits,
        session: SessionInput::default(),
        session_problem: None,
        notice: None,
    })
}

async fn show_doctor(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    query: Result<Query<NoticeQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let settings = context.store.load_clinic_settings(&manager, visitor.now()).await?;
    let page = load_page(&context, &manager, (&settings, parse_doctor(&id)?), visitor.now()).await?;
    let page = DoctorPage { notice: NoticeQuery::parse(query), ..page };
    Ok(render_doctor_page(&frame, &page, &settings.practitioners).into_response())
}

async fn submit_doctor(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(fields): Form<NamedFields>,
) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let (id, now) = (parse_doctor(&id)?, visitor.now());
    let input = DoctorInput::from_fields(&fields);
    let change = match input.parse(now.japan_date()) {
        Ok(change) => change,
        Err(problem) => {
            let settings = context.store.load_clinic_settings(&manager, now).await?;
            let page = load_page(&context, &manager, (&settings, id), now).await?;
            let page = DoctorPage { input, problem: Some(problem), ..page };
            return Ok(render_doctor_page(&frame, &page, &settings.practitioners).into_response());
        }
    };
    let Some(id) = id else {
        let DoctorChange::Save { details, hours } = change else { return Err(Refusal::NotFound.into_response()) };
        context.store.add_doctor(&manager, (details, hours), now).await?;
        return Ok(Redirect::to(&SettingsNotice::Saved.path()).into_response());
    };
    Ok(respond_to_change(context.store.change_doctor(&manager, (id, input.version), change, now).await, id))
}

/// Back to the page of the doctor, with what became of the change.
fn respond_to_change(outcome: Result<(), Refusal>, id: PractitionerId) -> Response {
    let notice = match outcome {
        Ok(()) => SettingsNotice::Saved,
        Err(Refusal::Changed) => SettingsNotice::Changed,
        Err(refusal) => return refusal.into_response(),
    };
    Redirect::to(&format!("{}?said={notice}", doctor_path(id))).into_response()
}

/// The version that the manager saw.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SeenDoctor {
    version: i64,
}

async fn change_employment(
    context: &Context,
    visitor: &Visitor,
    (id, version): (&str, i64),
    change: DoctorChange,
) -> Result<Response, Response> {
    let (manager, _) = require_manager_and_frame(context, visitor).await?;
    let id: PractitionerId = id.parse().map_err(|_| Refusal::NotFound)?;
    Ok(respond_to_change(context.store.change_doctor(&manager, (id, version), change, visitor.now()).await, id))
}

async fn submit_leaving(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(SeenDoctor { version }): Form<SeenDoctor>,
) -> Result<Response, Response> {
    change_employment(&context, &visitor, (&id, version), DoctorChange::Leave).await
}

async fn submit_return(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(SeenDoctor { version }): Form<SeenDoctor>,
) -> Result<Response, Response> {
    change_employment(&context, &visitor, (&id, version), DoctorChange::Return).await
}

async fn submit_session(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(input): Form<SessionInput>,
) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let (id, now): (PractitionerId, _) = (id.parse().map_err(|_| Refusal::NotFound)?, visitor.now());
    let session = match parse_session(&input, now.japan_date()) {
        Ok(session) => session,
        Err(problem) => {
            let settings = context.store.load_clinic_settings(&manager, now).await?;
            let page = load_page(&context, &manager, (&settings, Some(id)), now).await?;
            let page = DoctorPage { session: input, session_problem: Some(problem), ..page };
            return Ok(render_doctor_page(&frame, &page, &settings.practitioners).into_response());
        }
    };
    let version = input.version.parse().unwrap_or_default();
    let change = DoctorChange::AddSession(session);
    Ok(respond_to_change(context.store.change_doctor(&manager, (id, version), change, now).await, id))
}

fn parse_session(input: &SessionInput, today: Date) -> Result<Session, (&'static str, Text)> {
    let date = base::parse_date(input.date.trim()).map_err(|_| ("date", texts::CHOOSE_A_DAY))?;
    if date < today {
        return Err(("date", texts::DAY_IS_OVER));
    }
    let (from_minute, to_minute) = parse_range(&input.hours).map_err(|problem| match problem {
        HoursProblem::Unreadable => ("hours", texts::ONE_RANGE_LIKE_THIS),
        HoursProblem::Wrong(_) => ("hours", problem.text()),
    })?;
    Ok(Session { date, from_minute, to_minute })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SessionRemoval {
    date: String,
    /// When the session begins, in minutes after midnight.
    from_minute: u32,
    version: i64,
}

async fn submit_session_removal(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<SessionRemoval>,
) -> Result<Response, Response> {
    let (manager, _) = require_manager_and_frame(&context, &visitor).await?;
    let id: PractitionerId = id.parse().map_err(|_| Refusal::NotFound)?;
    let date = base::parse_date(&form.date).map_err(|_| Refusal::NotFound)?;
    let change = DoctorChange::RemoveSession(date, form.from_minute);
    Ok(respond_to_change(context.store.change_doctor(&manager, (id, form.version), change, visitor.now()).await, id))
}

/// The fields with a problem, and what to write.
fn list_problems(problem: Option<DoctorProblem>) -> Option<(String, Text)> {
    Some(match problem? {
        DoctorProblem::Details(WrongPractitioner::Name) => ("name".to_owned(), texts::NAME_CANNOT_BE_TAKEN),
        DoctorProblem::Details(WrongPractitioner::Kana) => ("kana".to_owned(), texts::KANA_CANNOT_BE_READ),
        DoctorProblem::Details(WrongPractitioner::RegistrationYear) => {
            ("registration_year".to_owned(), texts::YEAR_CANNOT_BE)
        }
        DoctorProblem::Hours(index, problem) => {
            let (field, problem) = problem_field(Some((index, problem)))?;
            (field, problem.text())
        }
    })
}

/// A doctor; `doctors` are all of the clinic.
pub(crate) fn render_doctor_page(frame: &Frame, page: &DoctorPage, doctors: &[Practitioner]) -> Markup {
    let language = frame.language;
    let problem = list_problems(page.problem);
    let session_problem = page.session_problem.as_ref().map(|(field, text)| ((*field).to_owned(), text.clone()));
    let told: Vec<_> = problem.iter().chain(&session_problem).collect();
    let problems: Vec<_> =
        told.iter().map(|(field, text)| Problem { field, message: text.in_language(language) }).collect();
    let title = page
        .doctor
        .as_ref()
        .map_or_else(|| texts::NEW_DOCTOR.in_language(language), |doctor| doctor.details.name_in(language));
    let mut document = Document::new(frame, title).above_heading(back_to_settings(language));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        @match page.notice {
            Some(SettingsNotice::Saved | SettingsNotice::Lifted) => (components::notice(components::Tone::Success, texts::SAVED.in_language(language), html! {})),
            Some(SettingsNotice::Changed) => (render_changed_notice(language)),
            None => {}
        }
        (render_doctor_form(frame, page, problem.as_ref()))
        @if let Some(doctor) = &page.doctor {
            @if doctor.employment == Employment::Active { (render_sessions(frame, page, doctor)) }
            @if !page.visits.is_empty() {
                (components::section(
                    texts::VISITS_OF_THIS_DOCTOR.in_language(language),
                    render_concerned_visits(language, &page.visits, doctors),
                ))
            }
            (render_leaving(frame, doctor))
        }
    })
}

fn render_doctor_form(frame: &Frame, page: &DoctorPage, problem: Option<&(String, Text)>) -> Markup {
    let language = frame.language;
    let input = &page.input;
    let error = |field: &str| problem.filter(|(wrong, _)| wrong == field).map(|(_, text)| text.in_language(language));
    let path = page.doctor.as_ref().map_or_else(|| doctor_path("new"), |doctor| doctor_path(doctor.id));
    let specialties = Specialty::ALL.map(|specialty| {
        let state = box_state(input.specialties.contains(&specialty));
        (specialty_field(specialty), specialty.name(language).to_owned(), state)
    });
    let languages = SpokenLanguage::ALL.map(|spoken| {
        let state = box_state(input.languages.contains(&spoken));
        (language_field(spoken), spoken.name(language).to_owned(), state)
    });
    let hours_problem = match page.problem {
        Some(DoctorProblem::Hours(index, problem)) => Some((index, problem)),
        _ => None,
    };
    let choices = [
        Choice::new("clinic", texts::SAME_AS_THE_CLINIC.in_language(language)),
        Choice::new(OWN_HOURS, texts::HOURS_OF_THEIR_OWN.in_language(language)),
    ];
    let selected = if input.hours_source == HoursSource::Practitioner { OWN_HOURS } else { "clinic" };
    components::form(
        frame,
        &path,
        html! {
            (components::hidden_field("version", &input.version.to_string()))
            (Field::new(language, Input::Text, "name", texts::NAME.in_language(language)).value(&input.name).error(error("name")))
            (Field::new(language, Input::Text, "kana", texts::NAME_IN_KANA.in_language(language)).optional().value(&input.kana).error(error("kana")))
            (Field::new(language, Input::Text, "name_english", texts::NAME_IN_LATIN_LETTERS.in_language(language))
                .optional()
                .support(texts::SHOWN_ON_ENGLISH_PAGES.in_language(language))
                .value(&input.name_english))
            (Field::new(language, Input::Digits, "registration_year", texts::YEAR_OF_REGISTRATION.in_language(language))
                .optional()
                .width(Width::Short)
                .support(texts::PATIENTS_ARE_TOLD_THE_YEAR.in_language(language))
                .value(&input.registration_year)
                .error(error("registration_year")))
            (components::disclosure(texts::SPECIALTIES.in_language(language), render_checkboxes(texts::SPECIALTIES.in_language(language), None, &specialties)))
            (components::disclosure(texts::LANGUAGES.in_language(language), render_checkboxes(texts::LANGUAGES.in_language(language), None, &languages)))
            (ChoiceGroup::radio(language, "hours", texts::HOURS_OF_THE_DOCTOR.in_language(language), &choices).without_mark().selected(selected))
            details.disclosure open[input.hours_source == HoursSource::Practitioner] {
                summary { (texts::HOURS_OF_THEIR_OWN.in_language(language)) }
                div { (render_hours_fields(language, &input.lines, hours_problem)) }
            }
            (components::bottom_bar(components::primary_button(
                texts::SAVE.in_language(language),
                Some(texts::PATIENTS_SEE_IT_AT_ONCE.in_language(language)),
            )))
        },
    )
}

fn box_state(ticked: bool) -> CheckState {
    if ticked { CheckState::Checked } else { CheckState::Unchecked }
}

fn render_sessions(frame: &Frame, page: &DoctorPage, doctor: &Practitioner) -> Markup {
    let language = frame.language;
    let sessions: &[Session] = page.schedule.as_ref().map_or(&[], |schedule| &schedule.sessions);
    let version = doctor.version.to_string();
    let error = |field: &str| {
        page.session_problem.as_ref().filter(|(wrong, _)| *wrong == field).map(|(_, text)| text.in_language(language))
    };
    let path = format!("{}/sessions", doctor_path(doctor.id));
    components::section(
        texts::ADDITIONAL_SESSIONS.in_language(language),
        html! {
            @if sessions.is_empty() { p { (texts::NO_ADDITIONAL_SESSION.in_language(language)) } }
            @for session in sessions {
                (components::form(frame, &format!("{path}/remove"), html! {
                    p {
                        (dates::format_date(language, session.date)) " "
                        (format_range((session.from_minute, session.to_minute)))
                    }
                    (components::hidden_field("date", &session.date.to_string()))
                    (components::hidden_field("from_minute", &session.from_minute.to_string()))
                    (components::hidden_field("version", &version))
                    (components::quiet_button(texts::REMOVE.in_language(language)))
                }))
            }
            (components::form(frame, &path, html! {
                (components::hidden_field("version", &version))
                (Field::new(language, Input::Date, "date", texts::DAY.in_language(language))
                    .id("session-date").width(Width::Middle).value(&page.session.date).error(error("date")))
                (Field::new(language, Input::Text, "hours", texts::HOURS_OF_THE_SESSION.in_language(language))
                    .id("session-hours").width(Width::Middle)
                    .support(texts::ONE_RANGE_LIKE_THIS.in_language(language))
                    .value(&page.session.hours).error(error("hours")))
                (components::secondary_button(texts::ADD_THE_SESSION.in_language(language), None))
            }))
        },
    )
}

fn render_leaving(frame: &Frame, doctor: &Practitioner) -> Markup {
    let language = frame.language;
    let path = doctor_path(doctor.id);
    let form = |action: &str, button: Markup| {
        let version = components::hidden_field("version", &doctor.version.to_string());
        components::form(frame, &format!("{path}/{action}"), html! { (version) (button) })
    };
    match doctor.employment {
        Employment::Active => components::disclosure(
            texts::DOCTOR_LEAVES.in_language(language),
            html! {
                p { (texts::DOCTOR_LEAVES_EXPLAINED.in_language(language)) }
                (form("leave", components::danger_button(texts::MARK_AS_LEFT.in_language(language), None)))
            },
        ),
        Employment::Left => html! {
            p { (components::badge(BadgeTone::Neutral, texts::HAS_LEFT.in_language(language))) }
            (form("return", components::secondary_button(texts::TAKE_BACK_LEAVING.in_language(language), None)))
        },
    }
}
