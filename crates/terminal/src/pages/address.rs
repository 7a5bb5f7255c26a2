//! 医療機関別URL取得・変更: the address at which patients register for this institution, as a QR code to hand out.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use maud::{Markup, html};
use oqs::AccessUrlChange;
use serde::Deserialize;
use shell::{
    Document, Form, Frame, Language, MenuEntry, Visitor,
    parts::{self, ButtonLook, Tone},
};

use super::{Answer, Stop, see, signed_in, trouble, words};
use crate::{
    Refusal, Role, Room,
    client::Failure,
    paper::{Code, Sheet},
    rules::care::Care,
};

pub(super) struct View {
    pub(super) care: Care,
    pub(super) said: Said,
    pub(super) address: Answer<Option<String>>,
}

/// What became of the button before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Changed,
}

fn path(care: Care) -> String {
    format!("/addresses/{}", care.word())
}

fn care_of(word: &str) -> Result<Care, Refusal> {
    Care::from_word(word).ok_or(Refusal::NotFound)
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    said: Option<String>,
}

pub(super) async fn first(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Stop> {
    signed_in(&room, &visitor, Role::Administrator).await?;
    Ok(see(&path(Care::Online)))
}

pub(super) async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(care): Path<String>,
    Query(query): Query<Wanted>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Administrator).await?;
    let care = care_of(&care)?;
    let asked = signed.station.interface.access_url(care.access_url(), AccessUrlChange::Keep, visitor.now()).await;
    let said = if query.said.as_deref() == Some("changed") { Said::Changed } else { Said::Nothing };
    let view = View { care, said, address: Answer::of(asked) };
    let status = view.address.status();
    Ok((status, page(&super::frame(&visitor, &signed), &view)).into_response())
}

/// The code as a file: `qr.png` or `qr.pdf`.
pub(super) async fn file(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path((care, file)): Path<(String, String)>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Administrator).await?;
    let care = care_of(&care)?;
    if !matches!(file.as_str(), "qr.png" | "qr.pdf") {
        return Err(Refusal::NotFound.into());
    }
    let asked = signed.station.interface.access_url(care.access_url(), AccessUrlChange::Keep, visitor.now()).await;
    let address = asked.map_err(Refusal::Interface)?.ok_or(Refusal::NotFound)?;
    let code = Code::of(&address).ok_or(Refusal::Interface(Failure::AnotherMessage))?;
    let (kind, bytes) = if file == "qr.png" {
        ("image/png", code.png())
    } else {
        let kind = words::care(Language::Japanese, care);
        let sheet = Sheet { institution: &signed.station.name, kind, address: &address };
        ("application/pdf", code.pdf(&sheet))
    };
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = format!("attachment; filename=\"{}-{file}\"", care.word());
    // Two words and a dot.
    response.headers_mut().insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).expect("letters, hyphens and dots make a header"),
    );
    Ok(response)
}

pub(super) async fn ask_to_change(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(care): Path<String>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Administrator).await?;
    let care = care_of(&care)?;
    Ok(change_page(&super::frame(&visitor, &signed), care, None).into_response())
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
pub(super) struct Pressed {}

pub(super) async fn change(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(care): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Administrator).await?;
    let care = care_of(&care)?;
    let changed = signed.station.interface.access_url(care.access_url(), AccessUrlChange::Change, visitor.now()).await;
    match Answer::of(changed) {
        Answer::Here(_) => Ok(see(&format!("{}?said=changed", path(care)))),
        Answer::Trouble(refusal) => {
            let page = change_page(&super::frame(&visitor, &signed), care, Some(&refusal));
            Ok((shell::Refuse::status(&refusal), page).into_response())
        }
    }
}

fn title(language: Language) -> &'static str {
    language.t("医療機関別URL取得・変更", "Address of the institution (医療機関別URL取得・変更)")
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let cares: Vec<MenuEntry> = Care::ALL
        .into_iter()
        .map(|care| MenuEntry {
            href: path(care),
            label: words::care(language, care).to_owned(),
            current: care == view.care,
        })
        .collect();
    Document::new(frame, title(language)).main(html! {
        (parts::tabs(language.t("診療の種類", "Kind of care"), &cares))
        @if view.said == Said::Changed {
            (parts::notice(Tone::Success, language.t("URLを変更しました", "The address was changed"), html! {
                p { (language.t(
                    "前のURLと二次元コードは使えません。掲示物やホームページを差し替えてください。",
                    "The old address and its codes lead nowhere now. Replace what hangs on walls and stands on web pages."
                )) }
            }))
        }
        @match &view.address {
            Answer::Trouble(refusal) => (trouble(frame, refusal)),
            Answer::Here(None) => (parts::empty_state(language.t("URLはまだありません", "There is no address yet"), html! {
                p { (language.t("下のボタンで取得してください。", "Get one with the button below.")) }
            })),
            Answer::Here(Some(address)) => (parts::panel(words::care(language, view.care), html! {
                p { code { (address) } }
                @if let Some(code) = Code::of(address) {
                    (parts::qr(&code.svg(), language.t("同意登録のURLの二次元コード", "QR code of the address to register at")))
                }
                (parts::buttons(html! {
                    (parts::secondary_link(&format!("{}/qr.png", path(view.care)), language.t("PNGで保存", "Save as PNG"), None))
                    (parts::secondary_link(&format!("{}/qr.pdf", path(view.care)), language.t("PDFで保存", "Save as PDF"), None))
                }))
            })),
        }
        @if !matches!(view.address, Answer::Trouble(_)) {
            p { a href=(format!("{}/change", path(view.care))) { (language.t("URLを変更する", "Change the address")) } }
        }
    })
}

pub(super) fn change_page(frame: &Frame, care: Care, refusal: Option<&Refusal>) -> Markup {
    let language = frame.language;
    let heading = language.t("URLの変更", "Change the address");
    let above = parts::breadcrumbs(language, &[(&path(care), title(language))], heading);
    Document::new(frame, heading).above(above).main(html! {
        @if let Some(refusal) = refusal { (trouble(frame, refusal)) }
        (parts::notice(Tone::Warning, language.t("前のURLは使えなくなります", "The old address will lead nowhere"), html! {
            p { (words::care(language, care)) }
            p { (language.t(
                "変更すると、患者に渡した二次元コードやリンクはすぐに使えなくなります。すでに登録された同意はそのまま残ります。",
                "Codes and links that patients have lead nowhere from that moment on. What they registered stays."
            )) }
        }))
        (parts::post_button(frame, &format!("{}/change", path(care)), ButtonLook::Danger, language.t("変更する", "Change it")))
        (parts::back_link(&path(care), language.t("変更せずに戻る", "Back without changing")))
    })
}
