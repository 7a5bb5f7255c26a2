//! Tests of the rows, states and access of pictures, on every engine.

use base::{InstitutionCode, Key, Randomness, Span, Timestamp};
use database::{Error, test_database};
use text::Language;

use super::{
    cleanup::clean_up_once,
    rules::picture::{
        DocumentKind, DocumentSide, InsurancePicture, PictureHint, PictureHints, PictureId, PictureState, retention_end,
    },
    store::{PictureViewer, SendIntent, UploadOutcome, UploadedPicture},
    vault::{PicturePart, Vault, VaultLocation, master::MasterKeys},
};
use crate::{
    appointments::rules::AppointmentId,
    audit::rules::action::{AuditAction, PictureAction},
    clinic::{
        rules::{
            desk_action::{DeskAction, DocumentCheck, DocumentTicks},
            seen_version::SeenVersion,
            staff_role::StaffRole,
        },
        store::{
            staff::{NewStaffMember, StaffMember},
            visits::DeskVisit,
        },
    },
    directory,
    people::rules::{account::AccountId, sign_in::CODE_LIFETIME},
    proof::rules::ledgers::{DeskSide, InsuranceProof, LedgerVersion, NotStartedReason, PatientSide, RequestReason},
    refusal::Refusal,
    schedule::rules::slot::BookingRequest,
    seal::Seal,
    store::{Store, schema::MIGRATIONS},
    tests::{
        pages::sample_main_part,
        stores::{add_institution, add_patient},
    },
};

/// Two clinics with a desk each, two patients, and an appointment of the first patient at the first clinic.
struct PictureFixture {
    engine: &'static str,
    store: Store,
    vault: Vault,
    folder: tempfile::TempDir,
    clinics: Vec<InstitutionCode>,
    hanako: AccountId,
    taro: AccountId,
    visit: AppointmentId,
    _trial: test_database::TestDatabase,
}

fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    parse_timestamp("2026-11-24T08:00:00+09:00")
}

fn minutes_later(minutes: i64) -> Timestamp {
    now().plus(Span::from_mins(minutes))
}

fn key(seed: &str) -> Key {
    Key::new(&Randomness::repeatable(seed))
}

async fn picture_fixtures() -> Vec<PictureFixture> {
    assert!(CODE_LIFETIME > Span::ZERO);
    let mut fixtures = Vec::new();
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let store = Store { seal: Seal::new(key("seal")), ..Store::for_tests(trial.database.clone()) };
        let mut clinics = Vec::new();
        for offer in directory::samples::offers() {
            clinics.push(add_institution(&store, offer).await);
        }
        let folder = tempfile::tempdir().unwrap();
        let location = VaultLocation::Folder(folder.path().to_path_buf());
        let vault = Vault::open(location, MasterKeys::new("one", key("one"))).unwrap();
        let (hanako, taro) = (
            add_patient(&store, "hanako@example.jp", now()).await,
            add_patient(&store, "taro@example.jp", now()).await,
        );
        let request = BookingRequest {
            institution: clinics[0],
            menu: 1,
            practitioner: None,
            start: parse_timestamp("2026-11-25T10:00:00+09:00"),
        };
        let visit = store.book_appointment(hanako, request, now()).await.unwrap().id();
        fixtures.push(PictureFixture {
            engine: trial.engine,
            store,
            vault,
            folder,
            clinics,
            hanako,
            taro,
            visit,
            _trial: trial,
        });
    }
    fixtures
}

fn desk_viewer(staff: &StaffMember) -> PictureViewer {
    PictureViewer::Desk { institution: staff.institution, actor: staff.audit_actor() }
}

impl PictureFixture {
    async fn add_desk(&self, clinic: usize) -> StaffMember {
        let mail = format!("desk{clinic}@example.jp");
        let new =
            NewStaffMember {
                institution: self.clinics[clinic], mail: &mail, name: "受付 見本", role: StaffRole::Desk
            };
        let id = match self.store.add_staff(new, "correct horse", now()).await {
            Ok(id) => id,
            Err(error) => panic!("{error}"),
        };
        StaffMember {
            id,
            institution: self.clinics[clinic],
            institution_name: String::new(),
            name: "受付 見本".to_owned(),
            role: StaffRole::Desk,
        }
    }

