//! 患者情報詳細: what a patient consented to show of her health. One kind is asked for at a time, and only when it is opened.

mod records;

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::{Date, Timestamp};
use http::StatusCode;
use maud::{Markup, html};
use oqs::{CheckUps, MedicalPerson, MedicalRefusal, MedicineRecords, QualificationResult};
use serde::Deserialize;
use shell::{
    Document, Frame, Language, MenuEntry, Visitor,
    parts::{self, Choice, Problem, Select, Tone},
};

use super::{Answer, Stop, list::Purpose, opened, sheet, signed_in, trouble, words};
use crate::{
    Refusal, Role, Room,
    client::{Eligibility, Medical, RecordKind},
    rules::{
        consent::{ConsentState, Consents, Item},
        finding::{Finding, Reason},
        listed::Listed,
        months::{self, Months},
    },
};

/// The kinds of medical information, each a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Medicines,
    Diagnoses,
    Operations,
    CheckUps,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Medicines, Self::Diagnoses, Self::Operations, Self::CheckUps];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Medicines => "medicines",
            Self::Diagnoses => "diagnoses",
            Self::Operations => "operations",
            Self::CheckUps => "check-ups",
        }
    }

    fn item(self) -> Item {
        match self {
            Self::Medicines => Item::Medicines,
            Self::Diagnoses => Item::Diagnoses,
            Self::Operations => Item::Operations,
            Self::CheckUps => Item::CheckUps,
        }
    }

    fn records(self) -> Option<RecordKind> {
        match self {
            Self::Medicines => Some(RecordKind::Medicines),
            Self::Diagnoses => Some(RecordKind::Diagnoses),
            Self::Operations => Some(RecordKind::Operations),
            Self::CheckUps => None,
        }
    }
}

/// 患者情報詳細 before a kind is opened: who it is, and what was consented to.
pub(super) struct Overview {
    pub(super) listed: Listed,
    pub(super) sealed: String,
    pub(super) today: Date,
    /// None where the list named nothing to ask by.
    pub(super) content: Option<Answer<Eligibility>>,
}

/// One kind of information.
pub(super) struct View {
    pub(super) listed: Listed,
    pub(super) sealed: String,
    pub(super) institution: String,
    pub(super) kind: Kind,
    pub(super) now: Timestamp,
    pub(super) today: Date,
    /// None where what was chosen is no range.
    pub(super) months: Option<Months>,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// Nothing was asked: there is nothing to ask by, or the months are no range.
    Unasked,
    Records(Answer<Medical<MedicineRecords>>),
    CheckUps(Answer<Medical<CheckUps>>),
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    from: Option<String>,
    to: Option<String>,
}

pub(super) async fn overview(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::MedicalViewer).await?;
    let listed = opened(&visitor, &signed, &sealed)?;
    let content = match listed.documents.first() {
        None => None,
        Some(document) => {
            let answer = signed.station.interface.eligibility(document, listed.visit, visitor.now()).await;
            Some(Answer::of(answer))
        }
    };
    let status = content.as_ref().map_or(StatusCode::OK, Answer::status);
    let view = Overview { listed, sealed, today: visitor.now().japan_date(), content };
    Ok((status, overview_page(&super::frame(&visitor, &signed), &view)).into_response())
}

pub(super) async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path((sealed, kind)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::MedicalViewer).await?;
    let kind = Kind::ALL.into_iter().find(|other| other.word() == kind);
    let kind = kind.ok_or(Refusal::NotFound)?;
    let listed = opened(&visitor, &signed, &sealed)?;
    let (now, today) = (visitor.now(), visitor.now().japan_date());
    let months = Months::chosen(wanted.from.as_deref(), wanted.to.as_deref(), today).ok();
    let interface = &signed.station.interface;
    let content = match (listed.documents.first(), kind.records(), months) {
        (Some(document), Some(records), Some(months)) => {
            Content::Records(Answer::of(interface.records(records, document, listed.visit, months, now).await))
        }
        (Some(document), None, _) => {
            Content::CheckUps(Answer::of(interface.check_ups(document, listed.visit, now).await))
        }
        (None, ..) | (_, Some(_), None) => Content::Unasked,
    };
    let status = match &content {
        Content::Records(answer) => answer.status(),
        Content::CheckUps(answer) => answer.status(),
        Content::Unasked if months.is_none() => StatusCode::UNPROCESSABLE_ENTITY,
        Content::Unasked => StatusCode::OK,
    };
    let institution = signed.station.name.clone();
    let view = View { listed, sealed, institution, kind, now, today, months, content };
    Ok((status, page(&super::frame(&visitor, &signed), &view)).into_response())
}

fn back(listed: &Listed) -> String {
    format!("/patients?{}", listed.list.query())
}

