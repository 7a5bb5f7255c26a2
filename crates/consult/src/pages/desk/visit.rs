use base::Timestamp;
use maud::{Markup, html};
use shell::{
    Document, Frame, Language, Text, look,
    parts::{self, BadgeTone, ButtonLook, Choice, Select, Tone},
};

use super::words;
use crate::{
    pages::when,
    rules::{
        appointment::Status,
        picture::{Picture, State},
        proof::{How, RefusedReason, RequestReason, Wanted},
        standing::{DeskNext, Standing},
    },
    store::desk::VisitFile,
};

/// What the page of a visit shows.
pub(super) struct View {
    pub(super) now: Timestamp,
    pub(super) said: Said,
    pub(super) file: VisitFile,
}

/// What became of the button before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Done,
    Changed,
}

impl View {
    fn address(&self) -> String {
        format!("/desk/visits/{}", self.file.appointment.id)
    }

    fn seen(&self) -> String {
        self.file.proof.as_ref().map_or(0, |(_, version)| version.number()).to_string()
    }
}

/// The reasons for asking for consent.
const WHY_CONSENT: &[RequestReason] = &[RequestReason::NothingYet, RequestReason::NothingAtTerminal];

/// 予約の詳細, as the desk sees it.
pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let file = &view.file;
    let proof = file.proof.as_ref().map(|(proof, _)| proof);
    let standing = words::standing_of(&file.appointment, file.way, proof, view.now);
    let start = file.appointment.visit_start;
    let title = format!("{} {}", when::short_day(language, start.japan_date()), when::time(start));
    let list = format!("/desk/visits?date={}", file.appointment.visit_date());
    let main = html! {
        (said(language, view))
        (parts::columns(
            html! {
                (next(frame, view, &standing))
                @if !file.pictures.is_empty() { (pictures(language, view)) }
                @if file.appointment.status == Status::Booked && proof.is_some() { (others(frame, view, &standing)) }
            },
            html! {
                (facts(language, view))
                (trail(language, view))
            },
        ))
    };
    Document::new(frame, &title)
        .above(parts::breadcrumbs(language, &[(&list, language.t("予約一覧", "Visits"))], &title))
        .wide()
        .main(main)
}

fn said(language: Language, view: &View) -> Markup {
    let mut acts = view.file.deeds.iter().filter(|deed| deed.act.starts_with("desk.") && deed.act != "desk.visit");
    let latest = acts.find_map(|deed| words::deed(language, deed));
    match view.said {
        Said::Nothing => html! {},
        Said::Done => parts::notice(
            Tone::Success,
            language.t("記録しました", "Recorded"),
            html! { @if let Some(latest) = latest { p { (latest) } } },
        ),
        Said::Changed => parts::notice(
            Tone::Warning,
            language.t("先に変更がありました", "Something changed before"),
            html! {
                p { (language.t(
                    "この画面を開いたあとに、患者の手続きやほかの担当者の操作がありました。今回の操作は記録していません。下の内容をご確認ください。",
                    "The patient or a colleague did something after you opened the page. Your press was not recorded. Please look at what stands here now.",
                )) }
                @if let Some(latest) = latest { p { (language.t("受付の最後の操作：", "The desk's last deed: ")) (latest) } }
            },
        ),
    }
}

/// The one next step.
fn next(frame: &Frame, view: &View, standing: &Standing) -> Markup {
    let language = frame.language;
    let file = &view.file;
    let step = match standing.desk_next {
        DeskNext::AskPatient => ask(frame, view, standing),
        DeskNext::CheckTerminal => html! {
            p { (language.t(
                "医療機関の資格確認端末で、この患者の受付を開いてください。",
                "Open this patient's reception at the clinic's own terminal.",
            )) }
            (act(frame, view, "terminal", ButtonLook::Primary, language.t("端末で確認しました", "Confirmed at the terminal"),
                Some(language.t("確認済みとして記録し、患者に知らせます。", "It is recorded, and the patient is told."))))
            (parts::disclosure(
                language.t("端末に見つからない", "Not found at the terminal"),
                asking(frame, view, standing, ButtonLook::Secondary),
            ))
        },
        DeskNext::LookAtPicture => match first_to_judge(&file.pictures) {
            Some(picture) => parts::primary_link(
                &format!("{}/pictures/{}", view.address(), picture.id),
                language.t("画像を確認する", "Look at the picture"),
                Some(language.t(
                    "見たことは記録され、患者にも表示されます。",
                    "That you looked is recorded, and the patient sees it.",
                )),
            ),
            None => ask(frame, view, standing),
        },
        DeskNext::WaitForPatient => html! { p { (language.t(
            "患者にメールで知らせました。手続きが届くと、ここに表示されます。",
            "The patient was told by mail. What arrives appears here.",
        )) } },
        DeskNext::SeePatient => act(
            frame,
            view,
            "complete",
            ButtonLook::Primary,
            language.t("診察済みにする", "Mark the visit as held"),
            Some(language.t("診察が終わったら押してください。", "Press it when the visit is over.")),
        ),
        DeskNext::Nothing => html! {},
    };
    parts::panel(
        language.t("次にすること", "Next"),
        html! {
            p { b { (standing.desk.in_language(language)) } }
            (step)
        },
    )
}

