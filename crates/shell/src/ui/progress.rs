use maud::{Markup, html};

use super::icon;
use crate::{Frame, Language};

/// Where one of several things stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Behind.
    Done,
    /// Now.
    Current,
    /// To come.
    Upcoming,
}

impl Progress {
    fn from_position(place: usize, current: usize) -> Self {
        match place.cmp(&current) {
            std::cmp::Ordering::Less => Self::Done,
            std::cmp::Ordering::Equal => Self::Current,
            std::cmp::Ordering::Greater => Self::Upcoming,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::Upcoming => "ahead",
        }
    }

    fn aria_current(self) -> Option<&'static str> {
        (self == Self::Current).then_some("step")
    }

    /// What the colour says, in words.
    fn spoken_label(self, language: Language) -> &'static str {
        match self {
            Self::Done => language.t("（完了）", " (done)"),
            Self::Current => language.t("（現在の手順）", " (current step)"),
            Self::Upcoming => language.t("（これから）", " (to come)"),
        }
    }
}

/// The steps of a procedure. `current` counts from 0; past the last, all are done.
pub fn steps(language: Language, labels: &[&str], current: usize) -> Markup {
    html! {
        ol.steps aria-label=(language.t("手続きの流れ", "Steps")) {
            @for (place, label) in labels.iter().enumerate() {
                @let progress = Progress::from_position(place, current);
                li class=(progress.class()) aria-current=[progress.aria_current()] {
                    span.mark aria-hidden="true" { @if progress == Progress::Done { (icon::check()) } @else { (place + 1) } }
                    span { (label) span.unseen { (progress.spoken_label(language)) } }
                }
            }
        }
    }
}

/// Where the patient is at the reception: 選択 → 確認 → 認証 → 完了.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceptionStep {
    /// 選択
    Choose,
    /// 確認
    Confirm,
    /// 認証
    Authenticate,
    /// 完了: registered, and 「手続きを終了する」 still to press.
    Finish,
    /// Everything is behind.
    Done,
}

/// 選択 → 確認 → 認証 → 完了
pub fn reception_steps(language: Language, step: ReceptionStep) -> Markup {
    let labels = [
        language.t("選択", "Choose"),
        language.t("確認", "Confirm"),
        language.t("認証", "Sign in"),
        // Nothing says that it is complete before 「手続きを終了する」 was pressed.
        if step == ReceptionStep::Finish { language.t("終了", "Finish") } else { language.t("完了", "Done") },
    ];
    let current = match step {
        ReceptionStep::Choose => 0,
        ReceptionStep::Confirm => 1,
        ReceptionStep::Authenticate => 2,
        ReceptionStep::Finish => 3,
        ReceptionStep::Done => 4,
    };
    steps(language, &labels, current)
}

/// One stop of a timeline.
#[derive(Debug, Clone, Copy)]
pub struct TimelineEntry<'a> {
    /// What it is.
    pub label: &'a str,
    /// Where it stands.
    pub progress: Progress,
    /// One line beneath it.
    pub detail: Option<&'a str>,
}

/// What is behind, what is now and what is to come.
pub fn timeline(language: Language, stops: &[TimelineEntry<'_>]) -> Markup {
    html! {
        ol.timeline aria-label=(language.t("受診までの流れ", "Your way to the visit")) {
            @for stop in stops {
                li class=(stop.progress.class()) aria-current=[stop.progress.aria_current()] {
                    span.mark aria-hidden="true" { @if stop.progress == Progress::Done { (icon::check()) } }
                    span.stop {
                        b { (stop.label) } span.unseen { (stop.progress.spoken_label(language)) }
                        @if let Some(detail) = stop.detail { small { (detail) } }
                    }
                }
            }
        }
    }
}

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitStage {
    /// 予約: not booked yet.
    Booking,
    /// 保険の確認: booked, insurance to be proven.
    Insurance,
    /// 診察: nothing to do until the visit.
    Visit,
    /// お会計
    Payment,
    /// Everything is behind.
    Finished,
}

/// 予約 → 保険の確認 → 診察 → お会計, with one line beneath the stop where the visit stands.
pub fn visit_timeline(language: Language, stage: VisitStage, detail: Option<&str>) -> Markup {
    let labels = [
        language.t("予約", "Booking"),
        language.t("保険の確認", "Insurance"),
        language.t("診察", "Visit"),
        language.t("お会計", "Payment"),
    ];
    let current = match stage {
        VisitStage::Booking => 0,
        VisitStage::Insurance => 1,
        VisitStage::Visit => 2,
        VisitStage::Payment => 3,
        VisitStage::Finished => 4,
    };
    let stops: Vec<TimelineEntry<'_>> = labels
        .into_iter()
        .enumerate()
        .map(|(place, label)| {
            let progress = Progress::from_position(place, current);
            TimelineEntry { label, progress, detail: detail.filter(|_| progress == Progress::Current) }
        })
        .collect();
    timeline(language, &stops)
}

/// Where the waiting page asks how things stand. The answer is `{"next":"/path"}` or `{"state":"waiting"}`.
#[derive(Debug, Clone)]
pub struct Poll {
    /// Path of the same origin.
    pub url: String,
    /// How long between two questions.
    pub every_milliseconds: u32,
}

/// Something goes on elsewhere. The page goes on by itself with its script, by a link without.
pub fn waiting_panel(frame: &Frame, poll: &Poll, label: &str, body: Markup) -> Markup {
    let language = frame.language;
    html! {
        div.waiting data-poll=(poll.url) data-every=(poll.every_milliseconds)
            data-trouble=(language.t("通信が不安定です。もう一度確かめています。", "The connection is unstable. Trying again."))
            data-ready=(language.t("確認できました。次の画面へ進みます。", "Done. Going on to the next page.")) {
            span.spinner aria-hidden="true" {}
            p.waiting-label role="status" { (label) }
            (body)
            p.next {
                (language.t("画面が変わらないときは、", "If nothing changes, "))
                a href=(frame.path_and_query) { (language.t("状況を確認する", "check again")) }
            }
        }
    }
}
