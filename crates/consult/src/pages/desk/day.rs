use base::{Date, Timestamp};
use maud::{Markup, html};
use shell::{
    Document, Frame, Language, MenuEntry, icon,
    parts::{self, ButtonLook, Column, DateField, Table},
};

use super::{person, words};
use crate::{
    pages::when,
    rules::{
        appointment::Status,
        standing::DeskNext,
        urgency::{Band, VisitTime, band, minutes_until, needs_action},
    },
    store::desk::{Day, Line},
};

/// How often the list renews itself where scripts run.
const RENEWED_EVERY_MILLISECONDS: u32 = 15_000;

/// What the list of a day shows.
pub(super) struct View {
    pub(super) date: Date,
    pub(super) today: Date,
    pub(super) now: Timestamp,
    pub(super) shown: Shown,
    pub(super) day: Day,
}

/// Which lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    All,
    ToDo,
}

/// A line with what follows from it now.
struct Placed<'v> {
    line: &'v Line,
    band: Band,
    next: DeskNext,
}

impl Placed<'_> {
    fn needs_action(&self) -> bool {
        needs_action(self.band, self.line.appointment.status, self.next)
    }

    fn address(&self) -> String {
        format!("/desk/visits/{}", self.line.appointment.id)
    }
}

impl View {
    fn placed(&self) -> Vec<Placed<'_>> {
        let place = |line| Placed { line, band: self.band(line), next: self.next(line) };
        self.day.lines.iter().map(place).collect()
    }

    fn next(&self, line: &Line) -> DeskNext {
        words::standing_of(&line.appointment, self.day.way, line.proof.as_ref(), self.now).desk_next
    }

    fn band(&self, line: &Line) -> Band {
        let appointment = &line.appointment;
        let visit =
            VisitTime { start: appointment.visit_start, minutes: appointment.menu.minutes, status: appointment.status };
        band(visit, line.proof.as_ref(), self.now)
    }
}

fn address(date: Date, shown: Shown) -> String {
    match shown {
        Shown::All => format!("/desk/visits?date={date}"),
        Shown::ToDo => format!("/desk/visits?date={date}&show=todo"),
    }
}

/// 予約一覧
pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let day = when::day(language, view.date);
    let title = if view.date == view.today {
        format!("{}{day}", language.t("本日の予約 ", "Today: "))
    } else {
        format!("{}{day}", language.t("予約 ", "Visits on "))
    };
    let main = html! {
        (renewed(frame, view))
        (other_day(language, view))
    };
    Document::new(frame, &title).above(days(language, view)).wide().main(main)
}

/// The part of the page that renews itself. What was just renewed is said outside of it, so that it is said once.
fn renewed(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let placed = view.placed();
    let shown: Vec<&Placed<'_>> =
        placed.iter().filter(|line| view.shown == Shown::All || line.needs_action()).collect();
    html! {
        div.renewed data-renew={ (address(view.date, view.shown)) "&renew=1" } data-every=(RENEWED_EVERY_MILLISECONDS)
            data-new=(language.t("新しい予約：{n}件", "New visits: {n}"))
            data-changed=(language.t("変わった予約：{n}件", "Changed visits: {n}"))
            data-trouble=(language.t("更新できていません。通信を確認してください。", "Not up to date. Please check the connection.")) {
            (counts(language, view, &placed))
            (calls(language, view, &shown))
            (news(frame, view))
            (filters(language, view, &placed))
            @if shown.is_empty() { (nothing(language, view)) } @else { (bands(language, view, &shown)) }
        }
        p.renewed-said role="status" {}
    }
}

