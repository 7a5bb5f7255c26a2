use base::{InstitutionCode, Key, Randomness, Span};
use database::test_database;

use super::*;
use crate::store::test_store::{add_institution, add_patient};
use crate::{
    MIGRATIONS,
    pages::sample_data,
    rules::{
        desk_action::{DeskAction, DocumentCheck, DocumentTicks},
        picture::{PictureHint, retention_end},
        proof::{DeskSide, InsuranceProof, NotStartedReason, PatientSide},
        sign_in::CODE_LIFETIME,
    },
    seal::Seal,
    store::{
        appointment::BookingRequest,
        desk::{DeskVisit, SeenVersion},
        proof::LedgerVersion,
    },
    vault::{MasterKeys, PicturePart, Vault, VaultLocation},
};

/// Two clinics with a desk each, two patients, and an appointment of the first patient at the first clinic.
struct PictureFixture {
    engine: &'static str,
    store: Store,
    vault: Vault,
    folder: tempfile::TempDir,
    clinics: Vec<InstitutionCode>,
    hanako: PatientId,
    taro: PatientId,
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
    let mut worlds = Vec::new();
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let store = Store { seal: Seal::new(key("seal")), ..Store::for_tests(trial.database.clone()) };
        let mut clinics = Vec::new();
        for offer in sample_data::offers() {
            clinics.push(add_institution(&store, offer).await);
        }
        let folder = tempfile::tempdir().unwrap();
        let place = VaultLocation::Folder(folder.path().to_path_buf());
        let vault = Vault::open(place, MasterKeys::new("one", key("one"))).unwrap();
        let (hanako, taro) = (
            add_patient(&store, "hanako@example.jp", now()).await,
            add_patient(&store, "taro@example.jp", now()).await,
        );
        let wish =
            BookingRequest { institution: clinics[0], menu: 1, start: parse_timestamp("2026-11-25T10:00:00+09:00") };
        let visit = store.book_appointment(hanako, wish, now()).await.unwrap().id();
        worlds.push(PictureFixture {
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
    worlds
}

impl PictureFixture {
    async fn add_desk(&self, clinic: usize) -> StaffMember {
        let mail = format!("desk{clinic}@example.jp").parse().unwrap();
        let id = match self.store.add_staff(self.clinics[clinic], &mail, "受付 見本", "correct horse", now()).await
        {
            Ok(id) => id,
            Err(error) => panic!("{error}"),
        };
        StaffMember {
            id,
            institution: self.clinics[clinic],
            institution_name: String::new(),
            name: "受付 見本".to_owned(),
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
        patient: PatientId,
        document: DocumentKind,
        side: DocumentSide,
        hints: PictureHints,
        intent: SendIntent,
    ) -> (PictureId, Result<UploadOutcome, Refusal>) {
        let id = PictureId::new(now(), &self.store.randomness);
        self.store.reserve_pictures(vec![id], now()).await.unwrap();
        let key =
            self.vault.store_picture(&id.to_string(), b"a picture", b"small", &self.store.randomness).await.unwrap();
        let arriving =
            UploadedPicture { id, side, hints, size: (900, 600), original_digest: base::digest(&[b"original"]), key };
        (id, self.store.receive_pictures(patient, self.visit, document, vec![arriving], intent, now()).await)
    }

    async fn send_picture(&self) -> PictureId {
        let (id, arrived) = self.upload(DocumentSide::Front, PictureHints::default(), SendIntent::Send).await;
        assert_eq!(arrived.unwrap(), UploadOutcome::Sent, "{}", self.engine);
        id
    }

    async fn view_picture(&self, viewer: PictureViewer, id: PictureId) -> Option<Vec<u8>> {
        match self.store.open_picture(viewer, id, "picture.look", now()).await {
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

    async fn perform_action(&self, staff: &StaffMember, seen: LedgerVersion, act: DeskAction) -> Result<(), Refusal> {
        self.store
            .perform_desk_action(staff.clone(), self.visit, SeenVersion::for_ledgers(seen), act, minutes_later(5))
            .await
    }

    /// The confirmation by what is sent now.
    async fn confirm_by_pictures(&self, staff: &StaffMember, seen: LedgerVersion) -> Result<(), Refusal> {
        let pictures = self.list_pictures().await;
        let sent =
            pictures.iter().filter(|picture| matches!(picture.state, PictureState::Sent | PictureState::Accepted));
        self.confirm_by_chosen_pictures(staff, seen, sent.map(|picture| picture.id).collect()).await
    }

    async fn confirm_by_chosen_pictures(
        &self,
        staff: &StaffMember,
        seen: LedgerVersion,
        pictures: Vec<PictureId>,
    ) -> Result<(), Refusal> {
        let ticks = DocumentTicks { name: true, birth_date: true, expiry: true };
        let check = DocumentCheck::from_ticks(ticks).expect("everything is ticked");
        self.perform_action(staff, seen, DeskAction::ConfirmByPictures { viewed: pictures, check }).await
    }

    /// How much the desk was told of the pictures.
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
        let report = self.store.verify_audit(None).await.unwrap();
        assert!(report.fault.is_none() && report.rows > 0, "{}: {report:?}", self.engine);
    }
}

#[tokio::test]
async fn a_picture_is_seen_by_its_patient_and_that_clinics_desk_and_nobody_else() {
    for world in picture_fixtures().await {
        let (own, other) = (world.add_desk(0).await, world.add_desk(1).await);
        let id = world.send_picture().await;
        let desk = |staff: &StaffMember| PictureViewer::Desk(Box::new(staff.clone()));
        assert!(world.view_picture(PictureViewer::Patient(world.hanako), id).await.is_some());
        assert!(world.view_picture(desk(&own), id).await.is_some());
        assert!(world.view_picture(PictureViewer::Patient(world.taro), id).await.is_none(), "{}", world.engine);
        assert!(world.view_picture(desk(&other), id).await.is_none(), "{}", world.engine);
        // Nor does the visit exist for them.
        let visit = world.store.load_desk_visit(other.clone(), world.visit, now()).await;
        assert!(matches!(visit, Err(Refusal::NotFound)));
        let (_, version) = world.load_proof(&own).await;
        let act = world.confirm_by_chosen_pictures(&other, version, vec![id]).await;
        assert!(matches!(act, Err(Refusal::NotFound)));
        assert!(matches!(world.store.load_appointment_pictures(world.taro, world.visit).await, Err(Refusal::NotFound)));
        let erased = world.store.erase_picture(world.taro, world.visit, id, now()).await;
        assert!(matches!(erased, Err(Refusal::NotFound)));
        let none = PictureHints::default();
        let (_, foreign) =
            world.upload_as(world.taro, DocumentKind::Certificate, DocumentSide::Front, none, SendIntent::Send).await;
        assert!(matches!(foreign, Err(Refusal::NotFound)));
        // Every look that was let in is in the trail, and no other.
        let looks =
            world.load_visit(&own).await.audit_trail.iter().filter(|deed| deed.action == "picture.look").count();
        assert_eq!(looks, 2, "{}", world.engine);
        world.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn a_draft_is_the_patients_alone_until_she_sends_it() {
    for world in picture_fixtures().await {
        let desk = world.add_desk(0).await;
        let hinted = PictureHints::default().with_hint(PictureHint::Blurred);
        let (id, arrived) = world.upload(DocumentSide::Front, hinted, SendIntent::Send).await;
        assert_eq!(arrived.unwrap(), UploadOutcome::HintsFound);
        assert!(world.view_picture(PictureViewer::Desk(Box::new(desk.clone())), id).await.is_none());
        assert!(world.load_visit(&desk).await.pictures.is_empty());
        assert!(matches!(world.load_proof(&desk).await.0.patient, PatientSide::NotStarted(_)));
        assert_eq!(world.count_desk_events().await, 0, "{}", world.engine);
        let sent = world.store.send_drafts(world.hanako, world.visit, minutes_later(1)).await.unwrap();
        assert_eq!(sent, UploadOutcome::Sent);
        // Pressed again, it is still sent, and once.
        assert_eq!(
            world.store.send_drafts(world.hanako, world.visit, minutes_later(2)).await.unwrap(),
            UploadOutcome::Sent
        );
        assert!(matches!(world.load_proof(&desk).await.0.patient, PatientSide::PictureSent { .. }));
        assert_eq!(world.count_desk_events().await, 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn a_document_of_two_papers_waits_for_both() {
    for world in picture_fixtures().await {
        let (kind, none) = (DocumentKind::NoticeWithCard, PictureHints::default());
        let (_, first) = world.upload_as(world.hanako, kind, DocumentSide::Front, none, SendIntent::Send).await;
        assert!(matches!(first.unwrap(), UploadOutcome::Incomplete(slots) if slots[0].side == DocumentSide::Back));
        let (_, second) = world.upload_as(world.hanako, kind, DocumentSide::Back, none, SendIntent::Send).await;
        assert_eq!(second.unwrap(), UploadOutcome::Sent, "{}", world.engine);
        let states: Vec<_> = world.list_pictures().await.iter().map(|picture| picture.state).collect();
        assert_eq!(states, [PictureState::Sent, PictureState::Sent]);
    }
}

#[tokio::test]
async fn only_the_side_that_was_refused_is_sent_again() {
    for world in picture_fixtures().await {
        let desk = world.add_desk(0).await;
        let front = world.send_picture().await;
        let (_, back) = world.upload(DocumentSide::Back, PictureHints::default(), SendIntent::Send).await;
        assert_eq!(back.unwrap(), UploadOutcome::Sent);
        let (_, version) = world.load_proof(&desk).await;
        let ask = DeskAction::RequestPictureAgain {
            picture: front,
            reason: RequestReason::Blurred,
            note: "右下が読めません".parse().ok(),
        };
        world.perform_action(&desk, version, ask).await.unwrap();
        let page = world.store.load_appointment_pictures(world.hanako, world.visit).await.unwrap();
        assert_eq!(page.request, Some(RequestReason::Blurred));
        let refusal = page.pictures[0].refusal.clone().unwrap();
        assert_eq!((refusal.reason, refusal.note), (RequestReason::Blurred, "右下が読めません".parse().ok()));
        assert_eq!(page.pictures[1].state, PictureState::Sent);
        let letters = world.store.list_outbox().await.unwrap();
        let asked = letters.iter().find(|letter| letter.letter.body.contains("ぼやけて")).expect("she is told");
        assert!(asked.letter.to == "hanako@example.jp" && !asked.letter.body.contains("右下"), "{}", world.engine);
        let again = world.send_picture().await;
        assert_ne!(again, front);
        assert_eq!(world.list_pictures().await.len(), 2);
        assert!(
            world.view_picture(PictureViewer::Patient(world.hanako), front).await.is_none(),
            "the earlier one is gone"
        );
        assert_eq!(world.load_proof(&desk).await.0.desk, DeskSide::Unseen);
        let (_, version) = world.load_proof(&desk).await;
        world.confirm_by_pictures(&desk, version).await.unwrap();
        assert!(world.list_pictures().await.iter().all(|picture| picture.state == PictureState::Accepted));
        world.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn two_desks_do_not_overwrite_each_other() {
    for world in picture_fixtures().await {
        let desk = world.add_desk(0).await;
        let id = world.send_picture().await;
        let (_, seen) = world.load_proof(&desk).await;
        world.confirm_by_pictures(&desk, seen).await.unwrap();
        let ask = DeskAction::RequestPictureAgain { picture: id, reason: RequestReason::Glare, note: None };
        assert!(matches!(world.perform_action(&desk, seen, ask).await, Err(Refusal::Changed)));
        assert!(matches!(world.load_proof(&desk).await.0.desk, DeskSide::Confirmed { .. }), "{}", world.engine);
        assert_eq!(world.list_pictures().await[0].state, PictureState::Accepted);
        assert_eq!(world.count_letters_to("hanako@example.jp").await, 3, "code, booking, confirmation");
    }
}

#[tokio::test]
async fn a_picture_that_is_gone_cannot_be_accepted() {
    for world in picture_fixtures().await {
        let desk = world.add_desk(0).await;
        let id = world.send_picture().await;
        world.store.erase_picture(world.hanako, world.visit, id, minutes_later(1)).await.unwrap();
        world.store.erase_picture(world.hanako, world.visit, id, minutes_later(2)).await.unwrap();
        let (proof, version) = world.load_proof(&desk).await;
        assert_eq!(proof.patient, PatientSide::NotStarted(NotStartedReason::Erased), "{}", world.engine);
        assert_eq!(world.count_desk_events().await, 2, "{}: it came, and it was erased", world.engine);
        let accepted = world.confirm_by_chosen_pictures(&desk, version, vec![id]).await;
        assert!(matches!(accepted, Err(Refusal::Changed)));
    }
}

#[tokio::test]
async fn one_paper_of_two_proves_nothing_and_a_side_that_need_not_be_there_takes_nothing_away() {
    for world in picture_fixtures().await {
        let desk = world.add_desk(0).await;
        let erase = |id, at| world.store.erase_picture(world.hanako, world.visit, id, at);
        let front = world.send_picture().await;
        let (back, arrived) = world.upload(DocumentSide::Back, PictureHints::default(), SendIntent::Send).await;
        assert_eq!(arrived.unwrap(), UploadOutcome::Sent);
        erase(back, minutes_later(1)).await.unwrap();
        assert!(matches!(world.load_proof(&desk).await.0.patient, PatientSide::PictureSent { .. }), "{}", world.engine);
        let told = world.count_desk_events().await;
        let (kind, none) = (DocumentKind::NoticeWithCard, PictureHints::default());
        world.upload_as(world.hanako, kind, DocumentSide::Front, none, SendIntent::Send).await.1.unwrap();
        let (card, arrived) = world.upload_as(world.hanako, kind, DocumentSide::Back, none, SendIntent::Send).await;
        assert_eq!(arrived.unwrap(), UploadOutcome::Sent);
        assert!(world.list_pictures().await.iter().all(|picture| picture.id != front), "another document replaces it");
        erase(card, minutes_later(2)).await.unwrap();
        let erased = PatientSide::NotStarted(NotStartedReason::Erased);
        assert_eq!(world.load_proof(&desk).await.0.patient, erased, "{}", world.engine);
        assert_eq!(world.count_desk_events().await, told + 2, "{}", world.engine);
        // The missing paper alone makes it whole again.
        let (_, arrived) = world.upload_as(world.hanako, kind, DocumentSide::Back, none, SendIntent::Send).await;
        assert_eq!(arrived.unwrap(), UploadOutcome::Sent, "{}", world.engine);
        assert!(matches!(world.load_proof(&desk).await.0.patient, PatientSide::PictureSent { .. }), "{}", world.engine);
        // What the desk confirmed by a picture outlives it, and nobody need look again.
        let (_, version) = world.load_proof(&desk).await;
        world.confirm_by_pictures(&desk, version).await.unwrap();
        let told = world.count_desk_events().await;
        for picture in world.list_pictures().await {
            erase(picture.id, minutes_later(9)).await.unwrap();
        }
        assert!(matches!(world.load_proof(&desk).await.0.desk, DeskSide::Confirmed { .. }), "{}", world.engine);
        assert_eq!(world.count_desk_events().await, told, "{}", world.engine);
        world.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn a_picture_that_was_asked_for_again_may_be_erased_without_news_for_the_desk() {
    for world in picture_fixtures().await {
        let desk = world.add_desk(0).await;
        let id = world.send_picture().await;
        let (_, version) = world.load_proof(&desk).await;
        let ask = DeskAction::RequestPictureAgain { picture: id, reason: RequestReason::Glare, note: None };
        world.perform_action(&desk, version, ask).await.unwrap();
        let told = world.count_desk_events().await;
        world.store.erase_picture(world.hanako, world.visit, id, minutes_later(6)).await.unwrap();
        let (proof, _) = world.load_proof(&desk).await;
        assert_eq!(proof.patient, PatientSide::NotStarted(NotStartedReason::Erased), "{}", world.engine);
        assert!(matches!(proof.desk, DeskSide::Requested { .. }), "{}", world.engine);
        assert_eq!(world.count_desk_events().await, told, "{}", world.engine);
    }
}

#[tokio::test]
async fn what_is_over_is_erased_with_its_key_and_its_object() {
    for world in picture_fixtures().await {
        let id = world.send_picture().await;
        let file = world.folder.path().join(id.to_string()).join("picture");
        let end = retention_end(base::parse_date("2026-11-25").unwrap(), 30);
        let tidy = |at| cleanup::clean_up_once(&world.store, &world.vault, at, 30);
        tidy(end.minus(Span::from_secs(1))).await.unwrap();
        assert!(file.exists() && world.list_pictures().await.len() == 1, "{}", world.engine);
        tidy(end).await.unwrap();
        assert!(!file.exists() && world.list_pictures().await.is_empty(), "{}", world.engine);
        let keys: i64 = world
            .store
            .database
            .read(|transaction| {
                transaction
                    .fetch_one("SELECT COUNT(*) FROM picture WHERE wrapped_key IS NOT NULL", &[], |row| row.get(0))
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        assert_eq!(keys, 0);
        world.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn pictures_of_a_cancelled_visit_and_uploads_that_never_arrived_are_removed() {
    for world in picture_fixtures().await {
        world.send_picture().await;
        let stray = PictureId::new(now(), &world.store.randomness);
        world.store.reserve_pictures(vec![stray], now()).await.unwrap();
        world
            .vault
            .store_picture(&stray.to_string(), b"never arrived", b"small", &world.store.randomness)
            .await
            .unwrap();
        let stray = world.folder.path().join(stray.to_string());
        cleanup::clean_up_once(&world.store, &world.vault, minutes_later(59), 30).await.unwrap();
        assert!(stray.exists() && world.list_pictures().await.len() == 1, "an upload may take an hour");
        world.store.cancel_appointment(world.hanako, world.visit, minutes_later(60)).await.unwrap();
        cleanup::clean_up_once(&world.store, &world.vault, minutes_later(61), 30).await.unwrap();
        assert!(!stray.exists() && world.list_pictures().await.is_empty(), "{}", world.engine);
    }
}

#[tokio::test]
async fn keys_turn_to_the_new_master_key() {
    for world in picture_fixtures().await {
        let id = world.send_picture().await;
        let place = || VaultLocation::Folder(world.folder.path().to_path_buf());
        let keys = MasterKeys::new("two", key("two")).with_older("one", key("one"));
        let between = Vault::open(place(), keys).unwrap();
        cleanup::clean_up_once(&world.store, &between, minutes_later(1), 30).await.unwrap();
        let after = Vault::open(place(), MasterKeys::new("two", key("two"))).unwrap();
        let viewer = PictureViewer::Patient(world.hanako);
        let wrapped = world.store.open_picture(viewer, id, "picture.look", minutes_later(2)).await.unwrap();
        assert_eq!(
            after.load_picture(&id.to_string(), PicturePart::Full, &wrapped).await.unwrap(),
            b"a picture",
            "{}",
            world.engine
        );
    }
}

#[tokio::test]
async fn only_the_pictures_that_were_seen_are_confirmed() {
    for world in picture_fixtures().await {
        let desk = world.add_desk(0).await;
        let front = world.send_picture().await;
        let (_, version) = world.load_proof(&desk).await;
        // The other side is sent while the desk compares the first.
        let (back, arrived) = world.upload(DocumentSide::Back, PictureHints::default(), SendIntent::Send).await;
        assert_eq!(arrived.unwrap(), UploadOutcome::Sent);
        let stale = world.confirm_by_chosen_pictures(&desk, version, vec![front]).await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{}", world.engine);
        let (_, version) = world.load_proof(&desk).await;
        for seen in [vec![front], vec![back], vec![]] {
            let partly = world.confirm_by_chosen_pictures(&desk, version, seen).await;
            assert!(matches!(partly, Err(Refusal::Changed)), "{}", world.engine);
        }
        // A side that need not be there is erased: the ledgers stay as they are, and what was seen is no longer there.
        world.store.erase_picture(world.hanako, world.visit, back, minutes_later(1)).await.unwrap();
        let gone = world.confirm_by_chosen_pictures(&desk, version, vec![front, back]).await;
        assert!(matches!(gone, Err(Refusal::Changed)), "{}", world.engine);
        world.confirm_by_chosen_pictures(&desk, version, vec![front]).await.unwrap();
    }
}

#[tokio::test]
async fn taking_an_act_back_takes_its_word_on_the_pictures_back() {
    for world in picture_fixtures().await {
        let desk = world.add_desk(0).await;
        let id = world.send_picture().await;
        let state = async || world.list_pictures().await[0].state;
        let take_back = |number| world.store.undo_desk_action(desk.clone(), world.visit, number, minutes_later(6));
        let (_, version) = world.load_proof(&desk).await;
        world.confirm_by_pictures(&desk, version).await.unwrap();
        assert_eq!(state().await, PictureState::Accepted, "{}", world.engine);
        take_back(1).await.unwrap();
        assert_eq!(state().await, PictureState::Sent, "{}", world.engine);
        let note = "右下が読めません".parse().ok();
        let (_, version) = world.load_proof(&desk).await;
        let ask = DeskAction::RequestPictureAgain { picture: id, reason: RequestReason::Blurred, note };
        world.perform_action(&desk, version, ask).await.unwrap();
        assert_eq!(state().await, PictureState::Refused, "{}", world.engine);
        take_back(2).await.unwrap();
        let picture = world.list_pictures().await.remove(0);
        assert_eq!((picture.state, picture.refusal), (PictureState::Sent, None), "{}", world.engine);
        assert_eq!(world.load_proof(&desk).await.0.desk, DeskSide::Unseen, "{}", world.engine);
        // Neither letter had left.
        assert_eq!(world.count_letters_to("hanako@example.jp").await, 2, "{}: code and booking", world.engine);
        world.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn the_next_picture_is_that_of_the_next_visit() {
    for world in picture_fixtures().await {
        let desk = world.add_desk(0).await;
        let id = world.send_picture().await;
        let wish = BookingRequest {
            institution: world.clinics[0],
            menu: 1,
            start: parse_timestamp("2026-11-25T11:00:00+09:00"),
        };
        let other = world.store.book_appointment(world.taro, wish, now()).await.unwrap().id();
        let waiting =
            async |visit| world.store.load_desk_visit(desk.clone(), visit, now()).await.unwrap().waiting_pictures;
        let found = waiting(other).await;
        assert_eq!((found.next_picture, found.visits), (Some((world.visit, id)), 1), "{}", world.engine);
        assert_eq!(waiting(world.visit).await.next_picture, None, "{}: the visit itself is not the next", world.engine);
        let (_, version) = world.load_proof(&desk).await;
        world.confirm_by_pictures(&desk, version).await.unwrap();
        assert_eq!(waiting(other).await.next_picture, None, "{}", world.engine);
    }
}
