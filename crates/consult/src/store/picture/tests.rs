use base::{InstitutionCode, Key, Randomness, Span};
use database::trial;

use super::*;
use crate::store::test_store::{add_institution, add_patient};
use crate::{
    MIGRATIONS,
    pages::specimen,
    rules::{
        desk_act::{DeskAct, DocumentCheck, DocumentTicks},
        picture::{Hint, kept_until},
        proof::{Beginning, DeskSide, PatientSide, Proof},
        sign_in::CODE_LIFETIME,
    },
    seal::Seal,
    store::{
        appointment::Wish,
        desk::{SeenVersion, VisitFile},
        proof::Version,
    },
    vault::{MasterKeys, Part, Place, Vault},
};

/// Two clinics with a desk each, two patients, and an appointment of the first patient at the first clinic.
struct World {
    engine: &'static str,
    store: Store,
    vault: Vault,
    folder: tempfile::TempDir,
    clinics: Vec<InstitutionCode>,
    hanako: PatientId,
    taro: PatientId,
    visit: AppointmentId,
    _trial: trial::Trial,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-24T08:00:00+09:00")
}

fn later(minutes: i64) -> Timestamp {
    now().plus(Span::from_mins(minutes))
}

fn key(seed: &str) -> Key {
    Key::new(&Randomness::repeatable(seed))
}

async fn worlds() -> Vec<World> {
    assert!(CODE_LIFETIME > Span::ZERO);
    let mut worlds = Vec::new();
    for trial in trial::each("consult", MIGRATIONS) {
        let store = Store { seal: Seal::new(key("seal")), ..Store::for_tests(trial.database.clone()) };
        let mut clinics = Vec::new();
        for offer in specimen::offers() {
            clinics.push(add_institution(&store, offer).await);
        }
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().to_path_buf());
        let vault = Vault::open(place, MasterKeys::new("one", key("one"))).unwrap();
        let (hanako, taro) = (
            add_patient(&store, "hanako@example.jp", now()).await,
            add_patient(&store, "taro@example.jp", now()).await,
        );
        let wish = Wish { institution: clinics[0], menu: 1, start: at("2026-11-25T10:00:00+09:00") };
        let visit = store.book(hanako, wish, now()).await.unwrap().id();
        worlds.push(World { engine: trial.engine, store, vault, folder, clinics, hanako, taro, visit, _trial: trial });
    }
    worlds
}

impl World {
    async fn desk(&self, clinic: usize) -> Staff {
        let mail = format!("desk{clinic}@example.jp").parse().unwrap();
        let id = match self.store.add_staff(self.clinics[clinic], &mail, "受付 見本", "correct horse", now()).await
        {
            Ok(id) => id,
            Err(error) => panic!("{error}"),
        };
        Staff {
            id, institution: self.clinics[clinic], institution_name: String::new(), name: "受付 見本".to_owned()
        }
    }

    async fn upload(&self, side: Side, hints: Hints, intent: Intent) -> (PictureId, Result<Arrived, Refusal>) {
        self.upload_as(self.hanako, DocumentKind::Certificate, side, hints, intent).await
    }

    async fn upload_as(
        &self,
        patient: PatientId,
        document: DocumentKind,
        side: Side,
        hints: Hints,
        intent: Intent,
    ) -> (PictureId, Result<Arrived, Refusal>) {
        let id = PictureId::new(now(), &self.store.randomness);
        self.store.expect_pictures(vec![id], now()).await.unwrap();
        let key = self.vault.put(&id.to_string(), b"a picture", b"small", &self.store.randomness).await.unwrap();
        let arriving = Arriving { id, side, hints, size: (900, 600), original: base::digest(&[b"original"]), key };
        (id, self.store.receive_pictures(patient, self.visit, document, vec![arriving], intent, now()).await)
    }

    async fn sent(&self) -> PictureId {
        let (id, arrived) = self.upload(Side::Front, Hints::default(), Intent::Send).await;
        assert_eq!(arrived.unwrap(), Arrived::Sent, "{}", self.engine);
        id
    }

