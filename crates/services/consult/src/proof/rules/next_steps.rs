//! The status of an appointment: one sentence and exactly one next step for the patient, and the same for the desk.

use base::{Date, Timestamp};
use text::Text;

use super::ledgers::{
    ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide, RequestedProof, is_departure_under_way,
};
use crate::{appointments::rules::AppointmentStatus, directory::rules::institution::ProofMethodKind};

/// The facts of a visit that decide the next steps together with the two ledgers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// In Japan.
    pub date: Date,
    pub start: Timestamp,
    pub status: AppointmentStatus,
    pub proof_method: ProofMethodKind,
}

/// Status sentences and next steps of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextSteps {
    /// The status sentence for the patient.
    pub patient_text: Text,
    pub patient_step: PatientNextStep,
    /// The status sentence for the desk.
    pub desk_text: Text,
    pub desk_step: DeskNextStep,
}

/// The next step of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatientNextStep {
    /// 「同意可否を選択する」, with the picture as the alternative.
    ChooseConsent,
    /// The same button, after a departure without a result.
    ContinueConsent,
    /// The picture alone.
    SendPicture,
    /// The institution reviews what the patient sent.
    WaitForInstitution,
    /// The proof is complete.
    WaitForVisit,
    Nothing,
}

/// The next step of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeskNextStep {
    /// Request consent or a picture.
    AskPatient,
    /// The next step is the patient's.
    WaitForPatient,
    /// Look for the registration at the institution's own terminal.
    CheckTerminal,
    ReviewPicture,
    /// Hold the visit at its time.
    SeePatient,
    Nothing,
}

/// The next steps at `now`. Without ledgers it is a self-pay visit, which needs no proof.
pub fn decide_next_steps(visit: &Visit, proof: Option<&InsuranceProof>, now: Timestamp) -> NextSteps {
    match visit.status {
        AppointmentStatus::Cancelled => return closed_steps(CANCELLED),
        AppointmentStatus::Completed => return closed_steps(COMPLETED),
        AppointmentStatus::Booked if now >= base::end_of_day(visit.date) => return closed_steps(day_over_texts(proof)),
        AppointmentStatus::Booked => {}
    }
    let Some(proof) = proof else {
        let (patient_text, desk_text) = SELF_PAY;
        return NextSteps {
            patient_text,
            patient_step: PatientNextStep::WaitForVisit,
            desk_text,
            desk_step: DeskNextStep::SeePatient,
        };
    };
    let (patient_text, patient_step) = decide_patient_step(visit.proof_method, proof);
    let (desk_text, desk_step) = decide_desk_step(proof, now);
    NextSteps { patient_text, patient_step, desk_text, desk_step }
}

type TextPair = (Text, Text);

const CANCELLED: TextPair = (
    Text::from_static("この予約はキャンセル済みです。", "This appointment is cancelled."),
    Text::from_static("キャンセル済みです。", "Cancelled."),
);
const COMPLETED: TextPair = (
    Text::from_static(
        "診察が終わりました。お会計は医療機関からご案内します。",
        "The visit is over. The clinic will tell you about the payment.",
    ),
    Text::from_static("診察済みです。", "The visit was held."),
);
const SELF_PAY: TextPair = (
    Text::from_static(
        "自費診療のため、保険の確認は必要ありません。",
        "You pay for this visit yourself, so no insurance is needed.",
    ),
    Text::from_static("自費診療です。保険の確認は必要ありません。", "Self-pay. No insurance to check."),
);

fn closed_steps((patient_text, desk_text): TextPair) -> NextSteps {
    NextSteps { patient_text, patient_step: PatientNextStep::Nothing, desk_text, desk_step: DeskNextStep::Nothing }
}

