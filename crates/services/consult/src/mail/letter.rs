//! The texts of all letters.

use base::Timestamp;
use serde::{Deserialize, Serialize};
use text::{Language, Text};

use super::PatientEvent;
use crate::rules::proof::{RequestReason, RequestedProof};

/// One letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// Subject prefix and signature of letters to patients, as the operator's settings say.
#[derive(Debug, Clone)]
pub(crate) struct Letterhead {
    pub(crate) service: Text,
    pub(crate) operator: String,
    /// Telephone number or address for questions.
    pub(crate) contact: Option<Text>,
    pub(crate) address: String,
}

impl Letterhead {
    /// A made-up letterhead.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self {
            service: Text::from_static("見本サービス", "Mihon"),
            operator: "Mihon".to_owned(),
            contact: Some(Text::from_static("0120-000-000", "0120-000-000")),
            address: "https://example.jp".to_owned(),
        }
    }

    /// `【見本オンライン診療】予約を受け付けました`, so that a list of mails shows the sender's service.
    fn format_subject(&self, language: Language, subject: &str) -> String {
        let service = self.service.in_language(language);
        match language {
            Language::Japanese => format!("【{service}】{subject}"),
            Language::English => format!("[{service}] {subject}"),
        }
    }

    /// The body of a letter to a patient, with signature. `-- ` marks a signature (RFC 3676 §4.3).
    fn format_body(&self, language: Language, paragraphs: &[String], closing: &str) -> String {
        let mut signature = vec![self.service.in_language(language).to_owned()];
        signature.push(format!("{}{}", language.t("運営：", "Run by "), self.operator));
        if let Some(contact) = &self.contact {
            let contact = contact.in_language(language);
            signature.push(format!("{}{contact}", language.t("お問い合わせ：", "Contact: ")));
        }
        signature.push(self.address.clone());
        format!("{}\n\n{closing}\n\n-- \n{}\n", paragraphs.join("\n\n"), signature.join("\n"))
    }
}

/// The facts of an appointment in a letter.
#[derive(Debug, Clone)]
pub(crate) struct AppointmentFacts {
    /// When the visit begins.
    pub(crate) start: Timestamp,
    /// The page to read on.
    pub(crate) page: String,
    /// What the desk requested, for [`PatientEvent::Requested`].
    pub(crate) request: Option<(RequestedProof, RequestReason)>,
    /// The institution's name, unless the patient does not want it in letters.
    pub(crate) institution: Option<String>,
    /// 予約番号
    pub(crate) booking_number: String,
}

/// The letter with the code that signs a patient in. The code is in its subject, and first in its text.
pub(crate) fn render_sign_in_code_letter(recipient: &str, language: Language, code: &str, head: &Letterhead) -> Letter {
    let t = |japanese: &str, english: &str| language.t(japanese, english).to_owned();
    let subject = format!("{}{code}", t("確認コード ", "Your code is "));
    Letter {
        to: recipient.to_owned(),
        subject: head.format_subject(language, &subject),
        body: head.format_body(
            language,
            &[
                code.to_owned(),
                t(
                    "ログインのための確認コードです。画面に入力してください。10分間使えます。",
                    "This is your sign-in code. Enter it on the page within 10 minutes.",
                ),
                t(
                    "だれにも教えないでください。お心当たりがない場合は、何もする必要はありません。",
                    "Don't share it with anyone. If you did not ask for it, you don't need to do anything.",
                ),
            ],
            language.t("このメールは送信専用です。", "Please don't reply to this email."),
        ),
    }
}

/// The letter that warns a desk's account of wrong passwords, in both languages, since the reader's is not known.
pub(crate) fn render_sign_ins_limited_letter(recipient: &str, page: &str) -> Letter {
    let paragraphs = [
        "このメールアドレスの受付アカウントに、間違ったパスワードが何度も入力されました。そのため、はじめてのブラウザーからのログインを15分間止めています。これまでにログインしたことのあるブラウザーでは、いつもどおりログインできます。お心当たりがない場合も、パスワードは知られていません。",
        "Wrong passwords were entered many times for the desk account of this address. So browsers that are new to it cannot sign in for 15 minutes. Browsers that have signed in before go on as usual. If this was not you: your password has not been guessed.",
        page,
    ];
    Letter {
        to: recipient.to_owned(),
        subject: "受付アカウントへのログインについて".to_owned(),
        body: format_desk_body(Language::Japanese, &paragraphs.map(str::to_owned)),
    }
}

