use maud::{Markup, html};
use text::Language;

use super::icon;
use crate::{Frame, texts};

/// The progress of one of several steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Done,
    Current,
    Upcoming,
}

impl Progress {
    fn from_position(position: usize, current: usize) -> Self {
        match position.cmp(&current) {
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

    /// The meaning of the colour in words.
    fn spoken_label(self, language: Language) -> &'static str {
        match self {
            Self::Done => texts::DONE_IN_BRACKETS.in_language(language),
            Self::Current => texts::CURRENT_STEP.in_language(language),
            Self::Upcoming => texts::TO_COME.in_language(language),
        }
    }
}

/// The steps of a procedure. `current` counts from 0; after the last, all are done.
pub fn steps(language: Language, labels: &[&str], current: usize) -> Markup {
    html! {
        ol.steps aria-label=(texts::STEPS.in_language(language)) {
            @for (position, label) in labels.iter().enumerate() {
                @let progress = Progress::from_position(position, current);
                li class=(progress.class()) aria-current=[progress.aria_current()] {
                    span.mark aria-hidden="true" { @if progress == Progress::Done { (icon::check()) } @else { (position + 1) } }
                    span { (label) span.unseen { (progress.spoken_label(language)) } }
                }
            }
        }
    }
}

/// The patient's step at the reception: 選択 → 確認 → 認証 → 完了.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceptionStep {
    /// 選択
    Choose,
    /// 確認
    Confirm,
    /// 認証
    Authenticate,
    /// 完了: registered, with 「手続きを終了する」 still to be pressed.
    Finish,
    /// All steps are done.
    Done,
}

/// 選択 → 確認 → 認証 → 完了
pub fn reception_steps(language: Language, step: ReceptionStep) -> Markup {
    let labels = [
        texts::CHOOSE.in_language(language),
        texts::CONFIRM.in_language(language),
        texts::SIGN_IN.in_language(language),
        // It is not called complete before 「手続きを終了する」 was pressed.
        if step == ReceptionStep::Finish {
            texts::FINISH.in_language(language)
        } else {
            texts::DONE.in_language(language)
        },
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

/// A stop of a timeline.
#[derive(Debug, Clone, Copy)]
pub struct TimelineEntry<'a> {
    pub label: &'a str,
    pub progress: Progress,
    /// One line beneath it.
    pub detail: Option<&'a str>,
}

/// A timeline of past, current and upcoming stops.
pub fn timeline(language: Language, stops: &[TimelineEntry<'_>]) -> Markup {
    html! {
        ol.timeline aria-label=(texts::YOUR_WAY_TO_THE_VISIT.in_language(language)) {
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

/// The stage of a visit.
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
    /// All stages are done.
    Finished,
}

/// 予約 → 保険の確認 → 診察 → お会計, with one line beneath the current stop.
pub fn visit_timeline(language: Language, stage: VisitStage, detail: Option<&str>) -> Markup {
    let labels = [
        texts::BOOKING.in_language(language),
        texts::INSURANCE.in_language(language),
        texts::VISIT.in_language(language),
        texts::PAYMENT.in_language(language),
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
        .map(|(position, label)| {
            let progress = Progress::from_position(position, current);
            TimelineEntry { label, progress, detail: detail.filter(|_| progress == Progress::Current) }
        })
        .collect();
    timeline(language, &stops)
}

/// How a waiting page polls the state. The response is `{"next":"/path"}` or `{"state":"waiting"}`.
#[derive(Debug, Clone)]
pub struct Poll {
    /// A path of the same origin.
    pub url: String,
    /// The interval.
    pub every_milliseconds: u32,
}

/// A procedure is in progress elsewhere. The page continues by its script, or by a link without scripts.
pub fn waiting_panel(frame: &Frame, poll: &Poll, label: &str, body: Markup) -> Markup {
    let language = frame.language;
    html! {
        div.waiting data-poll=(poll.url) data-every=(poll.every_milliseconds)
            data-trouble=(texts::CONNECTION_IS_UNSTABLE_TRYING_AGAIN.in_language(language))
            data-ready=(texts::DONE_GOING_ON_TO_NEXT_PAGE.in_language(language)) {
            span.spinner aria-hidden="true" {}
            p.waiting-label role="status" { (label) }
            (body)
            p.next {
                (texts::IF_NOTHING_CHANGES.in_language(language))
                a href=(frame.path_and_query) { (texts::CHECK_AGAIN.in_language(language)) }
            }
        }
    }
}