    async fn upload(
        &self,
        side: DocumentSide,
        hints: PictureHints,
        intent: SendIntent,
    ) -> (PictureId, Result<UploadOutcome, Refusal>) {
        self.upload_as(self.hanako, DocumentKind::Certificate, side, hints, intent).await
    }

    async fn upload_as(
        &self,
        account: AccountId,
        document: DocumentKind,
        side: DocumentSide,
        hints: PictureHints,
        intent: SendIntent,
    ) -> (PictureId, Result<UploadOutcome, Refusal>) {
        let id = PictureId::new(now(), &self.store.randomness);
        self.store.reserve_pictures(vec![id], now()).await.unwrap();
        let key =
            self.vault.store_picture(&id.to_string(), b"a picture", b"small", &self.store.randomness).await.unwrap();
        let upload =
            UploadedPicture { id, side, hints, size: (900, 600), original_digest: base::digest(&[b"original"]), key };
        (id, self.store.receive_pictures(account, self.visit, document, vec![upload], intent, now()).await)
    }

    async fn send_picture(&self) -> PictureId {
        let (id, outcome) = self.upload(DocumentSide::Front, PictureHints::default(), SendIntent::Send).await;
        assert_eq!(outcome.unwrap(), UploadOutcome::Sent, "{}", self.engine);
        id
    }

    async fn view_picture(&self, viewer: PictureViewer, id: PictureId) -> Option<Vec<u8>> {
        match self.store.open_picture(viewer, id, PictureAction::View, now()).await {
            Ok(key) => Some(self.vault.load_picture(&id.to_string(), PicturePart::Full, &key).await.unwrap()),
            Err(Refusal::NotFound) => None,
            Err(refusal) => panic!("{refusal}"),
        }
    }

    async fn list_pictures(&self) -> Vec<InsurancePicture> {
        self.store.load_appointment_pictures(self.hanako, self.visit).await.unwrap().pictures
    }

    async fn load_visit(&self, staff: &StaffMember) -> DeskVisit {
        self.store.load_desk_visit(staff.clone(), self.visit, now()).await.unwrap()
    }

    async fn load_proof(&self, staff: &StaffMember) -> (InsuranceProof, LedgerVersion) {
        self.load_visit(staff).await.proof.unwrap()
    }

    async fn perform_action(
        &self,
        staff: &StaffMember,
        version: LedgerVersion,
        action: DeskAction,
    ) -> Result<(), Refusal> {
        self.store
            .perform_desk_action(staff.clone(), self.visit, SeenVersion::for_ledgers(version), action, minutes_later(5))
            .await
    }

    /// Confirms by the pictures that are sent now.
    async fn confirm_by_pictures(&self, staff: &StaffMember, version: LedgerVersion) -> Result<(), Refusal> {
        let pictures = self.list_pictures().await;
        let sent =
            pictures.iter().filter(|picture| matches!(picture.state, PictureState::Sent | PictureState::Accepted));
        self.confirm_by_chosen_pictures(staff, version, sent.map(|picture| picture.id).collect()).await
    }

    async fn confirm_by_chosen_pictures(
        &self,
        staff: &StaffMember,
        version: LedgerVersion,
        pictures: Vec<PictureId>,
    ) -> Result<(), Refusal> {
        let ticks = DocumentTicks { name: true, birth_date: true, expiry: true };
        let check = DocumentCheck::from_ticks(ticks).expect("everything is ticked");
        self.perform_action(staff, version, DeskAction::ConfirmByPictures { viewed: pictures, check }).await
    }

