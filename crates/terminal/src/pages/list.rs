//! 同意済資格情報取得, 同意取得済み患者一覧: the receptions of a day, as each of two accounts sees them.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::{Date, ReceptionNumber};
use http::StatusCode;
use maud::{Markup, html};
use oqs::{BulkNumber, BulkUnit, Doubt, KanaName, QualificationResult};
use serde::Deserialize;
use shell::{
    Document, Frame, Language, MenuEntry, Visitor,
    parts::{self, BadgeTone, Choice, ChoiceGroup, Column, Field, Input, Problem, Table, Tone, Width},
};

use super::{Answer, LINK, Signed, Stop, appointments, see, signed_in, statement, trouble, words};
use crate::{
    Refusal, Role, Room,
    client::{Failure, List},
    rules::{
        appointment::{Beside, Differs, Person},
        care::Care,
        consent::{Consents, Item},
        finding::{Finding, Settled},
        follow_up::{About, Noted, Trouble, Why},
        listed::{Asked, By, Listed},
    },
    seal::Seal,
    store::confirmation::Confirmed,
};

/// As many rows as one page shows. A clinic's day has some dozens.
const ROWS: u32 = 100;

const ALL_ITEMS: [Item; 6] =
    [Item::Limits, Item::SpecificDiseases, Item::Medicines, Item::Diagnoses, Item::Operations, Item::CheckUps];
const MEDICAL_ITEMS: [Item; 4] = [Item::Medicines, Item::Diagnoses, Item::Operations, Item::CheckUps];

/// For which account the list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// 一般: who is insured.
    Eligibility,
    /// 医療情報閲覧: whose health may be looked at.
    Medical,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    by: Option<String>,
    day: Option<String>,
    /// The number of a list that was being made.
    number: Option<String>,
    /// Which page of it, from one.
    page: Option<u32>,
    /// 受付番号 of the one that is looked for.
    reception: Option<String>,
}

pub(super) struct View {
    pub(super) purpose: Purpose,
    pub(super) by: By,
    pub(super) day: String,
    pub(super) today: Date,
    /// 受付番号 of the one that is looked for.
    pub(super) sought: Option<ReceptionNumber>,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// The text is no day.
    WrongDay,
    Asked(Asked, Answer<Found>),
}

pub(super) enum Found {
    Rows(Rows),
    Working(BulkNumber),
}

pub(super) struct Rows {
    /// Those of this page.
    pub(super) shown: Vec<Row>,
    /// How many there are on all pages.
    pub(super) count: usize,
    /// Which page, from one.
    pub(super) page: u32,
    /// How many pages there are, at least one.
    pub(super) pages: u32,
    /// The one that is looked for, where it does not stand here.
    pub(super) missed: Option<ReceptionNumber>,
    pub(super) doubts: Vec<Doubt>,
}

pub(super) struct Row {
    pub(super) listed: Listed,
    pub(super) sealed: String,
    pub(super) results: Vec<QualificationResult>,
    pub(super) confirmed: Option<Confirmed>,
    pub(super) beside: Beside,
}

impl Purpose {
    fn path(self) -> &'static str {
        match self {
            Self::Eligibility => "/receptions",
            Self::Medical => "/patients",
        }
    }

    fn role(self) -> Role {
        match self {
            Self::Eligibility => Role::Staff,
            Self::Medical => Role::MedicalViewer,
        }
    }

    pub(super) fn title(self, language: Language) -> &'static str {
        match self {
            Self::Eligibility => language.t("同意済資格情報取得", "Receptions (同意済資格情報取得)"),
            Self::Medical => {
                let name = "同意取得済み患者一覧（訪問診療等・オンライン診療等）";
                language.t(name, "Patients who consented (同意取得済み患者一覧)")
            }
        }
    }
}

