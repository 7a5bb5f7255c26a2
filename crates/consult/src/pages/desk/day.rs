use base::{Date, Timestamp};
use maud::{Markup, html};
use shell::{
    Document, Frame, Language, MenuEntry,
    parts::{self, Column, DateField, Table},
};

use super::words;
use crate::{
    pages::when,
    rules::{appointment::Status, standing::DeskNext},
    store::desk::{Day, Line},
};

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

impl View {
    fn next(&self, line: &Line) -> DeskNext {
        words::standing_of(&line.appointment, self.day.way, line.proof.as_ref(), self.now).desk_next
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
    let to_do = view.day.lines.iter().filter(|line| words::is_to_do(view.next(line))).count();
    let lines: Vec<_> =
        view.day.lines.iter().filter(|line| view.shown == Shown::All || words::is_to_do(view.next(line))).collect();
    let day = when::day(language, view.date);
    let title = if view.date == view.today {
        format!("{}{day}", language.t("本日の予約 ", "Today: "))
    } else {
        format!("{}{day}", language.t("予約 ", "Visits on "))
    };
    let main = html! {
        (days(language, view))
        (filters(language, view, to_do))
        @if lines.is_empty() { (nothing(language, view)) } @else { (table(language, view, &lines)) }
        (other_day(language, view))
    };
    Document::new(frame, &title).wide().main(main)
}

fn days(language: Language, view: &View) -> Markup {
    html! {
        nav aria-label=(language.t("日付", "Day")) { (parts::buttons(html! {
            @if let Ok(before) = view.date.yesterday() {
                (parts::quiet_link(&address(before, view.shown), language.t("前の日", "Previous day")))
            }
            @if view.date != view.today {
                (parts::quiet_link(&address(view.today, view.shown), language.t("今日", "Today")))
            }
            @if let Ok(after) = view.date.tomorrow() {
                (parts::quiet_link(&address(after, view.shown), language.t("次の日", "Next day")))
            }
        })) }
    }
}

fn filters(language: Language, view: &View, to_do: usize) -> Markup {
    let entry = |shown: Shown, words: &str, visits: usize| MenuEntry {
        href: address(view.date, shown),
        label: words.to_owned() + &language.bracketed(&visits.to_string()),
        current: view.shown == shown,
    };
    parts::tabs(
        language.t("表示する予約", "Which visits"),
        &[
            entry(Shown::All, language.t("すべて", "All"), view.day.lines.len()),
            entry(Shown::ToDo, language.t("対応が必要", "Needs action"), to_do),
        ],
    )
}

fn table(language: Language, view: &View, lines: &[&Line]) -> Markup {
    let columns = [
        Column::unbroken(language.t("時間", "Time")),
        Column::unbroken(language.t("患者", "Patient")),
        Column::text(language.t("メニュー", "Menu")),
        Column::text(language.t("患者の手続き", "Patient's side")),
        Column::text(language.t("受付の確認", "Desk's side")),
        Column::unbroken(language.t("次にすること", "Next")),
    ];
    let table = Table::new(language.t("予約の一覧", "Visits"), &columns)
        .hide_caption()
        .rows(lines.iter().map(|line| row(language, view, line)).collect());
    html! { (table) }
}

fn row(language: Language, view: &View, line: &Line) -> Vec<Markup> {
    let next = view.next(line);
    let address = format!("/desk/visits/{}", line.appointment.id);
    let label = words::next_words(language, next);
    vec![
        html! { a href=(address) { (when::time(line.appointment.visit_start)) } },
        html! { div { (words::name(language, &line.patient)) } },
        html! { div {
            (line.appointment.menu.name_in(language))
            br; small { (line.appointment.menu.charge.name(language)) }
        } },
        html! { div { (words::patient_side(language, line.proof.as_ref())) } },
        html! { div {
            (words::status(language, line.appointment.status))
            @if line.appointment.status == Status::Booked { (words::desk_side(language, line.proof.as_ref())) }
        } },
        if words::is_to_do(next) {
            parts::secondary_link(&address, label, None)
        } else {
            parts::quiet_link(&address, label)
        },
    ]
}

fn nothing(language: Language, view: &View) -> Markup {
    let (heading, body) = match view.shown {
        Shown::All => (
            language.t("この日の予約はありません", "No visits on this day"),
            language.t(
                "予約が入ると、ここに表示され、メールでお知らせします。",
                "Visits appear here, and a mail tells of each.",
            ),
        ),
        Shown::ToDo => (
            language.t("対応が必要な予約はありません", "Nothing needs action"),
            language.t("患者の手続きや画像が届くと、ここに表示されます。", "What patients send appears here."),
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
