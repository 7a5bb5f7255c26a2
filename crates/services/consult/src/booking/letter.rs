//! Letters to a patient about an appointment.

use base::Timestamp;
use text::Language;

use super::rules::PatientEvent;
use crate::{
    mail::letter::{Letter, Letterhead, format_date_time},
    proof::rules::ledgers::{RequestReason, RequestedProof},
};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::letter::{assert_has_letterhead, assert_reveals_nothing};

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
    fn no_letter_says_a_word_of_health_or_insurance() {
        all_letters().iter().for_each(assert_reveals_nothing);
    }

    #[test]
    fn a_letter_is_in_one_language_and_says_whose_it_is_and_where_questions_go() {
        all_letters().iter().for_each(assert_has_letterhead);
    }

    #[test]
    fn every_letter_about_an_appointment_leads_to_its_page_and_says_when_it_is() {
        for letter in all_letters() {
            assert!(letter.body.contains("https://example.jp/appointments/0192"), "{}", letter.body);
            assert!(letter.body.contains("11月24日（火）10:30") || letter.body.contains("Tue 24 Nov, 10:30"));
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