/// The texts after a day without a visit marked as held. Consent ends with the day, other proof does not.
fn day_over_texts(proof: Option<&InsuranceProof>) -> TextPair {
    if proof.is_some_and(|proof| matches!(proof.patient, PatientSide::Registered { .. })) {
        return (
            Text::from_static(
                "診察日が終わりました。この予約のための同意は、もう有効ではありません。診察を受けていないときは、医療機関にお問い合わせください。",
                "The visit day is over. Your consent for this appointment is no longer valid. If you were not seen, please ask the clinic.",
            ),
            Text::from_static(
                "診察日が終わり、同意は有効ではありません。",
                "The visit day is over and consent is no longer valid.",
            ),
        );
    }
    (
        Text::from_static(
            "診察日が終わりました。診察を受けていないときは、医療機関にお問い合わせください。",
            "The visit day is over. If you were not seen, please ask the clinic.",
        ),
        Text::from_static("診察日が終わりました。", "The visit day is over."),
    )
}

/// The patient's step when proof is missing.
fn missing_proof_step(method: ProofMethodKind, consent: PatientNextStep) -> PatientNextStep {
    if method.accepts_card() { consent } else { PatientNextStep::SendPicture }
}

fn decide_patient_step(method: ProofMethodKind, proof: &InsuranceProof) -> (Text, PatientNextStep) {
    match (&proof.desk, &proof.patient) {
        (DeskSide::Confirmed { .. }, _) => (
            Text::from_static("医療機関が保険を確認しました。", "The clinic has confirmed your insurance."),
            PatientNextStep::WaitForVisit,
        ),
        (DeskSide::Requested { requested_proof: requested, reason, .. }, side) => {
            let reason = reason.text();
            let (japanese, english) =
                (reason.in_language(text::Language::Japanese), reason.in_language(text::Language::English));
            match requested {
                RequestedProof::Consent if method.accepts_card() => (
                    Text::from_strings(
                        format!("医療機関から、同意登録のお願いが届いています。{japanese}"),
                        format!("The clinic asks you to register your consent. {english}"),
                    ),
                    if matches!(side, PatientSide::Departed { .. }) {
                        PatientNextStep::ContinueConsent
                    } else {
                        PatientNextStep::ChooseConsent
                    },
                ),
                RequestedProof::Consent | RequestedProof::Picture => (
                    Text::from_strings(
                        format!("医療機関から、保険証画像のお願いが届いています。{japanese}"),
                        format!("The clinic asks you for a picture of your insurance document. {english}"),
                    ),
                    PatientNextStep::SendPicture,
                ),
            }
        }
        (DeskSide::Refused { reason, .. }, side) => {
            let reason = reason.text();
            let step = match side {
                // The consent was refused, so the other method is the better one.
                PatientSide::Registered { .. } | PatientSide::ReportedDone { .. } => PatientNextStep::SendPicture,
                _ => missing_proof_step(method, PatientNextStep::ChooseConsent),
            };
            (
                Text::from_strings(
                    format!(
                        "医療機関で保険を確認できませんでした。{}ほかの方法でもう一度手続きをしてください。",
                        reason.in_language(text::Language::Japanese)
                    ),
                    format!(
                        "The clinic could not confirm your insurance. {} Please try another way.",
                        reason.in_language(text::Language::English)
                    ),
                ),
                step,
            )
        }
        (DeskSide::Unseen, side) => decide_unseen_patient_step(method, side),
    }
}