#[expect(clippy::redundant_closure_for_method_calls, reason = "the method is of one lifetime, the kind of all")]
fn counts(language: Language, view: &View, placed: &[Placed<'_>]) -> Markup {
    let count = |kind: fn(&Placed<'_>) -> bool| placed.iter().filter(|line| kind(line)).count();
    let parts = [
        (language.t("電話する", "To phone"), count(|line| line.band == Band::Telephone)),
        (language.t("対応が必要", "Needs action"), count(|line| line.needs_action())),
        (
            language.t("準備ができています", "Ready"),
            count(|line| line.next == DeskNext::SeePatient && line.band != Band::Over),
        ),
        (language.t("終わり", "Over"), count(|line| line.band == Band::Over)),
    ];
    html! {
        p.counts {
            span { (language.t("更新 ", "Updated ")) b { (when::time(view.now)) } }
            @for (label, number) in parts { span { (label) " " b { (number) } } }
            a href=(address(view.date, view.shown)) { (language.t("今すぐ更新", "Update now")) }
        }
    }
}

/// Who is to be telephoned now, before everything else.
fn calls(language: Language, view: &View, shown: &[&Placed<'_>]) -> Markup {
    let calls: Vec<_> = shown.iter().filter(|line| line.band == Band::Telephone).collect();
    html! {
        @if !calls.is_empty() {
            section.calls {
                h2 { (icon::warning()) (heading(language, language.t("電話する", "Phone now"), calls.len())) }
                ul { @for (place, line) in calls.into_iter().enumerate() {
                    (call(language, view, line, if place == 0 { ButtonLook::Primary } else { ButtonLook::Secondary }))
                } }
            }
        }
    }
}

fn call(language: Language, view: &View, placed: &Placed<'_>, look: ButtonLook) -> Markup {
    let appointment = &placed.line.appointment;
    let patient = &placed.line.patient;
    let phone = patient.profile.as_ref().and_then(|profile| profile.phone.as_deref());
    html! {
        li data-row {
            (mark(placed))
            p.call-who {
                b { (when::time(appointment.visit_start)) } " " (time_left(language, view, placed)) " "
                (person::cell(language, patient, appointment.visit_date()))
            }
            p { (words::patient_side(language, placed.line.proof.as_ref(), view.now)) }
            div.buttons {
                @match phone {
                    Some(number) => (person::phone_button(language, number, look)),
                    None => p { (language.t("電話番号の登録がありません。", "There is no telephone number.")) },
                }
                (parts::quiet_link(&placed.address(), language.t("予約を開く", "Open the visit")))
            }
        }
    }
}

/// By what the script tells rows apart, and sees that one has changed.
fn mark(placed: &Placed<'_>) -> Markup {
    html! { span hidden data-visit=(placed.line.appointment.id) data-state=(placed.line.seen) {} }
}

fn time_left(language: Language, view: &View, placed: &Placed<'_>) -> Markup {
    let start = placed.line.appointment.visit_start;
    html! {
        @match (placed.band, minutes_until(start, view.now)) {
            (Band::Over | Band::Later, _) => {},
            (_, Some(left)) => small {
                @match language {
                    Language::Japanese => { "あと" (left) "分" },
                    Language::English => { "in " (left) " min" },
                }
            },
            (_, None) => small { (language.t("開始済み", "begun")) },
        }
    }
}

/// What is new since the account last said that it had seen everything.
fn news(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let news = &view.day.news;
    let Some(newest) = news.events.first() else { return html! {} };
    let since = if news.since.japan_date() == view.today {
        when::time(news.since)
    } else {
        words::at_words(language, news.since)
    };
    let number = news.events.len();
    let summary = match language {
        Language::Japanese => format!("{since}から新しいこと {number}件"),
        Language::English => format!("New since {since}: {number}"),
    };
    html! {
        details.disclosure id="news" {
            summary { (icon::bell()) (summary) }
            div {
                ul {
                    @for item in &news.events {
                        li {
                            (words::at_words(language, item.at)) " "
                            a href={ "/desk/visits/" (item.appointment) } {
                                (item.event.text().in_language(language))
                                (language.bracketed(&words::at_words(language, item.visit_start)))
                            }
                        }
                    }
                }
                (parts::form(frame, "/desk/news", html! {
                    (parts::hidden("seen_until", &newest.at.milliseconds().to_string()))
                    (parts::hidden("date", &view.date.to_string()))
                    (parts::secondary_button(language.t("すべて見ました", "I have seen them all"), None))
                }))
            }
        }
    }
}

fn days(language: Language, view: &View) -> Markup {
    let entry = |date: Date, label: &str| MenuEntry {
        href: address(date, view.shown),
        label: label.to_owned(),
        current: date == view.date,
    };
    let mut entries = Vec::new();
    if let Ok(before) = view.date.yesterday() {
        entries.push(entry(before, language.t("前の日", "Previous day")));
    }
    entries.push(entry(view.today, language.t("今日", "Today")));
    if let Ok(after) = view.date.tomorrow() {
        entries.push(entry(after, language.t("次の日", "Next day")));
    }
    parts::tabs(language.t("日付", "Day"), &entries)
}

fn filters(language: Language, view: &View, placed: &[Placed<'_>]) -> Markup {
    let to_do = placed.iter().filter(|line| line.needs_action()).count();
    let entry = |shown: Shown, words: &str, visits: usize| MenuEntry {
        href: address(view.date, shown),
        label: words.to_owned() + &language.bracketed(&visits.to_string()),
        current: view.shown == shown,
    };
    parts::tabs(
        language.t("表示する予約", "Which visits"),
        &[
            entry(Shown::All, language.t("すべて", "All"), placed.len()),
            entry(Shown::ToDo, language.t("対応が必要", "Needs action"), to_do),
        ],
    )
}

fn bands(language: Language, view: &View, shown: &[&Placed<'_>]) -> Markup {
    let of_band = |band: Band| -> Vec<&Placed<'_>> { shown.iter().copied().filter(|line| line.band == band).collect() };
    let all_over = shown.iter().all(|line| line.band == Band::Over);
    html! {
        @for (band, name) in [
            (Band::Now, language.t("今", "Now")),
            (Band::Soon, language.t("これから30分", "In the next 30 minutes")),
            (Band::Later, language.t("あと", "Later")),
        ] {
            @let lines = of_band(band);
            @if !lines.is_empty() { (parts::section(&heading(language, name, lines.len()), table(language, view, name, &lines))) }
        }
        @let over = of_band(Band::Over);
        @if !over.is_empty() {
            @let name = language.t("終わり", "Over");
            details.disclosure.wide-fold id="over" open[all_over] {
                summary { (over_summary(language, &over)) }
                div { (table(language, view, name, &over)) }
            }
        }
    }
}

fn heading(language: Language, name: &str, number: usize) -> String {
    format!("{name}{}", language.bracketed(&number.to_string()))
}

fn over_summary(language: Language, over: &[&Placed<'_>]) -> String {
    let open = over.iter().filter(|line| line.needs_action()).count();
    let name = heading(language, language.t("終わり", "Over"), over.len());
    match (open, language) {
        (0, _) => name,
        (open, Language::Japanese) => format!("{name} 診察済みにしていない予約 {open}件"),
        (open, Language::English) => format!("{name}, not yet marked as held: {open}"),
    }
}

fn table(language: Language, view: &View, name: &str, lines: &[&Placed<'_>]) -> Markup {
    let columns = [
        Column::unbroken(language.t("時間", "Time")),
        Column::unbroken(language.t("患者", "Patient")),
        Column::text(language.t("メニュー・医師", "Menu, doctor")),
        Column::text(language.t("患者の手続き", "Patient's side")),
        Column::text(language.t("受付の確認", "Desk's side")),
        Column::unbroken(language.t("次にすること", "Next")),
    ];
    let caption = format!("{}{}", language.t("予約の一覧：", "Visits: "), name);
    let table = Table::new(&caption, &columns)
        .hide_caption()
        .rows(lines.iter().map(|line| row(language, view, line)).collect());
    html! { (table) }
}

fn row(language: Language, view: &View, placed: &Placed<'_>) -> Vec<Markup> {
    let line = placed.line;
    let appointment = &line.appointment;
    let phone = line.patient.profile.as_ref().and_then(|profile| profile.phone.as_deref());
    vec![
        html! {
            (mark(placed))
            a href=(placed.address()) { (when::time(appointment.visit_start)) } " "
            (time_left(language, view, placed))
        },
        html! { div {
            (person::cell(language, &line.patient, appointment.visit_date()))
            @if let Some(number) = phone { br; (person::phone_link(number)) }
        } },
        html! { div {
            (appointment.menu.name_in(language)) (language.bracketed(appointment.menu.charge.name(language)))
            @if let Some(doctor) = &appointment.menu.doctor { br; small { (doctor) } }
        } },
        html! { div { (words::patient_side(language, line.proof.as_ref(), view.now)) } },
        html! { div {
            (words::status(language, appointment.status))
            @if appointment.status == Status::Booked { (words::desk_side(language, line.proof.as_ref())) }
        } },
        if placed.needs_action() {
            parts::secondary_link(&placed.address(), next_label(language, placed), None)
        } else {
            parts::quiet_link(&placed.address(), next_label(language, placed))
        },
    ]
}

fn next_label(language: Language, placed: &Placed<'_>) -> &'static str {
    if placed.band == Band::Over && placed.needs_action() {
        language.t("診察済みにする", "Mark as held")
    } else {
        words::next_words(language, placed.next)
    }
}

fn nothing(language: Language, view: &View) -> Markup {
    let (heading, body) = match view.shown {
        Shown::All => (
            language.t("この日の予約はありません", "No visits on this day"),
            language.t(
                "予約が入ると、ここに表示され、メールでお知らせします。",
                "Visits appear here, and you are told of them by mail.",
            ),
        ),
        Shown::ToDo => (
            language.t("対応が必要な予約はありません", "Nothing needs action"),
            language.t("患者さんの手続きや画像が届くと、ここに表示されます。", "What patients send appears here."),
        ),
    };
    parts::empty_state(heading, html! { p { (body) } })
}

fn other_day(language: Language, view: &View) -> Markup {
    let (year, month, day) = (view.date.year().to_string(), view.date.month().to_string(), view.date.day().to_string());
    parts::disclosure(
        language.t("ほかの日を開く", "Open another day"),
        parts::search_form(
            "/desk/visits",
            html! {
                (DateField::new(language, "date", language.t("日付", "Day")).value(&year, &month, &day))
                (parts::secondary_button(language.t("この日を開く", "Open this day"), None))
            },
        ),
    )
}
