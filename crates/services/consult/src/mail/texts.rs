//! What the letters to patients have in common.

use text::texts;

texts! {
    // letter
    RUN_BY = "運営：", "Run by ";
    time_in_japan(time) = "{time}", "{time} (Japan)";
    CONTACT = "お問い合わせ：", "Contact: ";
    subject_of_service(service, subject) = "【{service}】{subject}", "[{service}] {subject}";
    UKETSUKE_ONLINE_CARE = "uketsuke オンライン診療", "uketsuke online care";
}
