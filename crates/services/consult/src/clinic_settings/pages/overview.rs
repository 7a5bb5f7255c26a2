//! 診療の設定: everything that the clinic offers, on one page.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, BadgeTone, Tone},
};
use web::{Routes, Visitor};

use super::{SETTINGS_PATH, render_changed_notice, require_manager_and_frame};
use crate::{
    clinic::pages::frame::MANAGERS,
    clinic_audit::pages::AUDIT_PATH,
    clinic_settings::{
        store::overview::{ClinicSettings, MissingSetting},
        texts,
    },
    context::Context,
    directory::rules::institution::{MenuAudience, OfferedMenu},
    practitioners::rules::practitioner::{Employment, Practitioner},
    schedule::rules::practitioner_schedule::Closure,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(SETTINGS_PATH, MANAGERS, get(show_overview))
}

base::text_enum! {
    /// What the page says about the form that was sent before, in its address.
    pub enum SettingsNotice {
        Saved = "saved",
        Lifted = "lifted",
        Changed = "changed",
    }
}

impl SettingsNotice {
    /// The address of the overview with this notice.
    pub(crate) fn path(self) -> String {
        format!("{SETTINGS_PATH}?said={self}")
    }

    fn render(self, language: Language) -> Markup {
        match self {
            Self::Saved => components::notice(Tone::Success, texts::SAVED.in_language(language), html! {}),
            Self::Lifted => {
                components::notice(Tone::Success, texts::CLOSURE_WAS_LIFTED.in_language(language), html! {})
            }
            Self::Changed => render_changed_notice(language),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NoticeQuery {
    #[serde(rename = "said")]
    notice: String,
}

impl NoticeQuery {
    pub(crate) fn parse(query: Result<Query<Self>, QueryRejection>) -> Option<SettingsNotice> {
        query.ok().and_then(|Query(query)| query.notice.parse().ok())
    }
}

async fn show_overview(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<NoticeQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let settings = context.store.load_clinic_settings(&manager, visitor.now()).await?;
    Ok(render_overview(&frame, &settings, NoticeQuery::parse(query)).into_response())
}

/// 診療の設定
pub(crate) fn render_overview(frame: &Frame, settings: &ClinicSettings, notice: Option<SettingsNotice>) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::CLINIC_SETTINGS.in_language(language)).wide().main(html! {
        @if let Some(notice) = notice { (notice.render(language)) }
        (render_state(language, settings))
        (components::columns(
            html! {
                (components::panel(texts::DOCTORS.in_language(language), render_doctors(language, settings)))
                (components::panel(texts::MENUS.in_language(language), render_menus(language, settings)))
            },
            html! {
                (components::panel(texts::HOURS.in_language(language), render_hours(language, settings)))
                (components::panel(texts::CLOSURES.in_language(language), render_closures(language, settings)))
                (components::panel(texts::AUDIT.in_language(language), html! {
                    p { (texts::WHO_LOOKED_AND_ACTED.in_language(language)) }
                    (components::secondary_link(AUDIT_PATH, texts::OPEN_THE_AUDIT.in_language(language), None))
                }))
            },
        ))
    })
}

/// Whether patients can book, and what is still missing for it, the first thing as the button of the page.
fn render_state(language: Language, settings: &ClinicSettings) -> Markup {
    let missing = settings.missing_settings();
    let step = |missing: MissingSetting| match missing {
        MissingSetting::Doctor => (doctor_path("new"), texts::ADD_A_DOCTOR_FIRST.in_language(language)),
        MissingSetting::Hours => (format!("{SETTINGS_PATH}/hours"), texts::SET_THE_HOURS.in_language(language)),
        MissingSetting::Menu => (menu_path("new"), texts::ADD_A_MENU_FIRST.in_language(language)),
    };
    let Some((first, rest)) = missing.split_first() else {
        let page = format!("/institutions/{}", settings.institution.code);
        return html! {
            p {
                (components::badge(BadgeTone::Good, texts::PATIENTS_CAN_BOOK.in_language(language))) " "
                a href=(page) { (texts::SEE_IT_AS_PATIENTS_DO.in_language(language)) }
            }
        };
    };
    let (path, label) = step(*first);
    components::notice(
        Tone::Warning,
        texts::PATIENTS_CANNOT_BOOK_YET.in_language(language),
        html! {
            p { (texts::STILL_MISSING.in_language(language)) }
            (components::primary_link(&path, label, None))
            @if !rest.is_empty() {
                ul { @for missing in rest { @let (path, label) = step(*missing); li { a href=(path) { (label) } } } }
            }
        },
    )
}

/// The address of a doctor, or of the form for a new one.
pub(crate) fn doctor_path(id: impl std::fmt::Display) -> String {
    format!("{SETTINGS_PATH}/doctors/{id}")
}

/// The address of a menu, or of the form for a new one.
pub(crate) fn menu_path(number: impl std::fmt::Display) -> String {
    format!("{SETTINGS_PATH}/menus/{number}")
}

/// The address of a closure, or of the form for a new one.
pub(crate) fn closure_path(id: impl std::fmt::Display) -> String {
    format!("{SETTINGS_PATH}/closures/{id}")
}

fn render_doctors(language: Language, settings: &ClinicSettings) -> Markup {
    let render_doctor = |doctor: &Practitioner| {
        html! {
            li {
                a href=(doctor_path(doctor.id)) { (doctor.details.format_with_registration(language)) }
                @if doctor.employment == Employment::Left {
                    " " (components::badge(BadgeTone::Neutral, texts::HAS_LEFT.in_language(language)))
                }
            }
        }
    };
    html! {
        @if settings.practitioners.is_empty() { p { (texts::NO_DOCTOR_YET.in_language(language)) } }
        @if !settings.practitioners.is_empty() {
            ul { @for doctor in &settings.practitioners { (render_doctor(doctor)) } }
        }
        (components::secondary_link(&doctor_path("new"), texts::ADD_A_DOCTOR.in_language(language), None))
    }
}

fn render_hours(language: Language, settings: &ClinicSettings) -> Markup {
    let (japanese, english) = settings.opening.format_hours();
    html! {
        @if settings.opening.hours.is_empty() {
            p { (texts::NO_HOURS_YET.in_language(language)) }
        } @else {
            p { (language.t(&japanese, &english)) }
        }
        (components::secondary_link(&format!("{SETTINGS_PATH}/hours"), texts::CHANGE_THE_HOURS.in_language(language), None))
    }
}

fn render_closures(language: Language, settings: &ClinicSettings) -> Markup {
    html! {
        @if settings.closures.is_empty() { p { (texts::NO_CLOSURE_AHEAD.in_language(language)) } }
        @if !settings.closures.is_empty() {
            ul {
                @for closure in &settings.closures {
                    li { a href=(closure_path(closure.id)) { (describe_closure(language, closure, settings)) } }
                }
            }
        }
        (components::secondary_link(&closure_path("new"), texts::ADD_A_CLOSURE.in_language(language), None))
    }
}

/// Who is away, when, and why, in one line.
fn describe_closure(language: Language, closure: &Closure, settings: &ClinicSettings) -> String {
    let mut line = format!(
        "{}{}{}",
        closed_party(language, closure.practitioner.and_then(|id| settings.practitioner(id))),
        texts::SEPARATOR.in_language(language),
        format_period(language, closure.period),
    );
    if let Some(reason) = &closure.reason {
        line.push_str(&language.in_brackets(reason.in_language(language)));
    }
    line
}

/// Who is away: a doctor, or the whole clinic.
pub(crate) fn closed_party(language: Language, doctor: Option<&Practitioner>) -> &str {
    doctor.map_or_else(|| texts::THE_WHOLE_CLINIC.in_language(language), |doctor| doctor.details.name_in(language))
}

/// A period in words.
pub(crate) fn format_period(
    language: Language,
    period: crate::schedule::rules::practitioner_schedule::Period,
) -> String {
    let (start, end) = (period.start(), period.end());
    let is_midnight = |time: base::Timestamp| base::start_of_day(time.japan_date()) == time;
    if is_midnight(start) && is_midnight(end) {
        let last = end.minus(base::Span::from_mins(1)).japan_date();
        let first = dates::format_date(language, start.japan_date());
        return if last == start.japan_date() {
            first
        } else {
            texts::from_to(language, first, dates::format_date(language, last))
        };
    }
    let end_text = if end.japan_date() == start.japan_date() {
        dates::format_time(end)
    } else {
        dates::format_date_time(language, end)
    };
    texts::from_to(language, dates::format_date_time(language, start), end_text)
}

fn render_menus(language: Language, settings: &ClinicSettings) -> Markup {
    let doctors = |offered: &OfferedMenu| {
        let names: Vec<_> = offered
            .practitioners
            .iter()
            .filter_map(|id| settings.practitioner(*id))
            .map(|doctor| doctor.details.name_in(language))
            .collect();
        if names.is_empty() {
            texts::ALL_DOCTORS.in_language(language).to_owned()
        } else {
            names.join(texts::LIST_COMMA.in_language(language))
        }
    };
    html! {
        @if settings.menus.is_empty() { p { (texts::NO_MENU_YET.in_language(language)) } }
        @if !settings.menus.is_empty() {
            ul {
                @for offered in &settings.menus {
                    li {
                        a href=(menu_path(offered.menu.number)) { (offered.menu.name_in(language)) }
                        (language.in_brackets(offered.menu.charge.name(language)))
                        br; small {
                            (offered.menu.minutes) (texts::MINUTES.in_language(language))
                            (texts::SEPARATOR.in_language(language)) (doctors(offered))
                            @if offered.rules.audience == MenuAudience::DeskOnly {
                                (texts::SEPARATOR.in_language(language)) (texts::ONLY_THE_DESK_BOOKS_IT.in_language(language))
                            }
                        }
                    }
                }
            }
        }
        (components::secondary_link(&menu_path("new"), texts::ADD_A_MENU.in_language(language), None))
        @if !settings.withdrawn_menus.is_empty() {
            (components::disclosure(texts::WITHDRAWN_MENUS.in_language(language), html! {
                ul { @for (number, name) in &settings.withdrawn_menus { li { a href=(menu_path(number)) { (name) } } } }
            }))
        }
    }
}
