//! The words of every letter.

use base::Timestamp;
use serde::{Deserialize, Serialize};
use shell::Language;

use super::PatientEvent;
use crate::rules::proof::{RequestReason, Wanted};

/// One letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address it goes to.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
}

/// What a letter says of an appointment.
#[derive(Debug, Clone)]
pub(crate) struct AppointmentFacts {
    /// When the visit begins.
    pub(crate) start: Timestamp,
    /// The page to read on.
    pub(crate) page: String,
    /// What the desk asked for, if it did.
    pub(crate) request: Option<(Wanted, RequestReason)>,
}

/// The letter with the code that signs a patient in.
pub(crate) fn sign_in_code(to: &str, language: Language, code: &str) -> Letter {
    let t = |japanese: &str, english: &str| language.t(japanese, english).to_owned();
    Letter {
        to: to.to_owned(),
        subject: t("確認コードのお知らせ", "Your sign-in code"),
        body: letter(
            language,
            &[
                t("ログインのための確認コードです。", "This is the code to sign in."),
                code.to_owned(),
                t(
                    "このコードを画面に入力してください。10分間使えます。だれにも教えないでください。お心当たりがない場合は、何もする必要はありません。",
                    "Enter it on the page. It is good for ten minutes. Tell it to nobody. If you did not ask for it, there is nothing to do.",
                ),
            ],
        ),
    }
}

/// A letter to a patient.
pub(crate) fn to_patient(to: &str, language: Language, event: PatientEvent, facts: &AppointmentFacts) -> Letter {
    let t = |japanese: &str, english: &str| language.t(japanese, english).to_owned();
    let when = format!("{}{}", t("予約の日時：", "Your appointment: "), date_and_time(facts.start, language));
    let asked = facts.request.map(|(what, reason)| asked(what, reason, language));
    let (subject, said) = match event {
        PatientEvent::Booked => (
            t("予約を受け付けました", "Your appointment is booked"),
            t(
                "予約を受け付けました。当日までに必要なお手続きを、次のページでご確認ください。",
                "Your appointment is booked. This page shows what is needed before it.",
            ),
        ),
        PatientEvent::Moved => (
            t("予約の日時が変わりました", "Your appointment was moved"),
            t(
                "予約の日時を変更しました。お手続きがもう一度必要になることがあります。次のページでご確認ください。",
                "Your appointment was moved. Some steps may be needed again: please look at this page.",
            ),
        ),
        PatientEvent::Cancelled => (
            t("予約を取り消しました", "Your appointment was cancelled"),
            t("予約を取り消しました。", "Your appointment was cancelled."),
        ),
        PatientEvent::Requested => (
            t("お手続きのお願いがあります", "Something is needed from you"),
            asked.unwrap_or_else(|| {
                t("予約について、お手続きのお願いがあります。", "Something is needed for your appointment.")
            }),
        ),
        PatientEvent::Confirmed => (
            t("確認が終わりました", "The check is complete"),
            t(
                "お手続きの確認が終わりました。当日までに必要なことは、もうありません。",
                "What you sent has been checked. Nothing more is needed before your appointment.",
            ),
        ),
        PatientEvent::Refused => (
            t("ご確認のお願い", "Please look at your appointment"),
            t(
                "お手続きの内容を確認できませんでした。理由と、できることを次のページでご確認ください。",
                "What you sent could not be confirmed. This page says why, and what you can do.",
            ),
        ),
        PatientEvent::TakenBack => (
            t("先ほどのお知らせを取り消しました", "The last message no longer applies"),
            t(
                "先ほどお送りしたお知らせは手違いでしたので、取り消しました。お手数ですが、今の状況を次のページでご確認ください。",
                "The last message about this appointment was sent by mistake and no longer applies. This page shows where your appointment stands now.",
            ),
        ),
    };
    Letter { to: to.to_owned(), subject, body: letter(language, &[said, when, facts.page.clone()]) }
}