fn decide_unseen_patient_step(method: ProofMethodKind, side: &PatientSide) -> (Text, PatientNextStep) {
    match side {
        PatientSide::NotStarted(reason) => {
            (not_started_text(method, *reason), missing_proof_step(method, PatientNextStep::ChooseConsent))
        }
        PatientSide::Departed { .. } => (
            Text::from_static(
                "手続きが終わったか、まだ確認できていません。「手続きの続きへ」を押すと、止まったところから進めます。時間がたっているときは、はじめからになります。",
                "We cannot tell yet whether you have finished. Press \"Continue\" to go on from where you stopped. After a long time you start again.",
            ),
            missing_proof_step(method, PatientNextStep::ContinueConsent),
        ),
        PatientSide::Registered { .. } => (
            Text::from_static(
                "マイナ保険証の利用のための手続きは完了しています。",
                "Your card is set up for this visit.",
            ),
            PatientNextStep::WaitForVisit,
        ),
        PatientSide::ReportedDone { .. } => (
            Text::from_static(
                "「手続きを終えました」とのご連絡を受け付けました。登録は医療機関が確認します。",
                "You told us that you finished. The clinic will check the registration.",
            ),
            PatientNextStep::WaitForInstitution,
        ),
        PatientSide::PictureSent { .. } => (
            Text::from_static(
                "保険証画像を受け付けました。医療機関が確認します。",
                "Your picture has arrived. The clinic will look at it.",
            ),
            PatientNextStep::WaitForInstitution,
        ),
    }
}

fn not_started_text(method: ProofMethodKind, reason: NotStartedReason) -> Text {
    match (reason, method) {
        (NotStartedReason::Booked, ProofMethodKind::PictureOnly) => Text::from_static(
            "この医療機関はマイナ保険証に対応していないため、資格確認書などの画像で確認します。",
            "This clinic does not accept the My Number Card, so please send a picture of your insurance document.",
        ),
        (NotStartedReason::Booked, _) => Text::from_static(
            "マイナ保険証か、資格確認書などの画像のどちらかで確認します。",
            "Use your My Number Card, or send a picture of your insurance document.",
        ),
        (NotStartedReason::Rescheduled { previous_date }, _) => Text::from_strings(
            format!(
                "日付を変更したため、{}月{}日の診察のための手続きは無効になりました。新しい日付でもう一度手続きをしてください。",
                previous_date.month(),
                previous_date.day()
            ),
            format!(
                "You moved the visit, so what you did for {} is void. Please do it again for the new day.",
                previous_date.strftime("%-d %B")
            ),
        ),
        (NotStartedReason::Ended, _) => Text::from_static(
            "同意は登録されていません。もう一度手続きするか、保険証画像をアップロードしてください。",
            "No consent was registered. Try again, or upload a picture of your insurance document.",
        ),
        (NotStartedReason::Erased, ProofMethodKind::PictureOnly) => Text::from_static(
            "画像を消したため、保険を確認できる書類がそろっていません。保険証画像をもう一度アップロードしてください。",
            "You erased a picture, so your insurance cannot be checked. Please upload a picture of your insurance document again.",
        ),
        (NotStartedReason::Erased, _) => Text::from_static(
            "画像を消したため、保険を確認できる書類がそろっていません。マイナ保険証を利用するか、保険証画像をもう一度アップロードしてください。",
            "You erased a picture, so your insurance cannot be checked. Use your card, or upload a picture of your insurance document again.",
        ),
        (NotStartedReason::Withdrawn, _) => Text::from_static(
            "同意が取り消されました。受診するには、もう一度同意を登録するか、保険証画像をアップロードしてください。",
            "Your consent was taken back. To be seen, register it again or upload a picture of your insurance document.",
        ),
        (NotStartedReason::Expired, _) => Text::from_static(
            "同意の有効期限が切れました。もう一度同意を登録するか、保険証画像をアップロードしてください。",
            "Your consent is over. Register it again or upload a picture of your insurance document.",
        ),
    }
}

