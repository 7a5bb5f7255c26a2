//! The directory: search by name, area and specialty.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use base::Prefecture;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Frame, Language, Routes, Visitor,
    parts::{self, BadgeTone, Choice, Field, Input, Select, Ticked, Width},
};

use super::{frame, patient, specimen, with_query};
use crate::{
    room::Room,
    rules::institution::{Institution, Specialty},
    store::directory::{CardFilter, Found, PER_PAGE, Search},
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new().page("/", Access::Anyone, get(show))
}

/// The search as it stands in the address. What cannot be read is not searched for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    area: String,
    specialty: String,
    card: String,
    page: String,
}

impl Asked {
    fn search(&self) -> Search {
        let (prefecture, city) = self.area.split_once('-').unwrap_or((&self.area, ""));
        Search {
            words: self.q.chars().take(100).collect(),
            prefecture: prefecture.parse().ok().and_then(|code| Prefecture::from_code(code).ok()),
            city: city.parse().ok(),
            specialty: self.specialty.parse().ok(),
            card: if self.card == "1" { CardFilter::OnlyWithCard } else { CardFilter::All },
            page: self.page.parse().unwrap_or(1).clamp(1, 1000),
        }
    }

    fn at_page(&self, page: u32) -> String {
        let page = page.to_string();
        let pairs = [
            ("q", &self.q),
            ("area", &self.area),
            ("specialty", &self.specialty),
            ("card", &self.card),
            ("page", &page),
        ];
        let filled: Vec<_> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        with_query("/", &filled)
    }
}

struct View {
    asked: Asked,
    page: u32,
    areas: BTreeMap<Prefecture, Vec<(String, String)>>,
    found: Found,
    operator: String,
}

async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Response> {
    let person = patient::visiting(&room, &visitor).await?;
    let Query(asked) = asked.unwrap_or_default();
    let search = asked.search();
    let page_number = search.page;
    let areas = room.store.areas().await?;
    let found = room.store.search(search).await?;
    let view = View { asked, page: page_number, areas, found, operator: room.operator.clone() };
    Ok(page(&frame(&visitor, person.as_ref()), &view).into_response())
}

fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let title = language.t("オンライン診療", "Online consultation");
    Document::new(frame, title)
        .description(language.t(
            "オンライン診療に対応した医療機関をさがして予約できます。マイナ保険証も使えます。",
            "Find and book clinics that offer online care. You can use your My Number Card as insurance (マイナ保険証).",
        ))
        .lead(language.t(
            "医療機関をさがして、スマートフォンで診察を受けられます。マイナ保険証も使えます。",
            "Find a clinic and be seen by phone. You can use your My Number card as insurance card.",
        ))
        .main(html! {
            (search_form(language, view))
            (results(language, view))
            p .fine { (language.t("運営：", "Operated by ")) (view.operator) }
        })
}

fn search_form(language: Language, view: &View) -> Markup {
    let mut named = Vec::new();
    for (prefecture, cities) in &view.areas {
        let name = language.t(prefecture.japanese(), prefecture.latin()).to_owned();
        named.push((prefecture.code().to_string(), name));
        for (city, english) in cities {
            // An ideographic space sets a city in beneath its prefecture.
            named.push((format!("{}-{city}", prefecture.code()), format!("\u{3000}{}", language.t(city, english))));
        }
    }
    let areas: Vec<_> = named.iter().map(|(value, label)| Choice::new(value, label)).collect();
    let specialties: Vec<_> =
        Specialty::ALL.iter().map(|specialty| Choice::new(specialty.word(), specialty.name(language))).collect();
    let ticked = if view.asked.card == "1" { Ticked::Yes } else { Ticked::No };
    parts::search_form(
        "/",
        html! {
            (Field::new(language, Input::Search, "q", language.t("医療機関の名前", "Name of the clinic"))
                .support(language.t("ひらがなやローマ字でもさがせます。", "Kana and Latin letters work too."))
                .value(&view.asked.q).optional().unmarked().width(Width::Full).longest(100))
            (parts::field_row(html! {
                (Select::new(language, "area", language.t("地域", "Area"), &areas)
                    .chosen(&view.asked.area).optional().unmarked().nothing_chosen(language.t("すべての地域", "Everywhere")))
                (Select::new(language, "specialty", language.t("診療科", "Specialty"), &specialties)
                    .chosen(&view.asked.specialty).optional().unmarked().nothing_chosen(language.t("すべての診療科", "All specialties")))
            }))
            (parts::checkbox("card", "1", language.t("マイナ保険証対応の医療機関だけ", "Only clinics that take the card (マイナ保険証対応)"), ticked))
            (parts::primary_button(language.t("さがす", "Search"), None))
        },
    )
}

