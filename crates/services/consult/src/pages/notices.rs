//! The public notices of the service and of each clinic: privacy, terms, contact, legal notices.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use base::InstitutionCode;
use maud::{Markup, html};
use text::PhoneNumber;
use text::{Language, Text};
use ui::{Document, Frame, components};
use web::{Access, Routes, Visitor};

use super::{date_text, page_frame, patient, sample_data};
use crate::{
    Refusal,
    context::Context,
    notices::{ClinicNotice, Contact, Notice, NoticeSource},
    store::directory::InstitutionOffer,
};

pub(super) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page(PRIVACY_PATH, Access::Anyone, get(show_privacy))
        .page("/terms", Access::Anyone, get(show_terms))
        .page("/legal", Access::Anyone, get(show_legal))
        .page(CONTACT_PATH, Access::Anyone, get(show_contact))
        .page("/institutions/{code}/legal", Access::Anyone, get(show_clinic_notice))
}

pub(super) const PRIVACY_PATH: &str = "/privacy";
pub(crate) const CONTACT_PATH: &str = "/contact";

pub(crate) static PRIVACY_NAME: Text = Text::from_static("個人情報の取扱い", "Privacy notice");
static TERMS_NAME: Text = Text::from_static("利用規約", "Terms of use");
static LEGAL_NAME: Text =
    Text::from_static("特定商取引法に基づく表記", "Legal notice (Act on Specified Commercial Transactions)");
pub(crate) static CONTACT_NAME: Text = Text::from_static("お問い合わせ", "Contact");

/// The links in the footer of every page.
pub(crate) fn footer_links() -> Vec<ui::FooterLink> {
    let link = |href: &str, label: &Text| ui::FooterLink { href: href.to_owned(), label: label.clone() };
    vec![
        link(super::emergency::PATH, &super::emergency::NAME),
        link(CONTACT_PATH, &CONTACT_NAME),
        link(PRIVACY_PATH, &PRIVACY_NAME),
        link("/terms", &TERMS_NAME),
        link("/legal", &LEGAL_NAME),
    ]
}

async fn show_privacy(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let view = NoticePage {
        name: &PRIVACY_NAME,
        description: Text::from_static(
            "このサービスが取得する個人情報と、その利用目的、預け先、お問い合わせ先です。",
            "What personal data this service collects, why, who receives it, and whom to ask.",
        ),
        notice: &context.notices.privacy,
        effective_date: Some(context.notices.privacy_effective_date),
    };
    respond_with_notice(&context, &visitor, &view).await
}

async fn show_terms(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let description =
        Text::from_static("このサービスをお使いいただくときの決まりです。", "The rules for using this service.");
    respond_with_notice(
        &context,
        &visitor,
        &NoticePage { name: &TERMS_NAME, description, notice: &context.notices.terms, effective_date: None },
    )
    .await
}

async fn show_legal(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let about = Text::from_static(
        "このサービスの運営者と、料金・支払い・キャンセルについての表示です。",
        "Who runs this service, and what it says on charges, payment and cancellation.",
    );
    respond_with_notice(
        &context,
        &visitor,
        &NoticePage { name: &LEGAL_NAME, description: about, notice: &context.notices.legal, effective_date: None },
    )
    .await
}

struct NoticePage<'n> {
    name: &'static Text,
    description: Text,
    notice: &'n Notice,
    effective_date: Option<base::Date>,
}

async fn respond_with_notice(
    context: &Context,
    visitor: &Visitor,
    view: &NoticePage<'_>,
) -> Result<Response, Response> {
    match view.notice.in_language(visitor.language()) {
        NoticeSource::Address(address) => Ok(Redirect::to(address.as_str()).into_response()),
        NoticeSource::Text(_) => {
            let person = patient::find_signed_in_patient(context, visitor).await?;
            Ok(render_notice_page(&page_frame(visitor, person.as_ref()), view).into_response())
        }
    }
}