fn first_to_judge(pictures: &[Picture]) -> Option<&Picture> {
    pictures.iter().find(|picture| picture.state == State::Sent)
}

fn ask(frame: &Frame, view: &View, standing: &Standing) -> Markup {
    asking(frame, view, standing, ButtonLook::Primary)
}

/// Asking for consent where the institution takes it, and for a picture.
fn asking(frame: &Frame, view: &View, standing: &Standing, look: ButtonLook) -> Markup {
    let language = frame.language;
    let default = match standing.desk_next {
        DeskNext::CheckTerminal => RequestReason::NothingAtTerminal,
        _ => RequestReason::NothingYet,
    };
    let texts: Vec<_> = WHY_CONSENT.iter().map(|reason| (reason.word(), reason.text())).collect();
    let reasons = choices(language, &texts);
    let picture = |look| {
        parts::form(
            frame,
            &view.address(),
            html! {
                (parts::hidden("seen", &view.seen()))
                (parts::hidden("why_picture", default.word()))
                (parts::choice_button(look, "act", "ask_picture", language.t("画像をお願いする", "Ask for a picture"),
                    Some(language.t("患者にメールで知らせます。", "The patient is told by mail."))))
            },
        )
    };
    html! {
        @if view.file.way.takes_the_card() {
            (parts::form(frame, &view.address(), html! {
                (parts::hidden("seen", &view.seen()))
                (Select::new(language, "why_consent", language.t("患者に伝える理由", "What the patient is told"), &reasons).chosen(default.word()))
                (parts::choice_button(look, "act", "ask_consent", language.t("同意登録をお願いする", "Ask for consent"),
                    Some(language.t("患者にメールで知らせます。", "The patient is told by mail."))))
            }))
            (picture(ButtonLook::Secondary))
        } @else {
            (picture(look))
        }
    }
}

