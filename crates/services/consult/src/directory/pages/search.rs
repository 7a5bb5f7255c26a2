//! The directory of clinics: search by name, area and specialty.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use base::{Prefecture, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame,
    components::{self, BadgeTone, CheckState, Choice, Field, Input, Select, Width},
};
use web::{Access, Routes, Visitor};

use crate::{
    context::Context,
    directory::{
        rules::institution::{Institution, InsuranceOffer, Specialty},
        store::search::{CardFilter, InstitutionSearch, ListedInstitution, PER_PAGE, SearchResults, SortOrder},
    },
    pages::{addresses::path_with_query, date_text, frame::page_frame, signed_in},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/", Access::Anyone, get(show_clinic_search))
}

/// The query of the search. Values that cannot be parsed are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct ClinicSearchQuery {
    pub(crate) q: String,
    pub(crate) area: String,
    pub(crate) specialty: String,
    pub(crate) card: String,
    pub(crate) sort: String,
    pub(crate) page: String,
}

impl ClinicSearchQuery {
    pub(crate) fn to_search(&self) -> InstitutionSearch {
        let (prefecture, city) = self.area.split_once('-').unwrap_or((&self.area, ""));
        InstitutionSearch {
            keywords: self.q.chars().take(100).collect(),
            prefecture: prefecture.parse().ok().and_then(|code| Prefecture::from_code(code).ok()),
            city: city.parse().ok(),
            specialty: self.specialty.parse().ok(),
            card: if self.card == "1" { CardFilter::OnlyWithCard } else { CardFilter::All },
            order: if self.sort == "area" { SortOrder::Area } else { SortOrder::NextFree },
            page: self.page.parse().unwrap_or(1).clamp(1, 1000),
        }
    }

    /// Whether there is any condition: then the results come first on the page.
    pub(crate) fn is_search(&self) -> bool {
        [&self.q, &self.area, &self.specialty, &self.card, &self.page].iter().any(|value| !value.is_empty())
    }

    pub(crate) fn path(&self) -> String {
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
        path_with_query("/", &filled)
    }

    pub(crate) fn path_for_page(&self, page: u32) -> String {
        Self { page: page.to_string(), ..self.clone() }.path()
    }

    pub(crate) fn path_for_order(&self, order: SortOrder) -> String {
        let sort = match order {
            SortOrder::NextFree => String::new(),
            SortOrder::Area => "area".to_owned(),
        };
        Self { sort, page: String::new(), ..self.clone() }.path()
    }
}

pub(crate) struct ClinicSearchPage {
    pub(crate) query: ClinicSearchQuery,
    pub(crate) page_number: u32,
    pub(crate) areas: BTreeMap<Prefecture, Vec<(String, String)>>,
    pub(crate) results: SearchResults,
    pub(crate) operator: String,
    pub(crate) now: Timestamp,
}

async fn show_clinic_search(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<ClinicSearchQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let person = signed_in::find_signed_in_patient(&context, &visitor).await?;
    let Query(query) = query.unwrap_or_default();
    let search = query.to_search();
    let page_number = search.page;
    let areas = context.store.list_areas().await?;
    let results = context.store.search_institutions(search, visitor.now()).await?;
    let view =
        ClinicSearchPage { query, page_number, areas, results, operator: context.operator.clone(), now: visitor.now() };
    Ok(render_clinic_search_page(&page_frame(&visitor, person.as_ref()), &view).into_response())
}

pub(crate) fn render_clinic_search_page(frame: &Frame, view: &ClinicSearchPage) -> Markup {
    let language = frame.language;
    let title = language.t("オンライン診療", "Online consultation");
    let searched = view.query.is_search();
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
            (components::disclosure(language.t("条件を変えてさがす", "Change the search"), render_search_form(language, view)))
        } @else {
            (render_search_form(language, view))
        }
        (render_search_results(language, view))
        p .fine { (language.t("運営：", "Operated by ")) (view.operator) }
    })
}

/// The search form: the field for the name, and the filters, which are folded until a search was made.
fn render_search_form(language: Language, view: &ClinicSearchPage) -> Markup {
    components::search_form(
        "/",
        html! {
            (Field::new(language, Input::Search, "q", language.t("医療機関の名前・地域", "Clinic or area"))
                .support(language.t("ひらがなやローマ字でもさがせます。", "Kana and Latin letters work too."))
                .value(&view.query.q).optional().without_mark().width(Width::Full).max_length(100))
            (components::primary_button(language.t("さがす", "Search"), None))
            @if view.query.is_search() {
                (render_search_filters(language, view))
            } @else {
                (components::disclosure(language.t("地域・診療科で絞り込む", "Narrow by area or specialty"), render_search_filters(language, view)))
            }
            @if !view.query.sort.is_empty() { (components::hidden_field("sort", &view.query.sort)) }
        },
    )
}