pub(super) fn overview_page(frame: &Frame, view: &Overview) -> Markup {
    let language = frame.language;
    let title = language.t("患者情報詳細", "Patient (患者情報詳細)");
    let list = back(&view.listed);
    let above = parts::breadcrumbs(language, &[(list.as_str(), Purpose::Medical.title(language))], title);
    Document::new(frame, title).above(above).main(html! {
        @match &view.content {
            None => (nothing_to_ask_by(language, &view.listed)),
            Some(Answer::Trouble(refusal)) => (trouble(frame, refusal)),
            Some(Answer::Here(answer)) => {
                @match answer.answer.results.first() {
                    Some(result) => (who(language, view, result)),
                    None => (hidden(language, Finding::of(Some(&answer.answer.processing), answer.answer.validity))),
                }
                (super::doubts(language, &answer.doubts))
            }
        }
        (parts::back_link(&list, language.t("一覧に戻る", "Back to the list")))
    })
}

fn nothing_to_ask_by(language: Language, listed: &Listed) -> Markup {
    html! {
        (hidden(language, listed.finding))
        @if let Some(message) = &listed.said.message {
            p { (language.t("システムからのメッセージ：", "The system says: ")) span lang="ja" { (message) } }
        }
    }
}

/// No medical information can be asked for, and why.
fn hidden(language: Language, finding: Finding) -> Markup {
    let (label, _, tone) = words::finding(language, finding);
    parts::notice(
        tone,
        label,
        html! {
            p { (language.t("医療情報は表示できません。", "No medical information can be shown.")) }
            @if let Finding::Hidden(reason) = finding { p { (words::reason(language, reason).1) } }
        },
    )
}

fn who(language: Language, view: &Overview, result: &QualificationResult) -> Markup {
    let consents = Consents::of(result);
    let months = Months::at_first(view.today);
    let several = view.listed.documents.len() > 1;
    let cards: Vec<Markup> = Kind::ALL
        .into_iter()
        .filter(|kind| consents.on(kind.item()) == ConsentState::Given)
        .map(|kind| {
            let href = format!("/patients/{}/{}", view.sealed, kind.word());
            let range = match language {
                Language::Japanese => format!("{}から{}まで", months.from, months.to),
                Language::English => format!("{} to {}", months.from, months.to),
            };
            parts::link_card(
                &href,
                words::item(language, kind.item()),
                html! {
                    @if kind.records().is_some() { p { (range) (language.t("（変更できます）", " (can be changed)")) } }
                },
            )
        })
        .collect();
    html! {
        (parts::columns(
            parts::panel(language.t("患者", "Patient"), parts::description_list(&[
                (language.t("氏名", "Name"), words::name(language, &result.name)),
                (language.t("氏名カナ", "Kana"), words::kana(result.kana.as_ref())),
                (language.t("生年月日", "Born"), html! {
                    (words::both_calendars(language, result.birthdate))
                    @if let Some(age) = words::age(result.birthdate, view.today) { " " (age) (language.t("歳", " years old")) }
                }),
                (language.t("性別", "Sex"), html! { (words::sex(language, result.sex)) }),
            ])),
            parts::panel(language.t("同意の状況", "Consents"), sheet::consented(language, &consents, view.listed.care())),
        ))
        @if several {
            (parts::notice(Tone::Info, language.t("保険が複数あります", "There are several insurances"), html! {
                p { (language.t(
                    "医療情報は、一覧の1つ目の保険で照会します。どの保険を使うかは、一般のアカウントで確認してください。",
                    "Medical information is asked for by the first insurance of the list. Which one applies, the account 一般 finds out."
                )) }
            }))
        }
        (parts::section(language.t("医療情報閲覧", "Medical information"), html! {
            @if cards.is_empty() {
                (parts::empty_state(language.t("見られる医療情報はありません", "There is nothing that may be seen"), html! {
                    p { (language.t(
                        "患者が同意した医療情報はありません。必要な場合は、診察で直接お尋ねください。",
                        "The patient agreed to show none. Ask in the visit if it is needed."
                    )) }
                }))
            } @else {
                p { (language.t(
                    "開いた情報だけをシステムから取得します。取得は記録されます。",
                    "Only what you open is asked of the system, and each question is recorded there."
                )) }
                (parts::card_list(&cards))
            }
        }))
    }
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let title = words::item(language, view.kind.item());
    let (list, overview) = (back(&view.listed), format!("/patients/{}", view.sealed));
    let before =
        [(list.as_str(), Purpose::Medical.title(language)), (overview.as_str(), language.t("患者情報詳細", "Patient"))];
    let kinds: Vec<MenuEntry> = Kind::ALL
        .into_iter()
        .map(|kind| MenuEntry {
            href: format!("/patients/{}/{}", view.sealed, kind.word()),
            label: words::item(language, kind.item()).to_owned(),
            current: kind == view.kind,
        })
        .collect();
    let mut document = Document::new(frame, title).above(parts::breadcrumbs(language, &before, title));
    if view.months.is_none() && view.kind.records().is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        (parts::tabs(language.t("医療情報の種類", "Kinds of information"), &kinds))
        @if view.kind.records().is_some() { (range(language, view)) }
        @match &view.content {
            Content::Unasked => {
                @if view.listed.documents.is_empty() { (nothing_to_ask_by(language, &view.listed)) }
            }
            Content::Records(Answer::Trouble(refusal)) | Content::CheckUps(Answer::Trouble(refusal)) => {
                (trouble(frame, refusal))
            }
            Content::Records(Answer::Here(answer)) => {
                @match &answer.outcome {
                    Ok(found) => (printed(language, view, answer.person.as_ref(), &records::by_month(language, view.kind, found))),
                    Err(refusal) => (refused(language, answer.person.as_ref(), refusal)),
                }
                (super::doubts(language, &answer.doubts))
            }
            Content::CheckUps(Answer::Here(answer)) => {
                @match &answer.outcome {
                    Ok(found) => (printed(language, view, answer.person.as_ref(), &records::check_ups(language, found))),
                    Err(refusal) => (refused(language, answer.person.as_ref(), refusal)),
                }
                (super::doubts(language, &answer.doubts))
            }
        }
        (parts::back_link(&overview, language.t("患者情報詳細に戻る", "Back to the patient")))
    })
}