/// Words and what they mean, to choose from.
pub(super) fn choices<'a>(language: Language, texts: &'a [(&'a str, Text)]) -> Vec<Choice<'a>> {
    texts.iter().map(|(word, text)| Choice::new(word, text.in_language(language))).collect()
}

/// A button that does one thing over the ledgers that the page shows.
pub(super) fn act(
    frame: &Frame,
    view: &View,
    word: &str,
    look: ButtonLook,
    label: &str,
    after: Option<&str>,
) -> Markup {
    parts::form(
        frame,
        &view.address(),
        html! {
            (parts::hidden("seen", &view.seen()))
            (parts::choice_button(look, "act", word, label, after))
        },
    )
}

/// What can be done beside the next step.
fn others(frame: &Frame, view: &View, standing: &Standing) -> Markup {
    let language = frame.language;
    let confirmed = standing.desk_next == DeskNext::SeePatient;
    let texts: Vec<_> = RefusedReason::ALL.iter().map(|reason| (reason.word(), reason.text())).collect();
    let refusals = choices(language, &texts);
    html! {
        @if !confirmed {
            (parts::disclosure(language.t("ほかの方法で確認した", "Confirmed in another way"), html! {
                @if standing.desk_next != DeskNext::CheckTerminal {
                    (act(frame, view, "terminal", ButtonLook::Secondary, how(language, How::Terminal), None))
                }
                (act(frame, view, "screen", ButtonLook::Secondary, how(language, How::ShownOnScreen), Some(language.t(
                    "ビデオ通話の画面で、資格確認書などを見て確認したとき。",
                    "When the patient held the document up in the video call.",
                ))))
            }))
        }
        @if !matches!(standing.desk_next, DeskNext::AskPatient | DeskNext::CheckTerminal) {
            (parts::disclosure(
                language.t("患者にお願いする", "Ask the patient"),
                asking(frame, view, standing, ButtonLook::Secondary),
            ))
        }
        (parts::disclosure(language.t("確認できないと伝える", "Tell that it cannot be confirmed"), parts::form(frame, &view.address(), html! {
            (parts::hidden("seen", &view.seen()))
            (Select::new(language, "why_refused", language.t("理由", "Why"), &refusals))
            (parts::choice_button(ButtonLook::Danger, "act", "refuse", language.t("確認できないと伝える", "Tell the patient"),
                Some(language.t("患者にメールで知らせます。患者は別の方法で手続きできます。", "The patient is told by mail and can try another way."))))
        })))
        @if standing.desk_next != DeskNext::SeePatient && view.now >= view.file.appointment.visit_start {
            (parts::disclosure(
                language.t("保険の確認をせずに診察を終えた", "The visit was held without a check"),
                act(frame, view, "complete", ButtonLook::Secondary, language.t("診察済みにする", "Mark the visit as held"), None),
            ))
        }
    }
}

fn how(language: Language, how: How) -> &'static str {
    match how {
        How::Terminal => language.t("端末で確認しました", "Confirmed at the terminal"),
        How::Picture => language.t("画像で確認しました", "Confirmed by the picture"),
        How::ShownOnScreen => language.t("画面で書類を確認しました", "Confirmed by the document on the screen"),
    }
}

fn pictures(language: Language, view: &View) -> Markup {
    let cards: Vec<_> = view
        .file
        .pictures
        .iter()
        .map(|picture| {
            parts::link_card(
                &format!("{}/pictures/{}", view.address(), picture.id),
                &picture_name(language, picture),
                html! {
                    p { (picture_state(language, picture)) }
                    @for hint in picture.hints.each() { p { (look::icon::warning()) " " (hint.text().in_language(language)) } }
                },
            )
        })
        .collect();
    parts::section(language.t("保険の書類の画像", "Pictures of the document"), parts::card_list(&cards))
}

/// What a picture shows.
pub(super) fn picture_name(language: Language, picture: &Picture) -> String {
    picture.document.slot(picture.side).shows.name().in_language(language).to_owned()
}

/// How far it has come.
pub(super) fn picture_state(language: Language, picture: &Picture) -> Markup {
    let (tone, words) = match picture.state {
        State::Draft => (BadgeTone::Neutral, language.t("未送信", "Not sent")),
        State::Sent => (BadgeTone::Attention, language.t("未確認", "Not checked")),
        State::Accepted => (BadgeTone::Good, language.t("確認済み", "Checked")),
        State::Refused => (BadgeTone::Bad, language.t("送り直しを依頼中", "Asked for again")),
    };
    parts::badge(tone, words)
}

fn facts(language: Language, view: &View) -> Markup {
    let file = &view.file;
    let appointment = &file.appointment;
    let proof = file.proof.as_ref().map(|(proof, _)| proof);
    let mut rows = vec![
        (language.t("患者", "Patient"), words::name(language, &file.patient)),
        (
            language.t("診察日時", "Visit"),
            html! { (when::visit(language, appointment.visit_start, appointment.menu.minutes)) " " (words::status(language, appointment.status)) },
        ),
        (
            language.t("メニュー", "Menu"),
            html! { (appointment.menu.name_in(language)) (language.bracketed(appointment.menu.charge.name(language))) },
        ),
        (language.t("患者の手続き", "Patient's side"), words::patient_side(language, proof)),
        (language.t("受付の確認", "Desk's side"), words::desk_side(language, proof)),
    ];
    if let Some(profile) = &file.patient.profile {
        rows.insert(1, (language.t("生年月日", "Date of birth"), html! { (when::day(language, profile.birth_date)) }));
        if let Some(phone) = &profile.phone {
            rows.insert(2, (language.t("電話番号", "Telephone"), html! { (phone) }));
        }
    }
    if let Some(crate::rules::proof::DeskSide::Requested { what, reason, .. }) = proof.map(|proof| &proof.desk) {
        let what = match what {
            Wanted::Consent => language.t("同意登録", "Consent"),
            Wanted::Picture => language.t("画像", "A picture"),
        };
        rows.push((
            language.t("お願いした内容", "Asked for"),
            html! { (what) br; small { (reason.text().in_language(language)) } },
        ));
    }
    parts::panel(language.t("予約の内容", "The visit"), parts::description_list(&rows))
}

fn trail(language: Language, view: &View) -> Markup {
    let lines: Vec<_> = view.file.deeds.iter().filter_map(|deed| words::deed(language, deed)).collect();
    parts::disclosure(
        language.t("この予約の記録", "What was done with this visit"),
        html! {
            @if lines.is_empty() { p { (language.t("まだ記録はありません。", "Nothing yet.")) } }
            ul { @for line in &lines { li { (line) } } }
        },
    )
}