/// A letter to a patient.
pub(crate) fn render_patient_letter(
    recipient: &str,
    language: Language,
    event: PatientEvent,
    facts: &AppointmentFacts,
    head: &Letterhead,
) -> Letter {
    let t = |japanese: &str, english: &str| language.t(japanese, english).to_owned();
    let mut details =
        vec![format!("{}{}", t("予約の日時：", "Your appointment: "), format_date_time(facts.start, language))];
    if let Some(institution) = &facts.institution {
        details.push(format!("{}{institution}", t("予約先：", "Booked with: ")));
    }
    details.push(format!("{}{}", t("予約番号：", "Booking number: "), facts.booking_number));
    let request = facts.request.map(|(proof, reason)| request_text(proof, reason, language));
    let (subject, text) = match event {
        PatientEvent::Booked => (
            t("予約を受け付けました", "Your appointment is booked"),
            t(
                "予約を受け付けました。当日までに必要な手続きを、次のページでご確認ください。",
                "Your appointment is booked. This page shows what is needed before it.",
            ),
        ),
        PatientEvent::Rescheduled => (
            t("予約の日時が変わりました", "Your appointment was moved"),
            t(
                "予約の日時を変更しました。手続きがもう一度必要になることがあります。次のページでご確認ください。",
                "Your appointment was moved. Some steps may be needed again: please look at this page.",
            ),
        ),
        PatientEvent::Cancelled => (
            t("予約を取り消しました", "Your appointment was cancelled"),
            t("予約を取り消しました。", "Your appointment was cancelled."),
        ),
        PatientEvent::Requested => (
            t("手続きのお願いがあります", "Something is needed from you"),
            request.unwrap_or_else(|| {
                t("予約について、手続きのお願いがあります。", "Something is needed for your appointment.")
            }),
        ),
        PatientEvent::Confirmed => (
            t("確認が終わりました", "The check is complete"),
            t(
                "手続きの確認が終わりました。当日までに必要な手続きは、ほかにありません。",
                "What you sent has been checked. You don't need to do anything else before your appointment.",
            ),
        ),
        PatientEvent::Refused => (
            t("ご確認のお願い", "Please look at your appointment"),
            t(
                "手続きの内容を確認できませんでした。理由と、できることを次のページでご確認ください。",
                "What you sent could not be confirmed. This page says why, and what you can do.",
            ),
        ),
        PatientEvent::Undone => (
            t("先ほどのお知らせを取り消しました", "The last message no longer applies"),
            t(
                "先ほどお送りしたお知らせは手違いでしたので、取り消しました。お手数ですが、今の状況を次のページでご確認ください。",
                "The last message about this appointment was sent by mistake and no longer applies. This page shows where your appointment stands now.",
            ),
        ),
    };
    let closing = language.t(
        "このメールは送信専用です。くわしい内容は、上のページでご確認ください。",
        "Please don't reply to this email. You will find the details on the page above.",
    );
    Letter {
        to: recipient.to_owned(),
        subject: head.format_subject(language, &subject),
        body: head.format_body(language, &[text, details.join("\n"), facts.page.clone()], closing),
    }
}

/// The sentence for the desk's request: kind and reason alone.
fn request_text(proof: RequestedProof, reason: RequestReason, language: Language) -> String {
    let t = |japanese: &str, english: &str| language.t(japanese, english).to_owned();
    if proof == RequestedProof::Consent {
        return t(
            "予約の日時までに、オンラインで手続きをお願いします。次のページから進めます。",
            "Please complete the online procedure before your appointment. This page leads to it.",
        );
    }
    let cause = match reason {
        RequestReason::Blurred => t("画像がぼやけていました。", "The picture was blurred."),
        RequestReason::CutOff => t("画像の端が切れていました。", "The picture was cut off at an edge."),
        RequestReason::Glare => t("画像に光が反射していました。", "Light was reflected in the picture."),
        RequestReason::WrongDocument => t("別の書類の画像でした。", "The picture showed another document."),
        RequestReason::SideMissing => t("片面の画像だけが届いています。", "Only one side arrived."),
        RequestReason::Expired => t("期限が過ぎた書類の画像でした。", "The document was past its date."),
        _ => String::new(),
    };
    let instruction = t("次のページから、画像をお送りください。", "Please send a picture from this page.");
    if cause.is_empty() { instruction } else { format!("{cause}{}{instruction}", language.t("", " ")) }
}

fn format_desk_body(language: Language, paragraphs: &[String]) -> String {
    let closing = language.t(
        "このメールは送信専用です。くわしい内容は、上のページでご確認ください。",
        "Please don't reply to this email. You will find the details on the page above.",
    );
    format!("{}\n\n{closing}\n", paragraphs.join("\n\n"))
}