fn decide_desk_step(proof: &InsuranceProof, now: Timestamp) -> (Text, DeskNextStep) {
    match (&proof.desk, &proof.patient) {
        (DeskSide::Confirmed { method, .. }, _) => (
            match method {
                ConfirmationMethod::Terminal => {
                    Text::from_static("端末で保険を確認しました。", "Insurance confirmed at the terminal.")
                }
                ConfirmationMethod::Picture => {
                    Text::from_static("画像で保険を確認しました。", "Insurance confirmed by the picture.")
                }
                ConfirmationMethod::ShownOnScreen => Text::from_static(
                    "画面で書類を見て保険を確認しました。",
                    "Insurance confirmed by the document on the screen.",
                ),
            },
            DeskNextStep::SeePatient,
        ),
        (
            DeskSide::Unseen | DeskSide::Requested { requested_proof: RequestedProof::Consent, .. },
            PatientSide::Departed { departed_at },
        ) => decide_desk_step_after_departure(*departed_at, now),
        (DeskSide::Requested { requested_proof: RequestedProof::Consent, .. }, _) => {
            (Text::from_static("同意登録をお願いしています。", "Consent was asked for."), DeskNextStep::WaitForPatient)
        }
        (DeskSide::Requested { requested_proof: RequestedProof::Picture, .. }, _) => (
            Text::from_static("保険証画像をお願いしています。", "A picture was asked for."),
            DeskNextStep::WaitForPatient,
        ),
        (DeskSide::Refused { .. }, _) => (
            Text::from_static(
                "保険を確認できないことを患者さんに知らせました。患者さんの手続きを待っています。",
                "The patient was told that the insurance could not be confirmed.",
            ),
            DeskNextStep::WaitForPatient,
        ),
        (DeskSide::Unseen, PatientSide::NotStarted(reason)) => (
            match reason {
                NotStartedReason::Booked => Text::from_static("保険の手続きはまだです。", "Nothing came yet."),
                NotStartedReason::Rescheduled { .. } => Text::from_static(
                    "予約日が変わり、前の手続きは無効です。",
                    "The visit was moved; what was done for the old day is void.",
                ),
                NotStartedReason::Ended => Text::from_static(
                    "患者さんは登録せずに手続きを終えました。",
                    "The patient came back without registering.",
                ),
                NotStartedReason::Erased => Text::from_static(
                    "患者さんが画像を消しました。保険を確認できる書類がそろっていません。",
                    "The patient erased a picture. What is left does not show the insurance.",
                ),
                NotStartedReason::Withdrawn => {
                    Text::from_static("患者さんが同意を取り消しました。", "The patient took the consent back.")
                }
                NotStartedReason::Expired => Text::from_static("同意の有効期限が切れました。", "The consent is over."),
            },
            DeskNextStep::AskPatient,
        ),
        (DeskSide::Unseen, PatientSide::Registered { reception_number, .. }) => (
            Text::from_strings(
                format!("同意が登録されました（受付番号 {}）。", reception_number.to_grouped_string()),
                format!("Consent is registered (reception {}).", reception_number.to_grouped_string()),
            ),
            DeskNextStep::CheckTerminal,
        ),
        (DeskSide::Unseen, PatientSide::ReportedDone { .. }) => (
            Text::from_static(
                "患者さんから「終わった」と連絡がありました。登録は端末でしか確認できません。",
                "The patient says that it is done. Only the terminal can tell.",
            ),
            DeskNextStep::CheckTerminal,
        ),
        (DeskSide::Unseen, PatientSide::PictureSent { .. }) => {
            (Text::from_static("保険証画像が届いています。", "A picture has arrived."), DeskNextStep::ReviewPicture)
        }
    }
}

/// The desk's step after a departure without a result. After a while the terminal may know more than the service: a
/// registration after which the patient closed the last page.
fn decide_desk_step_after_departure(departed_at: Timestamp, now: Timestamp) -> (Text, DeskNextStep) {
    if is_departure_under_way(departed_at, now) {
        (
            Text::from_static("患者さんは手続きの途中です。", "The patient is registering consent just now."),
            DeskNextStep::WaitForPatient,
        )
    } else {
        (
            Text::from_static(
                "患者さんの手続きが途中で止まっています。登録が終わっているかは、端末で確認できます。",
                "The patient started the procedure and no result came back. The terminal shows whether consent is registered.",
            ),
            DeskNextStep::CheckTerminal,
        )
    }
}

#[cfg(test)]
mod tests;
