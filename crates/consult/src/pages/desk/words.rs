//! The ledgers and the trail in words for the desk.

use base::Timestamp;
use maud::{Markup, html};
use shell::{
    Language,
    parts::{self, BadgeTone},
};

use crate::{
    pages::when,
    rules::{
        appointment::{Appointment, Status},
        desk_act::DeskActKind,
        institution::Way,
        picture::Side,
        proof::{Beginning, DeskSide, How, PatientSide, Proof, Wanted, is_under_way},
        standing::{DeskNext, Standing, Visit, standing},
    },
    store::desk::{Deed, DoneBy, TAKEN_BACK},
};

/// Where an appointment stands.
pub(super) fn standing_of(
    appointment: &Appointment,
    way: Way,
    proof: Option<&Proof>,
    now: base::Timestamp,
) -> Standing {
    let visit =
        Visit { date: appointment.visit_date(), start: appointment.visit_start, status: appointment.status, way };
    standing(&visit, proof, now)
}

/// What the patient's side knows.
pub(super) fn patient_side(language: Language, proof: Option<&Proof>, now: Timestamp) -> Markup {
    let Some(proof) = proof else {
        return parts::badge(BadgeTone::Neutral, language.t("自費診療", "Self-pay"));
    };
    match &proof.patient {
        PatientSide::NotStarted(beginning) => {
            let words = match beginning {
                Beginning::Booked => language.t("手続きなし", "Nothing yet"),
                Beginning::Moved { .. } => language.t("日時変更で無効", "Void: moved"),
                Beginning::Ended => language.t("登録せずに終了", "Ended without registering"),
                Beginning::Erased => language.t("画像を消去", "Picture erased"),
                Beginning::Withdrawn => language.t("同意を取消し", "Withdrawn"),
                Beginning::Lapsed => language.t("同意の期限切れ", "Over"),
            };
            parts::badge(BadgeTone::Attention, words)
        }
        PatientSide::Left { at } => {
            let since = since_words(language, *at, now);
            if is_under_way(*at, now) {
                let words = format!("{}{since}", language.t("手続きの途中", "In progress"));
                parts::badge(BadgeTone::Accent, &words)
            } else {
                let words = format!("{}{since}", language.t("手続きが途中で止まっています", "Started, not finished"));
                parts::badge(BadgeTone::Attention, &words)
            }
        }
        PatientSide::Registered { reception_number, .. } => html! {
            (parts::badge(BadgeTone::Good, language.t("同意登録済み", "Consent registered")))
            br; small { (language.t("受付番号 ", "Reception ")) (reception_number.grouped()) }
        },
        PatientSide::SaidDone { at } => html! {
            (parts::badge(BadgeTone::Accent, language.t("「終わった」と連絡あり", "Says it is done")))
            br; small { (at_words(language, *at)) }
        },
        PatientSide::PictureSent { at } => html! {
            (parts::badge(BadgeTone::Accent, language.t("画像が届いています", "Picture sent")))
            br; small { (at_words(language, *at)) }
        },
    }
}

/// （9:08から）, with the day where it is another.
fn since_words(language: Language, since: Timestamp, now: Timestamp) -> String {
    let time = if since.japan_date() == now.japan_date() { when::time(since) } else { at_words(language, since) };
    match language {
        Language::Japanese => format!("（{time}から）"),
        Language::English => format!(" (since {time})"),
    }
}

/// What the desk knows.
pub(super) fn desk_side(language: Language, proof: Option<&Proof>) -> Markup {
    let Some(proof) = proof else {
        return parts::badge(BadgeTone::Neutral, language.t("確認不要", "Nothing to check"));
    };
    match &proof.desk {
        DeskSide::Unseen => parts::badge(BadgeTone::Attention, language.t("未確認", "Not checked")),
        DeskSide::Requested { what, at, .. } => html! {
            (parts::badge(BadgeTone::Accent, match what {
                Wanted::Consent => language.t("同意を依頼中", "Consent asked"),
                Wanted::Picture => language.t("画像を依頼中", "Picture asked"),
            }))
            br; small { (at_words(language, *at)) }
        },
        DeskSide::Confirmed { how, by, at } => html! {
            (parts::badge(BadgeTone::Good, match how {
                How::Terminal => language.t("端末で確認済み", "Checked at terminal"),
                How::Picture => language.t("画像で確認済み", "Checked by picture"),
                How::ShownOnScreen => language.t("画面で確認済み", "Checked on screen"),
            }))
            br; small { (by) " " (at_words(language, *at)) }
        },
        DeskSide::Refused { reason, by, at } => html! {
            (parts::badge(BadgeTone::Bad, language.t("確認できず", "Refused")))
            br; small { (reason.text().in_language(language)) " " (by) " " (at_words(language, *at)) }
        },
    }
}

/// Short day and time.
pub(super) fn at_words(language: Language, at: base::Timestamp) -> String {
    format!("{} {}", when::short_day(language, at.japan_date()), when::time(at))
}

/// The next step, as the list's link says it.
pub(super) fn next_words(language: Language, next: DeskNext) -> &'static str {
    match next {
        DeskNext::AskPatient => language.t("患者さんにお願いする", "Ask the patient"),
        DeskNext::WaitForPatient => language.t("患者を待つ", "Wait for the patient"),
        DeskNext::CheckTerminal => language.t("端末で確認する", "Check the terminal"),
        DeskNext::LookAtPicture => language.t("画像を確認する", "Look at the picture"),
        DeskNext::SeePatient => language.t("診察へ", "See the patient"),
        DeskNext::Nothing => language.t("開く", "Open"),
    }
}

/// How far the appointment has come, where it is not simply to be.
pub(super) fn status(language: Language, status: Status) -> Markup {
    match status {
        Status::Booked => html! {},
        Status::Cancelled => parts::badge(BadgeTone::Neutral, language.t("キャンセル", "Cancelled")),
        Status::Completed => parts::badge(BadgeTone::Good, language.t("診察済み", "Held")),
    }
}

/// What a line of the trail says; `None` for what a desk need not know.
pub(super) fn deed(language: Language, deed: &Deed) -> Option<String> {
    let said = match deed.act.as_str() {
        "picture.look" => language.t("画像を見た", "looked at the picture").to_owned(),
        "picture.look_small" => language.t("一覧で画像を見た", "saw the picture in the list").to_owned(),
        "picture.send" => language.t("画像を送った", "sent the picture").to_owned(),
        "picture.erase" => language.t("画像を消した", "erased the picture").to_owned(),
        "desk.visit" => language.t("この画面を開いた", "opened this page").to_owned(),
        act => match (act.parse::<DeskActKind>(), act.strip_suffix(TAKEN_BACK).map(str::parse::<DeskActKind>)) {
            (Ok(kind), _) => kind.text().in_language(language).to_owned(),
            (Err(_), Some(Ok(kind))) => {
                let done = kind.text();
                match language {
                    Language::Japanese => format!("「{}」を取り消した", done.in_language(language)),
                    Language::English => format!("took back: {}", done.in_language(language)),
                }
            }
            _ => return None,
        },
    };
    let by = match &deed.by {
        DoneBy::Patient => language.t("患者", "Patient").to_owned(),
        DoneBy::Desk(name) => name.clone(),
        DoneBy::Service => language.t("システム", "Service").to_owned(),
    };
    let side = match deed.side {
        Some(Side::Front) => language.t("（1枚目）", " (first)"),
        Some(Side::Back) => language.t("（2枚目）", " (second)"),
        None => "",
    };
    Some(format!("{} {by}{}{said}{side}", at_words(language, deed.at), language.t("：", ": ")))
}
