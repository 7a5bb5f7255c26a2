//! 環境設定情報: the institution's settings at the system, their change, and this terminal's own settings.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::InstitutionCode;
use maud::{Markup, html};
use oqs::{EnvironmentSettings, PrescriptionTiming, PrescriptionUse, Use};
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame,
    components::{self, Choice, Select, Tone},
};
use web::{Form, Visitor};

use crate::{
    Refusal, Role, TerminalState,
    client::EligibilityError,
    exchange::{Exchange, ExchangeStatus},
    pages::{HandlerError, SystemResponse, redirect, render_failure, render_system_message},
    settings::texts,
    sign_in::session::{TerminalSession, require_role, session_frame},
};

pub(crate) struct SettingsPage {
    pub(crate) institution: InstitutionCode,
    pub(crate) name: String,
    pub(crate) interface: String,
    /// `None` without exchange folders.
    pub(crate) exchange: Option<ExchangeStatus>,
    pub(crate) environment: SystemResponse<Option<EnvironmentSettings>>,
    pub(crate) notice: SettingsNotice,
}

/// The notice on the outcome of the action before.
#[derive(Debug)]
pub(crate) enum SettingsNotice {
    None,
    Changed,
    Refused(Refusal),
}

#[derive(Deserialize)]
pub(crate) struct SettingsQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(query): Query<SettingsQuery>,
) -> Result<Response, HandlerError> {
    let notice =
        if query.notice.as_deref() == Some("changed") { SettingsNotice::Changed } else { SettingsNotice::None };
    let session = require_role(&terminal, &visitor, Role::Administrator).await?;
    Ok(respond_with_settings(&terminal, &visitor, &session, notice).await)
}

async fn respond_with_settings(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    notice: SettingsNotice,
) -> Response {
    let status = match &notice {
        SettingsNotice::Refused(refusal) => web::Refuse::status(refusal),
        SettingsNotice::None | SettingsNotice::Changed => http::StatusCode::OK,
    };
    let view = SettingsPage {
        institution: session.account.institution,
        name: session.station.name.clone(),
        interface: terminal.eligibility_address.to_string(),
        exchange: session.station.exchange.as_ref().map(Exchange::status),
        environment: SystemResponse::from_result(session.station.client.fetch_settings(visitor.now()).await),
        notice,
    };
    // The terminal's own settings are shown in any case.
    (status, render_page(&session_frame(visitor, session), &view)).into_response()
}

/// The form. An empty field leaves its setting unchanged.
#[derive(Deserialize)]
pub(crate) struct SettingsForm {
    #[serde(default)]
    viewing_consent: String,
    #[serde(default)]
    medical_assistance: String,
    #[serde(default)]
    home_visit: String,
    #[serde(default)]
    online: String,
    #[serde(default)]
    prescription: String,
    #[serde(default)]
    prescription_timing: String,
}

/// 環境設定情報更新
pub(crate) async fn change_settings(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Form(form): Form<SettingsForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Administrator).await?;
    let parse_use = |text: &str| Use::from_code(text);
    let settings = EnvironmentSettings {
        viewing_consent: parse_use(&form.viewing_consent),
        medical_assistance: parse_use(&form.medical_assistance),
        home_visit: parse_use(&form.home_visit),
        online: parse_use(&form.online),
        prescription: PrescriptionUse::from_code(&form.prescription),
        prescription_timing: PrescriptionTiming::from_code(&form.prescription_timing),
    };
    match SystemResponse::from_result(session.station.client.change_settings(settings, visitor.now()).await) {
        SystemResponse::Received(_) => Ok(redirect("/settings?said=changed")),
        SystemResponse::Failed(refusal) => {
            Ok(respond_with_settings(&terminal, &visitor, &session, SettingsNotice::Refused(refusal)).await)
        }
    }
}

