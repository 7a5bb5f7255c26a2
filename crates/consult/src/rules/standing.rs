//! Where an appointment stands: one sentence and exactly one next step for the patient, and the same for the desk.

use base::{Date, Timestamp};
use shell::Text;

use super::{
    appointment::Status,
    institution::Way,
    proof::{Beginning, DeskSide, How, PatientSide, Proof, Wanted, is_under_way},
};

/// What decides, beside the two ledgers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The day of the visit, in Japan.
    pub date: Date,
    /// When it begins.
    pub start: Timestamp,
    /// How far the appointment has come.
    pub status: Status,
    /// How insurance is proven to the institution.
    pub way: Way,
}

/// Where an appointment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The sentence for the patient.
    pub patient: Text,
    /// What the patient does next.
    pub patient_next: PatientNext,
    /// The sentence for the desk.
    pub desk: Text,
    /// What the desk does next.
    pub desk_next: DeskNext,
}

/// What the patient does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatientNext {
    /// 「同意可否を選択する」, with the picture beside it.
    ChooseConsent,
    /// The same button, after she left and nothing came back.
    GoOnWithConsent,
    /// The picture, and nothing beside it that is better.
    SendPicture,
    /// The institution looks at what she sent.
    WaitForInstitution,
    /// Everything is there; the visit comes.
    WaitForVisit,
    /// Nothing is left to do.
    Nothing,
}

/// What the desk does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeskNext {
    /// Ask for consent or a picture.
    AskPatient,
    /// The patient is to do something.
    WaitForPatient,
    /// Look for the registration at the institution's own terminal.
    CheckTerminal,
    /// Look at the picture.
    LookAtPicture,
    /// See the patient at the time.
    SeePatient,
    /// Nothing is left to do.
    Nothing,
}

/// Where an appointment stands at `now`. Without ledgers it is a self-pay visit, which needs no proof.
pub fn standing(visit: &Visit, proof: Option<&Proof>, now: Timestamp) -> Standing {
    match visit.status {
        Status::Cancelled => return closed(CANCELLED),
        Status::Completed => return closed(COMPLETED),
        Status::Booked if now >= base::end_of_day(visit.date) => return closed(over(proof)),
        Status::Booked => {}
    }
    let Some(proof) = proof else {
        let (patient, desk) = SELF_PAY;
        return Standing { patient, patient_next: PatientNext::WaitForVisit, desk, desk_next: DeskNext::SeePatient };
    };
    let (patient, patient_next) = for_patient(visit.way, proof);
    let (desk, desk_next) = for_desk(proof, now);
    Standing { patient, patient_next, desk, desk_next }
}

type Sentences = (Text, Text);

const CANCELLED: Sentences = (
    Text::fixed("この予約はキャンセル済みです。", "This appointment is cancelled."),
    Text::fixed("キャンセル済みです。", "Cancelled."),
);
const COMPLETED: Sentences = (
    Text::fixed(
        "診察が終わりました。お会計は医療機関からご案内します。",
        "The visit is over. The clinic will tell you about the payment.",
    ),
    Text::fixed("診察済みです。", "The visit was held."),
);
const SELF_PAY: Sentences = (
    Text::fixed(
        "自費診療のため、保険の確認は必要ありません。",
        "You pay for this visit yourself, so no insurance is needed.",
    ),
    Text::fixed("自費診療です。保険の確認は必要ありません。", "Self-pay. No insurance to check."),
);

fn closed((patient, desk): Sentences) -> Standing {
    Standing { patient, patient_next: PatientNext::Nothing, desk, desk_next: DeskNext::Nothing }
}

/// The day is over, and nobody said that the visit was held. Only consent ends with the day.
fn over(proof: Option<&Proof>) -> Sentences {
    if proof.is_some_and(|proof| matches!(proof.patient, PatientSide::Registered { .. })) {
        return (
            Text::fixed(
                "診察日が終わりました。この予約のための同意は、もう有効ではありません。診察を受けていないときは、医療機関にお問い合わせください。",
                "The visit day is over. Your consent for this appointment is no longer valid. If you were not seen, please ask the clinic.",
            ),
            Text::fixed(
                "診察日が終わり、同意は有効ではありません。",
                "The visit day is over and consent is no longer valid.",
            ),
        );
    }
    (
        Text::fixed(
            "診察日が終わりました。診察を受けていないときは、医療機関にお問い合わせください。",
            "The visit day is over. If you were not seen, please ask the clinic.",
        ),
        Text::fixed("診察日が終わりました。", "The visit day is over."),
    )
}