/// `11月24日（火）10:30`, or `Tue 24 Nov, 10:30 (Japan)`.
pub(super) fn format_date_time(time: Timestamp, language: Language) -> String {
    const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
    let local = time.in_japan();
    match language {
        Language::English => local.strftime("%a %-d %b, %H:%M (Japan)").to_string(),
        Language::Japanese => {
            let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
            format!("{}月{}日（{}）{}", local.month(), local.day(), WEEKDAYS[weekday % 7], local.strftime("%H:%M"))
        }
    }
}

/// Words that reveal health, insurance, who treats, or what was consented to.
#[cfg(test)]
pub(crate) const FORBIDDEN_WORDS: &[&str] = &[
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

    fn facts(request: Option<(RequestedProof, RequestReason)>) -> AppointmentFacts {
        AppointmentFacts {
            start: "2026-11-24T10:30:00+09:00".parse().expect("a timestamp"),
            page: "https://example.jp/appointments/0192".to_owned(),
            request,
            institution: None,
            booking_number: "042".to_owned(),
        }
    }

    fn patient_letter(language: Language, event: PatientEvent, facts: &AppointmentFacts) -> Letter {
        render_patient_letter("a@example.jp", language, event, facts, &Letterhead::for_tests())
    }

    fn all_letters() -> Vec<Letter> {
        let mut letters = Vec::new();
        for language in [Language::Japanese, Language::English] {
            letters.push(render_sign_in_code_letter("a@example.jp", language, "123456", &Letterhead::for_tests()));
            for event in PatientEvent::ALL {
                letters.push(patient_letter(language, event, &facts(None)));
            }
            for proof in RequestedProof::ALL {
                for reason in RequestReason::ALL {
                    let facts = facts(Some((*proof, *reason)));
                    letters.push(patient_letter(language, PatientEvent::Requested, &facts));
                }
            }
        }
        letters
    }

    #[test]
    fn a_warning_of_wrong_passwords_leads_to_the_sign_in_page_and_says_no_word_of_health() {
        let Letter { subject, body, .. } =
            render_sign_ins_limited_letter("desk@example.jp", "https://example.jp/desk/sign-in");
        assert!(body.contains("https://example.jp/desk/sign-in"), "{body}");
        for forbidden in FORBIDDEN_WORDS {
            assert!(!format!("{subject}\n{body}").to_lowercase().contains(forbidden), "'{forbidden}' in:\n{body}");
        }
    }

    #[test]
    fn no_letter_says_a_word_of_health_or_insurance() {
        for letter in all_letters() {
            // 予約番号 is no number of an insurance document.
            let text = format!("{}\n{}", letter.subject, letter.body).replace("予約番号", "").to_lowercase();
            for forbidden in FORBIDDEN_WORDS {
                assert!(!text.contains(forbidden), "'{forbidden}' in:\n{text}");
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
        for letter in all_letters().iter().filter(|letter| letter.subject.starts_with("[Mihon]")) {
            assert!(letter.body.is_ascii() && letter.subject.is_ascii(), "{}\n{}", letter.subject, letter.body);
        }
    }

    #[test]
    fn a_letter_to_a_patient_says_whose_it_is_and_where_questions_go() {
        for letter in all_letters().iter().filter(|letter| letter.to == "a@example.jp") {
            assert!(letter.subject.starts_with("【見本サービス】") || letter.subject.starts_with("[Mihon] "));
            for line in ["0120-000-000", "https://example.jp\n", "\n-- \n"] {
                assert!(letter.body.contains(line), "{line} in {}", letter.body);
            }
        }
    }

    #[test]
    fn a_code_stands_in_the_subject_and_first_in_the_text() {
        for language in [Language::Japanese, Language::English] {
            let letter = render_sign_in_code_letter("a@example.jp", language, "123456", &Letterhead::for_tests());
            assert!(letter.subject.ends_with("123456"), "{}", letter.subject);
            assert!(letter.body.starts_with("123456\n"), "{}", letter.body);
            assert_eq!(text::parse_one_time_code(&letter.body).as_deref(), Some("123456"));
            assert!(!letter.body.contains("上のページ") && !letter.body.contains("page above"));
        }
    }

    #[test]
    fn two_appointments_at_one_time_have_different_letters() {
        let named = |institution: Option<&str>, number: &str| {
            let facts = AppointmentFacts {
                institution: institution.map(ToOwned::to_owned),
                booking_number: number.to_owned(),
                ..facts(None)
            };
            patient_letter(Language::Japanese, PatientEvent::Booked, &facts).body
        };
        assert!(named(Some("見本さくら内科"), "042").contains("予約先：見本さくら内科\n予約番号：042"));
        assert!(!named(None, "042").contains("予約先"));
        assert_ne!(named(None, "042"), named(None, "043"));
    }
}
