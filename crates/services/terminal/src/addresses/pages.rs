//! 医療機関別URL取得・変更: the address where patients register for this institution, as a QR code to hand out.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use maud::{Markup, html};
use oqs::AccessUrlChange;
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame, MenuEntry,
    components::{self, ButtonStyle, Tone},
};
use web::{ButtonForm, Form, Visitor};

use super::qr_code::{AddressQrCode, PrintedSheet};
use crate::{
    Refusal, Role, TerminalState,
    client::EligibilityError,
    eligibility::{rules::Care, wording::care_label},
    pages::{HandlerError, SystemResponse, redirect, render_failure},
    sign_in::session::{require_role, session_frame},
};

pub(crate) struct AddressPage {
    pub(crate) care: Care,
    pub(crate) notice: AddressNotice,
    pub(crate) address: SystemResponse<Option<String>>,
}

/// The notice on the outcome of the action before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressNotice {
    None,
    Changed,
}

fn address_path(care: Care) -> String {
    format!("/addresses/{}", care.as_str())
}

fn parse_care(text: &str) -> Result<Care, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

#[derive(Deserialize)]
pub(crate) struct AddressQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

pub(crate) async fn redirect_to_first(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
) -> Result<Response, HandlerError> {
    require_role(&terminal, &visitor, Role::Administrator).await?;
    Ok(redirect(&address_path(Care::Online)))
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(care): Path<String>,
    Query(query): Query<AddressQuery>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Administrator).await?;
    let care = parse_care(&care)?;
    let address = session
        .station
        .client
        .request_access_url(care.access_url_kind(), AccessUrlChange::NoChange, visitor.now())
        .await;
    let notice = if query.notice.as_deref() == Some("changed") { AddressNotice::Changed } else { AddressNotice::None };
    let view = AddressPage { care, notice, address: SystemResponse::from_result(address) };
    let status = view.address.status();
    Ok((status, render_page(&session_frame(&visitor, &session), &view)).into_response())
}

base::text_enum! {
    /// The QR code as a file.
    enum QrCodeFile {
        Png = "qr.png",
        Pdf = "qr.pdf",
    }
}

pub(crate) async fn download_qr_code(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path((care, file)): Path<(String, String)>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Administrator).await?;
    let care = parse_care(&care)?;
    let file: QrCodeFile = file.parse().map_err(|_| Refusal::NotFound)?;
    let result = session
        .station
        .client
        .request_access_url(care.access_url_kind(), AccessUrlChange::NoChange, visitor.now())
        .await;
    let address = result.map_err(Refusal::Interface)?.ok_or(Refusal::NotFound)?;
    let code = AddressQrCode::encode(&address).ok_or(Refusal::Interface(EligibilityError::UnexpectedMessage))?;
    let (kind, bytes) = match file {
        QrCodeFile::Png => ("image/png", code.to_png()),
        QrCodeFile::Pdf => {
            let kind = care_label(Language::Japanese, care);
            let sheet = PrintedSheet { institution: &session.station.name, kind, address: &address };
            ("application/pdf", code.to_pdf(&sheet))
        }
    };
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = format!("attachment; filename=\"{}-{file}\"", care.as_str());
    // ASCII: the care's name, a hyphen and the file name.
    response.headers_mut().insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).expect("letters, hyphens and dots make a header"),
    );
    Ok(response)
}

pub(crate) async fn show_change_form(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(care): Path<String>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Administrator).await?;
    let care = parse_care(&care)?;
    Ok(render_change_page(&session_frame(&visitor, &session), care, None).into_response())
}

pub(crate) async fn change_address(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(care): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Administrator).await?;
    let care = parse_care(&care)?;
    let result =
        session.station.client.request_access_url(care.access_url_kind(), AccessUrlChange::Change, visitor.now()).await;
    match SystemResponse::from_result(result) {
        SystemResponse::Received(_) => Ok(redirect(&format!("{}?said=changed", address_path(care)))),
        SystemResponse::Failed(refusal) => {
            let page = render_change_page(&session_frame(&visitor, &session), care, Some(&refusal));
            Ok((web::Refuse::status(&refusal), page).into_response())
        }
    }
}

fn page_title(language: Language) -> &'static str {
    language.t("医療機関別URL取得・変更", "Address of the institution (医療機関別URL取得・変更)")
}

pub(crate) fn render_page(frame: &Frame, view: &AddressPage) -> Markup {
    let language = frame.language;
    let cares: Vec<MenuEntry> = Care::ALL
        .into_iter()
        .map(|care| MenuEntry {
            href: address_path(care),
            label: care_label(language, care).to_owned(),
            current: care == view.care,
        })
        .collect();
    Document::new(frame, page_title(language)).main(html! {
        (components::tabs(language.t("診療の種類", "Kind of care"), &cares))
        @if view.notice == AddressNotice::Changed {
            (components::notice(Tone::Success, language.t("URLを変更しました", "The address was changed"), html! {
                p { (language.t(
                    "前のURLと二次元コードは使えません。掲示物やホームページを差し替えてください。",
                    "The old address and its codes lead nowhere now. Replace what hangs on walls and stands on web pages."
                )) }
            }))
        }
        @match &view.address {
            SystemResponse::Failed(refusal) => (render_failure(frame, refusal)),
            SystemResponse::Received(None) => (components::empty_state(language.t("URLはまだありません", "There is no address yet"), html! {
                p { (language.t("下のボタンで取得してください。", "Get one with the button below.")) }
            })),
            SystemResponse::Received(Some(address)) => (components::panel(care_label(language, view.care), html! {
                p { code { (address) } }
                @if let Some(code) = AddressQrCode::encode(address) {
                    (components::qr(&code.to_svg(), language.t("同意登録のURLの二次元コード", "QR code of the address to register at")))
                }
                (components::buttons(html! {
                    (components::secondary_link(&format!("{}/{}", address_path(view.care), QrCodeFile::Png), language.t("PNGで保存", "Save as PNG"), None))
                    (components::secondary_link(&format!("{}/{}", address_path(view.care), QrCodeFile::Pdf), language.t("PDFで保存", "Save as PDF"), None))
                }))
            })),
        }
        @if !matches!(view.address, SystemResponse::Failed(_)) {
            p { a href=(format!("{}/change", address_path(view.care))) { (language.t("URLを変更する", "Change the address")) } }
        }
    })
}

pub(crate) fn render_change_page(frame: &Frame, care: Care, refusal: Option<&Refusal>) -> Markup {
    let language = frame.language;
    let heading = language.t("URLの変更", "Change the address");
    let above = components::breadcrumbs(language, &[(&address_path(care), page_title(language))], heading);
    Document::new(frame, heading).above_heading(above).main(html! {
        @if let Some(refusal) = refusal { (render_failure(frame, refusal)) }
        (components::notice(Tone::Warning, language.t("前のURLは使えなくなります", "The old address will lead nowhere"), html! {
            p { (care_label(language, care)) }
            p { (language.t(
                "変更すると、患者に渡した二次元コードやリンクはすぐに使えなくなります。すでに登録された同意はそのまま残ります。",
                "Codes and links that patients have lead nowhere from that moment on. What they registered stays."
            )) }
        }))
        (components::post_button(frame, &format!("{}/change", address_path(care)), ButtonStyle::Danger, language.t("変更する", "Change it")))
        (components::back_link(&address_path(care), language.t("変更せずに戻る", "Back without changing")))
    })
}
