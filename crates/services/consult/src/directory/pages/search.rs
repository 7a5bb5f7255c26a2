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
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, BadgeTone, CheckState, Choice, Field, Input, Select, Width},
};
use web::{Access, Routes, Visitor};

use crate::{
    context::Context,
    directory::{
        rules::institution::{Institution, InsuranceOffer},
        store::search::{CardFilter, InstitutionSearch, ListedInstitution, PER_PAGE, SearchResults, SortOrder},
        texts,
    },
    pages::{addresses::path_with_query, frame::page_frame, signed_in},
    practitioners::rules::specialty::Specialty,
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
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    let Query(query) = query.unwrap_or_default();
    let search = query.to_search();
    let page_number = search.page;
    let areas = context.store.list_areas().await?;
    let results = context.store.search_institutions(search, visitor.now()).await?;
    let view =
        ClinicSearchPage { query, page_number, areas, results, operator: context.operator.clone(), now: visitor.now() };
    Ok(render_clinic_search_page(&page_frame(&visitor, account.as_ref()), &view).into_response())
}

pub(crate) fn render_clinic_search_page(frame: &Frame, view: &ClinicSearchPage) -> Markup {
    let language = frame.language;
    let title = texts::ONLINE_CONSULTATION.in_language(language);
    let searched = view.query.is_search();
    let mut document = Document::new(frame, title).description(texts::FIND_AND_BOOK_CLINICS.in_language(language));
    if !searched {
        document = document.lead(texts::SEE_A_DOCTOR_BY_VIDEO.in_language(language));
    }
    document.main(html! {
        @if searched {
            (components::disclosure(texts::CHANGE_THE_SEARCH.in_language(language), render_search_form(language, view)))
        } @else {
            (render_search_form(language, view))
        }
        (render_search_results(language, view))
        p .fine { (texts::OPERATED_BY.in_language(language)) (view.operator) }
    })
}

/// The search form: the field for the name, and the filters, which are folded until a search was made.
fn render_search_form(language: Language, view: &ClinicSearchPage) -> Markup {
    components::search_form(
        "/",
        html! {
            (Field::new(language, Input::Search, "q", texts::CLINIC_OR_AREA.in_language(language))
                .support(texts::KANA_AND_LATIN_LETTERS_WORK_TOO.in_language(language))
                .value(&view.query.q).optional().without_mark().width(Width::Full).max_length(100))
            (components::primary_button(texts::SEARCH.in_language(language), None))
            @if view.query.is_search() {
                (render_search_filters(language, view))
            } @else {
                (components::disclosure(texts::NARROW_BY_AREA_OR_SPECIALTY.in_language(language), render_search_filters(language, view)))
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
            (Select::new(language, "area", texts::AREA.in_language(language), &areas)
                .selected(&view.query.area).optional().without_mark().empty_option(texts::EVERYWHERE.in_language(language)))
            (Select::new(language, "specialty", texts::SPECIALTY.in_language(language), &specialties)
                .selected(&view.query.specialty).optional().without_mark().empty_option(texts::ALL_SPECIALTIES.in_language(language)))
        }))
        (components::checkbox("card", "1", texts::ONLY_CLINICS_THAT_ACCEPT_CARD.in_language(language), ticked))
    }
}

fn render_search_results(language: Language, view: &ClinicSearchPage) -> Markup {
    let SearchResults { institutions, total, order } = &view.results;
    if institutions.is_empty() {
        return render_no_results(language, view);
    }
    let heading = texts::clinics_that_fit(language, total);
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
            texts::EARLIEST_TIME_FIRST.in_language(language),
            SortOrder::Area,
            texts::SORT_BY_AREA.in_language(language),
        ),
        SortOrder::Area => (
            texts::BY_AREA.in_language(language),
            SortOrder::NextFree,
            texts::SORT_BY_EARLIEST_TIME.in_language(language),
        ),
    };
    html! { p.order { (current) " " a href=(view.query.path_for_order(other_order)) { (label) } } }
}

/// For a search without results. The keywords may have been symptoms, so specialties are offered.
fn render_no_results(language: Language, view: &ClinicSearchPage) -> Markup {
    let heading = texts::NO_CLINIC_FITS.in_language(language);
    components::empty_state(
        heading,
        html! {
            @if view.query.q.trim().is_empty() {
                p { (texts::TRY_FEWER_CONDITIONS.in_language(language)) }
            } @else {
                p { (texts::TRY_SHORTER_NAME_OR_FEWER_CONDITIONS.in_language(language)) }
                ul.choices {
                    @for specialty in Specialty::ALL {
                        li { a href=(path_with_query("/", &[("specialty", specialty.as_str())])) { (specialty.name(language)) } }
                    }
                }
            }
            (components::secondary_link("/", texts::SEE_ALL_CLINICS.in_language(language), None))
        },
    )
}

fn render_clinic_card(language: Language, listed: &ListedInstitution, now: Timestamp) -> Markup {
    let institution = &listed.institution;
    components::link_card(
        &format!("/institutions/{}", institution.code),
        institution.name_in(language),
        html! {
            p { (institution.area_in(language)) (texts::SEPARATOR.in_language(language)) (institution.specialties_in(language)) }
            @if let Some(languages) = institution.languages_in(language) {
                p { (texts::LANGUAGES_LABEL.in_language(language)) (languages) }
            }
            p {
                (render_insurance_badge(language, institution, listed.insurance_offer)) " "
                @match listed.next_free {
                    Some(start) => b { (texts::NEXT_FREE_TIME.in_language(language)) (dates::format_near_date_time(language, start, now)) },
                    None => (texts::NOTHING_FREE_SOON.in_language(language)),
                }
            }
        },
    )
}

/// 「マイナ保険証対応」, or what is possible instead.
pub(crate) fn render_insurance_badge(language: Language, institution: &Institution, cover: InsuranceOffer) -> Markup {
    match cover {
        InsuranceOffer::SelfPayOnly => {
            components::badge(BadgeTone::Neutral, texts::SELF_PAY_ONLY.in_language(language))
        }
        InsuranceOffer::WithInsurance if institution.proof_method.kind().accepts_card() => {
            components::insured_badge(language)
        }
        InsuranceOffer::WithInsurance => {
            components::badge(BadgeTone::Neutral, texts::PICTURE_UPLOAD_ONLY.in_language(language))
        }
    }
}
