//! The texts of verdicts and consents.

use maud::{Markup, html};
use oqs::ExpiryReason;
use text::Language;
use ui::components::{self, BadgeTone, Tone};

use super::rules::{Care, ConsentItem, ConsentState, Consents, Finding, HiddenReason, ListQuery};
use crate::wording::{format_day, format_time};

pub(crate) fn care_label(language: Language, care: Care) -> &'static str {
    match care {
        Care::Online => language.t("オンライン診療等", "Online care (オンライン診療等)"),
        Care::HomeVisit => language.t("訪問診療等", "Home visits (訪問診療等)"),
    }
}

/// The days of a list.
pub(crate) fn format_list_days(language: Language, list: ListQuery) -> String {
    let (first_day, last_day) = (list.first_day(), list.day);
    if first_day == last_day {
        return format_day(language, last_day);
    }
    format!("{}{}{}", format_day(language, first_day), language.t("〜", " to "), format_day(language, last_day))
}

/// The end of access to medical information. For 訪問診療等 the response has none: access ends by withdrawal.
pub(crate) fn format_available_until(language: Language, consents: &Consents, care: Care) -> String {
    let has_consent = consents.items.iter().any(|(_, state)| *state == ConsentState::Given);
    match (consents.available_until, care) {
        (Some(end), _) => format_time(language, end),
        (None, Care::HomeVisit) if has_consent => language.t("取り消されるまで", "Until it is withdrawn").to_owned(),
        (None, _) => "—".to_owned(),
    }
}

pub(crate) fn item_label(language: Language, item: ConsentItem) -> &'static str {
    match item {
        ConsentItem::Limits => language.t("限度額情報", "Limit of payment"),
        ConsentItem::SpecificDiseases => language.t("特定疾病療養受療証情報", "Specific diseases"),
        ConsentItem::CheckUps => language.t("特定健診等情報", "Health check-ups"),
        ConsentItem::Medicines => language.t("薬剤情報", "Medicines"),
        ConsentItem::Diagnoses => language.t("診療情報", "Diagnoses and treatment"),
        ConsentItem::Operations => language.t("手術情報", "Operations"),
    }
}

fn short_item_label(language: Language, item: ConsentItem) -> &'static str {
    match item {
        ConsentItem::Limits => language.t("限度額", "Limit"),
        ConsentItem::SpecificDiseases => language.t("特定疾病", "Diseases"),
        ConsentItem::CheckUps => language.t("健診", "Check-ups"),
        ConsentItem::Medicines => language.t("薬剤", "Medicines"),
        ConsentItem::Diagnoses => language.t("診療", "Treatment"),
        ConsentItem::Operations => language.t("手術", "Operations"),
    }
}

pub(crate) fn consent_label(language: Language, state: ConsentState) -> (&'static str, BadgeTone) {
    match state {
        ConsentState::Given => (language.t("同意", "Agreed"), BadgeTone::Good),
        ConsentState::NotGiven => (language.t("未同意", "Not agreed"), BadgeTone::Neutral),
        ConsentState::Expired(Some(ExpiryReason::WithdrawnByPatient)) => {
            (language.t("患者が取消し", "Withdrawn"), BadgeTone::Attention)
        }
        ConsentState::Expired(Some(ExpiryReason::WithdrawnByInstitution)) => {
            (language.t("医療機関が取消し", "Ended by clinic"), BadgeTone::Attention)
        }
        ConsentState::Expired(_) => (language.t("期限切れ", "Expired"), BadgeTone::Attention),
        ConsentState::Unobtainable => (language.t("同意取得困難", "Not obtainable"), BadgeTone::Neutral),
        ConsentState::NotStated => (language.t("情報なし", "Not said"), BadgeTone::Neutral),
    }
}

/// The states of some consents as badges.
pub(crate) fn render_consent_flags(language: Language, consents: &Consents, only: &[ConsentItem]) -> Markup {
    html! {
        div {
            @for (item, state) in consents.items.iter().filter(|(item, _)| only.contains(item)) {
                @let (label, tone) = consent_label(language, *state);
                (components::badge(tone, &format!("{} {label}", short_item_label(language, *item)))) " "
            }
        }
    }
}

/// The name of a finding, and its tones.
pub(crate) fn finding_label(language: Language, finding: Finding) -> (&'static str, BadgeTone, Tone) {
    match finding {
        Finding::Valid => (language.t("有効", "Valid"), BadgeTone::Good, Tone::Success),
        Finding::Invalid => (language.t("無効", "Not valid"), BadgeTone::Bad, Tone::Error),
        Finding::InvalidWithNewer => {
            (language.t("無効（新しい資格あり）", "Not valid: changed"), BadgeTone::Bad, Tone::Error)
        }
        Finding::NotFound => (language.t("該当資格なし", "None found"), BadgeTone::Bad, Tone::Error),
        Finding::Several => (language.t("複数該当", "Several found"), BadgeTone::Attention, Tone::Warning),
        Finding::ValidUnregistered => {
            (language.t("有効（未登録）", "Valid, unregistered"), BadgeTone::Attention, Tone::Warning)
        }
        Finding::Hidden(reason) => (hidden_reason_texts(language, reason).0, BadgeTone::Attention, Tone::Warning),
        Finding::NotStated => (language.t("結果なし", "No result"), BadgeTone::Attention, Tone::Warning),
    }
}