/// What to do where proof is missing.
fn prove(way: Way, consent: PatientNext) -> PatientNext {
    if way.takes_the_card() { consent } else { PatientNext::SendPicture }
}

fn for_patient(way: Way, proof: &Proof) -> (Text, PatientNext) {
    match (&proof.desk, &proof.patient) {
        (DeskSide::Confirmed { .. }, _) => (
            Text::fixed("医療機関が保険を確認しました。", "The clinic has confirmed your insurance."),
            PatientNext::WaitForVisit,
        ),
        (DeskSide::Requested { what, reason, .. }, side) => {
            let reason = reason.text();
            let (japanese, english) =
                (reason.in_language(shell::Language::Japanese), reason.in_language(shell::Language::English));
            match what {
                Wanted::Consent if way.takes_the_card() => (
                    Text::filled(
                        format!("医療機関から、同意登録のお願いが届いています。{japanese}"),
                        format!("The clinic asks you to register your consent. {english}"),
                    ),
                    if matches!(side, PatientSide::Left { .. }) {
                        PatientNext::GoOnWithConsent
                    } else {
                        PatientNext::ChooseConsent
                    },
                ),
                Wanted::Consent | Wanted::Picture => (
                    Text::filled(
                        format!("医療機関から、保険証画像のお願いが届いています。{japanese}"),
                        format!("The clinic asks you for a picture of your insurance document. {english}"),
                    ),
                    PatientNext::SendPicture,
                ),
            }
        }
        (DeskSide::Refused { reason, .. }, side) => {
            let reason = reason.text();
            let next = match side {
                // Consent was what could not be accepted, so the other way is the better one.
                PatientSide::Registered { .. } | PatientSide::SaidDone { .. } => PatientNext::SendPicture,
                _ => prove(way, PatientNext::ChooseConsent),
            };
            (
                Text::filled(
                    format!(
                        "医療機関で保険を確認できませんでした。{}ほかの方法でもう一度手続きをしてください。",
                        reason.in_language(shell::Language::Japanese)
                    ),
                    format!(
                        "The clinic could not confirm your insurance. {} Please try another way.",
                        reason.in_language(shell::Language::English)
                    ),
                ),
                next,
            )
        }
        (DeskSide::Unseen, side) => unseen_for_patient(way, side),
    }
}

fn unseen_for_patient(way: Way, side: &PatientSide) -> (Text, PatientNext) {
    match side {
        PatientSide::NotStarted(beginning) => (not_started(way, *beginning), prove(way, PatientNext::ChooseConsent)),
        PatientSide::Left { .. } => (
            Text::fixed(
                "手続きが終わったか、まだ確認できていません。「手続きの続きへ」を押すと、止まったところから進めます。時間がたっているときは、はじめからになります。",
                "We cannot tell yet whether you have finished. Press \"Continue\" to go on from where you stopped. After a long time you start again.",
            ),
            prove(way, PatientNext::GoOnWithConsent),
        ),
        PatientSide::Registered { .. } => (
            Text::fixed("マイナ保険証の利用のための手続きは完了しています。", "Your card is set up for this visit."),
            PatientNext::WaitForVisit,
        ),
        PatientSide::SaidDone { .. } => (
            Text::fixed(
                "「手続きを終えました」とのご連絡を受け付けました。登録は医療機関が確認します。",
                "You told us that you finished. The clinic will check the registration.",
            ),
            PatientNext::WaitForInstitution,
        ),
        PatientSide::PictureSent { .. } => (
            Text::fixed(
                "保険証画像を受け付けました。医療機関が確認します。",
                "Your picture has arrived. The clinic will look at it.",
            ),
            PatientNext::WaitForInstitution,
        ),
    }
}

