//! The directory: search by name, area and specialty.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use base::{Prefecture, Span, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Frame, Language, Routes, Visitor,
    parts::{self, BadgeTone, Choice, Field, Input, Select, Ticked, Width},
};

use super::{frame, patient, specimen, when, with_query};
use crate::{
    room::Room,
    rules::institution::{Cover, Institution, Specialty},
    store::directory::{CardFilter, Found, ListedInstitution, Order, PER_PAGE, Search},
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new().page("/", Access::Anyone, get(show))
}

/// The search as it stands in the address. What cannot be read is not searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    area: String,
    specialty: String,
    card: String,
    sort: String,
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
            order: if self.sort == "area" { Order::Area } else { Order::NextFree },
            page: self.page.parse().unwrap_or(1).clamp(1, 1000),
        }
    }

    /// Whether something is asked for, so that results are what the page is opened for.
    fn is_search(&self) -> bool {
        [&self.q, &self.area, &self.specialty, &self.card, &self.page].iter().any(|value| !value.is_empty())
    }

    fn path(&self) -> String {
        let pairs = [
            ("q", &self.q),
            ("area", &self.area),
            ("specialty", &self.specialty),
            ("card", &self.card),
            ("sort", &self.sort),
            ("page", &self.page),
        ];
        let filled: Vec<_> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        with_query("/", &filled)
    }

    fn at_page(&self, page: u32) -> String {
        Self { page: page.to_string(), ..self.clone() }.path()
    }

    fn in_order(&self, order: Order) -> String {
        let sort = match order {
            Order::NextFree => String::new(),
            Order::Area => "area".to_owned(),
        };
        Self { sort, page: String::new(), ..self.clone() }.path()
    }
}

struct View {
    asked: Asked,
    page: u32,
    areas: BTreeMap<Prefecture, Vec<(String, String)>>,
    found: Found,
    operator: String,
    now: Timestamp,
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
    let found = room.store.search(search, visitor.now()).await?;
    let view = View { asked, page: page_number, areas, found, operator: room.operator.clone(), now: visitor.now() };
    Ok(page(&frame(&visitor, person.as_ref()), &view).into_response())
}

fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let title = language.t("オンライン診療", "Online consultation");
    let searched = view.asked.is_search();
    let mut document = Document::new(frame, title).description(language.t(
        "オンライン診療に対応した医療機関をさがして予約できます。マイナ保険証も使えます。",
        "Find and book clinics that offer online care. You can use your My Number Card as insurance (マイナ保険証).",
    ));
    if !searched {
        document = document.lead(language.t(
            "医療機関をさがして、スマートフォンのビデオ通話で診察を受けられます。",
            "Find a clinic and see a doctor by video on your phone.",
        ));
    }
    document.main(html! {
        @if searched {
            (parts::disclosure(language.t("条件を変えてさがす", "Change the search"), search_form(language, view)))
        } @else {
            (search_form(language, view))
        }
        (results(language, view))
        p .fine { (language.t("運営：", "Operated by ")) (view.operator) }
    })
}

/// The search: the name in sight, what narrows it folded unless something is chosen.
fn search_form(language: Language, view: &View) -> Markup {
    parts::search_form(
        "/",
        html! {
            (Field::new(language, Input::Search, "q", language.t("医療機関の名前・地域", "Clinic or area"))
                .support(language.t("ひらがなやローマ字でもさがせます。", "Kana and Latin letters work too."))
                .value(&view.asked.q).optional().unmarked().width(Width::Full).longest(100))
            (parts::primary_button(language.t("さがす", "Search"), None))
            @if view.asked.is_search() {
                (filters(language, view))
            } @else {
                (parts::disclosure(language.t("地域・診療科で絞り込む", "Narrow by area or specialty"), filters(language, view)))
            }
            @if !view.asked.sort.is_empty() { (parts::hidden("sort", &view.asked.sort)) }
        },
    )
}

fn filters(language: Language, view: &View) -> Markup {
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
    html! {
        (parts::field_row(html! {
            (Select::new(language, "area", language.t("地域", "Area"), &areas)
                .chosen(&view.asked.area).optional().unmarked().nothing_chosen(language.t("すべての地域", "Everywhere")))
            (Select::new(language, "specialty", language.t("診療科", "Specialty"), &specialties)
                .chosen(&view.asked.specialty).optional().unmarked().nothing_chosen(language.t("すべての診療科", "All specialties")))
        }))
        (parts::checkbox("card", "1", language.t("マイナ保険証対応の医療機関だけ", "Only clinics that accept the card (マイナ保険証対応)"), ticked))
    }
}

fn results(language: Language, view: &View) -> Markup {
    let Found { institutions, total, order } = &view.found;
    if institutions.is_empty() {
        return nothing_found(language, view);
    }
    let heading = match language {
        Language::Japanese => format!("医療機関 {total}件"),
        Language::English => format!("{total} clinics"),
    };
    let cards: Vec<_> = institutions.iter().map(|listed| card(language, listed, view.now)).collect();
    let last = total.div_ceil(PER_PAGE).max(1);
    parts::section(
        &heading,
        html! {
            @if *total > 1 { (order_line(language, view, *order)) }
            (parts::card_list(&cards))
            @if last > 1 { (parts::pagination(language, view.page.min(last), last, |page| view.asked.at_page(page))) }
        },
    )
}

