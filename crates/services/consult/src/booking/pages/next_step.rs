//! Where an appointment stands, and the next step of its patient.

use maud::{Markup, html};
use text::Language;
use ui::{
    Frame,
    components::{self, Progress, TimelineEntry, Tone},
};

use super::view::AppointmentView;
use crate::{
    appointments::rules::{AppointmentStatus, VisitPhase},
    booking::store::details::AppointmentDetails,
    directory::rules::institution::ProofMethodKind,
    pages::{date_text, telephone::render_telephone_link},
    pictures::rules::picture::PictureState,
    proof::rules::{
        ledgers::{DeskSide, InsuranceProof, PatientSide},
        next_steps::PatientNextStep,
    },
};

/// 予約 → 保険の確認 → 診察 → お会計, with the progress of each. Empty if the appointment was cancelled, or if its day ended
/// and the clinic did not record the visit.
pub(crate) fn render_timeline(language: Language, view: &AppointmentView) -> Markup {
    let AppointmentDetails { appointment, proof, .. } = &view.case;
    let over = view.standing.patient_step == PatientNextStep::Nothing;
    let held = appointment.status == AppointmentStatus::Completed;
    if over && !held {
        return Markup::default();
    }
    let entry = |label, progress, detail| TimelineEntry { label, progress, detail };
    let mut entries = vec![entry(language.t("予約", "Booking"), Progress::Done, None)];
    let insurance = language.t("保険の確認", "Insurance");
    let confirmed = proof.as_ref().is_some_and(|proof| matches!(proof.desk, DeskSide::Confirmed { .. }));
    let ready = view.standing.patient_step == PatientNextStep::WaitForVisit;
    match proof {
        None => {}
        // The visit was held without confirmed insurance: the step is left out.
        Some(_) if held && !confirmed => {}
        Some(_) if confirmed => entries.push(entry(insurance, Progress::Done, None)),
        Some(_) if ready => {
            let detail = language
                .t("手続きは済みました。医療機関が確認します。", "Your part is done. The clinic will check it.");
            entries.push(entry(insurance, Progress::Done, Some(detail)));
        }
        Some(_) => entries.push(entry(insurance, Progress::Current, None)),
    }
    let visit = match () {
        () if held => Progress::Done,
        () if ready => Progress::Current,
        () => Progress::Upcoming,
    };
    entries.push(entry(language.t("診察", "Visit"), visit, None));
    let payment = if held { Progress::Current } else { Progress::Upcoming };
    entries.push(entry(language.t("お会計", "Payment"), payment, None));
    components::timeline(language, &entries)
}

/// Whether the patient chose a picture, has not sent it, and insurance still has to be proven.
pub(crate) fn has_unsent_picture(view: &AppointmentView) -> bool {
    let needed = !matches!(view.standing.patient_step, PatientNextStep::WaitForVisit | PatientNextStep::Nothing);
    needed && view.case.pictures.iter().any(|picture| picture.state == PictureState::Draft)
}