/// 診療年月 (自)(至)
fn range(language: Language, view: &View) -> Markup {
    let shown = view.months.unwrap_or_else(|| Months::at_first(view.today));
    let offered: Vec<(String, String)> = months::offered(view.today)
        .into_iter()
        .map(|month| (month.to_string(), words::month(language, month)))
        .collect();
    let choices: Vec<Choice<'_>> = offered.iter().map(|(value, label)| Choice::new(value, label)).collect();
    let (from, to) = (shown.from.to_string(), shown.to.to_string());
    let message =
        language.t("開始の年月は、終了の年月より前にしてください", "The first month must not be after the last");
    let wrong = view.months.is_none();
    let problems = [Problem { field: "from", message }];
    html! {
        @if wrong { (parts::error_summary(language, &problems)) }
        (parts::search_form(&format!("/patients/{}/{}", view.sealed, view.kind.word()), html! {
            (parts::field_row(html! {
                (Select::new(language, "from", language.t("診療年月（自）", "From"), &choices)
                    .chosen(&from)
                    .unmarked()
                    .error(wrong.then_some(message)))
                (Select::new(language, "to", language.t("診療年月（至）", "To"), &choices).chosen(&to).unmarked())
            }))
            (parts::primary_button(language.t("表示する", "Show"), Some(language.t(
                "システムに照会して、この期間の情報を表示します。",
                "Asks the system and shows what it has of these months."
            ))))
        }))
    }
}

/// Whose information it is, as the answer itself says.
fn patient(language: Language, person: &MedicalPerson) -> Vec<(&'static str, Markup)> {
    let MedicalPerson { name, kana, birthdate, .. } = person;
    vec![
        (language.t("氏名", "Name"), html! { (words::name(language, name)) " " (words::kana(kana.as_ref())) }),
        (language.t("生年月日", "Born"), html! { (words::both_calendars(language, *birthdate)) }),
    ]
}

/// What is shown is what is printed, under a heading that says whose it is, of which months, who asked and when.
fn printed(language: Language, view: &View, person: Option<&MedicalPerson>, found: &Markup) -> Markup {
    let kind = words::item(language, view.kind.item());
    let heading = match language {
        Language::Japanese => format!("患者情報詳細：{kind}"),
        Language::English => format!("Patient: {kind}"),
    };
    let range = match (view.kind.records(), view.months) {
        (Some(_), Some(Months { from, to })) => {
            let (from, to) = (words::month(language, from), words::month(language, to));
            format!("{from}{}{to}", language.t("〜", " to "))
        }
        _ => language.t("すべて", "All").to_owned(),
    };
    let mut rows = person.map_or_else(Vec::new, |person| patient(language, person));
    rows.extend([
        (language.t("診療年月", "Months"), html! { (range) }),
        (language.t("医療機関", "Institution"), html! { (view.institution) }),
        (language.t("照会日時", "Asked at"), html! { (words::time(language, view.now)) }),
    ]);
    parts::print_sheet(html! {
        (parts::panel(&heading, html! {
            (parts::description_list(&rows))
            (parts::print_button(language.t("印刷する", "Print")))
        }))
        (found)
    })
}

/// Declined, withdrawn, expired, in its grace: each in its own words, and the system's beside them.
fn refused(language: Language, person: Option<&MedicalPerson>, refusal: &MedicalRefusal) -> Markup {
    let (heading, meaning) = words::reason(language, Reason::of(Some(refusal.code())));
    let about = person.map(|person| parts::plain_panel(parts::description_list(&patient(language, person))));
    let notice = parts::notice(
        Tone::Warning,
        heading,
        html! {
            p { (meaning) }
            @if let Some(message) = refusal.message() {
                p { (language.t("システムからのメッセージ：", "The system says: ")) span lang="ja" { (message) } " (" code { (refusal.code()) } ")" }
            }
        },
    );
    html! {
        @if let Some(about) = about { (about) }
        (notice)
    }
}