/// What the desk asks for, by its kind alone.
fn asked(what: Wanted, reason: RequestReason, language: Language) -> String {
    let t = |japanese: &str, english: &str| language.t(japanese, english).to_owned();
    if what == Wanted::Consent {
        return t(
            "予約の日時までに、オンラインでのお手続きをお願いします。次のページから進めます。",
            "Please complete the online procedure before your appointment. This page leads to it.",
        );
    }
    let why = match reason {
        RequestReason::Blurred => t("画像がぼやけていました。", "The picture was blurred."),
        RequestReason::CutOff => t("画像の端が切れていました。", "The picture was cut off at an edge."),
        RequestReason::Glare => t("画像に光が反射していました。", "Light was reflected in the picture."),
        RequestReason::WrongDocument => t("別の書類の画像でした。", "The picture showed another document."),
        RequestReason::SideMissing => t("片面の画像だけが届いています。", "Only one side arrived."),
        RequestReason::Expired => t("期限が過ぎた書類の画像でした。", "The document was past its date."),
        _ => String::new(),
    };
    let please = t("次のページから、画像をお送りください。", "Please send a picture from this page.");
    if why.is_empty() { please } else { format!("{why}{}{please}", language.t("", " ")) }
}

fn letter(language: Language, paragraphs: &[String]) -> String {
    let closing = language.t(
        "このメールには返信できません。個人にかかわる内容は書いていません。続きはページでご覧ください。",
        "This address reads no replies. Nothing personal is written here; please read on the page.",
    );
    format!("{}\n\n{closing}\n", paragraphs.join("\n\n"))
}

/// `11月24日（火）10:30`, or `Tue 24 Nov, 10:30 (Japan)`.
pub(super) fn date_and_time(at: Timestamp, language: Language) -> String {
    const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
    let here = at.in_japan();
    match language {
        Language::English => here.strftime("%a %-d %b, %H:%M (Japan)").to_string(),
        Language::Japanese => {
            let weekday = usize::try_from(here.weekday().to_monday_zero_offset()).unwrap_or(0);
            format!("{}月{}日（{}）{}", here.month(), here.day(), WEEKDAYS[weekday % 7], here.strftime("%H:%M"))
        }
    }
}

/// What tells of health, of insurance, of who treats, or of what was consented to.
#[cfg(test)]
pub(crate) const FORBIDDEN: &[&str] = &[
    "診",
    "医",
    "病",
    "症",
    "薬",
    "処方",
    "保険",
    "資格",
    "手術",
    "健診",
    "限度額",
    "疾病",
    "受療",
    "クリニック",
    "内科",
    "科",
    "同意",
    "治療",
    "検査",
    "マイナ",
    "患者",
    "体調",
    "記号",
    "番号",
    "clinic",
    "doctor",
    "hospital",
    "medic",
    "health",
    "insur",
    "patient",
    "prescri",
    "treat",
    "disease",
    "illness",
    "symptom",
    "consult",
    "consent",
    "eligib",
    "surgery",
    "drug",
    "diagnos",
    "my number",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(request: Option<(Wanted, RequestReason)>) -> AppointmentFacts {
        AppointmentFacts {
            start: "2026-11-24T10:30:00+09:00".parse().expect("a timestamp"),
            page: "https://example.jp/appointments/0192".to_owned(),
            request,
        }
    }

    fn all_letters() -> Vec<Letter> {
        let mut letters = Vec::new();
        for language in [Language::Japanese, Language::English] {
            letters.push(sign_in_code("a@example.jp", language, "123456"));
            for event in PatientEvent::ALL {
                letters.push(to_patient("a@example.jp", language, event, &facts(None)));
            }
            for what in Wanted::ALL {
                for reason in RequestReason::ALL {
                    let facts = facts(Some((*what, *reason)));
                    letters.push(to_patient("a@example.jp", language, PatientEvent::Requested, &facts));
                }
            }
        }
        letters
    }

    #[test]
    fn no_letter_says_a_word_of_health_or_insurance() {
        for letter in all_letters() {
            let text = format!("{}\n{}", letter.subject, letter.body).to_lowercase();
            for word in FORBIDDEN {
                assert!(!text.contains(word), "'{word}' in:\n{text}");
            }
        }
    }

    #[test]
    fn every_letter_about_an_appointment_leads_to_its_page_and_says_when_it_is() {
        let letters = all_letters();
        for letter in letters.iter().filter(|letter| !letter.body.contains("123456")) {
            assert!(letter.body.contains("https://example.jp/appointments/0192"), "{}", letter.body);
            assert!(letter.body.contains("11月24日（火）10:30") || letter.body.contains("Tue 24 Nov, 10:30"));
        }
    }

    #[test]
    fn an_english_letter_is_in_english() {
        for letter in all_letters().iter().filter(|letter| letter.body.contains("This address")) {
            assert!(letter.body.is_ascii() && letter.subject.is_ascii(), "{}\n{}", letter.subject, letter.body);
        }
    }
}