/// What the desk does next, step by step.
pub(crate) fn next_steps(language: Language, finding: Finding) -> Vec<&'static str> {
    let document = language.t(
        "患者に資格確認書、またはマイナポータルの資格情報画面を見せてもらう。",
        "Let the patient show the 資格確認書 or the eligibility screen of マイナポータル.",
    );
    let statement = language.t(
        "どちらもないときは、被保険者資格申立書を書いてもらう（再診の場合は前回の記録でもよい）。",
        "If there is neither, let the patient write a 被保険者資格申立書 (for a repeat visit the earlier record will do).",
    );
    let ask_again = language.t(
        "後でもう一度照会する。保険者のデータ登録は数日遅れることがある。",
        "Ask again later. Insurers' data may be some days behind.",
    );
    match finding {
        Finding::Valid => vec![language.t(
            "氏名・生年月日が予約と一致することを確かめ、確認済みとして記録する。",
            "Compare name and birth date with the booking, then record it as confirmed.",
        )],
        Finding::Invalid => vec![
            language.t("患者に、保険が変わったかどうかを尋ねる。", "Ask the patient whether the insurance has changed."),
            document,
            statement,
            ask_again,
        ],
        Finding::InvalidWithNewer => vec![
            language.t(
                "保険者が変わっている。患者に新しい保険者を尋ねる。前の番号で請求しない。",
                "The insurer has changed. Ask the patient for the new one, and do not claim with the old number.",
            ),
            document,
            ask_again,
        ],
        Finding::NotFound => vec![document, statement, ask_again],
        Finding::Several => vec![
            language.t(
                "複数の資格が有効になっている。端末では選ばず、どの保険を使うか患者に確認する。",
                "Several insurances are valid at once. Do not choose at the terminal; ask the patient which one applies.",
            ),
            language.t(
                "分からないときは、それぞれの保険者に問い合わせる。",
                "If it stays unclear, ask the insurers.",
            ),
            ask_again,
        ],
        Finding::ValidUnregistered => vec![
            language.t(
                "医療扶助は有効だが、医療券が未登録。福祉事務所に連絡して確認する。",
                "Public assistance is valid, but its ticket is not registered. Ask the welfare office.",
            ),
            ask_again,
        ],
        Finding::Hidden(HiddenReason::WithdrawnByPatient | HiddenReason::WithdrawnByInstitution | HiddenReason::Expired) => vec![
            language.t(
                "もう一度照会しても表示されない。必要なときは、患者にもう一度登録してもらう。",
                "Asking again shows nothing. If it is needed, let the patient register again.",
            ),
            language.t(
                "新しい受付で資格を確かめたら、この受付は完了にする。",
                "Once the new reception is proven, close this one.",
            ),
        ],
        Finding::Hidden(HiddenReason::FunctionOff) => vec![
            language.t("管理者に環境設定を頼む。", "Ask the administrator to change the settings."),
            language.t("変更されたら、もう一度照会する。", "Ask again when that is done."),
        ],
        Finding::Hidden(reason) => vec![hidden_reason_texts(language, reason).1],
        Finding::NotStated => vec![ask_again],
    }
}

/// Why something is not shown: heading and explanation.
pub(crate) fn hidden_reason_texts(language: Language, reason: HiddenReason) -> (&'static str, &'static str) {
    match reason {
        HiddenReason::Declined => (
            language.t("同意されていません", "Not agreed to"),
            language.t(
                "患者はこの情報の提供に同意していません。必要な場合は、診察で直接お尋ねください。",
                "The patient did not agree to show this. Ask in the visit if it is needed.",
            ),
        ),
        HiddenReason::WithdrawnByPatient => (
            language.t("患者が同意を取り消しました", "Withdrawn by the patient"),
            language.t(
                "この受付の情報は、もう見られません。必要な場合は、もう一度同意の登録をお願いしてください。",
                "Nothing of this reception can be seen any more. If it is needed, ask the patient to register again.",
            ),
        ),
        HiddenReason::WithdrawnByInstitution => (
            language.t("医療機関が同意を取り消しました", "Withdrawn by the clinic"),
            language.t(
                "この受付の情報は、もう見られません。必要な場合は、もう一度同意の登録をお願いしてください。",
                "Nothing of this reception can be seen any more. If it is needed, ask the patient to register again.",
            ),
        ),
        HiddenReason::Expired => (
            language.t("同意の期限が切れました", "The consent has expired"),
            language.t(
                "同意は診察日当日まで有効です。次の診察では、もう一度登録してもらってください。",
                "A consent holds to the end of the visit day. Ask the patient to register again for the next visit.",
            ),
        ),
        HiddenReason::Grace => (
            language.t("電子証明書の有効期限切れ（猶予期間中）", "Certificate ended (grace)"),
            language.t(
                "資格は確認できますが、医療情報は見られません。患者に、市区町村の窓口で電子証明書の更新をするよう案内してください。",
                "Insurance is confirmed, but no medical information is shown. Tell the patient to renew the certificate at the municipal office.",
            ),
        ),
        HiddenReason::NotFound => (
            language.t("該当する受付がありません", "There is no such reception"),
            language.t(
                "新しい登録に置き換わったか、この医療機関への登録ではありません。一覧を取得し直してください。",
                "A newer registration took its place, or it is not for this institution. Get the list again.",
            ),
        ),
        HiddenReason::SeveralPersons => (
            language.t("複数の方が該当します", "Several persons match"),
            language.t(
                "枝番がないため一人に決まりません。患者に枝番を確認してください。",
                "Without the branch number it could be several persons. Ask the patient for it.",
            ),
        ),
        HiddenReason::FunctionOff => (
            language.t("環境設定で「利用しない」になっています", "Turned off in the settings"),
            language.t(
                "この医療機関の設定では、この情報を見られません。管理者に環境設定を頼んでください。",
                "This institution's settings have it off. Ask the administrator to change the settings.",
            ),
        ),
        HiddenReason::Other => (
            language.t("表示できる情報がありません", "There is nothing to show"),
            language.t(
                "システムからのメッセージを確認し、後でもう一度照会してください。",
                "See the message of the system, and ask again later.",
            ),
        ),
    }
}