    async fn seen_by(&self, viewer: Viewer, id: PictureId) -> Option<Vec<u8>> {
        match self.store.look_at_picture(viewer, id, "picture.look", now()).await {
            Ok(key) => Some(self.vault.bring(&id.to_string(), Part::Whole, &key).await.unwrap()),
            Err(Refusal::NotFound) => None,
            Err(refusal) => panic!("{refusal}"),
        }
    }

    async fn pictures(&self) -> Vec<Picture> {
        self.store.picture_page(self.hanako, self.visit).await.unwrap().pictures
    }

    async fn file(&self, staff: &Staff) -> VisitFile {
        self.store.desk_visit(staff.clone(), self.visit, now()).await.unwrap()
    }

    async fn proof(&self, staff: &Staff) -> (Proof, Version) {
        self.file(staff).await.proof.unwrap()
    }

    async fn act(&self, staff: &Staff, seen: Version, act: DeskAct) -> Result<(), Refusal> {
        self.store.desk_act(staff.clone(), self.visit, SeenVersion::of_ledgers(seen), act, later(5)).await
    }

    /// The confirmation by what is sent now.
    async fn confirm_by_pictures(&self, staff: &Staff, seen: Version) -> Result<(), Refusal> {
        let pictures = self.pictures().await;
        let sent = pictures.iter().filter(|picture| matches!(picture.state, State::Sent | State::Accepted));
        self.confirm_by(staff, seen, sent.map(|picture| picture.id).collect()).await
    }

    async fn confirm_by(&self, staff: &Staff, seen: Version, pictures: Vec<PictureId>) -> Result<(), Refusal> {
        let ticks = DocumentTicks { name: true, birth_date: true, expiry: true };
        let check = DocumentCheck::from_ticks(ticks).expect("everything is ticked");
        self.act(staff, seen, DeskAct::ConfirmByPictures { seen: pictures, check }).await
    }

