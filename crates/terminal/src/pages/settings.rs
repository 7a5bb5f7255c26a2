//! 環境設定情報: what the system has set for the institution, and what this terminal itself is set to.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::InstitutionCode;
use maud::{Markup, html};
use oqs::{EnvironmentSettings, Use};
use shell::{
    Document, Frame, Language, Visitor,
    parts::{self, Tone},
};

use super::{Answer, Stop, signed_in, trouble};
use crate::{Refusal, Role, Room, client::Failure};

pub(super) struct View {
    pub(super) institution: InstitutionCode,
    pub(super) name: String,
    pub(super) interface: String,
    pub(super) environment: Answer<Option<EnvironmentSettings>>,
}

pub(super) async fn show(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Administrator).await?;
    let view = View {
        institution: signed.account.institution,
        name: signed.station.name.clone(),
        interface: room.address.to_string(),
        environment: Answer::of(signed.station.interface.settings(visitor.now()).await),
    };
    // The terminal's own settings are shown in any case.
    Ok(page(&super::frame(&visitor, &signed), &view).into_response())
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("環境設定情報", "Settings (環境設定情報)")).main(html! {
        (parts::panel(language.t("この端末の設定", "This terminal"), parts::description_list(&[
            (language.t("医療機関コード", "Institution code"), html! { (view.institution) }),
            (language.t("医療機関名", "Institution"), html! { (view.name) }),
            (language.t("接続先", "Address of the system"), html! { code { (view.interface) } }),
        ])))
        @match &view.environment {
            Answer::Here(Some(settings)) => (parts::panel(
                language.t("システムに登録されている設定", "Set at the system"),
                environment(language, settings),
            )),
            Answer::Here(None) => (unanswered(language, None)),
            // It says no as a whole: it does not speak this message yet.
            Answer::Trouble(Refusal::Interface(Failure::Refused(fault))) => (unanswered(language, fault.message.as_deref())),
            Answer::Trouble(refusal) => (trouble(frame, refusal)),
        }
    })
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

fn environment(language: Language, settings: &EnvironmentSettings) -> Markup {
    let used = |setting: Option<Use>| match setting {
        Some(Use::Used) => language.t("利用する", "Used"),
        Some(Use::Unused) => language.t("利用しない", "Not used"),
        None => "—",
    };
    parts::description_list(&[
        (language.t("閲覧同意", "Consent to viewing"), html! { (used(settings.viewing_consent)) }),
        (language.t("医療扶助", "Public assistance"), html! { (used(settings.medical_assistance)) }),
        (language.t("訪問診療等機能", "Home visits"), html! { (used(settings.home_visit)) }),
        (
            language.t("オンライン診療等・外来診療等（通常とは異なる動線）", "Online care"),
            html! { (used(settings.online)) },
        ),
        (
            language.t("電子処方箋", "Electronic prescriptions"),
            html! { span lang="ja" { (settings.prescription.map_or("—", oqs::PrescriptionUse::label)) } },
        ),
        (
            language.t("処方箋発行形態の選択", "Choice of the prescription's form"),
            html! { span lang="ja" { (settings.prescription_timing.map_or("—", oqs::PrescriptionTiming::label)) } },
        ),
    ])
}
