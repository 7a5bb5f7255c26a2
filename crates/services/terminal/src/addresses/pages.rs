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
    Document, Frame, MenuEntry, QrCode,
    components::{self, ButtonStyle, Tone},
};
use web::{ButtonForm, Form, Visitor};

use super::qr_code::{self, PrintedSheet};
use crate::{
    Refusal, Role, TerminalState,
    addresses::texts,
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
    let code = QrCode::encode(&address).ok_or(Refusal::Interface(EligibilityError::UnexpectedMessage))?;
    let (kind, bytes) = match file {
        QrCodeFile::Png => ("image/png", qr_code::render_png(&code)),
        QrCodeFile::Pdf => {
            let kind = care_label(Language::Japanese, care);
            let sheet = PrintedSheet { institution: &session.station.name, kind, address: &address };
            ("application/pdf", qr_code::render_pdf(&code, &sheet))
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
    texts::ADDRESS_OF_THE_INSTITUTION.in_language(language)
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
        (components::tabs(texts::KIND_OF_CARE.in_language(language), &cares))
        @if view.notice == AddressNotice::Changed {
            (components::notice(Tone::Success, texts::THE_ADDRESS_WAS_CHANGED.in_language(language), html! {
                p { (texts::OLD_ADDRESS_LEADS_NOWHERE_NOW.in_language(language)) }
            }))
        }
        @match &view.address {
            SystemResponse::Failed(refusal) => (render_failure(frame, refusal)),
            SystemResponse::Received(None) => (components::empty_state(texts::THERE_IS_NO_ADDRESS_YET.in_language(language), html! {
                p { (texts::GET_ADDRESS_WITH_BUTTON_BELOW.in_language(language)) }
            })),
            SystemResponse::Received(Some(address)) => (components::panel(care_label(language, view.care), html! {
                p { code { (address) } }
                @if let Some(code) = QrCode::encode(address) {
                    (components::qr(&code, texts::QR_CODE_OF_ADDRESS.in_language(language)))
                }
                (components::buttons(html! {
                    (components::secondary_link(&format!("{}/{}", address_path(view.care), QrCodeFile::Png), texts::SAVE_AS_PNG.in_language(language), None))
                    (components::secondary_link(&format!("{}/{}", address_path(view.care), QrCodeFile::Pdf), texts::SAVE_AS_PDF.in_language(language), None))
                }))
            })),
        }
        @if !matches!(view.address, SystemResponse::Failed(_)) {
            p { a href=(format!("{}/change", address_path(view.care))) { (texts::CHANGE_THE_ADDRESS.in_language(language)) } }
        }
    })
}

pub(crate) fn render_change_page(frame: &Frame, care: Care, refusal: Option<&Refusal>) -> Markup {
    let language = frame.language;
    let heading = texts::CHANGE_OF_ADDRESS.in_language(language);
    let above = components::breadcrumbs(language, &[(&address_path(care), page_title(language))], heading);
    Document::new(frame, heading).above_heading(above).main(html! {
        @if let Some(refusal) = refusal { (render_failure(frame, refusal)) }
        (components::notice(Tone::Warning, texts::OLD_ADDRESS_WILL_LEAD_NOWHERE.in_language(language), html! {
            p { (care_label(language, care)) }
            p { (texts::CODES_AND_LINKS_LEAD_NOWHERE.in_language(language)) }
        }))
        (components::post_button(frame, &format!("{}/change", address_path(care)), ButtonStyle::Danger, texts::CHANGE_ADDRESS_BUTTON.in_language(language)))
        (components::back_link(&address_path(care), texts::BACK_WITHOUT_CHANGING.in_language(language)))
    })
}
