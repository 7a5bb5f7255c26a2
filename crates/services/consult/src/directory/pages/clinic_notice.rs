//! The legal notice of a clinic.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use text::Language;
use ui::{Document, Frame, components};
use web::{Access, Routes, Visitor};

use super::load_offer;
use crate::{
    context::Context,
    directory::{rules::clinic_notice::ClinicNotice, store::institutions::InstitutionOffer, texts},
    pages::{fees, frame::page_frame, signed_in, telephone::render_telephone_link},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/institutions/{code}/legal", Access::Anyone, get(show_clinic_notice))
}

async fn show_clinic_notice(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Response> {
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    let offer = load_offer(&context, &code, visitor.now()).await?;
    let notice = context.store.find_clinic_notice(offer.institution.code).await?;
    Ok(render_clinic_notice_page(&page_frame(&visitor, account.as_ref()), &offer, &notice).into_response())
}

pub(crate) fn clinic_notice_name(language: Language) -> &'static str {
    texts::LEGAL_NOTICE_OF_THE_CLINIC.in_language(language)
}

pub(crate) fn render_clinic_notice_page(frame: &Frame, offer: &InstitutionOffer, notice: &ClinicNotice) -> Markup {
    let language = frame.language;
    let institution = &offer.institution;
    let name = institution.name_in(language);
    let clinic_path = format!("/institutions/{}", institution.code);
    let title = clinic_notice_name(language);
    let mut rows = vec![(texts::NAME.in_language(language), html! { (name) })];
    if !notice.manager.is_empty() {
        rows.push((texts::MANAGER_PHYSICIAN.in_language(language), html! { (notice.manager_in(language)) }));
    }
    if let Some(owner) = notice.owner_in(language) {
        rows.push((texts::OWNER.in_language(language), html! { (owner) }));
    }
    rows.extend([
        (texts::ADDRESS.in_language(language), html! { (institution.address_in(language)) }),
        (texts::TELEPHONE.in_language(language), render_telephone_link(&institution.phone)),
        (texts::SPECIALTIES.in_language(language), html! { (institution.specialties_in(language)) }),
        (
            texts::HOURS.in_language(language),
            html! { (language.t(&institution.opening_text, &institution.opening_text_english)) },
        ),
        (texts::INSTITUTION_CODE.in_language(language), html! { (institution.code) }),
    ]);
    let description = texts::manager_address_and_fees_of(language, name);
    Document::new(frame, title)
        .above_heading(components::breadcrumbs(
            language,
            &[("/", texts::FIND_A_CLINIC.in_language(language)), (clinic_path.as_str(), name)],
            title,
        ))
        .description(&description)
        .main(html! {
            (components::description_list(&rows))
            @if !offer.menus.is_empty() {
                (components::section(texts::FEES.in_language(language), html! {
                    @for menu in offer.menus.iter().map(|offered| &offered.menu) {
                        h3 { (menu.name_in(language)) }
                        p {
                            (menu.charge.name(language)) (texts::COLON.in_language(language)) (menu.fee_in(language))
                            @if menu.system_fee > 0 {
                                br; (texts::SYSTEM_FEE_LABEL.in_language(language)) (fees::format_yen(language, menu.system_fee))
                                (texts::CHARGED_SEPARATELY.in_language(language))
                            }
                            @if let Some((name, terms)) = fees::cancellation_row(language, menu) {
                                br; (name) (texts::COLON.in_language(language)) (terms)
                            }
                        }
                    }
                }))
            }
            @if !notice.cancellation.is_empty() {
                (components::section(texts::CANCELLATION.in_language(language), html! { p { (notice.cancellation_in(language)) } }))
            }
        })
}
