use base::Timestamp;
use maud::{Markup, html};
use shell::{
    Document, Frame, Language, Text, look,
    parts::{self, BadgeTone, ButtonLook, Choice, Select, Tone},
};

use super::{person, words};
use crate::{
    pages::when,
    rules::{
        appointment::Status,
        desk_act::{DeskActKind, RecordedAct, possible_from},
        picture::{Picture, State},
        proof::{DeskSide, How, PatientSide, RefusedReason, RequestReason, Wanted},
        standing::{DeskNext, Standing},
        urgency::{Band, VisitTime, band, minutes_until},
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
    TakenBack,
    Changed,
    TooEarly,
    TooLate,
}

impl View {
    fn address(&self) -> String {
        format!("/desk/visits/{}", self.file.appointment.id)
    }

    fn seen(&self) -> String {
        self.file.seen().to_string()
    }

    fn band(&self) -> Band {
        let appointment = &self.file.appointment;
        let visit =
            VisitTime { start: appointment.visit_start, minutes: appointment.menu.minutes, status: appointment.status };
        band(visit, self.file.proof.as_ref().map(|(proof, _)| proof), self.now)
    }

    /// Whether an act is possible now, as far as its time goes.
    fn has_come(&self, kind: DeskActKind) -> bool {
        possible_from(kind, self.file.appointment.visit_start).is_none_or(|from| self.now >= from)
    }

    /// The desk's last act, as long as it can be taken back.
    fn undoable(&self) -> Option<&RecordedAct> {
        self.file.last_act.as_ref().filter(|act| act.can_be_taken_back(self.now))
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
    let date = file.appointment.visit_date();
    let title = person::title(language, &file.patient, date);
    let list = format!("/desk/visits?date={date}");
    let lead = lead(language, view);
    let main = html! {
        (render_outcome(frame, view))
        (call(language, view))
        (parts::columns(
            html! {
                (next(frame, view, &standing))
                @if !file.pictures.is_empty() { (pictures(language, view)) }
                @if file.appointment.status == Status::Booked && proof.is_some() { (others(frame, view, &standing)) }
            },
            html! {
                @if view.said != Said::Done { (last_act(frame, view)) }
                (facts(language, view))
                (trail(language, view))
            },
        ))
    };
    Document::new(frame, &title)
        .above(parts::breadcrumbs(
            language,
            &[(&list, language.t("予約一覧", "Visits"))],
            &person::short_name(language, &file.patient),
        ))
        .lead(&lead)
        .wide()
        .main(main)
}

/// 11月24日（火） 10:30 あと12分
fn lead(language: Language, view: &View) -> String {
    let start = view.file.appointment.visit_start;
    let mut lead = format!(
        "{}{} {}",
        language.t("診察 ", "Visit: "),
        when::short_day(language, start.japan_date()),
        when::time(start)
    );
    if view.file.appointment.status == Status::Booked
        && let Some(left) = minutes_until(start, view.now).filter(|left| *left <= 120)
    {
        let (before, after) = match language {
            Language::Japanese => (" あと", "分"),
            Language::English => (" (in ", " min)"),
        };
        lead.extend([before, left.to_string().as_str(), after]);
    }
    lead
}

/// Whoever has to be telephoned, before everything else.
fn call(language: Language, view: &View) -> Markup {
    if view.band() != Band::Telephone {
        return html! {};
    }
    let phone = view.file.patient.profile.as_ref().and_then(|profile| profile.phone.as_deref());
    parts::notice(
        Tone::Warning,
        language.t("患者さんに電話してください", "Please phone the patient"),
        html! {
            p { (language.t(
                "診察が近いのに、保険を確認できるものが届いていません。",
                "The visit is near, and nothing has come by which insurance could be confirmed.",
            )) }
            @match phone {
                Some(number) => (person::phone_button(language, number, ButtonLook::Secondary)),
                None => p { (language.t("電話番号の登録がありません。", "There is no telephone number.")) },
            }
        },
    )
}

fn render_outcome(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let mut acts = view.file.deeds.iter().filter(|deed| deed.act.starts_with("desk.") && deed.act != "desk.visit");
    let latest = acts.find_map(|deed| words::deed(language, deed));
    match view.said {
        Said::Nothing => html! {},
        Said::Done => parts::notice(
            Tone::Success,
            language.t("記録しました", "Recorded"),
            html! {
                @if let Some(latest) = latest { p { (latest) } }
                @if let Some(act) = view.undoable() { (take_back_form(frame, view, act)) }
                (next_picture(language, &view.file))
            },
        ),
        Said::TakenBack => parts::notice(
            Tone::Success,
            language.t("取り消しました", "Undone"),
            html! {
                @if let Some(latest) = latest { p { (latest) } }
                p { (language.t(
                    "患者さんへのお知らせがまだ送られていなければ送りません。送られていたときは、取り消したことを患者さんに知らせます。",
                    "If the patient has not been told yet, nothing is sent. Otherwise the patient is told that it was undone.",
                )) }
            },
        ),
        Said::Changed => parts::notice(
            Tone::Warning,
            language.t("先に変更がありました", "Something changed before"),
            html! {
                p { (language.t(
                    "この画面を開いたあとに、患者さんの手続きやほかの担当者の操作がありました。今回の操作は記録していません。下の内容をご確認ください。",
                    "The patient or a colleague did something after you opened the page. Your action was not recorded. Please check what the page shows now.",
                )) }
                @if let Some(latest) = latest { p { (language.t("受付の最後の操作：", "The desk's last action: ")) (latest) } }
            },
        ),
        Said::TooEarly => parts::notice(
            Tone::Warning,
            language.t("まだこの操作はできません", "It is too early for this"),
            html! { p { (language.t(
                "何も記録していません。診察の時間になってから、もう一度操作してください。",
                "Nothing was recorded. Please try again when the time of the visit has come.",
            )) } },
        ),
        Said::TooLate => parts::notice(
            Tone::Warning,
            language.t("取り消せる時間が過ぎました", "This can no longer be undone"),
            html! { p { (language.t(
                "操作は10分以内であれば取り消せます。何も変わっていません。いまの状況に合わせて、下から操作してください。",
                "An action can be undone within ten minutes. Nothing was changed. Please use the actions below.",
            )) } },
        ),
    }
}

/// What the desk did last, as long as it can be taken back.
fn last_act(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    match view.undoable() {
        None => html! {},
        Some(act) => parts::panel(
            language.t("最後の操作", "Last action"),
            html! {
                p {
                    (when::time(act.done_at)) " " (act.done_by) (language.t("：", ": "))
                    (act.kind.text().in_language(language))
                }
                (take_back_form(frame, view, act))
            },
        ),
    }
}

fn take_back_form(frame: &Frame, view: &View, act: &RecordedAct) -> Markup {
    let language = frame.language;
    let until = when::time(act.take_back_ends());
    let after = match language {
        Language::Japanese => format!("{until}まで取り消せます。"),
        Language::English => format!("Possible until {until}."),
    };
    parts::form(
        frame,
        &format!("{}/take-back", view.address()),
        html! {
            (parts::hidden("number", &act.number.to_string()))
            (parts::secondary_button(language.t("取り消す", "Undo"), Some(&after)))
        },
    )
}

/// The way to the next visit whose picture nobody has judged.
pub(super) fn next_picture(language: Language, file: &VisitFile) -> Markup {
    let waiting = file.waiting_pictures;
    let Some((visit, picture)) = waiting.next else { return html! {} };
    let label = match language {
        Language::Japanese => format!("次の画像へ（あと{}件）", waiting.visits),
        Language::English => format!("Next picture ({} more)", waiting.visits),
    };
    parts::secondary_link(&format!("/desk/visits/{visit}/pictures/{picture}"), &label, None)
}

/// The one next step.
fn next(frame: &Frame, view: &View, standing: &Standing) -> Markup {
    let language = frame.language;
    let file = &view.file;
    let step = match standing.desk_next {
        DeskNext::AskPatient => ask(frame, view, standing),
        DeskNext::CheckTerminal => html! {
            p { (language.t(
                "医療機関の資格確認端末で、この患者さんの受付を開いてください。",
                "Open this patient's reception at the clinic's own terminal.",
            )) }
            (act(frame, view, "terminal", ButtonLook::Primary, language.t("端末で確認しました", "Confirmed at the terminal"),
                Some(language.t("確認済みとして記録し、患者さんに知らせます。", "It is recorded, and the patient is told."))))
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
                    "見たことは記録され、患者さんにも表示されます。",
                    "That you looked is recorded, and the patient sees it.",
                )),
            ),
            None => ask(frame, view, standing),
        },
        DeskNext::WaitForPatient => html! { p { (waiting(language, view)) } },
        DeskNext::SeePatient if view.has_come(DeskActKind::Complete) => act(
            frame,
            view,
            "complete",
            ButtonLook::Primary,
            language.t("診察済みにする", "Mark the visit as held"),
            Some(language.t("診察が終わったら押してください。", "Press it when the visit is over.")),
        ),
        DeskNext::SeePatient => html! { p { (language.t(
            "診察の時間になると、ここから診察済みにできます。",
            "When the time of the visit has come, it can be marked as held here.",
        )) } },
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

/// For what the desk waits.
fn waiting(language: Language, view: &View) -> &'static str {
    let proof = view.file.proof.as_ref().map(|(proof, _)| proof);
    match proof.map(|proof| (&proof.desk, &proof.patient)) {
        Some((_, PatientSide::Left { .. })) => {
            language.t("登録が終わると、ここに表示されます。", "As soon as consent is registered, it appears here.")
        }
        Some((DeskSide::Requested { .. } | DeskSide::Refused { .. }, _)) => language.t(
            "患者さんにメールで知らせました。手続きが届くと、ここに表示されます。",
            "The patient was told by mail. What arrives appears here.",
        ),
        _ => language.t("手続きが届くと、ここに表示されます。", "What arrives appears here."),
    }
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
                    Some(language.t("患者さんにメールで知らせます。", "The patient is told by mail."))))
            },
        )
    };
    html! {
        @if view.file.way.takes_the_card() {
            (parts::form(frame, &view.address(), html! {
                (parts::hidden("seen", &view.seen()))
                (Select::new(language, "why_consent", language.t("患者さんに伝える理由", "What the patient is told"), &reasons).chosen(default.word()))
                (parts::choice_button(look, "act", "ask_consent", language.t("同意登録をお願いする", "Ask for consent"),
                    Some(language.t("患者さんにメールで知らせます。", "The patient is told by mail."))))
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
                @if view.has_come(DeskActKind::ConfirmOnScreen) {
                    (act(frame, view, "screen", ButtonLook::Secondary, how(language, How::ShownOnScreen), Some(language.t(
                        "ビデオ通話の画面で、資格確認書などを見て確認したとき。",
                        "When the patient held the document up in the video call.",
                    ))))
                } @else {
                    p { (language.t(
                        "ビデオ通話の画面で書類を見て確認する方法は、診察の15分前から選べます。",
                        "Confirming by the document on the screen is possible from 15 minutes before the visit.",
                    )) }
                }
            }))
        }
        @if !matches!(standing.desk_next, DeskNext::AskPatient | DeskNext::CheckTerminal) {
            (parts::disclosure(
                language.t("患者さんにお願いする", "Ask the patient"),
                asking(frame, view, standing, ButtonLook::Secondary),
            ))
        }
        (parts::disclosure(language.t("確認できないことを患者さんに知らせる", "Tell the patient that it cannot be confirmed"), parts::form(frame, &view.address(), html! {
            (parts::hidden("seen", &view.seen()))
            (Select::new(language, "why_refused", language.t("理由", "Why"), &refusals))
            (parts::choice_button(ButtonLook::Danger, "act", "refuse", language.t("確認できないことを知らせる", "Tell the patient"),
                Some(language.t("患者さんにメールで知らせます。患者さんは別の方法で手続きできます。", "The patient is told by mail and can try another way."))))
        })))
        @if standing.desk_next != DeskNext::SeePatient && view.has_come(DeskActKind::Complete) {
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
    let mut rows = Vec::new();
    if let Some(PatientSide::Registered { reception_number, .. }) = proof.map(|proof| &proof.patient) {
        let label = language.t("受付番号", "Reception number");
        let (shown, copied) = (reception_number.grouped(), reception_number.to_string());
        rows.push((label, parts::copyable(language, label, &shown, &copied)));
    }
    if let Some(profile) = &file.patient.profile {
        let name = profile.name.replace('\u{3000}', " ");
        rows.push((language.t("氏名", "Name"), html! { (name) }));
        if let Some(kana) = &profile.kana {
            let (label, shown) = (language.t("カナ", "Kana"), kana.replace('\u{3000}', " "));
            rows.push((label, parts::copyable(language, label, &shown, kana)));
        }
        let label = language.t("生年月日", "Date of birth");
        let shown = when::date_with_era(language, profile.birth_date);
        // Eight digits, as terminals take a day.
        let copied = profile.birth_date.strftime("%Y%m%d").to_string();
        rows.push((label, parts::copyable(language, label, &shown, &copied)));
        if let Some(phone) = &profile.phone {
            rows.push((language.t("電話番号", "Telephone"), person::phone_link(phone)));
        }
    }
    rows.push((
        language.t("診察日時", "Visit"),
        html! { (when::visit(language, appointment.visit_start, appointment.menu.minutes)) " " (words::status(language, appointment.status)) },
    ));
    rows.push((
        language.t("メニュー", "Menu"),
        html! { (appointment.menu.name_in(language)) (language.bracketed(appointment.menu.charge.name(language))) },
    ));
    if let Some(doctor) = &appointment.menu.doctor {
        rows.push((language.t("医師", "Doctor"), html! { (doctor) }));
    }
    rows.push((language.t("患者の手続き", "Patient's side"), words::patient_side(language, proof, view.now)));
    rows.push((language.t("受付の確認", "Desk's side"), words::desk_side(language, proof)));
    if let Some(DeskSide::Requested { what, reason, .. }) = proof.map(|proof| &proof.desk) {
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
