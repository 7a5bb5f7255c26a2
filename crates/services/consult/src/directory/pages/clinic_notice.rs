//! The legal notice of a clinic.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use base::InstitutionCode;
use maud::{Markup, html};
use text::Language;
use ui::{Document, Frame, components};
use web::{Access, Routes, Visitor};

use crate::{
    context::Context,
    directory::{rules::clinic_notice::ClinicNotice, store::institutions::InstitutionOffer},
    pages::{fees, frame::page_frame, signed_in, telephone::render_telephone_link},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/institutions/{code}/legal", Access::Anyone, get(show_clinic_notice))
}

async fn show_clinic_notice(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Response> {
    let person = signed_in::find_signed_in_patient(&context, &visitor).await?;
    let code: InstitutionCode = code.parse().map_err(|_| Refusal::NotFound)?;
    let offer = context.store.find_offer(code).await?;
    let notice = context.store.find_clinic_notice(code).await?;
    Ok(render_clinic_notice_page(&page_frame(&visitor, person.as_ref()), &offer, &notice).into_response())
}

pub(crate) fn clinic_notice_name(language: Language) -> &'static str {
    language.t("医療機関についての表示", "Legal notice of the clinic")
}

pub(crate) fn render_clinic_notice_page(frame: &Frame, offer: &InstitutionOffer, notice: &ClinicNotice) -> Markup {
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
                                br; (language.t("システム利用料：", "System fee: ")) (fees::format_yen(language, menu.system_fee))
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