fn render_notice_page(frame: &Frame, view: &NoticePage<'_>) -> Markup {
    let language = frame.language;
    let only_japanese = language == Language::English && view.notice.english.is_none();
    let text = match view.notice.in_language(language) {
        NoticeSource::Text(text) => text.markup(),
        NoticeSource::Address(address) => components::external_link(language, address.as_str(), address.as_str()),
    };
    Document::new(frame, view.name.in_language(language)).description(view.description.in_language(language)).main(
        html! {
            @if only_japanese {
                p { "This notice is available in Japanese only." }
            } @else if language == Language::English {
                p { "This is a translation. The Japanese text is the one that binds." }
            }
            @if let Some(effective_date) = view.effective_date {
                p { (language.t("この内容の適用開始日：", "In force from ")) (date_text::format_date(language, effective_date)) }
            }
            div.notice-text { (text) }
        },
    )
}

async fn show_contact(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::find_signed_in_patient(&context, &visitor).await?;
    Ok(render_contact_page(&page_frame(&visitor, person.as_ref()), &context.notices.contact).into_response())
}

fn render_contact_page(frame: &Frame, contact: &Contact) -> Markup {
    let language = frame.language;
    let text = |text: &Text| html! { (text.in_language(language)) };
    let mut rows = vec![(language.t("窓口", "Contact"), text(&contact.name))];
    if let Some(telephone) = contact.telephone() {
        rows.push((language.t("電話", "Telephone"), render_telephone_link(telephone)));
    }
    if let Some(mail) = contact.mail() {
        rows.push((language.t("メール", "Email"), html! { a href=(format!("mailto:{mail}")) { (mail) } }));
    }
    rows.push((language.t("受付時間", "Hours"), text(&contact.hours)));
    rows.push((language.t("所在地", "Address"), text(&contact.address)));
    Document::new(frame, CONTACT_NAME.in_language(language))
        .lead(language.t(
            "このサービスの使い方や、個人情報についてのお問い合わせ先です。",
            "Ask here about how to use this service and about your personal data.",
        ))
        .description(language.t(
            "オンライン診療サービスのお問い合わせ窓口です。",
            "How to contact the online care service.",
        ))
        .main(html! {
            (components::description_list(&rows))
            p { (language.t(
                "診察、薬、予約の内容については、予約した医療機関に直接お電話ください。電話番号は、医療機関のページと予約詳細にあります。",
                "For questions about your care, medicine or appointment, call the clinic. Its number is on the clinic's page and on your appointment.")) }
            p { (language.t(
                "お急ぎの症状は、この窓口では受け付けられません。",
                "We cannot help with urgent symptoms here.")) " "
                a href=(super::emergency::PATH) { (super::emergency::NAME.in_language(language)) } }
        })
}

/// A telephone number as its clinic or operator writes it, as a link that dials it. A number that was stored before numbers
/// were parsed and cannot be dialled is plain text.
pub(super) fn render_telephone_link(written: &str) -> Markup {
    written
        .parse::<PhoneNumber>()
        .map_or_else(|_| html! { (written) }, |number| html! { a href={ "tel:" (number.as_str()) } { (written) } })
}

async fn show_clinic_notice(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Response> {
    let person = patient::find_signed_in_patient(&context, &visitor).await?;
    let code: InstitutionCode = code.parse().map_err(|_| Refusal::NotFound)?;
    let offer = context.store.find_offer(code).await?;
    let notice = context.store.find_clinic_notice(code).await?;
    Ok(render_clinic_notice_page(&page_frame(&visitor, person.as_ref()), &offer, &notice).into_response())
}

pub(super) fn clinic_notice_name(language: Language) -> &'static str {
    language.t("医療機関についての表示", "Legal notice of the clinic")
}

