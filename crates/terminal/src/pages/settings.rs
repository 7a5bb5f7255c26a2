//! 環境設定情報: what the system has set for the institution, its change, and what this terminal itself is set to.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::InstitutionCode;
use maud::{Markup, html};
use oqs::{EnvironmentSettings, PrescriptionTiming, PrescriptionUse, Use};
use serde::Deserialize;
use shell::{
    Document, Form, Frame, Language, Visitor,
    parts::{self, Choice, Select, Tone},
};

use super::{Answer, Stop, see, signed_in, trouble};
use crate::{
    Refusal, Role, Room,
    client::Failure,
    exchange::{Exchange, ExchangeStatus},
};

pub(super) struct View {
    pub(super) institution: InstitutionCode,
    pub(super) name: String,
    pub(super) interface: String,
    /// None without exchange folders.
    pub(super) exchange: Option<ExchangeStatus>,
    pub(super) environment: Answer<Option<EnvironmentSettings>>,
    pub(super) said: Said,
}

/// What became of the button before.
#[derive(Debug)]
pub(super) enum Said {
    Nothing,
    Changed,
    /// The system did not take it.
    Refused(Refusal),
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    said: Option<String>,
}

pub(super) async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Stop> {
    let said = if wanted.said.as_deref() == Some("changed") { Said::Changed } else { Said::Nothing };
    answer(&room, &visitor, said).await
}

async fn answer(room: &Room, visitor: &Visitor, said: Said) -> Result<Response, Stop> {
    let signed = signed_in(room, visitor, Role::Administrator).await?;
    let status = match &said {
        Said::Refused(refusal) => shell::Refuse::status(refusal),
        Said::Nothing | Said::Changed => http::StatusCode::OK,
    };
    let view = View {
        institution: signed.account.institution,
        name: signed.station.name.clone(),
        interface: room.address.to_string(),
        exchange: signed.station.exchange.as_ref().map(Exchange::status),
        environment: Answer::of(signed.station.interface.settings(visitor.now()).await),
        said,
    };
    // The terminal's own settings are shown in any case.
    Ok((status, page(&super::frame(visitor, &signed), &view)).into_response())
}

/// What the form sends. An empty field is one that nobody chose, and leaves things as they are.
#[derive(Deserialize)]
pub(super) struct Filled {
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
pub(super) async fn change(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(filled): Form<Filled>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Administrator).await?;
    let used = |text: &str| Use::from_code(text);
    let settings = EnvironmentSettings {
        viewing_consent: used(&filled.viewing_consent),
        medical_assistance: used(&filled.medical_assistance),
        home_visit: used(&filled.home_visit),
        online: used(&filled.online),
        prescription: PrescriptionUse::from_code(&filled.prescription),
        prescription_timing: PrescriptionTiming::from_code(&filled.prescription_timing),
    };
    match Answer::of(signed.station.interface.change_settings(settings, visitor.now()).await) {
        Answer::Here(_) => Ok(see("/settings?said=changed")),
        Answer::Trouble(refusal) => answer(&room, &visitor, Said::Refused(refusal)).await,
    }
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("環境設定情報", "Settings (環境設定情報)")).main(html! {
        (parts::panel(language.t("この端末の設定", "This terminal"), parts::description_list(&[
            (language.t("医療機関コード", "Institution code"), html! { (view.institution) }),
            (language.t("医療機関名", "Institution"), html! { (view.name) }),
            (language.t("接続先", "Address of the system"), html! { code { (view.interface) } }),
        ])))
        @if let Some(status) = &view.exchange { (exchange(language, status)) }
        @match &view.said {
            Said::Nothing => {}
            Said::Changed => (parts::notice(Tone::Success, language.t("設定を更新しました", "The settings were changed"), html! {
                p { (language.t(
                    "ほかのアカウントには、ログインし直すと反映されます。",
                    "The other accounts see it once they sign in again."
                )) }
            })),
            Said::Refused(refusal) => (trouble(frame, refusal)),
        }
        @match &view.environment {
            Answer::Here(Some(settings)) => (parts::panel(
                language.t("環境設定情報更新", "Change (環境設定情報更新)"),
                environment(frame, settings),
            )),
            Answer::Here(None) => (unanswered(language, None)),
            // It says no as a whole: it does not speak this message yet.
            Answer::Trouble(Refusal::Interface(Failure::Refused(fault))) => (unanswered(language, fault.message.as_deref())),
            Answer::Trouble(refusal) => (trouble(frame, refusal)),
        }
    })
}

