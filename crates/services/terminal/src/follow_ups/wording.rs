//! The texts of what is to be checked again.

use text::Language;

use super::rules::{FollowUpReason, LookupFailure};
use crate::eligibility::{
    rules::{Finding, HiddenReason},
    wording::{finding_label, next_steps},
};

/// The reason of a follow-up: its name, its meaning, and what the desk does next.
pub(crate) fn follow_up_reason_texts(
    language: Language,
    reason: FollowUpReason,
) -> (&'static str, &'static str, Vec<&'static str>) {
    let ask_again = language.t("後でもう一度照会する。", "Ask again later.");
    let meanwhile = language.t(
        "急ぐときは、資格確認書かマイナポータルの資格情報画面を見せてもらう。どちらもないときは、被保険者資格申立書を書いてもらう。",
        "If it is urgent, look at the 資格確認書 or the eligibility screen of マイナポータル; if there is neither, let the patient write a 被保険者資格申立書.",
    );
    match reason {
        FollowUpReason::Finding(finding) => (finding_label(language, finding).0, finding_meaning(language, finding), next_steps(language, finding)),
        FollowUpReason::LookupFailure(failure) => {
            let (label, meaning, first) = lookup_failure_texts(language, failure);
            (label, meaning, vec![first, ask_again, meanwhile])
        }
        FollowUpReason::OtherName => (
            language.t("本人確認が必要", "Check who it is"),
            language.t(
                "同じ受付番号の予約と、氏名か生年月日が違います。本人かどうかが確かめられていません。",
                "The appointment with this number has another name or birthday, and nobody has said that it is the same person.",
            ),
            vec![
                language.t(
                    "患者に本人確認をし、旧姓など別の名前があるかを尋ねる。",
                    "Check who the patient is, and ask for another name, such as a former one.",
                ),
                language.t(
                    "本人と分かったら、受付を開き、チェックを付けて記録する。",
                    "If it is the same person, open the reception, tick the box and record it.",
                ),
                language.t(
                    "別の人の登録だったときは、予約した患者にもう一度登録してもらう。",
                    "If somebody else registered, let the patient of the appointment register again.",
                ),
            ],
        ),
        FollowUpReason::ServiceNotInformed => (
            language.t("予約側に未通知", "Service not told"),
            language.t(
                "資格は確認済みですが、オンライン診療の受付デスクに知らせられませんでした。",
                "The insurance is proven, but the desk of the online service could not be told.",
            ),
            vec![
                language.t("もう一度知らせる。", "Tell it again."),
                language.t(
                    "知らせられないときは、オンライン診療の受付デスクで、この予約を「端末で確認しました」にする。",
                    "If that does not work, press 「端末で確認しました」 for this visit at the desk of the online service.",
                ),
            ],
        ),
    }
}

/// The reason of a missing response: its name, its meaning, and what the desk does first.
fn lookup_failure_texts(language: Language, failure: LookupFailure) -> (&'static str, &'static str, &'static str) {
    match failure {
        LookupFailure::Unreachable => (
            language.t("つながらない", "Not reached"),
            language
                .t("オンライン資格確認等システムにつながりませんでした。", "The eligibility system was not reached."),
            language.t("回線と接続先を確かめる。", "Check the line and the address."),
        ),
        LookupFailure::Timeout => (
            language.t("応答なし", "No answer in time"),
            language.t(
                "時間内に応答がありませんでした。混み合っている可能性があります。",
                "There was no answer in time; the system may be busy.",
            ),
            language.t("1分ほど待つ。", "Wait about a minute."),
        ),
        LookupFailure::Closed => (
            language.t("システム停止中", "System closed"),
            language.t(
                "メンテナンスまたは障害のため、照会できませんでした。",
                "It could not be asked, because of maintenance or a fault.",
            ),
            language.t(
                "再開の時刻を医療機関等向けの案内で確かめる。",
                "See in the notices for institutions when it opens again.",
            ),
        ),
        LookupFailure::CutOff => (
            language.t("途中で切断", "Cut off"),
            language.t("結果を最後まで受け取れませんでした。", "The answer did not arrive whole."),
            language
                .t("続く場合は、管理者に回線の確認を頼む。", "If it goes on, ask the administrator to check the line."),
        ),
        LookupFailure::InProgress => (
            language.t("処理中", "Being made"),
            language.t(
                "システムが一覧を作成していて、まだ届いていません。",
                "The list was still being made and has not come.",
            ),
            language.t("少し待つ。", "Wait a little."),
        ),
        LookupFailure::Other => (
            language.t("結果を読めない", "Not readable"),
            language.t("結果を受け取れませんでした。", "No answer could be read."),
            language.t("管理者に連絡する。", "Tell the administrator."),
        ),
    }
}

/// The meaning of a finding, for the follow-up list.
fn finding_meaning(language: Language, finding: Finding) -> &'static str {
    match finding {
        Finding::Valid => language.t("資格は有効です。", "The insurance is valid."),
        Finding::Invalid => language.t(
            "この資格は受診日に有効ではありません。保険が変わった可能性があります。",
            "The insurance is not valid on the day of the visit; it may have changed.",
        ),
        Finding::InvalidWithNewer => language.t(
            "この資格は終わり、別の保険者に新しい資格があります。",
            "The insurance has ended, and there is a new one with another insurer.",
        ),
        Finding::NotFound => language.t(
            "該当する資格がありません。保険者の登録が数日遅れていることがあります。",
            "No insurance was found. Insurers' data may be some days behind.",
        ),
        Finding::Several => language.t(
            "有効な資格が複数あり、端末では一つに決まりません。",
            "Several insurances are valid, and the terminal cannot tell which applies.",
        ),
        Finding::ValidUnregistered => {
            language.t("医療券が未登録です。", "The ticket of public assistance is not registered.")
        }
        Finding::Hidden(HiddenReason::WithdrawnByPatient) => language.t(
            "患者が同意を取り消したため、表示されません。",
            "The patient withdrew the consent, so nothing is shown.",
        ),
        Finding::Hidden(HiddenReason::WithdrawnByInstitution) => language.t(
            "医療機関が同意を取り消したため、表示されません。",
            "The clinic withdrew the consent, so nothing is shown.",
        ),
        Finding::Hidden(HiddenReason::Expired) => language.t(
            "同意の期限（診察日当日）が過ぎたため、表示されません。",
            "The consent ended with the day of the visit, so nothing is shown.",
        ),
        Finding::Hidden(_) | Finding::NotStated => {
            language.t("資格を確認できる結果がありませんでした。", "The answer proved nothing.")
        }
    }
}
