use base::Timestamp;
use maud::{Markup, html};
use text::{Language, Text};
use ui::{
    Document, Frame,
    components::{self, BadgeTone, ButtonStyle, Choice, Select, Tone},
};

use super::{labels, patient_identity};
use crate::{
    pages::date_text,
    rules::{
        appointment::AppointmentStatus,
        desk_action::{DeskActionKind, RecordedDeskAction, earliest_time},
        next_steps::{DeskNextStep, NextSteps},
        picture::{InsurancePicture, PictureState},
        proof::{ConfirmationMethod, DeskSide, PatientSide, RefusedReason, RequestReason, RequestedProof},
        urgency::{UrgencyBand, VisitTime, minutes_until, urgency_band},
    },
    store::desk::DeskVisit,
};

pub(super) struct DeskVisitPage {
    pub(super) now: Timestamp,
    pub(super) notice: DeskVisitNotice,
    pub(super) visit: DeskVisit,
}

/// The outcome of the form that was sent before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeskVisitNotice {
    Nothing,
    Done,
    Undone,
    Changed,
    TooEarly,
    TooLate,
}

impl DeskVisitPage {
    fn path(&self) -> String {
        format!("/desk/visits/{}", self.visit.appointment.id)
    }

    fn seen_version(&self) -> String {
        self.visit.seen_version().to_string()
    }

    fn band(&self) -> UrgencyBand {
        let appointment = &self.visit.appointment;
        let visit =
            VisitTime { start: appointment.visit_start, minutes: appointment.menu.minutes, status: appointment.status };
        urgency_band(visit, self.visit.proof.as_ref().map(|(proof, _)| proof), self.now)
    }

    /// Whether the earliest time of this action has come.
    fn is_possible_now(&self, kind: DeskActionKind) -> bool {
        earliest_time(kind, self.visit.appointment.visit_start).is_none_or(|earliest| self.now >= earliest)
    }

    /// The last desk action, if it can still be undone.
    fn find_undoable_action(&self) -> Option<&RecordedDeskAction> {
        self.visit.last_action.as_ref().filter(|action| action.can_undo(self.now))
    }
}

/// The reasons that the desk can give when it asks for consent.
const CONSENT_REASONS: &[RequestReason] = &[RequestReason::NothingYet, RequestReason::NothingAtTerminal];

/// 予約の詳細, for the desk.
pub(super) fn render_visit_page(frame: &Frame, view: &DeskVisitPage) -> Markup {
    let language = frame.language;
    let visit = &view.visit;
    let proof = visit.proof.as_ref().map(|(proof, _)| proof);
    let standing = labels::determine_standing(&visit.appointment, visit.proof_method, proof, view.now);
    let date = visit.appointment.visit_date();
    let title = patient_identity::patient_title(language, &visit.patient, date);
    let list = format!("/desk/visits?date={date}");
    let lead = lead_text(language, view);
    let main = html! {
        (render_outcome(frame, view))
        (render_phone_notice(language, view))
        (components::columns(
            html! {
                (render_next_step(frame, view, &standing))
                @if !visit.pictures.is_empty() { (render_pictures(language, view)) }
                @if visit.appointment.status == AppointmentStatus::Booked && proof.is_some() { (render_other_actions(frame, view, &standing)) }
            },
            html! {
                @if view.notice != DeskVisitNotice::Done { (render_last_action(frame, view)) }
                (render_visit_facts(language, view))
                (render_audit_trail(language, view))
            },
        ))
    };
    Document::new(frame, &title)
        .above_heading(components::breadcrumbs(
            language,
            &[(&list, language.t("予約一覧", "Visits"))],
            &patient_identity::short_name(language, &visit.patient),
        ))
        .lead(&lead)
        .wide()
        .main(main)
}

/// 11月24日（火） 10:30 あと12分
fn lead_text(language: Language, view: &DeskVisitPage) -> String {
    let start = view.visit.appointment.visit_start;
    let mut lead = format!(
        "{}{} {}",
        language.t("診察 ", "Visit: "),
        date_text::format_short_date(language, start.japan_date()),
        date_text::format_time(start)
    );
    if view.visit.appointment.status == AppointmentStatus::Booked
        && let Some(minutes_left) = minutes_until(start, view.now).filter(|minutes_left| *minutes_left <= 120)
    {
        let (before, after) = match language {
            Language::Japanese => (" あと", "分"),
            Language::English => (" (in ", " min)"),
        };
        lead.extend([before, minutes_left.to_string().as_str(), after]);
    }
    lead
}