pub(super) async fn receptions(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Stop> {
    show(&room, &visitor, wanted, Purpose::Eligibility).await
}

pub(super) async fn patients(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Stop> {
    show(&room, &visitor, wanted, Purpose::Medical).await
}

async fn show(room: &Room, visitor: &Visitor, wanted: Wanted, purpose: Purpose) -> Result<Response, Stop> {
    let sought: Option<ReceptionNumber> = wanted.reception.as_deref().and_then(|text| text.parse().ok());
    let signed = signed_in(room, visitor, purpose.role()).await?;
    let today = visitor.now().japan_date();
    let by = By::from_word(wanted.by.as_deref());
    let day = wanted.day.unwrap_or_else(|| today.to_string());
    let content = match base::parse_date(&day) {
        Err(_) => Content::WrongDay,
        Ok(day) => {
            let asked = Asked { by, day };
            let before = wanted.number.as_deref().and_then(BulkNumber::new);
            let answer = signed.station.interface.list(asked, before, visitor.now()).await;
            if purpose == Purpose::Eligibility {
                keep_in_mind(room, visitor, &signed, asked, &answer).await?;
            }
            let answer = match Answer::of(answer) {
                Answer::Trouble(refusal) => Answer::Trouble(refusal),
                Answer::Here(List::Working(number)) => Answer::Here(Found::Working(number)),
                Answer::Here(List::Ready { units, doubts }) => {
                    if let Some(href) = sought.and_then(|sought| found(visitor, &signed, asked, &units, sought)) {
                        return Ok(see(&format!("{}/{href}", purpose.path())));
                    }
                    let cut = Cut { page: wanted.page.unwrap_or(1), missed: sought };
                    let rows = rows(room, visitor, &signed, asked, units, doubts, cut).await;
                    Answer::Here(Found::Rows(rows?))
                }
            };
            Content::Asked(asked, answer)
        }
    };
    let status = match &content {
        Content::WrongDay => StatusCode::UNPROCESSABLE_ENTITY,
        Content::Asked(_, answer) => answer.status(),
    };
    let view = View { purpose, by, day, today, sought, content };
    Ok((status, page(&super::frame(visitor, &signed), &view)).into_response())
}

/// A day whose list did not come is to be asked for again; one that came is not.
async fn keep_in_mind(
    room: &Room,
    visitor: &Visitor,
    signed: &Signed<'_>,
    asked: Asked,
    answer: &Result<List, Failure>,
) -> Result<(), Refusal> {
    let (institution, now) = (signed.account.institution, visitor.now());
    let noted = match answer {
        Ok(List::Ready { .. }) => {
            room.store.settle(institution, About::Day(asked.by, asked.day), now).await?;
            return Ok(());
        }
        Ok(List::Working(_)) => Noted::list(asked, Why::Trouble(Trouble::Working)),
        // The question itself was at fault; the same again would be too.
        Err(Failure::Refused(_)) => return Ok(()),
        Err(failure) => Noted::unlisted(asked, failure),
    };
    room.store.follow_up(institution, noted, visitor.site().randomness(), now).await?;
    Ok(())
}

/// The sealed reception that is looked for, if the list has it.
fn found(
    visitor: &Visitor,
    signed: &Signed<'_>,
    asked: Asked,
    units: &[BulkUnit],
    sought: ReceptionNumber,
) -> Option<String> {
    let listed = units.iter().map(|unit| Listed::of(unit, asked)).find(|listed| listed.number == Some(sought))?;
    Some(Seal::of(visitor, signed.account.institution).seal(LINK, &listed))
}

/// What of a list is shown.
struct Cut {
    page: u32,
    missed: Option<ReceptionNumber>,
}

async fn rows(
    room: &Room,
    visitor: &Visitor,
    signed: &Signed<'_>,
    asked: Asked,
    units: Vec<BulkUnit>,
    doubts: Vec<Doubt>,
    Cut { page, missed }: Cut,
) -> Result<Rows, Refusal> {
    let count = units.len();
    let pages = u32::try_from(count).unwrap_or(u32::MAX).div_ceil(ROWS).max(1);
    let page = page.clamp(1, pages);
    let units: Vec<BulkUnit> = units.into_iter().skip(((page - 1) * ROWS) as usize).take(ROWS as usize).collect();
    let institution = signed.account.institution;
    let seal = Seal::of(visitor, institution);
    let listed: Vec<Listed> = units.iter().map(|unit| Listed::of(unit, asked)).collect();
    let numbers: Vec<ReceptionNumber> = listed.iter().filter_map(|listed| listed.number).collect();
    let confirmed = room.store.last_confirmed(institution, numbers).await?;
    let brought = appointments::brought(room, visitor, signed).await?;
    let row = |(listed, unit): (Listed, BulkUnit)| Row {
        beside: Beside::of(brought.as_ref(), listed.visit, listed.number, person(&unit.results).as_ref()),
        sealed: seal.seal(LINK, &listed),
        confirmed: confirmed.iter().find(|found| Some(found.what.reception) == listed.number).cloned(),
        results: unit.results,
        listed,
    };
    Ok(Rows { shown: listed.into_iter().zip(units).map(row).collect(), count, page, pages, missed, doubts })
}

/// By what a person is compared with the appointments.
pub(super) fn person(results: &[QualificationResult]) -> Option<Person<'_>> {
    let born = results.first()?.birthdate;
    let readings = results.iter().flat_map(|result| [result.kana.as_ref(), result.other_kana.as_ref()]).flatten();
    Some(Person { readings: readings.map(KanaName::as_str).collect(), born })
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let mut document = Document::new(frame, view.purpose.title(language));
    if matches!(view.content, Content::WrongDay) {
        document = document.with_problems();
    }
    document.main(html! {
        (cares(language, view))
        (search(language, view))
        @match &view.content {
            Content::WrongDay => {}
            Content::Asked(_, Answer::Trouble(refusal)) => {
                (trouble(frame, refusal))
                @if view.purpose == Purpose::Eligibility { (statement::link(language)) }
            }
            Content::Asked(asked, Answer::Here(Found::Working(number))) => {
                (parts::notice(Tone::Info, language.t("一覧を作成しています", "The list is being made"), html! {
                    p { (language.t(
                        "システムで処理中です。少し待ってから、続きを確認してください。",
                        "The system is working on it. Wait a little, then look again."
                    )) }
                    @let sought = view.sought.map(|sought| format!("&reception={sought}")).unwrap_or_default();
                    (parts::secondary_link(
                        &format!("{}?{}&number={}{sought}", view.purpose.path(), asked.query(), number.as_str()),
                        language.t("続きを確認する", "Look again"),
                        None,
                    ))
                }))
            }
            Content::Asked(asked, Answer::Here(Found::Rows(found))) => (listing(language, view.purpose, *asked, found)),
        }
    })
}

/// Which of the two kinds of care, each with a list of its own.
fn cares(language: Language, view: &View) -> Markup {
    let shown = view.by.care();
    let entries = Care::ALL.map(|care| {
        let by = match care {
            Care::Online if shown == Care::Online => view.by,
            Care::Online => By::Visit,
            Care::HomeVisit => By::HomeVisit,
        };
        // From one care to the other it is the list of today.
        let day = base::parse_date(&view.day).ok().filter(|_| care == shown).unwrap_or(view.today);
        MenuEntry {
            href: format!("{}?{}", view.purpose.path(), Asked { by, day }.query()),
            label: words::care(language, care).to_owned(),
            current: care == shown,
        }
    });
    parts::tabs(language.t("診療の種類", "Kind of care"), &entries)
}

fn search(language: Language, view: &View) -> Markup {
    let wrong = matches!(view.content, Content::WrongDay);
    let message = language.t("年月日を正しく入力してください", "Enter a day of the calendar");
    let problems = [Problem { field: "day", message }];
    let by = [
        Choice::new(By::Visit.word(), language.t("受診年月日", "Day of the visit (受診年月日)")),
        Choice::new(By::Consent.word(), language.t("同意年月日", "Day of consent (同意年月日)")),
    ];
    let path = view.purpose.path();
    let day = match view.by.care() {
        Care::Online => Field::new(language, Input::Date, "day", language.t("年月日", "Day")),
        Care::HomeVisit => Field::new(language, Input::Date, "day", language.t("同意年月日（至）", "Consents to (同意年月日)"))
            .support(language.t(
                "この日までの3か月間に同意した患者を表示します。訪問診療等の同意は、取り消されるまで続きます。",
                "Shows who consented in the three months to this day. Consents for home visits hold until they are withdrawn.",
            )),
    };
    html! {
        @if wrong { (parts::error_summary(language, &problems)) }
        (parts::search_form(path, html! {
            (parts::field_row(html! {
                @match view.by.care() {
                    Care::Online => (ChoiceGroup::radio(language, "by", language.t("取得する条件", "By"), &by).chosen(view.by.word()).unmarked()),
                    Care::HomeVisit => (parts::hidden("by", view.by.word())),
                }
                (day
                    .value(&view.day)
                    .width(Width::Middle)
                    .unmarked()
                    .error(wrong.then_some(message)))
            }))
            (parts::primary_button(language.t("取得する", "Get the list"), Some(language.t(
                "システムに照会し、下に一覧を表示します。照会は記録されます。",
                "Asks the system and lists what it answers below. Each question is recorded there."
            ))))
        }))
        @if let Ok(day) = base::parse_date(&view.day) {
            (days(language, view, day))
        }
    }
}

/// The day before, today, the day after: what a desk wants most. Of 訪問診療等 it is three months each.
fn days(language: Language, view: &View, day: Date) -> Markup {
    let shown = Asked { by: view.by, day };
    let entry = |to: Asked, label: &str| MenuEntry {
        href: format!("{}?{}", view.purpose.path(), to.query()),
        label: label.to_owned(),
        current: to == shown,
    };
    let (before, after, today) = match view.by.care() {
        Care::Online => {
            (language.t("前の日", "Day before"), language.t("次の日", "Day after"), language.t("今日", "Today"))
        }
        Care::HomeVisit => (
            language.t("前の3か月", "Three months before"),
            language.t("次の3か月", "Three months after"),
            language.t("今日まで", "To today"),
        ),
    };
    let mut entries = Vec::new();
    if let Some(earlier) = shown.before() {
        entries.push(entry(earlier, before));
    }
    entries.push(entry(shown, &words::listed_days(language, shown)));
    if let Some(later) = shown.after() {
        entries.push(entry(later, after));
    }
    if view.today != day {
        entries.push(entry(Asked { day: view.today, ..shown }, today));
    }
    parts::tabs(language.t("日を変える", "Other days"), &entries)
}

fn listing(language: Language, purpose: Purpose, asked: Asked, found: &Rows) -> Markup {
    let (days, count) = (words::listed_days(language, asked), found.count);
    let caption = match (language, asked.by) {
        (Language::Japanese, By::Visit) => format!("受診年月日 {days}：{count}件"),
        (Language::Japanese, By::Consent) => format!("同意年月日 {days}：{count}件"),
        (Language::Japanese, By::HomeVisit) => format!("訪問診療等の同意年月日 {days}：{count}件"),
        (Language::English, By::Visit) => format!("Visits on {days}: {count}"),
        (Language::English, By::Consent) => format!("Consents of {days}: {count}"),
        (Language::English, By::HomeVisit) => format!("Consents for home visits, {days}: {count}"),
    };
    let mut columns = vec![
        Column::unbroken(language.t("患者", "Patient")),
        Column::unbroken(language.t("受付番号", "Reception")),
        Column::unbroken(language.t("生年月日", "Born")),
        Column::unbroken(language.t("性別", "Sex")),
    ];
    match purpose {
        Purpose::Eligibility => columns.extend([
            Column::unbroken(language.t("資格", "Insurance")),
            Column::text(language.t("同意", "Consents")),
            Column::text(language.t("確認", "Confirmed")),
        ]),
        Purpose::Medical => columns.extend([
            Column::text(language.t("同意", "Consents")),
            Column::text(language.t("閲覧期限", "May be seen until")),
        ]),
    }
    html! {
        @if let Some(number) = found.missed {
            (parts::notice(Tone::Warning, &match language {
                Language::Japanese => format!("受付 {} はこの一覧にありません", number.grouped()),
                Language::English => format!("Reception {} is not in this list", number.grouped()),
            }, html! {
                p { (language.t(
                    "新しい登録に置き換わったか、別の日の受付です。患者に、受診日と、登録し直したかどうかを尋ねてください。",
                    "A newer registration took its place, or it is of another day. Ask the patient for the day, and whether there was another registration."
                )) }
            }))
        }
        @if found.shown.is_empty() {
            (nothing(language, asked.by.care()))
        } @else {
            (Table::new(&caption, &columns).rows(found.shown.iter().map(|row| cells(language, purpose, row)).collect()))
        }
        (parts::pagination(language, found.page, found.pages, |page| {
            format!("{}?{}&page={page}", purpose.path(), asked.query())
        }))
        (super::doubts(language, &found.doubts))
    }
}

fn nothing(language: Language, care: Care) -> Markup {
    let (heading, meaning) = match care {
        Care::Online => (
            language.t("この日の受付はありません", "There are no receptions of this day"),
            language.t(
                "患者の登録がまだか、別の日・別の医療機関で登録された可能性があります。患者に受診日を確認してください。",
                "The patient has not registered yet, or registered for another day or institution. Ask for the day.",
            ),
        ),
        Care::HomeVisit => (
            language.t("この期間の受付はありません", "There are no receptions of these days"),
            language.t(
                "前の3か月に同意したか、オンライン診療等のURLで登録された可能性があります。患者に、いつ、どのURLで登録したかを確認してください。",
                "The patient may have consented before, or at the address for online care. Ask when, and at which address.",
            ),
        ),
    };
    parts::empty_state(heading, html! { p { (meaning) } })
}

fn cells(language: Language, purpose: Purpose, row: &Row) -> Vec<Markup> {
    let result = row.results.first();
    let href = format!("{}/{}", purpose.path(), row.sealed);
    let consents = result.map(Consents::of);
    let number = row.listed.number.map_or_else(|| "—".to_owned(), ReceptionNumber::grouped);
    let mut cells = vec![
        html! {
            div {
                @match result {
                    Some(result) => {
                        a href=(href) lang="ja" { (result.name.as_str()) }
                        @if words::has_unknown(&result.name) {
                            " " (parts::badge(BadgeTone::Attention, language.t("外字あり", "Has ●")))
                        }
                        br; span .fine { (words::kana(result.kana.as_ref())) }
                    }
                    None => a href=(href) { (language.t("（氏名なし）", "(no name)")) },
                }
                @if !row.listed.references.is_empty() {
                    br; span .fine { (language.t("照会番号 ", "Reference ")) (row.listed.references.join("、")) }
                }
            }
        },
        html! { div { (number) @if purpose == Purpose::Eligibility { (beside(language, &row.beside)) } } },
        html! {
            @if let Some(result) = result { (words::birth(language, result.birthdate)) } @else { "—" }
        },
        html! { (words::sex(language, result.and_then(|result| result.sex))) },
    ];
    match purpose {
        Purpose::Eligibility => {
            let (label, tone, _) = words::finding(language, row.listed.finding);
            cells.push(html! {
                div {
                    (parts::badge(tone, label))
                    @if row.results.len() > 1 {
                        " " (row.results.len()) (language.t("件の資格", " insurances"))
                    }
                }
            });
            cells.push(html! {
                @match &consents {
                    Some(consents) => div {
                        (words::flags(language, consents, &ALL_ITEMS))
                        @if let Some(at) = consents.at {
                            span .fine { (language.t("同意日時：", "Given at ")) (words::time(language, at)) }
                        }
                    },
                    None => "—",
                }
            });
            cells.push(confirmed(language, row.confirmed.as_ref()));
        }
        Purpose::Medical => {
            cells.push(html! {
                @if let Some(consents) = &consents { (words::flags(language, consents, &MEDICAL_ITEMS)) }
                @else { (hidden(language, row.listed.finding)) }
            });
            cells.push(html! {
                @match &consents {
                    Some(consents) => (words::until(language, consents, row.listed.care())),
                    None => "—",
                }
            });
        }
    }
    cells
}

/// The appointment, beneath the number that leads to it.
fn beside(language: Language, beside: &Beside) -> Markup {
    let named = |time: &str| match language {
        Language::Japanese => format!("予約 {time}"),
        Language::English => format!("booked {time}"),
    };
    html! {
        @match beside {
            Beside::NotBrought => {}
            Beside::Nothing => { br; (parts::badge(BadgeTone::Neutral, language.t("予約なし", "Not booked"))) }
            Beside::ByNumber(one) => { br; span .fine { (named(&one.time)) } }
            Beside::Alike(one) => {
                br; span .fine { (named(&one.time)) " " }
                (parts::badge(BadgeTone::Attention, language.t("要確認", "Check")))
            }
            Beside::NumberButOther(one, differs) => {
                br; span .fine { (named(&one.time)) } br;
                (parts::badge(BadgeTone::Bad, match differs {
                    Differs::Birthday => language.t("生年月日が違う", "Other birthday"),
                    Differs::Kana | Differs::Both => language.t("氏名が違う", "Other name"),
                }))
            }
            Beside::SameBirthday(one) => {
                br; span .fine { (named(&one.time)) } br;
                (parts::badge(BadgeTone::Attention, language.t("生年月日だけ一致", "Birthday only")))
            }
            Beside::Several(all) => {
                br; (parts::badge(BadgeTone::Attention, &match language {
                    Language::Japanese => format!("予約の候補{}件", all.len()),
                    Language::English => format!("{} alike", all.len()),
                }))
            }
        }
    }
}

fn hidden(language: Language, finding: Finding) -> Markup {
    let (label, tone, _) = words::finding(language, finding);
    html! { (parts::badge(tone, label)) }
}

fn confirmed(language: Language, confirmed: Option<&Confirmed>) -> Markup {
    let Some(confirmed) = confirmed else {
        return html! { (parts::badge(BadgeTone::Neutral, language.t("未確認", "Not yet"))) };
    };
    let (label, tone) = match confirmed.what.finding.settles() {
        Settled::Done => (language.t("確認済み", "Confirmed"), BadgeTone::Good),
        Settled::AskAgain | Settled::ChangeSettings => {
            (language.t("再確認が必要", "To be asked again"), BadgeTone::Attention)
        }
        Settled::RegisterAgain => (language.t("再登録が必要", "Register again"), BadgeTone::Attention),
    };
    html! { div { (parts::badge(tone, label)) br; span .fine { (words::time(language, confirmed.at)) } } }
}