/// In which order the institutions stand, and the other one.
fn order_line(language: Language, view: &View, order: Order) -> Markup {
    let (now, other, label) = match order {
        Order::NextFree => (
            language.t("空きが早い順", "Earliest time first"),
            Order::Area,
            language.t("地域順に並べる", "Sort by area"),
        ),
        Order::Area => (
            language.t("地域順", "By area"),
            Order::NextFree,
            language.t("空きが早い順に並べる", "Sort by earliest time"),
        ),
    };
    html! { p.order { (now) " " a href=(view.asked.in_order(other)) { (label) } } }
}

/// What to do where nothing fits. Words that are no name may be symptoms, which lead to a specialty.
fn nothing_found(language: Language, view: &View) -> Markup {
    let heading = language.t("条件に合う医療機関が見つかりませんでした", "No clinic fits");
    parts::empty_state(
        heading,
        html! {
            @if view.asked.q.trim().is_empty() {
                p { (language.t("地域や診療科の条件を減らしてみてください。", "Try fewer conditions.")) }
            } @else {
                p { (language.t(
                    "名前を短くするか、条件を減らしてみてください。症状ではさがせません。診療科からお選びください。",
                    "Try a shorter name, or fewer conditions. You cannot search by symptoms: choose a specialty.")) }
                ul.choices {
                    @for specialty in Specialty::ALL {
                        li { a href=(with_query("/", &[("specialty", specialty.word())])) { (specialty.name(language)) } }
                    }
                }
            }
            (parts::secondary_link("/", language.t("すべての医療機関を見る", "See all clinics"), None))
        },
    )
}

fn card(language: Language, listed: &ListedInstitution, now: Timestamp) -> Markup {
    let institution = &listed.institution;
    parts::link_card(
        &format!("/institutions/{}", institution.code),
        institution.name_in(language),
        html! {
            p { (institution.area_in(language)) (language.t(" ／ ", " · ")) (institution.specialties_in(language)) }
            @if let Some(languages) = institution.languages_in(language) {
                p { (language.t("対応言語：", "Languages: ")) (languages) }
            }
            p {
                (badge(language, institution, listed.cover)) " "
                @match listed.next_free {
                    Some(start) => b { (language.t("次の空き ", "Next: ")) (when::near_moment(language, start, now)) },
                    None => (language.t("近いうちの空きはありません", "Nothing free soon")),
                }
            }
        },
    )
}

/// 「マイナ保険証対応」, or plainly what is possible instead.
pub(super) fn badge(language: Language, institution: &Institution, cover: Cover) -> Markup {
    match cover {
        Cover::SelfPayOnly => parts::badge(BadgeTone::Neutral, language.t("自費診療のみ", "Self-pay only")),
        Cover::WithInsurance if institution.leave_by.way().takes_the_card() => parts::insured_badge(language),
        Cover::WithInsurance => {
            parts::badge(BadgeTone::Neutral, language.t("保険証画像のアップロードのみ", "Picture upload only"))
        }
    }
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let institutions = specimen::institutions();
    let areas: BTreeMap<_, Vec<_>> = institutions.iter().fold(BTreeMap::new(), |mut areas, institution| {
        let cities: &mut Vec<_> = areas.entry(institution.prefecture).or_default();
        cities.push((institution.city.clone(), institution.city_english.clone()));
        areas
    });
    let now = specimen::now();
    let listed = |institutions: Vec<Institution>| {
        let next_free = [Some(now.plus(Span::from_mins(15))), Some(specimen::start()), None];
        let covers = [Cover::WithInsurance, Cover::WithInsurance, Cover::SelfPayOnly];
        let with_times = institutions.into_iter().zip(next_free).zip(covers);
        with_times
            .map(|((institution, next_free), cover)| ListedInstitution { institution, cover, next_free })
            .collect()
    };
    let view = |institutions: Vec<Institution>, total, asked: Asked| View {
        page: 1,
        areas: areas.clone(),
        found: Found { institutions: listed(institutions), total, order: asked.search().order },
        asked,
        operator: "サンプル運営".to_owned(),
        now,
    };
    let narrowed = Asked { q: "さくら".into(), area: "13".into(), card: "1".into(), ..Asked::default() };
    let by_area = Asked { sort: "area".into(), ..Asked::default() };
    let there = Asked { area: "13".into(), ..Asked::default() };
    let nobody = specimen::frame(language, "/", None);
    let person = specimen::person();
    let somebody = specimen::frame(language, "/", Some(&person));
    let own_name = shell::Frame { name: Some(specimen::own_name()), ..somebody.clone() };
    vec![
        ("home/own-name".to_owned(), page(&own_name, &view(institutions.clone(), 3, Asked::default()))),
        ("home/all".to_owned(), page(&nobody, &view(institutions.clone(), 3, Asked::default()))),
        ("home/signed-in".to_owned(), page(&somebody, &view(institutions.clone(), 45, Asked::default()))),
        ("home/narrowed".to_owned(), page(&nobody, &view(institutions[..1].to_vec(), 1, narrowed.clone()))),
        ("home/by-area".to_owned(), page(&nobody, &view(institutions.clone(), 3, by_area))),
        ("home/nothing".to_owned(), page(&nobody, &view(Vec::new(), 0, narrowed))),
        ("home/nothing-there".to_owned(), page(&nobody, &view(Vec::new(), 0, there))),
    ]
}