/// The status text and the next step, which stays visible on a phone, with the alternative beneath it.
pub(crate) fn render_next_step(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let sentence = view.standing.patient_text.in_language(language);
    let takes_the_card = view.case.institution.proof_method.kind().accepts_card();
    if has_unsent_picture(view) {
        let text = language.t("送るまで、医療機関には届きません。", "The clinic does not have it until you send it.");
        return html! {
            (components::notice(
                Tone::Warning,
                language.t("選んだ画像をまだ送っていません", "You have not sent your picture yet"),
                html! { p { (text) } },
            ))
            (components::bottom_bar(components::primary_link(&picture_path(view), language.t("画像を確認して送る", "Check and send the picture"), None)))
            @if takes_the_card && view.standing.patient_step != PatientNextStep::WaitForInstitution {
                (render_secondary_consent_form(frame, view))
            }
            (render_visit_instructions(language, view))
        };
    }
    match view.standing.patient_step {
        PatientNextStep::ChooseConsent => {
            let fresh = view.case.proof.as_ref().is_some_and(|proof| *proof == InsuranceProof::new());
            let heading = if fresh {
                language.t("次は、保険の確認です", "Next: confirm your insurance")
            } else {
                language.t("保険の確認が必要です", "Confirm your insurance")
            };
            render_consent_and_picture(frame, view, heading, consent_label(language))
        }
        PatientNextStep::ContinueConsent => {
            let heading = language.t("手続きの途中です", "You have not finished");
            render_consent_and_picture(frame, view, heading, language.t("手続きの続きへ", "Continue"))
        }
        PatientNextStep::SendPicture => html! {
            (components::notice(
                Tone::Warning,
                language.t("保険証画像が必要です", "Send a picture of your insurance document"),
                html! { p { (sentence) } (render_desk_notes(language, view)) },
            ))
            (components::bottom_bar(components::primary_link(&picture_path(view), upload_label(language), None)))
            p { (upload_support_text(language)) }
            @if takes_the_card { (render_secondary_consent_form(frame, view)) }
            (render_visit_instructions(language, view))
        },
        PatientNextStep::WaitForInstitution => components::notice(
            Tone::Info,
            language.t("医療機関が確認します", "The clinic is checking"),
            html! { p { (sentence) } (render_waiting_for_clinic(language, view)) },
        ),
        PatientNextStep::WaitForVisit => {
            let (tone, heading) = match view.phase {
                VisitPhase::Before => (Tone::Success, language.t("準備ができています", "You are ready")),
                VisitPhase::During => (Tone::Info, language.t("診察の時間です", "It is time for your visit")),
                VisitPhase::After => {
                    (Tone::Info, language.t("診察の時間が過ぎました", "The time of your visit has passed"))
                }
            };
            let body = html! { p { (sentence) } (render_visit_instructions(language, view)) (render_proof_details(language, view)) };
            components::notice(tone, heading, body)
        }
        PatientNextStep::Nothing => components::notice(
            Tone::Info,
            sentence,
            html! { (components::secondary_link("/", language.t("新しく予約する", "Book again"), None)) },
        ),
    }
}

fn render_waiting_for_clinic(language: Language, view: &AppointmentView) -> Markup {
    html! {
        p { (language.t(
            "お待ちいただくだけで大丈夫です。確認が終わるか、追加のお願いがあると、メールでお知らせします。",
            "There is nothing else to do. We email you when it is done, or if something more is needed.",
        )) }
        (render_visit_instructions(language, view))
        @if is_reported_done(view) {
            (components::quiet_link(&format!("/appointments/{}/leave", view.id()), language.t("手続きがまだのときは、手続きの画面に戻る", "Not done yet? Back to the procedure")))
            (components::quiet_link(&picture_path(view), upload_label(language)))
        } @else {
            (components::quiet_link(&picture_path(view), language.t("保険証画像を見る・送り直す", "See or send pictures")))
        }
    }
}

/// When the visit is, and the telephone number of the clinic, which tells patients how the visit is held.
pub(crate) fn render_visit_instructions(language: Language, view: &AppointmentView) -> Markup {
    let AppointmentDetails { appointment, institution, .. } = &view.case;
    let phone = render_telephone_link(&institution.phone);
    html! {
        p {
            @match (view.phase, language) {
                (VisitPhase::Before, Language::Japanese) => {
                    "診察は" (date_text::format_short_date_time(language, appointment.visit_start)) "からです。受診のしかたが分からないときは、医療機関（" (phone) "）にお問い合わせください。"
                }
                (VisitPhase::Before, Language::English) => {
                    "Your visit starts on " (date_text::format_short_date_time(language, appointment.visit_start)) ". If you do not know how you will see the doctor, ask the clinic: " (phone)
                }
                (VisitPhase::During, Language::Japanese) => {
                    "診察の時間です。まだ呼ばれていないときは、医療機関（" (phone) "）に電話してください。"
                }
                (VisitPhase::During, Language::English) => {
                    "Your visit has started. If nobody has called you, phone the clinic: " (phone)
                }
                (VisitPhase::After, Language::Japanese) => {
                    "診察の時間が過ぎました。まだ診察を受けていないときは、医療機関（" (phone) "）に電話してください。"
                }
                (VisitPhase::After, Language::English) => {
                    "The time of your visit has passed. If you have not been seen, phone the clinic: " (phone)
                }
            }
        }
    }
}

