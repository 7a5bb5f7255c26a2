//! 医療機関詳細ページ

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use base::{Timestamp, end_of_day};
use maud::{Markup, html};
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, BadgeTone, Tone},
};
use web::{Access, Routes, Visitor};

use super::{clinic_notice, emergency, load_offer, search};
use crate::{
    context::Context,
    directory::{
        rules::institution::{Charge, Institution, InsuranceOffer, Menu, OfferedMenu},
        store::institutions::InstitutionOffer,
        texts,
    },
    pages::{
        fees::{cancellation_row, system_fee_row},
        frame::page_frame,
        signed_in, telephone,
    },
    practitioners::rules::practitioner::Practitioner,
};

/// The number of next free slots of a menu on the institution's page.
pub(crate) const NEXT_SLOT_COUNT: usize = 4;

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/institutions/{code}", Access::Anyone, get(show_institution))
}

pub(crate) struct InstitutionPage {
    pub(crate) offer: InstitutionOffer,
    /// The starts of the next free slots of each menu, in the order of the menus.
    pub(crate) next_slots: Vec<Vec<Timestamp>>,
    pub(crate) now: Timestamp,
}

async fn show_institution(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Response> {
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    let now = visitor.now();
    let offer = load_offer(&context, &code, now).await?;
    let last_days = offer.menus.iter().map(|offered| offered.rules.window.last_day(now.japan_date()));
    let bookable = (now, end_of_day(last_days.max().unwrap_or_else(|| now.japan_date())));
    let browser = visitor.browser().digest();
    let taken = context.store.find_taken_time(offer.institution.code, bookable, browser, now).await?;
    let find_next_slots = |offered: &OfferedMenu| {
        offer.availability(offered, None, &taken, now).free_slots().take(NEXT_SLOT_COUNT).collect()
    };
    let next_slots = offer.menus.iter().map(find_next_slots).collect();
    Ok(render_institution_page(&page_frame(&visitor, account.as_ref()), &InstitutionPage { offer, next_slots, now })
        .into_response())
}

pub(crate) fn render_institution_page(frame: &Frame, view: &InstitutionPage) -> Markup {
    let language = frame.language;
    let offer = &view.offer;
    let institution = &offer.institution;
    let description = texts::book_online_care_at(
        language,
        institution.name_in(language),
        institution.area_in(language),
        institution.specialties_in(language),
    );
    Document::new(frame, institution.name_in(language))
        .description(&description)
        .above_heading(components::back_link("/", texts::FIND_A_CLINIC.in_language(language)))
        .wide()
        .main(html! {
            p { (search::render_insurance_badge(language, institution, offer.insurance_offer())) " " (institution.specialties_in(language)) }
            (components::columns(render_menus(frame, view), render_institution_facts(language, institution)))
            @if offer.insurance_offer() != InsuranceOffer::SelfPayOnly { (render_insurance_requirements(language, institution)) }
        })
}

fn render_menus(frame: &Frame, view: &InstitutionPage) -> Markup {
    let language = frame.language;
    let code = view.offer.institution.code;
    html! {
        @if view.offer.menus.is_empty() {
            p { (texts::NOTHING_CAN_BE_BOOKED_AT_MOMENT.in_language(language)) }
        }
        @if !view.offer.menus.is_empty() { (emergency::render_emergency_line(language, code)) }
        @for (offered, starts) in view.offer.menus.iter().zip(&view.next_slots) {
            @let menu = &offered.menu;
            @let path = format!("/institutions/{code}/menus/{}", menu.number);
            (components::panel(menu.name_in(language), html! {
                (render_menu_facts(language, menu, &view.offer.practitioners_of(offered).collect::<Vec<_>>()))
                @if !starts.is_empty() {
                    (components::form(frame, &format!("{path}/hold"), components::time_buttons(
                        texts::NEXT_FREE_TIMES.in_language(language),
                        &slot_entries(starts, |start| dates::format_near_date_time(language, start, view.now)),
                    )))
                }
                (components::secondary_link(&path, texts::CHOOSE_A_TIME.in_language(language), None))
            }))
        }
    }
}

/// Kind, duration, doctors and fee of a menu; the service's own fee is a line of its own.
fn render_menu_facts(language: Language, menu: &Menu, doctors: &[&Practitioner]) -> Markup {
    let names: Vec<_> = doctors.iter().map(|doctor| doctor.details.format_with_registration(language)).collect();
    let names = names.join(texts::COMMA.in_language(language));
    let tone = if menu.charge == Charge::Insured { BadgeTone::Accent } else { BadgeTone::Neutral };
    html! {
        p {
            (components::badge(tone, menu.charge.name(language))) " " (texts::duration_in_minutes(language, menu.minutes))
            @if !names.is_empty() { (texts::DOCTOR_LABEL.in_language(language)) (names) }
        }
        p {
            (texts::COST_LABEL.in_language(language)) (menu.fee_in(language))
            @if let Some((name, fee)) = system_fee_row(language, menu.system_fee) {
                br; (name) (texts::COLON.in_language(language)) (fee)
            }
            @if let Some((name, terms)) = cancellation_row(language, menu) {
                br; (name) (texts::COLON.in_language(language)) (terms)
            }
            @if let Some(words) = menu.medium.description() { br; (words.in_language(language)) }
        }
    }
}

fn render_institution_facts(language: Language, institution: &Institution) -> Markup {
    let mut rows = vec![
        (texts::ADDRESS.in_language(language), html! { (institution.address_in(language)) }),
        (texts::TELEPHONE.in_language(language), telephone::render_telephone_link(&institution.phone)),
        (
            texts::HOURS.in_language(language),
            html! { (language.t(&institution.opening_text, &institution.opening_text_english)) },
        ),
    ];
    if let Some(languages) = institution.languages_in(language) {
        rows.push((texts::LANGUAGES.in_language(language), html! { (languages) }));
    }
    rows.extend([
        (texts::INSTITUTION_CODE.in_language(language), html! { (institution.code) }),
        (
            texts::MANAGER_FEES_CANCELLATION.in_language(language),
            html! { a href=(format!("/institutions/{}/legal", institution.code)) { (clinic_notice::clinic_notice_name(language)) } },
        ),
    ]);
    components::panel(
        texts::ABOUT_THE_CLINIC.in_language(language),
        html! {
            p { (language.t(&institution.description, &institution.description_english)) }
            (components::description_list(&rows))
        },
    )
}

fn render_insurance_requirements(language: Language, institution: &Institution) -> Markup {
    if !institution.proof_method.kind().accepts_card() {
        return components::notice(
            Tone::Info,
            texts::THIS_CLINIC_DOES_NOT_TAKE_CARD.in_language(language),
            html! { p { (texts::UPLOAD_A_PICTURE_AFTER_BOOKING.in_language(language)) } },
        );
    }
    components::section(
        texts::WHAT_YOU_NEED_TO_USE_YOUR_CARD.in_language(language),
        html! {
            ul {
                li { (texts::CARD_REGISTERED_AS_INSURANCE_CARD.in_language(language)) }
                li { (texts::PHONE_WITH_MYNA_PORTAL_APP_INSTALLED.in_language(language)) }
            }
            p { (texts::INSURED_VISIT_NEEDS_CARD_OR_PICTURE.in_language(language)) }
            (components::quiet_link("/help/card", texts::CHECK_BEFORE_BOOKING.in_language(language)))
        },
    )
}

pub(crate) fn slot_entries(starts: &[Timestamp], label: impl Fn(Timestamp) -> String) -> Vec<components::TimeEntry> {
    let entry =
        |start: &Timestamp| components::TimeEntry { value: start.milliseconds().to_string(), label: label(*start) };
    starts.iter().map(entry).collect()
}