fn not_started(way: Way, beginning: Beginning) -> Text {
    match (beginning, way) {
        (Beginning::Booked, Way::PictureOnly) => Text::fixed(
            "この医療機関はマイナ保険証に対応していないため、資格確認書などの画像で確認します。",
            "This clinic does not accept the My Number Card, so please send a picture of your insurance document.",
        ),
        (Beginning::Booked, _) => Text::fixed(
            "マイナ保険証か、資格確認書などの画像のどちらかで確認します。",
            "Use your My Number Card, or send a picture of your insurance document.",
        ),
        (Beginning::Moved { from }, _) => Text::filled(
            format!(
                "日付を変更したため、{}月{}日の診察のための手続きは無効になりました。新しい日付でもう一度手続きをしてください。",
                from.month(),
                from.day()
            ),
            format!(
                "You moved the visit, so what you did for {} is void. Please do it again for the new day.",
                from.strftime("%-d %B")
            ),
        ),
        (Beginning::Ended, _) => Text::fixed(
            "同意は登録されていません。もう一度手続きするか、保険証画像をアップロードしてください。",
            "No consent was registered. Try again, or upload a picture of your insurance document.",
        ),
        (Beginning::Erased, Way::PictureOnly) => Text::fixed(
            "画像を消したため、保険を確認できる書類がそろっていません。保険証画像をもう一度アップロードしてください。",
            "You erased a picture, so your insurance cannot be checked. Please upload a picture of your insurance document again.",
        ),
        (Beginning::Erased, _) => Text::fixed(
            "画像を消したため、保険を確認できる書類がそろっていません。マイナ保険証を利用するか、保険証画像をもう一度アップロードしてください。",
            "You erased a picture, so your insurance cannot be checked. Use your card, or upload a picture of your insurance document again.",
        ),
        (Beginning::Withdrawn, _) => Text::fixed(
            "同意が取り消されました。受診するには、もう一度同意を登録するか、保険証画像をアップロードしてください。",
            "Your consent was taken back. To be seen, register it again or upload a picture of your insurance document.",
        ),
        (Beginning::Lapsed, _) => Text::fixed(
            "同意の有効期限が切れました。もう一度同意を登録するか、保険証画像をアップロードしてください。",
            "Your consent is over. Register it again or upload a picture of your insurance document.",
        ),
    }
}

fn for_desk(proof: &Proof, now: Timestamp) -> (Text, DeskNext) {
    match (&proof.desk, &proof.patient) {
        (DeskSide::Confirmed { how, .. }, _) => (
            match how {
                How::Terminal => Text::fixed("端末で保険を確認しました。", "Insurance confirmed at the terminal."),
                How::Picture => Text::fixed("画像で保険を確認しました。", "Insurance confirmed by the picture."),
                How::ShownOnScreen => Text::fixed(
                    "画面で書類を見て保険を確認しました。",
                    "Insurance confirmed by the document on the screen.",
                ),
            },
            DeskNext::SeePatient,
        ),
        (DeskSide::Unseen | DeskSide::Requested { what: Wanted::Consent, .. }, PatientSide::Left { at }) => {
            left_for_desk(*at, now)
        }
        (DeskSide::Requested { what: Wanted::Consent, .. }, _) => {
            (Text::fixed("同意登録をお願いしています。", "Consent was asked for."), DeskNext::WaitForPatient)
        }
        (DeskSide::Requested { what: Wanted::Picture, .. }, _) => {
            (Text::fixed("保険証画像をお願いしています。", "A picture was asked for."), DeskNext::WaitForPatient)
        }
        (DeskSide::Refused { .. }, _) => (
            Text::fixed(
                "保険を確認できないことを患者さんに知らせました。患者さんの手続きを待っています。",
                "The patient was told that the insurance could not be confirmed.",
            ),
            DeskNext::WaitForPatient,
        ),
        (DeskSide::Unseen, PatientSide::NotStarted(beginning)) => (
            match beginning {
                Beginning::Booked => Text::fixed("保険の手続きはまだです。", "Nothing came yet."),
                Beginning::Moved { .. } => Text::fixed(
                    "予約日が変わり、前の手続きは無効です。",
                    "The visit was moved; what was done for the old day is void.",
                ),
                Beginning::Ended => Text::fixed(
                    "患者さんは登録せずに手続きを終えました。",
                    "The patient came back without registering.",
                ),
                Beginning::Erased => Text::fixed(
                    "患者さんが画像を消しました。保険を確認できる書類がそろっていません。",
                    "The patient erased a picture. What is left does not show the insurance.",
                ),
                Beginning::Withdrawn => {
                    Text::fixed("患者さんが同意を取り消しました。", "The patient took the consent back.")
                }
                Beginning::Lapsed => Text::fixed("同意の有効期限が切れました。", "The consent is over."),
            },
            DeskNext::AskPatient,
        ),
        (DeskSide::Unseen, PatientSide::Registered { reception_number, .. }) => (
            Text::filled(
                format!("同意が登録されました（受付番号 {}）。", reception_number.grouped()),
                format!("Consent is registered (reception {}).", reception_number.grouped()),
            ),
            DeskNext::CheckTerminal,
        ),
        (DeskSide::Unseen, PatientSide::SaidDone { .. }) => (
            Text::fixed(
                "患者さんから「終わった」と連絡がありました。登録は端末でしか確認できません。",
                "The patient says that it is done. Only the terminal can tell.",
            ),
            DeskNext::CheckTerminal,
        ),
        (DeskSide::Unseen, PatientSide::PictureSent { .. }) => {
            (Text::fixed("保険証画像が届いています。", "A picture has arrived."), DeskNext::LookAtPicture)
        }
    }
}