/// How many waiting answers are named.
const NAMED: usize = 5;

fn exchange(language: Language, status: &ExchangeStatus) -> Markup {
    let ExchangeStatus { unknown, blocked } = status;
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
    parts::panel(
        language.t("レセコンとのファイル交換", "File exchange with the receipt computer"),
        html! {
            (parts::description_list(&rows))
            @if !blocked.is_empty() {
                p { (language.t(
                    "同じ名前の結果ファイルがresに残っているため、次の結果を出せません。レセコンが受け取っていないファイルをresから取り除いてください。",
                    "A file of the same name lies in res, so the next answer cannot go there. Take the old file out of res."
                )) }
                ul { @for name in blocked.iter().take(NAMED) { li { code { (name) } } } }
            }
        },
    )
}

fn unanswered(language: Language, message: Option<&str>) -> Markup {
    let heading = language.t("システムの設定は照会できません", "The system does not tell its settings");
    parts::notice(
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

fn environment(frame: &Frame, settings: &EnvironmentSettings) -> Markup {
    let language = frame.language;
    let as_it_is = language.t("（今のまま）", "(as it is)");
    let use_of = [
        Choice::new(Use::Used.code(), language.t("利用する", "Used")),
        Choice::new(Use::Unused.code(), language.t("利用しない", "Not used")),
    ];
    let used = |name: &'static str, label: &'static str, set: Option<Use>| {
        Select::new(language, name, label, &use_of)
            .chosen(set.map_or("", Use::code))
            .nothing_chosen(as_it_is)
            .unmarked()
    };
    let prescriptions: Vec<Choice<'_>> =
        PrescriptionUse::ALL.iter().map(|one| Choice::new(one.code(), one.label())).collect();
    let timings: Vec<Choice<'_>> =
        PrescriptionTiming::ALL.iter().map(|one| Choice::new(one.code(), one.label())).collect();
    parts::form(
        frame,
        "/settings",
        html! {
            (parts::field_row(html! {
                (used("viewing_consent", language.t("閲覧同意", "Consent to viewing"), settings.viewing_consent))
                (used("medical_assistance", language.t("医療扶助", "Public assistance"), settings.medical_assistance))
            }))
            (parts::field_row(html! {
                (used("home_visit", language.t("訪問診療等機能", "Home visits"), settings.home_visit))
                (used("online", language.t("オンライン診療等・外来診療等（通常とは異なる動線）", "Online care"), settings.online))
            }))
            (parts::field_row(html! {
                (Select::new(language, "prescription", language.t("電子処方箋", "Electronic prescriptions"), &prescriptions)
                    .chosen(settings.prescription.map_or("", PrescriptionUse::code))
                    .nothing_chosen(as_it_is)
                    .unmarked())
                (Select::new(
                    language,
                    "prescription_timing",
                    language.t("処方箋発行形態の選択", "Choice of the prescription's form"),
                    &timings,
                )
                .chosen(settings.prescription_timing.map_or("", PrescriptionTiming::code))
                .nothing_chosen(as_it_is)
                .unmarked())
            }))
            (parts::primary_button(language.t("更新する", "Change"), Some(language.t(
                "システムに登録します。ほかのアカウントには、ログインし直すと反映されます。",
                "Set at the system. The other accounts see it once they sign in again."
            ))))
        },
    )
}
