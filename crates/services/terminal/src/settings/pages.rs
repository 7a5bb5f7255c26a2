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
    pages::{HandlerError, SystemResponse, redirect, render_failure},
    sign_in::session::{require_role, session_frame},
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
    respond_with_settings(&terminal, &visitor, notice).await
}

async fn respond_with_settings(
    terminal: &TerminalState,
    visitor: &Visitor,
    notice: SettingsNotice,
) -> Result<Response, HandlerError> {
    let session = require_role(terminal, visitor, Role::Administrator).await?;
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
    Ok((status, render_page(&session_frame(visitor, &session), &view)).into_response())
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
            respond_with_settings(&terminal, &visitor, SettingsNotice::Refused(refusal)).await
        }
    }
}

pub(crate) fn render_page(frame: &Frame, view: &SettingsPage) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("環境設定情報", "Settings (環境設定情報)")).main(html! {
        (components::panel(language.t("この端末の設定", "This terminal"), components::description_list(&[
            (language.t("医療機関コード", "Institution code"), html! { (view.institution) }),
            (language.t("医療機関名", "Institution"), html! { (view.name) }),
            (language.t("接続先", "Address of the system"), html! { code { (view.interface) } }),
        ])))
        @if let Some(status) = &view.exchange { (render_exchange_status(language, status)) }
        @match &view.notice {
            SettingsNotice::None => {}
            SettingsNotice::Changed => (components::notice(Tone::Success, language.t("設定を更新しました", "The settings were changed"), html! {
                p { (language.t(
                    "ほかのアカウントには、ログインし直すと反映されます。",
                    "The other accounts see it once they sign in again."
                )) }
            })),
            SettingsNotice::Refused(refusal) => (render_failure(frame, refusal)),
        }
        @match &view.environment {
            SystemResponse::Received(Some(settings)) => (components::panel(
                language.t("環境設定情報更新", "Change (環境設定情報更新)"),
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
        (
            language.t("対応していない名前の要求（起動してから）", "Requests of no known kind (since the start)"),
            match language {
                Language::Japanese => html! { (unknown) "件" },
                Language::English => html! { (unknown) },
            },
        ),
        (
            language.t("resに出せずに待っている結果", "Answers that wait to go to res"),
            match language {
                Language::Japanese => html! { (blocked.len()) "件" },
                Language::English => html! { (blocked.len()) },
            },
        ),
    ];
    components::panel(
        language.t("レセコンとのファイル交換", "File exchange with the receipt computer"),
        html! {
            (components::description_list(&rows))
            @if !blocked.is_empty() {
                p { (language.t(
                    "同じ名前の結果ファイルがresに残っているため、次の結果を出せません。レセコンが受け取っていないファイルをresから取り除いてください。",
                    "A file of the same name lies in res, so the next answer cannot go there. Take the old file out of res."
                )) }
                ul { @for name in blocked.iter().take(MAX_BLOCKED_SHOWN) { li { code { (name) } } } }
            }
        },
    )
}

fn render_settings_unavailable(language: Language, message: Option<&str>) -> Markup {
    let heading = language.t("システムの設定は照会できません", "The system does not tell its settings");
    components::notice(
        Tone::Info,
        heading,
        html! {
            p { (language.t(
                "接続先のシステムが、設定の照会に対応していません。受付の一覧や資格の確認には影響ありません。",
                "The system does not answer this question yet. Receptions and eligibility work all the same."
            )) }
            @if let Some(message) = message {
                p { (language.t("システムからのメッセージ：", "The system says: ")) span lang="ja" { (message) } }
            }
        },
    )
}

fn render_environment_form(frame: &Frame, settings: &EnvironmentSettings) -> Markup {
    let language = frame.language;
    let unchanged = language.t("（今のまま）", "(as it is)");
    let use_choices = [
        Choice::new(Use::Used.code(), language.t("利用する", "Used")),
        Choice::new(Use::Unused.code(), language.t("利用しない", "Not used")),
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
                (use_select("viewing_consent", language.t("閲覧同意", "Consent to viewing"), settings.viewing_consent))
                (use_select("medical_assistance", language.t("医療扶助", "Public assistance"), settings.medical_assistance))
            }))
            (components::field_row(html! {
                (use_select("home_visit", language.t("訪問診療等機能", "Home visits"), settings.home_visit))
                (use_select("online", language.t("オンライン診療等・外来診療等（通常とは異なる動線）", "Online care"), settings.online))
            }))
            (components::field_row(html! {
                (Select::new(language, "prescription", language.t("電子処方箋", "Electronic prescriptions"), &prescriptions)
                    .selected(settings.prescription.map_or("", PrescriptionUse::code))
                    .empty_option(unchanged)
                    .without_mark())
                (Select::new(
                    language,
                    "prescription_timing",
                    language.t("処方箋発行形態の選択", "Choice of the prescription's form"),
                    &timings,
                )
                .selected(settings.prescription_timing.map_or("", PrescriptionTiming::code))
                .empty_option(unchanged)
                .without_mark())
            }))
            (components::primary_button(language.t("更新する", "Change"), Some(language.t(
                "システムに登録します。ほかのアカウントには、ログインし直すと反映されます。",
                "Set at the system. The other accounts see it once they sign in again."
            ))))
        },
    )
}