fn render_search_filters(language: Language, view: &ClinicSearchPage) -> Markup {
    let mut named = Vec::new();
    for (prefecture, cities) in &view.areas {
        let name = language.t(prefecture.japanese(), prefecture.latin()).to_owned();
        named.push((prefecture.code().to_string(), name));
        for (city, english) in cities {
            // An ideographic space indents a city beneath its prefecture.
            named.push((format!("{}-{city}", prefecture.code()), format!("\u{3000}{}", language.t(city, english))));
        }
    }
    let areas: Vec<_> = named.iter().map(|(value, label)| Choice::new(value, label)).collect();
    let specialties: Vec<_> =
        Specialty::ALL.iter().map(|specialty| Choice::new(specialty.as_str(), specialty.name(language))).collect();
    let ticked = if view.query.card == "1" { CheckState::Checked } else { CheckState::Unchecked };
    html! {
        (components::field_row(html! {
            (Select::new(language, "area", language.t("地域", "Area"), &areas)
                .selected(&view.query.area).optional().without_mark().empty_option(language.t("すべての地域", "Everywhere")))
            (Select::new(language, "specialty", language.t("診療科", "Specialty"), &specialties)
                .selected(&view.query.specialty).optional().without_mark().empty_option(language.t("すべての診療科", "All specialties")))
        }))
        (components::checkbox("card", "1", language.t("マイナ保険証対応の医療機関だけ", "Only clinics that accept the card (マイナ保険証対応)"), ticked))
    }
}

fn render_search_results(language: Language, view: &ClinicSearchPage) -> Markup {
    let SearchResults { institutions, total, order } = &view.results;
    if institutions.is_empty() {
        return render_no_results(language, view);
    }
    let heading = match language {
        Language::Japanese => format!("医療機関 {total}件"),
        Language::English => format!("{total} clinics"),
    };
    let cards: Vec<_> = institutions.iter().map(|listed| render_clinic_card(language, listed, view.now)).collect();
    let last_page = total.div_ceil(PER_PAGE).max(1);
    components::section(
        &heading,
        html! {
            @if *total > 1 { (render_sort_order(language, view, *order)) }
            (components::card_list(&cards))
            @if last_page > 1 { (components::pagination(language, view.page_number.min(last_page), last_page, |page| view.query.path_for_page(page))) }
        },
    )
}

/// The current order, and a link to the other one.
fn render_sort_order(language: Language, view: &ClinicSearchPage, order: SortOrder) -> Markup {
    let (current, other_order, label) = match order {
        SortOrder::NextFree => (
            language.t("空きが早い順", "Earliest time first"),
            SortOrder::Area,
            language.t("地域順に並べる", "Sort by area"),
        ),
        SortOrder::Area => (
            language.t("地域順", "By area"),
            SortOrder::NextFree,
            language.t("空きが早い順に並べる", "Sort by earliest time"),
        ),
    };
    html! { p.order { (current) " " a href=(view.query.path_for_order(other_order)) { (label) } } }
}

/// For a search without results. The keywords may have been symptoms, so specialties are offered.
fn render_no_results(language: Language, view: &ClinicSearchPage) -> Markup {
    let heading = language.t("条件に合う医療機関が見つかりませんでした", "No clinic fits");
    components::empty_state(
        heading,
        html! {
            @if view.query.q.trim().is_empty() {
                p { (language.t("地域や診療科の条件を減らしてみてください。", "Try fewer conditions.")) }
            } @else {
                p { (language.t(
                    "名前を短くするか、条件を減らしてみてください。症状ではさがせません。診療科からお選びください。",
                    "Try a shorter name, or fewer conditions. You cannot search by symptoms: choose a specialty.")) }
                ul.choices {
                    @for specialty in Specialty::ALL {
                        li { a href=(path_with_query("/", &[("specialty", specialty.as_str())])) { (specialty.name(language)) } }
                    }
                }
            }
            (components::secondary_link("/", language.t("すべての医療機関を見る", "See all clinics"), None))
        },
    )
}

fn render_clinic_card(language: Language, listed: &ListedInstitution, now: Timestamp) -> Markup {
    let institution = &listed.institution;
    components::link_card(
        &format!("/institutions/{}", institution.code),
        institution.name_in(language),
        html! {
            p { (institution.area_in(language)) (language.t(" ／ ", " · ")) (institution.specialties_in(language)) }
            @if let Some(languages) = institution.languages_in(language) {
                p { (language.t("対応言語：", "Languages: ")) (languages) }
            }
            p {
                (render_insurance_badge(language, institution, listed.insurance_offer)) " "
                @match listed.next_free {
                    Some(start) => b { (language.t("次の空き ", "Next: ")) (date_text::format_near_date_time(language, start, now)) },
                    None => (language.t("近いうちの空きはありません", "Nothing free soon")),
                }
            }
        },
    )
}

/// 「マイナ保険証対応」, or what is possible instead.
pub(crate) fn render_insurance_badge(language: Language, institution: &Institution, cover: InsuranceOffer) -> Markup {
    match cover {
        InsuranceOffer::SelfPayOnly => {
            components::badge(BadgeTone::Neutral, language.t("自費診療のみ", "Self-pay only"))
        }
        InsuranceOffer::WithInsurance if institution.proof_method.kind().accepts_card() => {
            components::insured_badge(language)
        }
        InsuranceOffer::WithInsurance => {
            components::badge(BadgeTone::Neutral, language.t("保険証画像のアップロードのみ", "Picture upload only"))
        }
    }
}