pub(crate) fn render_page(frame: &Frame, view: &SettingsPage) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::SETTINGS.in_language(language)).main(html! {
        (components::panel(texts::THIS_TERMINAL.in_language(language), components::description_list(&[
            (texts::INSTITUTION_CODE.in_language(language), html! { (view.institution) }),
            (texts::INSTITUTION.in_language(language), html! { (view.name) }),
            (texts::ADDRESS_OF_THE_SYSTEM.in_language(language), html! { code { (view.interface) } }),
        ])))
        @if let Some(status) = &view.exchange { (render_exchange_status(language, status)) }
        @match &view.notice {
            SettingsNotice::None => {}
            SettingsNotice::Changed => (components::notice(Tone::Success, texts::THE_SETTINGS_WERE_CHANGED.in_language(language), html! {
                p { (texts::OTHER_ACCOUNTS_SEE_IT_LATER.in_language(language)) }
            })),
            SettingsNotice::Refused(refusal) => (render_failure(frame, refusal)),
        }
        @match &view.environment {
            SystemResponse::Received(Some(settings)) => (components::panel(
                texts::CHANGE_SETTINGS.in_language(language),
                render_environment_form(frame, settings),
            )),
            SystemResponse::Received(None) => (render_settings_unavailable(language, None)),
            // A refusal of the whole message: the system does not support it yet.
            SystemResponse::Failed(Refusal::Interface(EligibilityError::Refused(fault))) => (render_settings_unavailable(language, fault.message.as_deref())),
            SystemResponse::Failed(refusal) => (render_failure(frame, refusal)),
        }
    })
}

/// How many waiting response files are named.
const MAX_BLOCKED_SHOWN: usize = 5;

fn render_exchange_status(language: Language, status: &ExchangeStatus) -> Markup {
    let ExchangeStatus { unknown_requests: unknown, blocked_responses: blocked } = status;
    let rows = [
        (texts::REQUESTS_OF_NO_KNOWN_KIND.in_language(language), html! { (texts::count(language, unknown)) }),
        (texts::ANSWERS_WAITING_FOR_RES.in_language(language), html! { (texts::count(language, blocked.len())) }),
    ];
    components::panel(
        texts::FILE_EXCHANGE_WITH_RECEIPT_COMPUTER.in_language(language),
        html! {
            (components::description_list(&rows))
            @if !blocked.is_empty() {
                p { (texts::TAKE_OLD_FILE_OUT_OF_RES.in_language(language)) }
                ul { @for name in blocked.iter().take(MAX_BLOCKED_SHOWN) { li { code { (name) } } } }
            }
        },
    )
}

fn render_settings_unavailable(language: Language, message: Option<&str>) -> Markup {
    let heading = texts::SYSTEM_DOES_NOT_TELL_SETTINGS.in_language(language);
    components::notice(
        Tone::Info,
        heading,
        html! {
            p { (texts::SYSTEM_DOES_NOT_ANSWER_THIS_YET.in_language(language)) }
            @if let Some(message) = message {
                (render_system_message(language, message, None))
            }
        },
    )
}

fn render_environment_form(frame: &Frame, settings: &EnvironmentSettings) -> Markup {
    let language = frame.language;
    let unchanged = texts::AS_IT_IS.in_language(language);
    let use_choices = [
        Choice::new(Use::Used.code(), texts::USED.in_language(language)),
        Choice::new(Use::Unused.code(), texts::NOT_USED.in_language(language)),
    ];
    let use_select = |name: &'static str, label: &'static str, value: Option<Use>| {
        Select::new(language, name, label, &use_choices)
            .selected(value.map_or("", Use::code))
            .empty_option(unchanged)
            .without_mark()
    };
    let prescriptions: Vec<Choice<'_>> =
        PrescriptionUse::ALL.iter().map(|option| Choice::new(option.code(), option.label())).collect();
    let timings: Vec<Choice<'_>> =
        PrescriptionTiming::ALL.iter().map(|option| Choice::new(option.code(), option.label())).collect();
    components::form(
        frame,
        "/settings",
        html! {
            (components::field_row(html! {
                (use_select("viewing_consent", texts::CONSENT_TO_VIEWING.in_language(language), settings.viewing_consent))
                (use_select("medical_assistance", texts::PUBLIC_ASSISTANCE.in_language(language), settings.medical_assistance))
            }))
            (components::field_row(html! {
                (use_select("home_visit", texts::HOME_VISITS.in_language(language), settings.home_visit))
                (use_select("online", texts::ONLINE_CARE.in_language(language), settings.online))
            }))
            (components::field_row(html! {
                (Select::new(language, "prescription", texts::ELECTRONIC_PRESCRIPTIONS.in_language(language), &prescriptions)
                    .selected(settings.prescription.map_or("", PrescriptionUse::code))
                    .empty_option(unchanged)
                    .without_mark())
                (Select::new(
                    language,
                    "prescription_timing",
                    texts::CHOICE_OF_THE_PRESCRIPTIONS_FORM.in_language(language),
                    &timings,
                )
                .selected(settings.prescription_timing.map_or("", PrescriptionTiming::code))
                .empty_option(unchanged)
                .without_mark())
            }))
            (components::primary_button(texts::CHANGE_BUTTON.in_language(language), Some(texts::SETTINGS_ARE_SET_AT_SYSTEM.in_language(language))))
        },
    )
}
