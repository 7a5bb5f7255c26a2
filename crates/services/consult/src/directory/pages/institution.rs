//! 医療機関詳細ページ

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use base::{InstitutionCode, Timestamp, end_of_day};
use maud::{Markup, html};
use text::Language;
use ui::{
    Document, Frame,
    components::{self, BadgeTone, Tone},
};
use web::{Access, Routes, Visitor};

use super::{clinic_notice, emergency, search};
use crate::{
    context::Context,
    directory::{
        rules::{
            institution::{Charge, Institution, InsuranceOffer, Menu},
            slot,
        },
        store::institutions::InstitutionOffer,
    },
    pages::{date_text, fees::system_fee_row, frame::page_frame, signed_in, telephone},
    refusal::Refusal,
};

/// The number of next free slots of a menu on the institution's page.
pub(crate) const NEXT_SLOT_COUNT: usize = 4;

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/institutions/{code}", Access::Anyone, get(show_institution))
}

pub(crate) async fn load_offer(context: &Context, code: &str) -> Result<InstitutionOffer, Response> {
    let code: InstitutionCode = code.parse().map_err(|_| Refusal::NotFound)?;
    context.store.find_offer(code).await.map_err(IntoResponse::into_response)
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
    let person = signed_in::find_signed_in_patient(&context, &visitor).await?;
    let offer = load_offer(&context, &code).await?;
    let now = visitor.now();
    let bookable = (now, end_of_day(slot::last_bookable_day(now.japan_date())));
    let taken_units =
        context.store.find_taken_units(offer.institution.code, bookable, visitor.browser().digest(), now).await?;
    let find_next_slots =
        |menu: &Menu| slot::free_slots(&offer.opening, menu.minutes, &taken_units, now).take(NEXT_SLOT_COUNT).collect();
    let next_slots = offer.menus.iter().map(find_next_slots).collect();
    Ok(render_institution_page(&page_frame(&visitor, person.as_ref()), &InstitutionPage { offer, next_slots, now })
        .into_response())
}

pub(crate) fn render_institution_page(frame: &Frame, view: &InstitutionPage) -> Markup {
    let language = frame.language;
    let offer = &view.offer;
    let institution = &offer.institution;
    let description = match language {
        Language::Japanese => format!(
            "{}（{}、{}）のオンライン診療の予約。診療メニュー、費用、空いている日時。",
            institution.name_in(language),
            institution.area_in(language),
            institution.specialties_in(language)
        ),
        Language::English => format!(
            "Book online care at {} ({}, {}): menus, fees and free times.",
            institution.name_in(language),
            institution.area_in(language),
            institution.specialties_in(language)
        ),
    };
    Document::new(frame, institution.name_in(language))
        .description(&description)
        .above_heading(components::back_link("/", language.t("医療機関をさがす", "Find a clinic")))
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
            p { (language.t("現在、予約できるメニューはありません。", "Nothing can be booked at the moment.")) }
        }
        @if !view.offer.menus.is_empty() { (emergency::render_emergency_line(language, code)) }
        @for (menu, starts) in view.offer.menus.iter().zip(&view.next_slots) {
            @let path = format!("/institutions/{code}/menus/{}", menu.number);
            (components::panel(menu.name_in(language), html! {
                (render_menu_facts(language, menu))
                @if !starts.is_empty() {
                    (components::form(frame, &format!("{path}/hold"), components::time_buttons(
                        language.t("次の空き", "Next free times"),
                        &slot_entries(starts, |start| date_text::format_near_date_time(language, start, view.now)),
                    )))
                }
                (components::secondary_link(&path, language.t("日時を選ぶ", "Choose a time"), None))
            }))
        }
    }
}

/// Kind, duration, doctor and fee of a menu; the service's own fee is a line of its own.
fn render_menu_facts(language: Language, menu: &Menu) -> Markup {
    let minutes = match language {
        Language::Japanese => format!("{}分", menu.minutes),
        Language::English => format!("{} minutes", menu.minutes),
    };
    let tone = if menu.charge == Charge::Insured { BadgeTone::Accent } else { BadgeTone::Neutral };
    html! {
        p {
            (components::badge(tone, menu.charge.name(language))) " " (minutes)
            @if let Some(doctor) = &menu.doctor { (language.t(" ／ 医師：", " · Doctor: ")) (doctor) }
        }
        p {
            (language.t("費用のめやす：", "Cost: ")) (menu.fee_in(language))
            @if let Some((name, fee)) = system_fee_row(language, menu.system_fee) {
                br; (name) (language.t("：", ": ")) (fee)
            }
        }
    }
}

fn render_institution_facts(language: Language, institution: &Institution) -> Markup {
    let mut rows = vec![
        (language.t("所在地", "Address"), html! { (institution.address_in(language)) }),
        (language.t("電話番号", "Telephone"), telephone::render_telephone_link(&institution.phone)),
        (
            language.t("診療時間", "Hours"),
            html! { (language.t(&institution.opening_text, &institution.opening_text_english)) },
        ),
    ];
    if let Some(languages) = institution.languages_in(language) {
        rows.push((language.t("対応言語", "Languages"), html! { (languages) }));
    }
    rows.extend([
        (language.t("医療機関コード", "Institution code"), html! { (institution.code) }),
        (
            language.t("管理者、費用、キャンセル", "Manager, fees, cancellation"),
            html! { a href=(format!("/institutions/{}/legal", institution.code)) { (clinic_notice::clinic_notice_name(language)) } },
        ),
    ]);
    components::panel(
        language.t("医療機関の情報", "About the clinic"),
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
            language.t("この医療機関はマイナ保険証に対応していません", "This clinic does not take the card"),
            html! { p { (language.t(
            "保険診療では、予約のあとに保険証画像（資格確認書など）をアップロードしてください。",
            "For an insured visit, please upload a picture of your insurance document (such as a 資格確認書) after booking.")) } },
        );
    }
    components::section(
        language.t("マイナ保険証のご利用に必要なもの", "What you need to use your card"),
        html! {
            ul {
                li { (language.t("健康保険証利用を申込済のマイナンバーカード", "A My Number card that is registered as insurance card")) }
                li { (language.t("マイナポータルアプリをインストール済みのスマートフォン", "A phone with the マイナポータル app installed")) }
            }
            p { (language.t(
                "保険適用の診療では、マイナ保険証の利用か保険証画像のアップロードのいずれかが必要です。手続きは予約のあとに行います。",
                "An insured visit needs either your card or a picture of your insurance document. You do this after booking.")) }
            (components::quiet_link("/help/card", language.t("予約の前に確認する（暗証番号・スマートフォン・有効期限）", "Check before booking (PIN, phone, certificate)")))
        },
    )
}

pub(crate) fn slot_entries(starts: &[Timestamp], label: impl Fn(Timestamp) -> String) -> Vec<components::TimeEntry> {
    let entry =
        |start: &Timestamp| components::TimeEntry { value: start.milliseconds().to_string(), label: label(*start) };
    starts.iter().map(entry).collect()
}