    /// How much the desk was told of the pictures.
    async fn desk_events(&self) -> u32 {
        self.store
            .database
            .read(|transaction| {
                transaction.one("SELECT COUNT(*) FROM desk_event WHERE event <> 'booked'", &[], |row| row.at(0))
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"))
    }

    async fn letters_to(&self, address: &str) -> usize {
        let letters = self.store.outbox().await.unwrap();
        letters.iter().filter(|letter| letter.letter.to == address).count()
    }

    async fn trail_is_whole(&self) {
        let report = self.store.verify_audit(None).await.unwrap();
        assert!(report.fault.is_none() && report.rows > 0, "{}: {report:?}", self.engine);
    }
}

#[tokio::test]
async fn a_picture_is_seen_by_its_patient_and_that_clinics_desk_and_nobody_else() {
    for world in worlds().await {
        let (own, other) = (world.desk(0).await, world.desk(1).await);
        let id = world.sent().await;
        let desk = |staff: &Staff| Viewer::Desk(Box::new(staff.clone()));
        assert!(world.seen_by(Viewer::Patient(world.hanako), id).await.is_some());
        assert!(world.seen_by(desk(&own), id).await.is_some());
        assert!(world.seen_by(Viewer::Patient(world.taro), id).await.is_none(), "{}", world.engine);
        assert!(world.seen_by(desk(&other), id).await.is_none(), "{}", world.engine);
        // Nor does the visit exist for them.
        let visit = world.store.desk_visit(other.clone(), world.visit, now()).await;
        assert!(matches!(visit, Err(Refusal::NotFound)));
        let (_, version) = world.proof(&own).await;
        let act = world.confirm_by(&other, version, vec![id]).await;
        assert!(matches!(act, Err(Refusal::NotFound)));
        assert!(matches!(world.store.picture_page(world.taro, world.visit).await, Err(Refusal::NotFound)));
        let erased = world.store.erase_picture(world.taro, world.visit, id, now()).await;
        assert!(matches!(erased, Err(Refusal::NotFound)));
        let none = Hints::default();
        let (_, foreign) =
            world.upload_as(world.taro, DocumentKind::Certificate, Side::Front, none, Intent::Send).await;
        assert!(matches!(foreign, Err(Refusal::NotFound)));
        // Every look that was let in is in the trail, and no other.
        let looks = world.file(&own).await.deeds.iter().filter(|deed| deed.act == "picture.look").count();
        assert_eq!(looks, 2, "{}", world.engine);
        world.trail_is_whole().await;
    }
}

#[tokio::test]
async fn a_draft_is_the_patients_alone_until_she_sends_it() {
    for world in worlds().await {
        let desk = world.desk(0).await;
        let hinted = Hints::default().with(Hint::Blurred);
        let (id, arrived) = world.upload(Side::Front, hinted, Intent::Send).await;
        assert_eq!(arrived.unwrap(), Arrived::Hinted);
        assert!(world.seen_by(Viewer::Desk(Box::new(desk.clone())), id).await.is_none());
        assert!(world.file(&desk).await.pictures.is_empty());
        assert!(matches!(world.proof(&desk).await.0.patient, PatientSide::NotStarted(_)));
        assert_eq!(world.desk_events().await, 0, "{}", world.engine);
        let sent = world.store.send_drafts(world.hanako, world.visit, later(1)).await.unwrap();
        assert_eq!(sent, Arrived::Sent);
        // Pressed again, it is still sent, and once.
        assert_eq!(world.store.send_drafts(world.hanako, world.visit, later(2)).await.unwrap(), Arrived::Sent);
        assert!(matches!(world.proof(&desk).await.0.patient, PatientSide::PictureSent { .. }));
        assert_eq!(world.desk_events().await, 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn a_document_of_two_papers_waits_for_both() {
    for world in worlds().await {
        let (kind, none) = (DocumentKind::NoticeWithCard, Hints::default());
        let (_, first) = world.upload_as(world.hanako, kind, Side::Front, none, Intent::Send).await;
        assert!(matches!(first.unwrap(), Arrived::Incomplete(slots) if slots[0].side == Side::Back));
        let (_, second) = world.upload_as(world.hanako, kind, Side::Back, none, Intent::Send).await;
        assert_eq!(second.unwrap(), Arrived::Sent, "{}", world.engine);
        let states: Vec<_> = world.pictures().await.iter().map(|picture| picture.state).collect();
        assert_eq!(states, [State::Sent, State::Sent]);
    }
}

#[tokio::test]
async fn only_the_side_that_was_refused_is_sent_again() {
    for world in worlds().await {
        let desk = world.desk(0).await;
        let front = world.sent().await;
        let (_, back) = world.upload(Side::Back, Hints::default(), Intent::Send).await;
        assert_eq!(back.unwrap(), Arrived::Sent);
        let (_, version) = world.proof(&desk).await;
        let ask =
            DeskAct::AskAgain {
                picture: front, reason: RequestReason::Blurred, note: "右下が読めません".parse().ok()
            };
        world.act(&desk, version, ask).await.unwrap();
        let page = world.store.picture_page(world.hanako, world.visit).await.unwrap();
        assert_eq!(page.request, Some(RequestReason::Blurred));
        let refusal = page.pictures[0].refusal.clone().unwrap();
        assert_eq!((refusal.reason, refusal.note), (RequestReason::Blurred, "右下が読めません".parse().ok()));
        assert_eq!(page.pictures[1].state, State::Sent);
        let letters = world.store.outbox().await.unwrap();
        let asked = letters.iter().find(|letter| letter.letter.body.contains("ぼやけて")).expect("she is told");
        assert!(asked.letter.to == "hanako@example.jp" && !asked.letter.body.contains("右下"), "{}", world.engine);
        let again = world.sent().await;
        assert_ne!(again, front);
        assert_eq!(world.pictures().await.len(), 2);
        assert!(world.seen_by(Viewer::Patient(world.hanako), front).await.is_none(), "the earlier one is gone");
        assert_eq!(world.proof(&desk).await.0.desk, DeskSide::Unseen);
        let (_, version) = world.proof(&desk).await;
        world.confirm_by_pictures(&desk, version).await.unwrap();
        assert!(world.pictures().await.iter().all(|picture| picture.state == State::Accepted));
        world.trail_is_whole().await;
    }
}

#[tokio::test]
async fn two_desks_do_not_overwrite_each_other() {
    for world in worlds().await {
        let desk = world.desk(0).await;
        let id = world.sent().await;
        let (_, seen) = world.proof(&desk).await;
        world.confirm_by_pictures(&desk, seen).await.unwrap();
        let ask = DeskAct::AskAgain { picture: id, reason: RequestReason::Glare, note: None };
        assert!(matches!(world.act(&desk, seen, ask).await, Err(Refusal::Changed)));
        assert!(matches!(world.proof(&desk).await.0.desk, DeskSide::Confirmed { .. }), "{}", world.engine);
        assert_eq!(world.pictures().await[0].state, State::Accepted);
        assert_eq!(world.letters_to("hanako@example.jp").await, 3, "code, booking, confirmation");
    }
}

#[tokio::test]
async fn a_picture_that_is_gone_cannot_be_accepted() {
    for world in worlds().await {
        let desk = world.desk(0).await;
        let id = world.sent().await;
        world.store.erase_picture(world.hanako, world.visit, id, later(1)).await.unwrap();
        world.store.erase_picture(world.hanako, world.visit, id, later(2)).await.unwrap();
        let (proof, version) = world.proof(&desk).await;
        assert_eq!(proof.patient, PatientSide::NotStarted(Beginning::Erased), "{}", world.engine);
        assert_eq!(world.desk_events().await, 2, "{}: it came, and it was erased", world.engine);
        let accepted = world.confirm_by(&desk, version, vec![id]).await;
        assert!(matches!(accepted, Err(Refusal::Changed)));
    }
}

#[tokio::test]
async fn one_paper_of_two_proves_nothing_and_a_side_that_need_not_be_there_takes_nothing_away() {
    for world in worlds().await {
        let desk = world.desk(0).await;
        let erase = |id, at| world.store.erase_picture(world.hanako, world.visit, id, at);
        let front = world.sent().await;
        let (back, arrived) = world.upload(Side::Back, Hints::default(), Intent::Send).await;
        assert_eq!(arrived.unwrap(), Arrived::Sent);
        erase(back, later(1)).await.unwrap();
        assert!(matches!(world.proof(&desk).await.0.patient, PatientSide::PictureSent { .. }), "{}", world.engine);
        let told = world.desk_events().await;
        let (kind, none) = (DocumentKind::NoticeWithCard, Hints::default());
        world.upload_as(world.hanako, kind, Side::Front, none, Intent::Send).await.1.unwrap();
        let (card, arrived) = world.upload_as(world.hanako, kind, Side::Back, none, Intent::Send).await;
        assert_eq!(arrived.unwrap(), Arrived::Sent);
        assert!(world.pictures().await.iter().all(|picture| picture.id != front), "another document replaces it");
        erase(card, later(2)).await.unwrap();
        let erased = PatientSide::NotStarted(Beginning::Erased);
        assert_eq!(world.proof(&desk).await.0.patient, erased, "{}", world.engine);
        assert_eq!(world.desk_events().await, told + 2, "{}", world.engine);
        // The missing paper alone makes it whole again.
        let (_, arrived) = world.upload_as(world.hanako, kind, Side::Back, none, Intent::Send).await;
        assert_eq!(arrived.unwrap(), Arrived::Sent, "{}", world.engine);
        assert!(matches!(world.proof(&desk).await.0.patient, PatientSide::PictureSent { .. }), "{}", world.engine);
        // What the desk confirmed by a picture outlives it, and nobody need look again.
        let (_, version) = world.proof(&desk).await;
        world.confirm_by_pictures(&desk, version).await.unwrap();
        let told = world.desk_events().await;
        for picture in world.pictures().await {
            erase(picture.id, later(9)).await.unwrap();
        }
        assert!(matches!(world.proof(&desk).await.0.desk, DeskSide::Confirmed { .. }), "{}", world.engine);
        assert_eq!(world.desk_events().await, told, "{}", world.engine);
        world.trail_is_whole().await;
    }
}

#[tokio::test]
async fn a_picture_that_was_asked_for_again_may_be_erased_without_news_for_the_desk() {
    for world in worlds().await {
        let desk = world.desk(0).await;
        let id = world.sent().await;
        let (_, version) = world.proof(&desk).await;
        let ask = DeskAct::AskAgain { picture: id, reason: RequestReason::Glare, note: None };
        world.act(&desk, version, ask).await.unwrap();
        let told = world.desk_events().await;
        world.store.erase_picture(world.hanako, world.visit, id, later(6)).await.unwrap();
        let (proof, _) = world.proof(&desk).await;
        assert_eq!(proof.patient, PatientSide::NotStarted(Beginning::Erased), "{}", world.engine);
        assert!(matches!(proof.desk, DeskSide::Requested { .. }), "{}", world.engine);
        assert_eq!(world.desk_events().await, told, "{}", world.engine);
    }
}

#[tokio::test]
async fn what_is_over_is_erased_with_its_key_and_its_object() {
    for world in worlds().await {
        let id = world.sent().await;
        let file = world.folder.path().join(id.to_string()).join("picture");
        let end = kept_until(base::parse_date("2026-11-25").unwrap(), 30);
        let tidy = |at| tidy::tidy_once(&world.store, &world.vault, at, 30);
        tidy(end.minus(Span::from_secs(1))).await.unwrap();
        assert!(file.exists() && world.pictures().await.len() == 1, "{}", world.engine);
        tidy(end).await.unwrap();
        assert!(!file.exists() && world.pictures().await.is_empty(), "{}", world.engine);
        let keys: i64 = world
            .store
            .database
            .read(|transaction| {
                transaction.one("SELECT COUNT(*) FROM picture WHERE wrapped_key IS NOT NULL", &[], |row| row.at(0))
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        assert_eq!(keys, 0);
        world.trail_is_whole().await;
    }
}

#[tokio::test]
async fn pictures_of_a_cancelled_visit_and_uploads_that_never_arrived_are_removed() {
    for world in worlds().await {
        world.sent().await;
        let stray = PictureId::new(now(), &world.store.randomness);
        world.store.expect_pictures(vec![stray], now()).await.unwrap();
        world.vault.put(&stray.to_string(), b"never arrived", b"small", &world.store.randomness).await.unwrap();
        let stray = world.folder.path().join(stray.to_string());
        tidy::tidy_once(&world.store, &world.vault, later(59), 30).await.unwrap();
        assert!(stray.exists() && world.pictures().await.len() == 1, "an upload may take an hour");
        world.store.cancel(world.hanako, world.visit, later(60)).await.unwrap();
        tidy::tidy_once(&world.store, &world.vault, later(61), 30).await.unwrap();
        assert!(!stray.exists() && world.pictures().await.is_empty(), "{}", world.engine);
    }
}

#[tokio::test]
async fn keys_turn_to_the_new_master_key() {
    for world in worlds().await {
        let id = world.sent().await;
        let place = || Place::Folder(world.folder.path().to_path_buf());
        let keys = MasterKeys::new("two", key("two")).with_older("one", key("one"));
        let between = Vault::open(place(), keys).unwrap();
        tidy::tidy_once(&world.store, &between, later(1), 30).await.unwrap();
        let after = Vault::open(place(), MasterKeys::new("two", key("two"))).unwrap();
        let viewer = Viewer::Patient(world.hanako);
        let wrapped = world.store.look_at_picture(viewer, id, "picture.look", later(2)).await.unwrap();
        assert_eq!(
            after.bring(&id.to_string(), Part::Whole, &wrapped).await.unwrap(),
            b"a picture",
            "{}",
            world.engine
        );
    }
}

#[tokio::test]
async fn only_the_pictures_that_were_seen_are_confirmed() {
    for world in worlds().await {
        let desk = world.desk(0).await;
        let front = world.sent().await;
        let (_, version) = world.proof(&desk).await;
        // The other side is sent while the desk compares the first.
        let (back, arrived) = world.upload(Side::Back, Hints::default(), Intent::Send).await;
        assert_eq!(arrived.unwrap(), Arrived::Sent);
        let stale = world.confirm_by(&desk, version, vec![front]).await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{}", world.engine);
        let (_, version) = world.proof(&desk).await;
        for seen in [vec![front], vec![back], vec![]] {
            let partly = world.confirm_by(&desk, version, seen).await;
            assert!(matches!(partly, Err(Refusal::Changed)), "{}", world.engine);
        }
        // A side that need not be there is erased: the ledgers stay as they are, and what was seen is no longer there.
        world.store.erase_picture(world.hanako, world.visit, back, later(1)).await.unwrap();
        let gone = world.confirm_by(&desk, version, vec![front, back]).await;
        assert!(matches!(gone, Err(Refusal::Changed)), "{}", world.engine);
        world.confirm_by(&desk, version, vec![front]).await.unwrap();
    }
}

#[tokio::test]
async fn taking_an_act_back_takes_its_word_on_the_pictures_back() {
    for world in worlds().await {
        let desk = world.desk(0).await;
        let id = world.sent().await;
        let state = async || world.pictures().await[0].state;
        let take_back = |number| world.store.take_back_desk_act(desk.clone(), world.visit, number, later(6));
        let (_, version) = world.proof(&desk).await;
        world.confirm_by_pictures(&desk, version).await.unwrap();
        assert_eq!(state().await, State::Accepted, "{}", world.engine);
        take_back(1).await.unwrap();
        assert_eq!(state().await, State::Sent, "{}", world.engine);
        let note = "右下が読めません".parse().ok();
        let (_, version) = world.proof(&desk).await;
        let ask = DeskAct::AskAgain { picture: id, reason: RequestReason::Blurred, note };
        world.act(&desk, version, ask).await.unwrap();
        assert_eq!(state().await, State::Refused, "{}", world.engine);
        take_back(2).await.unwrap();
        let picture = world.pictures().await.remove(0);
        assert_eq!((picture.state, picture.refusal), (State::Sent, None), "{}", world.engine);
        assert_eq!(world.proof(&desk).await.0.desk, DeskSide::Unseen, "{}", world.engine);
        // Neither letter had left.
        assert_eq!(world.letters_to("hanako@example.jp").await, 2, "{}: code and booking", world.engine);
        world.trail_is_whole().await;
    }
}

#[tokio::test]
async fn the_next_picture_is_that_of_the_next_visit() {
    for world in worlds().await {
        let desk = world.desk(0).await;
        let id = world.sent().await;
        let wish = Wish { institution: world.clinics[0], menu: 1, start: at("2026-11-25T11:00:00+09:00") };
        let other = world.store.book(world.taro, wish, now()).await.unwrap().id();
        let waiting = async |visit| world.store.desk_visit(desk.clone(), visit, now()).await.unwrap().waiting_pictures;
        let found = waiting(other).await;
        assert_eq!((found.next, found.visits), (Some((world.visit, id)), 1), "{}", world.engine);
        assert_eq!(waiting(world.visit).await.next, None, "{}: the visit itself is not the next", world.engine);
        let (_, version) = world.proof(&desk).await;
        world.confirm_by_pictures(&desk, version).await.unwrap();
        assert_eq!(waiting(other).await.next, None, "{}", world.engine);
    }
}