/// The notes of the desk on the pictures that it refused.
fn render_desk_notes(language: Language, view: &AppointmentView) -> Markup {
    let refused = view.case.pictures.iter().filter(|picture| picture.state == PictureState::Refused);
    let notes = refused.filter_map(|picture| picture.refusal.as_ref()?.note.as_ref());
    html! {
        @for note in notes {
            p { (language.t("医療機関から：", "From the clinic: ")) "「" (note) "」" }
        }
    }
}

/// Whether the patient reported that the procedure is done; nothing else confirms it.
fn is_reported_done(view: &AppointmentView) -> bool {
    view.case.proof.as_ref().is_some_and(|proof| matches!(proof.patient, PatientSide::ReportedDone { .. }))
}

fn picture_path(view: &AppointmentView) -> String {
    format!("/appointments/{}/picture", view.id())
}

fn upload_label(language: Language) -> &'static str {
    language.t("保険証画像をアップロードする", "Upload a picture of your insurance document")
}

fn upload_support_text(language: Language) -> &'static str {
    language.t(
        "資格確認書などの画像を、おもて面とうら面に分けて送ります。",
        "You send pictures of your document, front and back.",
    )
}

/// 「同意可否を選択する」 or its continuation, with the upload of a picture as the alternative.
fn render_consent_and_picture(frame: &Frame, view: &AppointmentView, heading: &str, label: &str) -> Markup {
    let language = frame.language;
    let method = view.case.institution.proof_method.kind();
    html! {
        (components::notice(
            Tone::Warning,
            heading,
            html! {
                p { (view.standing.patient_text.in_language(language)) }
                p { (departure_support_text(language, method)) }
            },
        ))
        (components::bottom_bar(components::form(
            frame,
            &format!("/appointments/{}/leave", view.id()),
            components::primary_button(label, None),
        )))
        (components::secondary_link(&picture_path(view), upload_label(language), Some(upload_support_text(language))))
        (components::quiet_link("/help/card", language.t("カードを使う前に確認する", "Check before you use your card")))
        (render_visit_instructions(language, view))
    }
}

/// The label that the guide prescribes; in English with a translation.
fn consent_label(language: Language) -> &'static str {
    language.t("同意可否を選択する", "Choose what to share (同意可否を選択する)")
}

fn render_secondary_consent_form(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let method = view.case.institution.proof_method.kind();
    components::form(
        frame,
        &format!("/appointments/{}/leave", view.id()),
        components::secondary_button(consent_label(language), Some(departure_support_text(language, method))),
    )
}

fn departure_support_text(language: Language, method: ProofMethodKind) -> &'static str {
    match method {
        ProofMethodKind::HandOver | ProofMethodKind::PictureOnly => language.t(
            "マイナ在宅受付Webに移動し、医療機関に見せてよい情報を選びます。マイナンバーカードと4桁の暗証番号をご用意ください。最後に「手続きを終了する」で戻ってきます。",
            "On マイナ在宅受付Web you choose what the clinic may see. Have your card and its 4-digit PIN ready. At the end, 「手続きを終了する」 (finish) brings you back.",
        ),
        ProofMethodKind::FixedUrl => language.t(
            "次の画面で、入力する診察日と、マイナ在宅受付Webへのリンクを確認できます。",
            "The next page shows the visit date to enter and the link to マイナ在宅受付Web.",
        ),
    }
}

fn render_proof_details(language: Language, view: &AppointmentView) -> Markup {
    let Some(proof) = &view.case.proof else { return Markup::default() };
    html! {
        @if let PatientSide::Registered { reception_number, valid_until } = proof.patient {
            (components::description_list(&[
                (language.t("同意の有効期限", "Consent is valid"), html! { (date_text::format_deadline(language, valid_until)) }),
                (language.t("受付番号", "Reception number"), html! { (reception_number.to_grouped_string()) }),
            ]))
        }
        @if let DeskSide::Confirmed { confirmed_by, confirmed_at, .. } = &proof.desk {
            p { (language.t("確認：", "Confirmed: ")) (confirmed_by)
                (language.in_brackets(&date_text::format_short_date_time(language, *confirmed_at))) }
        } @else {
            p { (language.t(
                "このあと、医療機関が保険を確認します。同意した情報は、オンライン診療では一切取得しません。医療機関のみで確認できます。",
                "The clinic will now check your insurance. We obtain nothing of what you consented to; only the clinic can see it.")) }
        }
    }
}