/// A notice to telephone the patient, if that is due; the first part of the page.
fn render_phone_notice(language: Language, view: &DeskVisitPage) -> Markup {
    if view.band() != UrgencyBand::Telephone {
        return html! {};
    }
    let phone = view.visit.patient.profile.as_ref().and_then(|profile| profile.phone.as_deref());
    components::notice(
        Tone::Warning,
        language.t("患者さんに電話してください", "Please phone the patient"),
        html! {
            p { (language.t(
                "診察が近いのに、保険を確認できるものが届いていません。",
                "The visit is near, and nothing has come by which insurance could be confirmed.",
            )) }
            @match phone {
                Some(number) => (patient_identity::render_phone_button(language, number, ButtonStyle::Secondary)),
                None => p { (language.t("電話番号の登録がありません。", "There is no telephone number.")) },
            }
        },
    )
}

fn render_outcome(frame: &Frame, view: &DeskVisitPage) -> Markup {
    let language = frame.language;
    let mut desk_entries =
        view.visit.audit_trail.iter().filter(|entry| entry.action.starts_with("desk.") && entry.action != "desk.visit");
    let latest = desk_entries.find_map(|entry| labels::audit_entry_text(language, entry));
    match view.notice {
        DeskVisitNotice::Nothing => html! {},
        DeskVisitNotice::Done => components::notice(
            Tone::Success,
            language.t("記録しました", "Recorded"),
            html! {
                @if let Some(latest) = latest { p { (latest) } }
                @if let Some(action) = view.find_undoable_action() { (render_undo_form(frame, view, action)) }
                (render_next_picture_link(language, &view.visit))
            },
        ),
        DeskVisitNotice::Undone => components::notice(
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
        DeskVisitNotice::Changed => components::notice(
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
        DeskVisitNotice::TooEarly => components::notice(
            Tone::Warning,
            language.t("まだこの操作はできません", "It is too early for this"),
            html! { p { (language.t(
                "何も記録していません。診察の時間になってから、もう一度操作してください。",
                "Nothing was recorded. Please try again when the time of the visit has come.",
            )) } },
        ),
        DeskVisitNotice::TooLate => components::notice(
            Tone::Warning,
            language.t("取り消せる時間が過ぎました", "This can no longer be undone"),
            html! { p { (language.t(
                "操作は10分以内であれば取り消せます。何も変わっていません。いまの状況に合わせて、下から操作してください。",
                "An action can be undone within ten minutes. Nothing was changed. Please use the actions below.",
            )) } },
        ),
    }
}

/// The last desk action, if it can still be undone.
fn render_last_action(frame: &Frame, view: &DeskVisitPage) -> Markup {
    let language = frame.language;
    match view.find_undoable_action() {
        None => html! {},
        Some(action) => components::panel(
            language.t("最後の操作", "Last action"),
            html! {
                p {
                    (date_text::format_time(action.done_at)) " " (action.done_by) (language.t("：", ": "))
                    (action.kind.text().in_language(language))
                }
                (render_undo_form(frame, view, action))
            },
        ),
    }
}

fn render_undo_form(frame: &Frame, view: &DeskVisitPage, action: &RecordedDeskAction) -> Markup {
    let language = frame.language;
    let deadline = date_text::format_time(action.undo_deadline());
    let support = match language {
        Language::Japanese => format!("{deadline}まで取り消せます。"),
        Language::English => format!("Possible until {deadline}."),
    };
    components::form(
        frame,
        &format!("{}/take-back", view.path()),
        html! {
            (components::hidden_field("number", &action.number.to_string()))
            (components::secondary_button(language.t("取り消す", "Undo"), Some(&support)))
        },
    )
}

/// A link to the next visit with a picture that the desk has not reviewed.
pub(super) fn render_next_picture_link(language: Language, visit: &DeskVisit) -> Markup {
    let waiting = visit.waiting_pictures;
    let Some((visit, picture)) = waiting.next_picture else { return html! {} };
    let label = match language {
        Language::Japanese => format!("次の画像へ（あと{}件）", waiting.visits),
        Language::English => format!("Next picture ({} more)", waiting.visits),
    };
    components::secondary_link(&format!("/desk/visits/{visit}/pictures/{picture}"), &label, None)
}

fn render_next_step(frame: &Frame, view: &DeskVisitPage, standing: &NextSteps) -> Markup {
    let language = frame.language;
    let visit = &view.visit;
    let step = match standing.desk_step {
        DeskNextStep::AskPatient => render_primary_request_forms(frame, view, standing),
        DeskNextStep::CheckTerminal => html! {
            p { (language.t(
                "医療機関の資格確認端末で、この患者さんの受付を開いてください。",
                "Open this patient's reception at the clinic's own terminal.",
            )) }
            (render_action_form(frame, view, "terminal", ButtonStyle::Primary, language.t("端末で確認しました", "Confirmed at the terminal"),
                Some(language.t("確認済みとして記録し、患者さんに知らせます。", "It is recorded, and the patient is told."))))
            (components::disclosure(
                language.t("端末に見つからない", "Not found at the terminal"),
                render_request_forms(frame, view, standing, ButtonStyle::Secondary),
            ))
        },
        DeskNextStep::ReviewPicture => match find_picture_to_review(&visit.pictures) {
            Some(picture) => components::primary_link(
                &format!("{}/pictures/{}", view.path(), picture.id),
                language.t("画像を確認する", "Look at the picture"),
                Some(language.t(
                    "見たことは記録され、患者さんにも表示されます。",
                    "That you looked is recorded, and the patient sees it.",
                )),
            ),
            None => render_primary_request_forms(frame, view, standing),
        },
        DeskNextStep::WaitForPatient => html! { p { (waiting_text(language, view)) } },
        DeskNextStep::SeePatient if view.is_possible_now(DeskActionKind::Complete) => render_action_form(
            frame,
            view,
            "complete",
            ButtonStyle::Primary,
            language.t("診察済みにする", "Mark the visit as held"),
            Some(language.t("診察が終わったら押してください。", "Press it when the visit is over.")),
        ),
        DeskNextStep::SeePatient => html! { p { (language.t(
            "診察の時間になると、ここから診察済みにできます。",
            "When the time of the visit has come, it can be marked as held here.",
        )) } },
        DeskNextStep::Nothing => html! {},
    };
    components::panel(
        language.t("次にすること", "Next"),
        html! {
            p { b { (standing.desk_text.in_language(language)) } }
            (step)
        },
    )
}

fn waiting_text(language: Language, view: &DeskVisitPage) -> &'static str {
    let proof = view.visit.proof.as_ref().map(|(proof, _)| proof);
    match proof.map(|proof| (&proof.desk, &proof.patient)) {
        Some((_, PatientSide::Departed { .. })) => {
            language.t("登録が終わると、ここに表示されます。", "As soon as consent is registered, it appears here.")
        }
        Some((DeskSide::Requested { .. } | DeskSide::Refused { .. }, _)) => language.t(
            "患者さんにメールで知らせました。手続きが届くと、ここに表示されます。",
            "The patient was told by mail. What arrives appears here.",
        ),
        _ => language.t("手続きが届くと、ここに表示されます。", "What arrives appears here."),
    }
}

fn find_picture_to_review(pictures: &[InsurancePicture]) -> Option<&InsurancePicture> {
    pictures.iter().find(|picture| picture.state == PictureState::Sent)
}

fn render_primary_request_forms(frame: &Frame, view: &DeskVisitPage, standing: &NextSteps) -> Markup {
    render_request_forms(frame, view, standing, ButtonStyle::Primary)
}

/// The forms that ask for consent, where the institution takes it, and for a picture.
fn render_request_forms(frame: &Frame, view: &DeskVisitPage, standing: &NextSteps, style: ButtonStyle) -> Markup {
    let language = frame.language;
    let default = match standing.desk_step {
        DeskNextStep::CheckTerminal => RequestReason::NothingAtTerminal,
        _ => RequestReason::NothingYet,
    };
    let texts: Vec<_> = CONSENT_REASONS.iter().map(|reason| (reason.as_str(), reason.text())).collect();
    let reasons = build_choices(language, &texts);
    let picture = |style| {
        components::form(
            frame,
            &view.path(),
            html! {
                (components::hidden_field("seen", &view.seen_version()))
                (components::hidden_field("why_picture", default.as_str()))
                (components::choice_button(style, "act", "ask_picture", language.t("画像をお願いする", "Ask for a picture"),
                    Some(language.t("患者さんにメールで知らせます。", "The patient is told by mail."))))
            },
        )
    };
    html! {
        @if view.visit.proof_method.accepts_card() {
            (components::form(frame, &view.path(), html! {
                (components::hidden_field("seen", &view.seen_version()))
                (Select::new(language, "why_consent", language.t("患者さんに伝える理由", "What the patient is told"), &reasons).selected(default.as_str()))
                (components::choice_button(style, "act", "ask_consent", language.t("同意登録をお願いする", "Ask for consent"),
                    Some(language.t("患者さんにメールで知らせます。", "The patient is told by mail."))))
            }))
            (picture(ButtonStyle::Secondary))
        } @else {
            (picture(style))
        }
    }
}

/// The choices of a field, from pairs of value and text.
pub(super) fn build_choices<'a>(language: Language, texts: &'a [(&'a str, Text)]) -> Vec<Choice<'a>> {
    texts.iter().map(|(value, text)| Choice::new(value, text.in_language(language))).collect()
}

/// A form with one button, which sends `action` and the version of the visit that the page shows.
pub(super) fn render_action_form(
    frame: &Frame,
    view: &DeskVisitPage,
    action: &str,
    style: ButtonStyle,
    label: &str,
    support: Option<&str>,
) -> Markup {
    components::form(
        frame,
        &view.path(),
        html! {
            (components::hidden_field("seen", &view.seen_version()))
            (components::choice_button(style, "act", action, label, support))
        },
    )
}

/// The actions other than the next step.
fn render_other_actions(frame: &Frame, view: &DeskVisitPage, standing: &NextSteps) -> Markup {
    let language = frame.language;
    let confirmed = standing.desk_step == DeskNextStep::SeePatient;
    let texts: Vec<_> = RefusedReason::ALL.iter().map(|reason| (reason.as_str(), reason.text())).collect();
    let refusals = build_choices(language, &texts);
    html! {
        @if !confirmed {
            (components::disclosure(language.t("ほかの方法で確認した", "Confirmed in another way"), html! {
                @if standing.desk_step != DeskNextStep::CheckTerminal {
                    (render_action_form(frame, view, "terminal", ButtonStyle::Secondary, confirmation_label(language, ConfirmationMethod::Terminal), None))
                }
                @if view.is_possible_now(DeskActionKind::ConfirmOnScreen) {
                    (render_action_form(frame, view, "screen", ButtonStyle::Secondary, confirmation_label(language, ConfirmationMethod::ShownOnScreen), Some(language.t(
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
        @if !matches!(standing.desk_step, DeskNextStep::AskPatient | DeskNextStep::CheckTerminal) {
            (components::disclosure(
                language.t("患者さんにお願いする", "Ask the patient"),
                render_request_forms(frame, view, standing, ButtonStyle::Secondary),
            ))
        }
        (components::disclosure(language.t("確認できないことを患者さんに知らせる", "Tell the patient that it cannot be confirmed"), components::form(frame, &view.path(), html! {
            (components::hidden_field("seen", &view.seen_version()))
            (Select::new(language, "why_refused", language.t("理由", "Why"), &refusals))
            (components::choice_button(ButtonStyle::Danger, "act", "refuse", language.t("確認できないことを知らせる", "Tell the patient"),
                Some(language.t("患者さんにメールで知らせます。患者さんは別の方法で手続きできます。", "The patient is told by mail and can try another way."))))
        })))
        @if standing.desk_step != DeskNextStep::SeePatient && view.is_possible_now(DeskActionKind::Complete) {
            (components::disclosure(
                language.t("保険の確認をせずに診察を終えた", "The visit was held without a check"),
                render_action_form(frame, view, "complete", ButtonStyle::Secondary, language.t("診察済みにする", "Mark the visit as held"), None),
            ))
        }
    }
}

fn confirmation_label(language: Language, method: ConfirmationMethod) -> &'static str {
    match method {
        ConfirmationMethod::Terminal => language.t("端末で確認しました", "Confirmed at the terminal"),
        ConfirmationMethod::Picture => language.t("画像で確認しました", "Confirmed by the picture"),
        ConfirmationMethod::ShownOnScreen => {
            language.t("画面で書類を確認しました", "Confirmed by the document on the screen")
        }
    }
}

fn render_pictures(language: Language, view: &DeskVisitPage) -> Markup {
    let cards: Vec<_> = view
        .visit
        .pictures
        .iter()
        .map(|picture| {
            components::link_card(
                &format!("{}/pictures/{}", view.path(), picture.id),
                &picture_name(language, picture),
                html! {
                    p { (render_picture_state(language, picture)) }
                    @for hint in picture.hints.iter() { p { (ui::icon::warning()) " " (hint.text().in_language(language)) } }
                },
            )
        })
        .collect();
    components::section(language.t("保険の書類の画像", "Pictures of the document"), components::card_list(&cards))
}

/// The name of the side of the document that the picture shows.
pub(super) fn picture_name(language: Language, picture: &InsurancePicture) -> String {
    picture.document.slot(picture.side).subject.name().in_language(language).to_owned()
}

pub(super) fn render_picture_state(language: Language, picture: &InsurancePicture) -> Markup {
    let (tone, text) = match picture.state {
        PictureState::Draft => (BadgeTone::Neutral, language.t("未送信", "Not sent")),
        PictureState::Sent => (BadgeTone::Attention, language.t("未確認", "Not checked")),
        PictureState::Accepted => (BadgeTone::Good, language.t("確認済み", "Checked")),
        PictureState::Refused => (BadgeTone::Bad, language.t("送り直しを依頼中", "Asked for again")),
    };
    components::badge(tone, text)
}

fn render_visit_facts(language: Language, view: &DeskVisitPage) -> Markup {
    let visit = &view.visit;
    let appointment = &visit.appointment;
    let proof = visit.proof.as_ref().map(|(proof, _)| proof);
    let mut rows = Vec::new();
    if let Some(PatientSide::Registered { reception_number, .. }) = proof.map(|proof| &proof.patient) {
        let label = language.t("受付番号", "Reception number");
        let (displayed, copied) = (reception_number.to_grouped_string(), reception_number.to_string());
        rows.push((label, components::copyable_text(language, label, &displayed, &copied)));
    }
    if let Some(profile) = &visit.patient.profile {
        let name = profile.name.replace('\u{3000}', " ");
        rows.push((language.t("氏名", "Name"), html! { (name) }));
        if let Some(kana) = &profile.kana {
            let (label, displayed) = (language.t("カナ", "Kana"), kana.replace('\u{3000}', " "));
            rows.push((label, components::copyable_text(language, label, &displayed, kana)));
        }
        let label = language.t("生年月日", "Date of birth");
        let displayed = date_text::format_date_with_era(language, profile.birth_date);
        // Eight digits: the format of dates at terminals.
        let copied = profile.birth_date.strftime("%Y%m%d").to_string();
        rows.push((label, components::copyable_text(language, label, &displayed, &copied)));
        if let Some(phone) = &profile.phone {
            rows.push((language.t("電話番号", "Telephone"), patient_identity::render_phone_link(phone)));
        }
    }
    rows.push((
        language.t("診察日時", "Visit"),
        html! { (date_text::format_visit_time(language, appointment.visit_start, appointment.menu.minutes)) " " (labels::render_status_badge(language, appointment.status)) },
    ));
    rows.push((
        language.t("メニュー", "Menu"),
        html! { (appointment.menu.name_in(language)) (language.in_brackets(appointment.menu.charge.name(language))) },
    ));
    if let Some(doctor) = &appointment.menu.doctor {
        rows.push((language.t("医師", "Doctor"), html! { (doctor) }));
    }
    rows.push((language.t("患者の手続き", "Patient's side"), labels::render_patient_side(language, proof, view.now)));
    rows.push((language.t("受付の確認", "Desk's side"), labels::render_desk_side(language, proof)));
    if let Some(DeskSide::Requested { requested_proof, reason, .. }) = proof.map(|proof| &proof.desk) {
        let text = match requested_proof {
            RequestedProof::Consent => language.t("同意登録", "Consent"),
            RequestedProof::Picture => language.t("画像", "A picture"),
        };
        rows.push((
            language.t("お願いした内容", "Asked for"),
            html! { (text) br; small { (reason.text().in_language(language)) } },
        ));
    }
    components::panel(language.t("予約の内容", "The visit"), components::description_list(&rows))
}

fn render_audit_trail(language: Language, view: &DeskVisitPage) -> Markup {
    let lines: Vec<_> =
        view.visit.audit_trail.iter().filter_map(|entry| labels::audit_entry_text(language, entry)).collect();
    components::disclosure(
        language.t("この予約の記録", "What was done with this visit"),
        html! {
            @if lines.is_empty() { p { (language.t("まだ記録はありません。", "Nothing yet.")) } }
            ul { @for line in &lines { li { (line) } } }
        },
    )
}