/// The patient went to the reception and nothing came back. After a while the terminal may have what the service does not
/// know: a registration whose last page was closed.
fn left_for_desk(left: Timestamp, now: Timestamp) -> (Text, DeskNext) {
    if is_under_way(left, now) {
        (
            Text::fixed("患者さんは手続きの途中です。", "The patient is registering consent just now."),
            DeskNext::WaitForPatient,
        )
    } else {
        (
            Text::fixed(
                "患者さんの手続きが途中で止まっています。登録が終わっているかは、端末で確認できます。",
                "The patient started the procedure and no result came back. The terminal shows whether consent is registered.",
            ),
            DeskNext::CheckTerminal,
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use shell::Language;

    use super::{
        super::proof::{RefusedReason, RequestReason, UNDER_WAY},
        *,
    };

    fn now() -> Timestamp {
        "2026-11-24T08:00:00+09:00".parse().expect("a timestamp")
    }

    fn visit(way: Way) -> Visit {
        Visit {
            date: base::parse_date("2026-11-24").expect("a date"),
            start: "2026-11-24T10:00:00+09:00".parse().expect("a timestamp"),
            status: Status::Booked,
            way,
        }
    }

    fn patients() -> Vec<PatientSide> {
        let from = base::parse_date("2026-11-20").expect("a date");
        let reception_number = base::ReceptionNumber::new(&base::Randomness::repeatable("standing"));
        let mut sides: Vec<_> = [
            Beginning::Booked,
            Beginning::Moved { from },
            Beginning::Ended,
            Beginning::Erased,
            Beginning::Withdrawn,
            Beginning::Lapsed,
        ]
        .map(PatientSide::NotStarted)
        .into();
        sides.extend([
            PatientSide::Left { at: now() },
            PatientSide::Registered { reception_number, valid_until: base::end_of_day(from) },
            PatientSide::SaidDone { at: now() },
            PatientSide::PictureSent { at: now() },
        ]);
        sides
    }

    fn desks() -> Vec<DeskSide> {
        let by = || "受付".to_owned();
        let mut sides = vec![DeskSide::Unseen];
        for what in Wanted::ALL {
            for reason in RequestReason::ALL {
                sides.push(DeskSide::Requested { what: *what, reason: *reason, at: now() });
            }
        }
        sides.extend(How::ALL.iter().map(|how| DeskSide::Confirmed { how: *how, by: by(), at: now() }));
        sides.extend(RefusedReason::ALL.iter().map(|reason| DeskSide::Refused {
            reason: *reason,
            by: by(),
            at: now(),
        }));
        sides
    }

    #[test]
    fn every_pair_has_a_sentence_for_each_side_and_the_pictured_way_is_never_asked_for_a_card() {
        for way in [Way::HandOver, Way::FixedUrl, Way::PictureOnly] {
            for patient in patients() {
                for desk in desks() {
                    let proof = Proof { patient, desk: desk.clone() };
                    let standing = standing(&visit(way), Some(&proof), now());
                    for language in [Language::Japanese, Language::English] {
                        assert!(standing.patient.in_language(language).len() > 10, "{proof:?}");
                        assert!(standing.desk.in_language(language).len() > 5, "{proof:?}");
                    }
                    assert_ne!(standing.patient_next, PatientNext::Nothing, "{proof:?}");
                    assert_ne!(standing.desk_next, DeskNext::Nothing, "{proof:?}");
                    let asks_for_card =
                        matches!(standing.patient_next, PatientNext::ChooseConsent | PatientNext::GoOnWithConsent);
                    assert!(!(way == Way::PictureOnly && asks_for_card), "{proof:?}");
                    // Nobody waits for somebody who waits too.
                    let patient_waits = standing.patient_next == PatientNext::WaitForInstitution;
                    assert!(!(patient_waits && standing.desk_next == DeskNext::WaitForPatient), "{proof:?}");
                    // What the desk confirmed asks nothing of anybody.
                    if matches!(desk, DeskSide::Confirmed { .. }) {
                        let next = (standing.patient_next, standing.desk_next);
                        assert_eq!(next, (PatientNext::WaitForVisit, DeskNext::SeePatient), "{proof:?}");
                    }
                    // Whom the desk asked has something to do.
                    if matches!(desk, DeskSide::Requested { .. } | DeskSide::Refused { .. }) {
                        let to_do = matches!(standing.patient_next, PatientNext::SendPicture) || asks_for_card;
                        assert!(to_do, "{proof:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_drawing_of_next_steps() {
        use DeskNext as D;
        use PatientNext as P;
        let by = || "受付".to_owned();
        let sides = patients();
        let (nothing, left, registered, said, picture) = (sides[0], sides[6], sides[7], sides[8], sides[9]);
        let asked = |what| DeskSide::Requested { what, reason: RequestReason::NothingYet, at: now() };
        let refused = DeskSide::Refused { reason: RefusedReason::NotInsured, by: by(), at: now() };
        let check = |patient, desk: &DeskSide, expected| {
            let standing = standing(&visit(Way::HandOver), Some(&Proof { patient, desk: desk.clone() }), now());
            assert_eq!((standing.patient_next, standing.desk_next), expected, "{patient:?} {desk:?}");
        };
        check(nothing, &DeskSide::Unseen, (P::ChooseConsent, D::AskPatient));
        check(left, &DeskSide::Unseen, (P::GoOnWithConsent, D::WaitForPatient));
        check(registered, &DeskSide::Unseen, (P::WaitForVisit, D::CheckTerminal));
        check(said, &DeskSide::Unseen, (P::WaitForInstitution, D::CheckTerminal));
        check(picture, &DeskSide::Unseen, (P::WaitForInstitution, D::LookAtPicture));
        check(nothing, &asked(Wanted::Consent), (P::ChooseConsent, D::WaitForPatient));
        check(nothing, &asked(Wanted::Picture), (P::SendPicture, D::WaitForPatient));
        check(left, &asked(Wanted::Consent), (P::GoOnWithConsent, D::WaitForPatient));
        let long_left = PatientSide::Left { at: now().minus(UNDER_WAY) };
        check(long_left, &DeskSide::Unseen, (P::GoOnWithConsent, D::CheckTerminal));
        check(long_left, &asked(Wanted::Consent), (P::GoOnWithConsent, D::CheckTerminal));
        check(picture, &asked(Wanted::Picture), (P::SendPicture, D::WaitForPatient));
        check(registered, &refused, (P::SendPicture, D::WaitForPatient));
        check(picture, &refused, (P::ChooseConsent, D::WaitForPatient));
    }

    #[test]
    fn the_day_ends_at_midnight_in_japan() {
        let proof = Proof::new();
        let visit = visit(Way::HandOver);
        let midnight = base::end_of_day(visit.date);
        let next = |now| standing(&visit, Some(&proof), now).patient_next;
        assert_eq!(next(midnight.minus(base::Span::from_millis(1))), PatientNext::ChooseConsent);
        assert_eq!(next(midnight), PatientNext::Nothing);
    }

    #[test]
    fn a_closed_appointment_asks_nothing_of_anybody() {
        for status in [Status::Cancelled, Status::Completed] {
            let standing = standing(&Visit { status, ..visit(Way::HandOver) }, Some(&Proof::new()), now());
            assert_eq!((standing.patient_next, standing.desk_next), (PatientNext::Nothing, DeskNext::Nothing));
        }
    }

    #[test]
    fn self_pay_needs_no_proof() {
        let standing = standing(&visit(Way::HandOver), None, now());
        assert_eq!((standing.patient_next, standing.desk_next), (PatientNext::WaitForVisit, DeskNext::SeePatient));
    }

    #[test]
    fn each_beginning_has_its_own_sentence() {
        let sentences: HashSet<_> = patients()[..6]
            .iter()
            .map(|patient| {
                let proof = Proof { patient: *patient, desk: DeskSide::Unseen };
                standing(&visit(Way::HandOver), Some(&proof), now()).patient.in_language(Language::Japanese).to_owned()
            })
            .collect();
        assert_eq!(sentences.len(), 6);
    }
}