    /// The number of events for the desk after the booking.
    async fn count_desk_events(&self) -> u32 {
        self.store
            .database
            .read(|transaction| {
                transaction.fetch_one("SELECT COUNT(*) FROM desk_event WHERE event <> 'booked'", &[], |row| row.get(0))
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"))
    }

    async fn count_letters_to(&self, address: &str) -> usize {
        let letters = self.store.list_outbox().await.unwrap();
        letters.iter().filter(|letter| letter.letter.to == address).count()
    }

    async fn assert_audit_chain_intact(&self) {
        let report = self.store.verify_audit(Vec::new()).await.unwrap().verified;
        assert!(report.faults.is_empty() && report.rows > 0, "{}: {report:?}", self.engine);
    }
}

#[tokio::test]
async fn a_picture_is_seen_by_its_patient_and_that_clinics_desk_and_nobody_else() {
    for fixture in picture_fixtures().await {
        let (own_desk, other_desk) = (fixture.add_desk(0).await, fixture.add_desk(1).await);
        let id = fixture.send_picture().await;
        assert!(fixture.view_picture(PictureViewer::Account(fixture.hanako), id).await.is_some());
        assert!(fixture.view_picture(desk_viewer(&own_desk), id).await.is_some());
        assert!(fixture.view_picture(PictureViewer::Account(fixture.taro), id).await.is_none(), "{}", fixture.engine);
        assert!(fixture.view_picture(desk_viewer(&other_desk), id).await.is_none(), "{}", fixture.engine);
        // Nor is the visit found for them.
        let visit = fixture.store.load_desk_visit(other_desk.clone(), fixture.visit, now()).await;
        assert!(matches!(visit, Err(Refusal::NotFound)));
        let (_, version) = fixture.load_proof(&own_desk).await;
        let confirmed = fixture.confirm_by_chosen_pictures(&other_desk, version, vec![id]).await;
        assert!(matches!(confirmed, Err(Refusal::NotFound)));
        assert!(matches!(
            fixture.store.load_appointment_pictures(fixture.taro, fixture.visit).await,
            Err(Refusal::NotFound)
        ));
        let erased = fixture.store.erase_picture(fixture.taro, fixture.visit, id, now()).await;
        assert!(matches!(erased, Err(Refusal::NotFound)));
        let none = PictureHints::default();
        let (_, upload) = fixture
            .upload_as(fixture.taro, DocumentKind::Certificate, DocumentSide::Front, none, SendIntent::Send)
            .await;
        assert!(matches!(upload, Err(Refusal::NotFound)));
        // Exactly the permitted accesses are in the audit trail.
        let looks = fixture
            .load_visit(&own_desk)
            .await
            .audit_trail
            .iter()
            .filter(|entry| entry.action == AuditAction::Picture(PictureAction::View))
            .count();
        assert_eq!(looks, 2, "{}", fixture.engine);
        fixture.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn a_draft_is_the_patients_alone_until_she_sends_it() {
    for fixture in picture_fixtures().await {
        let desk = fixture.add_desk(0).await;
        let hinted = PictureHints::default().with_hint(PictureHint::Blurred);
        let (id, outcome) = fixture.upload(DocumentSide::Front, hinted, SendIntent::Send).await;
        assert_eq!(outcome.unwrap(), UploadOutcome::HintsFound);
        assert!(fixture.view_picture(desk_viewer(&desk), id).await.is_none());
        assert!(fixture.load_visit(&desk).await.pictures.is_empty());
        assert!(matches!(fixture.load_proof(&desk).await.0.patient, PatientSide::NotStarted(_)));
        assert_eq!(fixture.count_desk_events().await, 0, "{}", fixture.engine);
        let sent = fixture.store.send_drafts(fixture.hanako, fixture.visit, minutes_later(1)).await.unwrap();
        assert_eq!(sent, UploadOutcome::Sent);
        // Sending twice is the same as once.
        assert_eq!(
            fixture.store.send_drafts(fixture.hanako, fixture.visit, minutes_later(2)).await.unwrap(),
            UploadOutcome::Sent
        );
        assert!(matches!(fixture.load_proof(&desk).await.0.patient, PatientSide::PictureSent { .. }));
        assert_eq!(fixture.count_desk_events().await, 1, "{}", fixture.engine);
    }
}

#[tokio::test]
async fn a_document_of_two_papers_waits_for_both() {
    for fixture in picture_fixtures().await {
        let (kind, none) = (DocumentKind::NoticeWithCard, PictureHints::default());
        let (_, first) = fixture.upload_as(fixture.hanako, kind, DocumentSide::Front, none, SendIntent::Send).await;
        assert!(matches!(first.unwrap(), UploadOutcome::Incomplete(slots) if slots[0].side == DocumentSide::Back));
        let (_, second) = fixture.upload_as(fixture.hanako, kind, DocumentSide::Back, none, SendIntent::Send).await;
        assert_eq!(second.unwrap(), UploadOutcome::Sent, "{}", fixture.engine);
        let states: Vec<_> = fixture.list_pictures().await.iter().map(|picture| picture.state).collect();
        assert_eq!(states, [PictureState::Sent, PictureState::Sent]);
    }
}

#[tokio::test]
async fn only_the_side_that_was_refused_is_sent_again() {
    for fixture in picture_fixtures().await {
        let desk = fixture.add_desk(0).await;
        let front = fixture.send_picture().await;
        let (_, back) = fixture.upload(DocumentSide::Back, PictureHints::default(), SendIntent::Send).await;
        assert_eq!(back.unwrap(), UploadOutcome::Sent);
        let (_, version) = fixture.load_proof(&desk).await;
        let request = DeskAction::RequestPictureAgain {
            picture: front,
            reason: RequestReason::Blurred,
            note: "右下が読めません".parse().ok(),
        };
        fixture.perform_action(&desk, version, request).await.unwrap();
        let page = fixture.store.load_appointment_pictures(fixture.hanako, fixture.visit).await.unwrap();
        assert_eq!(page.request, Some(RequestReason::Blurred));
        let refusal = page.pictures[0].refusal.clone().unwrap();
        assert_eq!((refusal.reason, refusal.note), (RequestReason::Blurred, "右下が読めません".parse().ok()));
        assert_eq!(page.pictures[1].state, PictureState::Sent);
        let letters = fixture.store.list_outbox().await.unwrap();
        let request_letter =
            letters.iter().find(|letter| letter.letter.body.contains("ぼやけて")).expect("the patient gets a letter");
        assert!(
            request_letter.letter.to == "hanako@example.jp" && !request_letter.letter.body.contains("右下"),
            "{}",
            fixture.engine
        );
        let replacement = fixture.send_picture().await;
        assert_ne!(replacement, front);
        assert_eq!(fixture.list_pictures().await.len(), 2);
        assert!(
            fixture.view_picture(PictureViewer::Account(fixture.hanako), front).await.is_none(),
            "the earlier one is gone"
        );
        assert_eq!(fixture.load_proof(&desk).await.0.desk, DeskSide::Unseen);
        let (_, version) = fixture.load_proof(&desk).await;
        fixture.confirm_by_pictures(&desk, version).await.unwrap();
        assert!(fixture.list_pictures().await.iter().all(|picture| picture.state == PictureState::Accepted));
        fixture.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn two_desks_do_not_overwrite_each_other() {
    for fixture in picture_fixtures().await {
        let desk = fixture.add_desk(0).await;
        let id = fixture.send_picture().await;
        let (_, version) = fixture.load_proof(&desk).await;
        fixture.confirm_by_pictures(&desk, version).await.unwrap();
        let request = DeskAction::RequestPictureAgain { picture: id, reason: RequestReason::Glare, note: None };
        assert!(matches!(fixture.perform_action(&desk, version, request).await, Err(Refusal::Changed)));
        assert!(matches!(fixture.load_proof(&desk).await.0.desk, DeskSide::Confirmed { .. }), "{}", fixture.engine);
        assert_eq!(fixture.list_pictures().await[0].state, PictureState::Accepted);
        assert_eq!(fixture.count_letters_to("hanako@example.jp").await, 3, "code, booking, confirmation");
    }
}

#[tokio::test]
async fn a_picture_that_is_gone_cannot_be_accepted() {
    for fixture in picture_fixtures().await {
        let desk = fixture.add_desk(0).await;
        let id = fixture.send_picture().await;
        fixture.store.erase_picture(fixture.hanako, fixture.visit, id, minutes_later(1)).await.unwrap();
        fixture.store.erase_picture(fixture.hanako, fixture.visit, id, minutes_later(2)).await.unwrap();
        let (proof, version) = fixture.load_proof(&desk).await;
        assert_eq!(proof.patient, PatientSide::NotStarted(NotStartedReason::Erased), "{}", fixture.engine);
        assert_eq!(fixture.count_desk_events().await, 2, "{}: it came, and it was erased", fixture.engine);
        let accepted = fixture.confirm_by_chosen_pictures(&desk, version, vec![id]).await;
        assert!(matches!(accepted, Err(Refusal::Changed)));
    }
}

#[tokio::test]
async fn one_paper_of_two_proves_nothing_and_a_side_that_need_not_be_there_takes_nothing_away() {
    for fixture in picture_fixtures().await {
        let desk = fixture.add_desk(0).await;
        let erase = |id, time| fixture.store.erase_picture(fixture.hanako, fixture.visit, id, time);
        let front = fixture.send_picture().await;
        let (back, outcome) = fixture.upload(DocumentSide::Back, PictureHints::default(), SendIntent::Send).await;
        assert_eq!(outcome.unwrap(), UploadOutcome::Sent);
        erase(back, minutes_later(1)).await.unwrap();
        assert!(
            matches!(fixture.load_proof(&desk).await.0.patient, PatientSide::PictureSent { .. }),
            "{}",
            fixture.engine
        );
        let events = fixture.count_desk_events().await;
        let (kind, none) = (DocumentKind::NoticeWithCard, PictureHints::default());
        fixture.upload_as(fixture.hanako, kind, DocumentSide::Front, none, SendIntent::Send).await.1.unwrap();
        let (card, outcome) = fixture.upload_as(fixture.hanako, kind, DocumentSide::Back, none, SendIntent::Send).await;
        assert_eq!(outcome.unwrap(), UploadOutcome::Sent);
        assert!(
            fixture.list_pictures().await.iter().all(|picture| picture.id != front),
            "another document replaces it"
        );
        erase(card, minutes_later(2)).await.unwrap();
        let erased = PatientSide::NotStarted(NotStartedReason::Erased);
        assert_eq!(fixture.load_proof(&desk).await.0.patient, erased, "{}", fixture.engine);
        assert_eq!(fixture.count_desk_events().await, events + 2, "{}", fixture.engine);
        // The missing sheet alone completes the document again.
        let (_, outcome) = fixture.upload_as(fixture.hanako, kind, DocumentSide::Back, none, SendIntent::Send).await;
        assert_eq!(outcome.unwrap(), UploadOutcome::Sent, "{}", fixture.engine);
        assert!(
            matches!(fixture.load_proof(&desk).await.0.patient, PatientSide::PictureSent { .. }),
            "{}",
            fixture.engine
        );
        // A confirmation by a picture outlives the picture, and needs no new review.
        let (_, version) = fixture.load_proof(&desk).await;
        fixture.confirm_by_pictures(&desk, version).await.unwrap();
        let events = fixture.count_desk_events().await;
        for picture in fixture.list_pictures().await {
            erase(picture.id, minutes_later(9)).await.unwrap();
        }
        assert!(matches!(fixture.load_proof(&desk).await.0.desk, DeskSide::Confirmed { .. }), "{}", fixture.engine);
        assert_eq!(fixture.count_desk_events().await, events, "{}", fixture.engine);
        fixture.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn a_picture_that_was_asked_for_again_may_be_erased_without_news_for_the_desk() {
    for fixture in picture_fixtures().await {
        let desk = fixture.add_desk(0).await;
        let id = fixture.send_picture().await;
        let (_, version) = fixture.load_proof(&desk).await;
        let request = DeskAction::RequestPictureAgain { picture: id, reason: RequestReason::Glare, note: None };
        fixture.perform_action(&desk, version, request).await.unwrap();
        let events = fixture.count_desk_events().await;
        fixture.store.erase_picture(fixture.hanako, fixture.visit, id, minutes_later(6)).await.unwrap();
        let (proof, _) = fixture.load_proof(&desk).await;
        assert_eq!(proof.patient, PatientSide::NotStarted(NotStartedReason::Erased), "{}", fixture.engine);
        assert!(matches!(proof.desk, DeskSide::Requested { .. }), "{}", fixture.engine);
        assert_eq!(fixture.count_desk_events().await, events, "{}", fixture.engine);
    }
}

#[tokio::test]
async fn what_is_over_is_erased_with_its_key_and_its_object() {
    for fixture in picture_fixtures().await {
        let id = fixture.send_picture().await;
        let file = fixture.folder.path().join(id.to_string()).join("picture");
        let end = retention_end(base::parse_date("2026-11-25").unwrap(), 30);
        let clean_up = |time| clean_up_once(&fixture.store, &fixture.vault, time, 30);
        clean_up(end.minus(Span::from_secs(1))).await.unwrap();
        assert!(file.exists() && fixture.list_pictures().await.len() == 1, "{}", fixture.engine);
        clean_up(end).await.unwrap();
        assert!(!file.exists() && fixture.list_pictures().await.is_empty(), "{}", fixture.engine);
        let keys: i64 = fixture
            .store
            .database
            .read(|transaction| {
                transaction
                    .fetch_one("SELECT COUNT(*) FROM picture WHERE wrapped_key IS NOT NULL", &[], |row| row.get(0))
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        assert_eq!(keys, 0);
        fixture.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn pictures_of_a_cancelled_visit_and_uploads_that_never_arrived_are_removed() {
    for fixture in picture_fixtures().await {
        fixture.send_picture().await;
        let stray = PictureId::new(now(), &fixture.store.randomness);
        fixture.store.reserve_pictures(vec![stray], now()).await.unwrap();
        fixture
            .vault
            .store_picture(&stray.to_string(), b"never arrived", b"small", &fixture.store.randomness)
            .await
            .unwrap();
        let stray = fixture.folder.path().join(stray.to_string());
        clean_up_once(&fixture.store, &fixture.vault, minutes_later(59), 30).await.unwrap();
        assert!(stray.exists() && fixture.list_pictures().await.len() == 1, "an upload may take an hour");
        fixture.store.cancel_appointment(fixture.hanako, fixture.visit, 0, minutes_later(60)).await.unwrap();
        clean_up_once(&fixture.store, &fixture.vault, minutes_later(61), 30).await.unwrap();
        assert!(!stray.exists() && fixture.list_pictures().await.is_empty(), "{}", fixture.engine);
    }
}

#[tokio::test]
async fn keys_turn_to_the_new_master_key() {
    for fixture in picture_fixtures().await {
        let id = fixture.send_picture().await;
        let location = || VaultLocation::Folder(fixture.folder.path().to_path_buf());
        let keys = MasterKeys::new("two", key("two")).with_older("one", key("one"));
        let between = Vault::open(location(), keys).unwrap();
        clean_up_once(&fixture.store, &between, minutes_later(1), 30).await.unwrap();
        let after = Vault::open(location(), MasterKeys::new("two", key("two"))).unwrap();
        let viewer = PictureViewer::Account(fixture.hanako);
        let wrapped = fixture.store.open_picture(viewer, id, PictureAction::View, minutes_later(2)).await.unwrap();
        assert_eq!(
            after.load_picture(&id.to_string(), PicturePart::Full, &wrapped).await.unwrap(),
            b"a picture",
            "{}",
            fixture.engine
        );
    }
}

#[tokio::test]
async fn only_the_pictures_that_were_seen_are_confirmed() {
    for fixture in picture_fixtures().await {
        let desk = fixture.add_desk(0).await;
        let front = fixture.send_picture().await;
        let (_, version) = fixture.load_proof(&desk).await;
        // The back is sent while the desk reviews the front.
        let (back, outcome) = fixture.upload(DocumentSide::Back, PictureHints::default(), SendIntent::Send).await;
        assert_eq!(outcome.unwrap(), UploadOutcome::Sent);
        let stale = fixture.confirm_by_chosen_pictures(&desk, version, vec![front]).await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{}", fixture.engine);
        let (_, version) = fixture.load_proof(&desk).await;
        for viewed in [vec![front], vec![back], vec![]] {
            let partly = fixture.confirm_by_chosen_pictures(&desk, version, viewed).await;
            assert!(matches!(partly, Err(Refusal::Changed)), "{}", fixture.engine);
        }
        // An optional side is erased: the ledgers do not change, but a viewed picture is missing.
        fixture.store.erase_picture(fixture.hanako, fixture.visit, back, minutes_later(1)).await.unwrap();
        let with_erased = fixture.confirm_by_chosen_pictures(&desk, version, vec![front, back]).await;
        assert!(matches!(with_erased, Err(Refusal::Changed)), "{}", fixture.engine);
        fixture.confirm_by_chosen_pictures(&desk, version, vec![front]).await.unwrap();
    }
}

#[tokio::test]
async fn taking_an_act_back_takes_its_word_on_the_pictures_back() {
    for fixture in picture_fixtures().await {
        let desk = fixture.add_desk(0).await;
        let id = fixture.send_picture().await;
        let state = async || fixture.list_pictures().await[0].state;
        let undo = |number| fixture.store.undo_desk_action(desk.clone(), fixture.visit, number, minutes_later(6));
        let (_, version) = fixture.load_proof(&desk).await;
        fixture.confirm_by_pictures(&desk, version).await.unwrap();
        assert_eq!(state().await, PictureState::Accepted, "{}", fixture.engine);
        undo(1).await.unwrap();
        assert_eq!(state().await, PictureState::Sent, "{}", fixture.engine);
        let note = "右下が読めません".parse().ok();
        let (_, version) = fixture.load_proof(&desk).await;
        let request = DeskAction::RequestPictureAgain { picture: id, reason: RequestReason::Blurred, note };
        fixture.perform_action(&desk, version, request).await.unwrap();
        assert_eq!(state().await, PictureState::Refused, "{}", fixture.engine);
        undo(2).await.unwrap();
        let picture = fixture.list_pictures().await.remove(0);
        assert_eq!((picture.state, picture.refusal), (PictureState::Sent, None), "{}", fixture.engine);
        assert_eq!(fixture.load_proof(&desk).await.0.desk, DeskSide::Unseen, "{}", fixture.engine);
        // Neither letter had been sent.
        assert_eq!(fixture.count_letters_to("hanako@example.jp").await, 2, "{}: code and booking", fixture.engine);
        fixture.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn the_next_picture_is_that_of_the_next_visit() {
    for fixture in picture_fixtures().await {
        let desk = fixture.add_desk(0).await;
        let id = fixture.send_picture().await;
        let request = BookingRequest {
            institution: fixture.clinics[0],
            menu: 1,
            practitioner: None,
            start: parse_timestamp("2026-11-25T11:00:00+09:00"),
        };
        let other_visit = fixture.store.book_appointment(fixture.taro, request, now()).await.unwrap().id();
        let waiting =
            async |visit| fixture.store.load_desk_visit(desk.clone(), visit, now()).await.unwrap().waiting_pictures;
        let waiting_pictures = waiting(other_visit).await;
        assert_eq!(
            (waiting_pictures.next_picture, waiting_pictures.visits),
            (Some((fixture.visit, id)), 1),
            "{}",
            fixture.engine
        );
        assert_eq!(
            waiting(fixture.visit).await.next_picture,
            None,
            "{}: the visit itself is not the next",
            fixture.engine
        );
        let (_, version) = fixture.load_proof(&desk).await;
        fixture.confirm_by_pictures(&desk, version).await.unwrap();
        assert_eq!(waiting(other_visit).await.next_picture, None, "{}", fixture.engine);
    }
}

#[test]
fn who_looked_is_told_of_others_alone() {
    let main = sample_main_part("picture/sent", Language::Japanese);
    assert!(main.contains("医療機関の受付（受付 見本）：画像を見ました") && main.contains("あなた：画像を送りました"));
    assert!(!main.contains("あなた：画像を見ました") && !main.contains("画像を受け取りました"));
}