fn results(language: Language, view: &View) -> Markup {
    let Found { institutions, total } = &view.found;
    if institutions.is_empty() {
        return parts::empty_state(
            language.t("条件に合う医療機関が見つかりませんでした", "No clinic fits"),
            html! { p { (language.t("名前を短くするか、地域や診療科の条件を減らしてみてください。", "Try a shorter name, or fewer conditions.")) }
            (parts::secondary_link("/", language.t("すべての医療機関を見る", "See all clinics"), None)) },
        );
    }
    let heading = match language {
        Language::Japanese => format!("医療機関 {total}件"),
        Language::English => format!("{total} clinics"),
    };
    let cards: Vec<_> = institutions.iter().map(|institution| card(language, institution)).collect();
    let last = total.div_ceil(PER_PAGE).max(1);
    parts::section(
        &heading,
        html! {
            (parts::card_list(&cards))
            @if last > 1 { (parts::pagination(language, view.page.min(last), last, |page| view.asked.at_page(page))) }
        },
    )
}

fn card(language: Language, institution: &Institution) -> Markup {
    parts::link_card(
        &format!("/institutions/{}", institution.code),
        institution.name_in(language),
        html! {
            p { (institution.area_in(language)) (language.t(" ／ ", " · ")) (institution.specialties_in(language)) }
            p { (badge(language, institution)) }
        },
    )
}

/// 「マイナ保険証対応」, or plainly what is possible instead.
pub(super) fn badge(language: Language, institution: &Institution) -> Markup {
    if institution.leave_by.way().takes_the_card() {
        parts::insured_badge(language)
    } else {
        parts::badge(BadgeTone::Neutral, language.t("保険証画像のアップロードのみ", "Picture upload only"))
    }
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let institutions = specimen::institutions();
    let areas: BTreeMap<_, Vec<_>> = institutions.iter().fold(BTreeMap::new(), |mut areas, institution| {
        let cities: &mut Vec<_> = areas.entry(institution.prefecture).or_default();
        cities.push((institution.city.clone(), institution.city_english.clone()));
        areas
    });
    let view = |institutions: Vec<Institution>, total, asked| View {
        asked,
        page: 1,
        areas: areas.clone(),
        found: Found { institutions, total },
        operator: "サンプル運営".to_owned(),
    };
    let narrowed = Asked { q: "さくら".into(), area: "13".into(), card: "1".into(), ..Asked::default() };
    let nobody = specimen::frame(language, "/", None);
    let person = specimen::person();
    let somebody = specimen::frame(language, "/", Some(&person));
    let own_name = shell::Frame { name: Some(specimen::own_name()), ..somebody.clone() };
    vec![
        ("home/own-name".to_owned(), page(&own_name, &view(institutions.clone(), 3, Asked::default()))),
        ("home/all".to_owned(), page(&nobody, &view(institutions.clone(), 3, Asked::default()))),
        ("home/signed-in".to_owned(), page(&somebody, &view(institutions.clone(), 45, Asked::default()))),
        ("home/narrowed".to_owned(), page(&nobody, &view(institutions[..1].to_vec(), 1, narrowed.clone()))),
        ("home/nothing".to_owned(), page(&nobody, &view(Vec::new(), 0, narrowed))),
    ]
}
