//! 訪問診療等: a consent that stands until it is withdrawn. The desk looks again (再照会), or gives the consent back
//! (閲覧同意取り消し).

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use shell::{
    Form, Frame, Language, Visitor,
    parts::{self, ButtonLook, Tone},
};

use super::{Pressed, View, list_of};
use crate::{
    Refusal, Role, Room,
    pages::{Answer, Stop, opened, see, signed_in, trouble},
    rules::{
        care::Care,
        finding::Finding,
        listed::{Document, Listed},
    },
};

/// What the desk reads before it gives a consent back.
pub(in crate::pages) struct Withdrawing {
    pub(in crate::pages) listed: Listed,
    pub(in crate::pages) sealed: String,
    /// Why it did not work a moment ago.
    pub(in crate::pages) refusal: Option<Refusal>,
}

/// By what a consent is given back; nothing where it is of オンライン診療等, or where nothing is known to ask by.
fn given_back_by(listed: &Listed) -> Option<&Document> {
    listed.documents.first().filter(|_| listed.care() == Care::HomeVisit)
}

pub(in crate::pages) async fn ask_to_withdraw(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let listed = opened(&visitor, &signed, &sealed)?;
    given_back_by(&listed).ok_or(Refusal::NotFound)?;
    let view = Withdrawing { listed, sealed, refusal: None };
    Ok(withdraw_page(&crate::pages::frame(&visitor, &signed), &view).into_response())
}

pub(in crate::pages) async fn withdraw(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let listed = opened(&visitor, &signed, &sealed)?;
    let document = given_back_by(&listed).ok_or(Refusal::NotFound)?;
    match Answer::of(signed.station.interface.give_back(document, visitor.now()).await) {
        // What the system says of it then is what the sheet shows.
        Answer::Here(()) => Ok(see(&format!("/receptions/{sealed}"))),
        Answer::Trouble(refusal) => {
            let status = shell::Refuse::status(&refusal);
            let view = Withdrawing { listed, sealed, refusal: Some(refusal) };
            Ok((status, withdraw_page(&crate::pages::frame(&visitor, &signed), &view)).into_response())
        }
    }
}

/// What can be done with a consent that stands.
pub(super) fn consent(language: Language, view: &View, finding: Finding) -> Markup {
    // Where nothing is shown, nothing stands any more that could be given back.
    let stands = !matches!(finding, Finding::Hidden(_));
    html! {
        @if stands && given_back_by(&view.listed).is_some() {
            (parts::panel(language.t("訪問診療等の同意", "Consent for home visits"), html! {
                p { (language.t(
                    "この同意は、取り消されるまで続きます。訪問のたびに再照会して、いまの資格を確かめてください。",
                    "The consent holds until it is withdrawn. Ask again before each visit, to see the insurance as it is now."
                )) }
                (parts::buttons(html! {
                    (parts::secondary_link(&format!("/receptions/{}", view.sealed), language.t("再照会する", "Ask again (再照会)"), None))
                    (parts::quiet_link(&format!("/receptions/{}/withdraw", view.sealed), language.t("同意の取消しへ", "Withdraw the consent")))
                }))
            }))
        }
    }
}

pub(in crate::pages) fn withdraw_page(frame: &Frame, view: &Withdrawing) -> Markup {
    let language = frame.language;
    let title = language.t("同意の取消し", "Withdraw the consent");
    let (list, sheet) = (list_of(&view.listed), format!("/receptions/{}", view.sealed));
    let number = view.listed.number.map(base::ReceptionNumber::grouped);
    let reception = match (&number, language) {
        (Some(number), Language::Japanese) => format!("受付 {number}"),
        (Some(number), Language::English) => format!("Reception {number}"),
        (None, _) => language.t("受付（番号なし）", "Reception (no number)").to_owned(),
    };
    let purpose = crate::pages::list::Purpose::Eligibility;
    let before = [(list.as_str(), purpose.title(language)), (sheet.as_str(), reception.as_str())];
    let above = parts::breadcrumbs(language, &before, title);
    let meaning: Vec<Markup> = [
        language.t(
            "この医療機関は、この患者の資格情報・薬剤情報・診療情報などを、訪問診療等では見られなくなります。",
            "This institution no longer sees the patient's insurance, medicines, diagnoses and the rest for home visits.",
        ),
        language.t(
            "元に戻すことはできません。また見るには、患者にもう一度、同意の登録をしてもらいます。",
            "It cannot be undone. To see them again, the patient has to register once more.",
        ),
        language.t(
            "オンライン診療等の同意と、ほかの医療機関への同意は、そのまま残ります。",
            "Consents for online care, and for other institutions, stay as they are.",
        ),
    ]
    .into_iter()
    .map(|line| html! { (line) })
    .collect();
    shell::Document::new(frame, title).above(above).main(html! {
        @if let Some(refusal) = &view.refusal { (trouble(frame, refusal)) }
        (parts::notice(Tone::Warning, language.t("取り消すと、次のようになります", "What it means"), html! {
            p { (reception) }
            ul { @for line in &meaning { li { (line) } } }
        }))
        (parts::post_button(frame, &format!("{sheet}/withdraw"), ButtonLook::Danger, language.t("同意を取り消す", "Withdraw it")))
        (parts::back_link(&sheet, language.t("取り消さずに戻る", "Back without withdrawing")))
    })
}
