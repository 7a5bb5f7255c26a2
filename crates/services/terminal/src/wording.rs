//! The texts of codes, days and verdicts on the pages.

use base::{Date, Timestamp, era_text};
use maud::{Markup, html};
use oqs::{ExpiryReason, FullName, KanaName, Month, Sex};
use text::Language;
use ui::components::{self, BadgeTone, Tone};

use crate::rules::{
    care::Care,
    consent::{ConsentItem, ConsentState, Consents},
    finding::{Finding, HiddenReason},
    follow_up::{FollowUpReason, LookupFailure},
    reception_list::ListQuery,
};

/// Stands for characters that the system does not have (外字).
const UNKNOWN_CHARACTER: char = '●';

pub(crate) fn care_label(language: Language, care: Care) -> &'static str {
    match care {
        Care::Online => language.t("オンライン診療等", "Online care (オンライン診療等)"),
        Care::HomeVisit => language.t("訪問診療等", "Home visits (訪問診療等)"),
    }
}

/// A day with its weekday.
pub(crate) fn format_day(language: Language, date: Date) -> String {
    match language {
        Language::Japanese => {
            let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
            let names = ["月", "火", "水", "木", "金", "土", "日"];
            format!("{}年{}月{}日（{}）", date.year(), date.month(), date.day(), names[weekday])
        }
        Language::English => date.strftime("%a, %-d %B %Y").to_string(),
    }
}

pub(crate) fn format_month(language: Language, month: Month) -> String {
    let first = month.first_day();
    match language {
        Language::Japanese => format!("{}年{}月", first.year(), first.month()),
        Language::English => first.strftime("%B %Y").to_string(),
    }
}

/// A day in both calendars, as insurance documents and patients use them.
pub(crate) fn format_both_calendars(language: Language, date: Date) -> String {
    let era = era_text(date);
    match language {
        Language::Japanese => format!("{}年{}月{}日（{era}）", date.year(), date.month(), date.day()),
        Language::English => format!("{} ({era})", date.strftime("%-d %B %Y")),
    }
}

/// Day and time in Japan.
pub(crate) fn format_time(language: Language, time: Timestamp) -> String {
    let japan_time = time.in_japan();
    match language {
        Language::Japanese => {
            format!(
                "{}年{}月{}日 {}:{:02}",
                japan_time.year(),
                japan_time.month(),
                japan_time.day(),
                japan_time.hour(),
                japan_time.minute()
            )
        }
        Language::English => japan_time.strftime("%-d %b %Y, %-H:%M").to_string(),
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

/// An approximate time, for the `Retry-After` of a closed system.
pub(crate) fn format_approximate_time(language: Language, time: Timestamp) -> String {
    let japan_time = time.in_japan();
    match language {
        Language::Japanese => {
            format!(
                "{}月{}日 {}:{:02}ごろ",
                japan_time.month(),
                japan_time.day(),
                japan_time.hour(),
                japan_time.minute()
            )
        }
        Language::English => format!("about {}", japan_time.strftime("%-H:%M on %-d %B")),
    }
}

/// The age on a day, in full years; `None` before birth.
pub(crate) fn age(birth_date: Date, day: Date) -> Option<i16> {
    let before_birthday = (day.month(), day.day()) < (birth_date.month(), birth_date.day());
    let age = day.year() - birth_date.year() - i16::from(before_birthday);
    (age >= 0).then_some(age)
}

pub(crate) fn sex_label(language: Language, sex: Option<Sex>) -> &'static str {
    match sex {
        Some(Sex::Male) => language.t("男", "Male"),
        Some(Sex::Female) => language.t("女", "Female"),
        Some(Sex::NotSet) => language.t("未設定", "Not set"),
        None => "—",
    }
}

/// A day in both calendars, one below the other, for a narrow column.
pub(crate) fn render_birth_date(language: Language, date: Date) -> Markup {
    let western = match language {
        Language::Japanese => date.strftime("%Y/%m/%d").to_string(),
        Language::English => date.strftime("%-d %b %Y").to_string(),
    };
    html! { div { (western) br; span lang="ja" { (era_text(date)) } } }
}

/// A name, marked if characters in it were replaced.
pub(crate) fn render_name(language: Language, name: &FullName) -> Markup {
    html! {
        span lang="ja" { (name.as_str()) }
        @if name.as_str().contains(UNKNOWN_CHARACTER) {
            " " (components::badge(BadgeTone::Attention, language.t("外字あり", "Has ●")))
        }
    }
}

/// Whether characters of a name were replaced.
pub(crate) fn has_unknown_characters(name: &FullName) -> bool {
    name.as_str().contains(UNKNOWN_CHARACTER)
}

/// A reading in full width, which is easier to read than the half width of the messages.
pub(crate) fn render_kana(kana: Option<&KanaName>) -> Markup {
    html! { @if let Some(kana) = kana { span lang="ja" { (oqs::full_width(kana.as_str())) } } @else { "—" } }
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