fn render_clinic_notice_page(frame: &Frame, offer: &InstitutionOffer, notice: &ClinicNotice) -> Markup {
    let language = frame.language;
    let institution = &offer.institution;
    let name = institution.name_in(language);
    let clinic_path = format!("/institutions/{}", institution.code);
    let title = clinic_notice_name(language);
    let mut rows = vec![(language.t("医療機関の名称", "Name"), html! { (name) })];
    if !notice.manager.is_empty() {
        rows.push((language.t("管理者", "Manager (physician)"), html! { (notice.manager_in(language)) }));
    }
    if let Some(owner) = notice.owner_in(language) {
        rows.push((language.t("開設者", "Owner"), html! { (owner) }));
    }
    rows.extend([
        (language.t("所在地", "Address"), html! { (institution.address_in(language)) }),
        (language.t("電話番号", "Telephone"), render_telephone_link(&institution.phone)),
        (language.t("診療科", "Specialties"), html! { (institution.specialties_in(language)) }),
        (
            language.t("診療時間", "Hours"),
            html! { (language.t(&institution.opening_text, &institution.opening_text_english)) },
        ),
        (language.t("医療機関コード", "Institution code"), html! { (institution.code) }),
    ]);
    let description = match language {
        Language::Japanese => format!("{name}の管理者、所在地、診療科、費用、キャンセルについての表示です。"),
        Language::English => format!("Manager, address, specialties, fees and cancellation of {name}."),
    };
    Document::new(frame, title)
        .above_heading(components::breadcrumbs(
            language,
            &[("/", language.t("医療機関をさがす", "Find a clinic")), (clinic_path.as_str(), name)],
            title,
        ))
        .description(&description)
        .main(html! {
            (components::description_list(&rows))
            @if !offer.menus.is_empty() {
                (components::section(language.t("診療の費用", "Fees"), html! {
                    @for menu in &offer.menus {
                        h3 { (menu.name_in(language)) }
                        p {
                            (menu.charge.name(language)) (language.t("：", ": ")) (menu.fee_in(language))
                            @if menu.system_fee > 0 {
                                br; (language.t("システム利用料：", "System fee: ")) (super::format_yen(language, menu.system_fee))
                                (language.t("（診療の費用とは別）", " (charged separately)"))
                            }
                        }
                    }
                }))
            }
            @if !notice.cancellation.is_empty() {
                (components::section(language.t("キャンセルについて", "Cancellation"), html! { p { (notice.cancellation_in(language)) } }))
            }
        })
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let notices = sample_data::notices();
    let frame_for = |path: &str| sample_data::frame(language, path, None);
    let privacy = |notice| NoticePage {
        name: &PRIVACY_NAME,
        description: Text::from_static("見本", "A sample"),
        notice,
        effective_date: Some(notices.privacy_effective_date),
    };
    let about = Text::from_static("見本", "A sample");
    let terms =
        NoticePage { name: &TERMS_NAME, description: about.clone(), notice: &notices.terms, effective_date: None };
    let legal = NoticePage { name: &LEGAL_NAME, description: about, notice: &notices.legal, effective_date: None };
    let only_japanese = Notice { english: None, ..notices.privacy.clone() };
    let by_mail = Contact {
        method: crate::notices::ContactMethod::Mail("help@example.jp".parse().expect("a sample's address is one")),
        ..notices.contact.clone()
    };
    let offer = sample_data::offers().remove(0);
    let owned = ClinicNotice {
        owner: Some("医療法人見本会".to_owned()),
        owner_english: Some("Mihon Medical Corporation".to_owned()),
        ..sample_data::clinic_notice()
    };
    let clinic = format!("/institutions/{}/legal", offer.institution.code);
    vec![
        ("notices/privacy".to_owned(), render_notice_page(&frame_for(PRIVACY_PATH), &privacy(&notices.privacy))),
        (
            "notices/privacy-only-japanese".to_owned(),
            render_notice_page(&frame_for(PRIVACY_PATH), &privacy(&only_japanese)),
        ),
        ("notices/terms".to_owned(), render_notice_page(&frame_for("/terms"), &terms)),
        ("notices/legal".to_owned(), render_notice_page(&frame_for("/legal"), &legal)),
        ("notices/contact".to_owned(), render_contact_page(&frame_for(CONTACT_PATH), &notices.contact)),
        ("notices/contact-by-mail".to_owned(), render_contact_page(&frame_for(CONTACT_PATH), &by_mail)),
        ("notices/clinic".to_owned(), render_clinic_notice_page(&frame_for(&clinic), &offer, &owned)),
    ]
}
