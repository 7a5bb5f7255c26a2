//! 医療機関詳細ページ and the choice of a time.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use base::InstitutionCode;
use maud::{Markup, html};
use shell::{
    Access, Document, Frame, Language, Routes, Visitor,
    parts::{self, BadgeTone, Tone},
};

use super::{emergency, frame, home, notices, patient, slots, specimen, yen};
use crate::{
    Refusal,
    room::Room,
    rules::institution::{Charge, Institution, Menu},
    store::directory::Offer,
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new().page("/institutions/{code}", Access::Anyone, get(show)).page(
        "/institutions/{code}/menus/{menu}",
        Access::Anyone,
        get(choose),
    )
}

async fn offer(room: &Room, code: &str) -> Result<Offer, Response> {
    let code: InstitutionCode = code.parse().map_err(|_| Refusal::NotFound)?;
    room.store.offer(code).await.map_err(IntoResponse::into_response)
}

async fn show(State(room): State<Arc<Room>>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Response> {
    let person = patient::visiting(&room, &visitor).await?;
    let offer = offer(&room, &code).await?;
    Ok(page(&frame(&visitor, person.as_ref()), &offer).into_response())
}

async fn choose(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path((code, menu)): Path<(String, String)>,
    week: Result<Query<slots::Week>, QueryRejection>,
) -> Result<Response, Response> {
    let person = patient::visiting(&room, &visitor).await?;
    let offer = offer(&room, &code).await?;
    let number = menu.parse().map_err(|_| Refusal::NotFound)?;
    let menu = offer.menu(number).cloned().ok_or(Refusal::NotFound)?;
    let grid = (&offer.opening, menu.minutes);
    let times = slots::times(&room.store, offer.institution.code, grid, week, visitor.now()).await?;
    let purpose = slots::Purpose::Book { number };
    let view = slots::View {
        institution: offer.institution,
        menu_name: menu.name_in(visitor.language()).to_owned(),
        times,
        purpose,
        now: visitor.now(),
    };
    Ok(slots::page(&frame(&visitor, person.as_ref()), &view).into_response())
}

fn page(frame: &Frame, offer: &Offer) -> Markup {
    let language = frame.language;
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
        .above(parts::breadcrumbs(
            language,
            &[("/", language.t("医療機関をさがす", "Find a clinic"))],
            institution.name_in(language),
        ))
        .wide()
        .main(html! {
            p { (home::badge(language, institution)) " " (institution.specialties_in(language)) }
            p { (language.t(&institution.description, &institution.description_english)) }
            (parts::columns(menus(language, offer), facts(language, institution)))
            (proof(language, institution))
        })
}

fn menus(language: Language, offer: &Offer) -> Markup {
    let code = offer.institution.code;
    parts::section(
        language.t("診療メニュー", "What you can book"),
        html! {
            @if offer.menus.is_empty() {
                p { (language.t("現在、予約できるメニューはありません。", "Nothing can be booked at the moment.")) }
            }
            @if !offer.menus.is_empty() { (emergency::line(language, code)) }
            @for menu in &offer.menus {
                (parts::panel(menu.name_in(language), html! {
                    (menu_facts(language, menu))
                    (parts::secondary_link(
                        &format!("/institutions/{code}/menus/{}", menu.number),
                        language.t("日時を選ぶ", "Choose a time"),
                        Some(language.t("次の画面で、空いている日時を選びます。予約はまだ確定しません。", "You see the free times next. Nothing is booked yet.")),
                    ))
                }))
            }
        },
    )
}

/// What a menu is and costs; the service's own fee stands apart.
fn menu_facts(language: Language, menu: &Menu) -> Markup {
    let minutes = match language {
        Language::Japanese => format!("{}分", menu.minutes),
        Language::English => format!("{} minutes", menu.minutes),
    };
    let tone = if menu.charge == Charge::Insured { BadgeTone::Accent } else { BadgeTone::Neutral };
    let mut rows = vec![
        (language.t("区分", "Kind"), parts::badge(tone, menu.charge.name(language))),
        (language.t("時間", "Length"), html! { (minutes) }),
        (language.t("診療の費用", "Medical fee"), html! { (menu.fee_in(language)) }),
        (
            language.t("システム利用料", "System fee"),
            html! { (yen(language, menu.system_fee)) (language.t("（診療の費用とは別）", " (apart from the medical fee)")) },
        ),
    ];
    if let Some(doctor) = &menu.doctor {
        rows.push((language.t("医師", "Doctor"), html! { (doctor) }));
    }
    parts::description_list(&rows)
}

fn facts(language: Language, institution: &Institution) -> Markup {
    parts::panel(
        language.t("医療機関の情報", "About the clinic"),
        parts::description_list(&[
            (language.t("所在地", "Address"), html! { (institution.address_in(language)) }),
            (language.t("電話番号", "Telephone"), html! { (institution.phone) }),
            (
                language.t("診療時間", "Hours"),
                html! { (language.t(&institution.opening_text, &institution.opening_text_english)) },
            ),
            (language.t("医療機関コード", "Institution code"), html! { (institution.code) }),
            (
                language.t("管理者、費用、キャンセル", "Manager, fees, cancellation"),
                html! { a href=(format!("/institutions/{}/legal", institution.code)) { (notices::clinic_notice_name(language)) } },
            ),
        ]),
    )
}

fn proof(language: Language, institution: &Institution) -> Markup {
    if !institution.leave_by.way().takes_the_card() {
        return parts::notice(
            Tone::Info,
            language.t("この医療機関はマイナ保険証に対応していません", "This clinic does not take the card"),
            html! { p { (language.t(
            "保険診療では、予約のあとに保険証画像（資格確認書など）をアップロードしてください。",
            "For an insured visit, please upload a picture of your insurance document (such as a 資格確認書) after booking.")) } },
        );
    }
    parts::section(
        language.t("マイナ保険証のご利用に必要なもの", "What you need to use your card"),
        html! {
            ul {
                li { (language.t("健康保険証利用を申込済のマイナンバーカード", "A My Number card that is registered as insurance card")) }
                li { (language.t("マイナポータルアプリをインストール済みのスマートフォン", "A phone with the マイナポータル app installed")) }
            }
            p { (language.t(
                "保険適用の診療では、マイナ保険証の利用か保険証画像のアップロードのいずれかが必要です。お手続きは予約のあとに行います。",
                "An insured visit needs either your card or a picture of your insurance document. You do this after booking.")) }
            (parts::quiet_link("/help/card", language.t("予約の前に確認する（暗証番号・スマートフォン・有効期限）", "Check before booking (PIN, phone, certificate)")))
        },
    )
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let mut offers = specimen::offers();
    let nothing = Offer { menus: Vec::new(), ..offers[0].clone() };
    offers.push(nothing);
    offers
        .into_iter()
        .zip(["hand-over", "fixed-url", "picture-only", "no-menus"])
        .map(|(offer, name)| {
            let frame = specimen::frame(language, &format!("/institutions/{}", offer.institution.code), None);
            (format!("institution/{name}"), page(&frame, &offer))
        })
        .collect()
}
