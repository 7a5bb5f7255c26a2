use app_auth::{AuthenticationRequest, Claim, Device, OpenMethod, Purpose};
use base::{Clock, Digest, Key, Randomness, Span, Timestamp, Token};
use card::{
    CardData, CardHolder, CardKey, CardSerial, Jpki, Personalisation, Pin, PinReference, PrivateKey, Sex, StatusWord,
    TokenLabel, Transmit, host,
};
use database::{Database, Location, test_database};
use text::Text;
use tokio::runtime::Handle;

use super::{BeginOutcome, MIGRATIONS, NewSession, Store};
use crate::{
    CardId, NewCard, Refusal,
    cards::{OfficeOperation, run_card_session, run_office_operation},
    rules::session::SessionStage,
    seal::Seal,
    simulated_contact::{RemovalFault, SimulatedContact},
};

struct Trial {
    store: Store,
    clock: Clock,
    location: Location,
    _folder: test_database::TestDatabase,
}

fn new_store(database: Database, clock: &Clock) -> Store {
    let key = Key::new(&Randomness::repeatable("key"));
    let randomness = Randomness::system();
    Store::new(database, Seal::new(key, randomness.clone()), clock.clone(), randomness)
}

/// A store with one card in it, on each engine.
async fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for trial in test_database::open_on_each_engine("portal", MIGRATIONS) {
        let clock = Clock::stopped_at(timestamp(0));
        let store = new_store(trial.database.clone(), &clock);
        store.add_card(new_card("花子")).await.unwrap();
        trials.push(Trial { store, clock, location: trial.location.clone(), _folder: trial });
    }
    trials
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_795_132_800 + seconds)
}

fn card_id() -> CardId {
    "hanako".parse().unwrap()
}

fn new_card(label: &'static str) -> NewCard {
    NewCard {
        id: card_id(),
        label: Text::from_static(label, "Hanako"),
        note: Text::from_static("有効", "valid"),
        data: card_data(),
    }
}

/// A card with the PIN 1234 and a new key. Its certificate is no certificate; the store does not read it.
fn card_data() -> CardData {
    let key = jpki::SigningKey::generate(jpki::Algorithm::EcdsaP384Sha384).unwrap();
    CardData::new(Personalisation {
        label: TokenLabel::Plastic,
        authentication: CardKey {
            key: PrivateKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap(),
            certificate: vec![0x30, 0x03, 0x02, 0x01, 0x05],
            ca_certificate: vec![0x30, 0x03, 0x02, 0x01, 0x06],
        },
        signature: None,
        pin: "1234".parse().unwrap(),
        signature_password: "PASSW0RD".parse().unwrap(),
        holder: CardHolder {
            name: "見本\u{3000}花子".to_owned(),
            address: "東京都".to_owned(),
            birth_date: base::parse_date("1980-02-17").unwrap(),
            sex: Sex::Female,
        },
        serial: "400000012345678".parse::<CardSerial>().unwrap(),
        municipality: "13101".parse().unwrap(),
        expiry: base::parse_date("2035-02-17").unwrap(),
        security_code: "2285".parse().unwrap(),
    })
}

fn pin(digits: &str) -> Pin {
    digits.parse().unwrap()
}

/// Runs a session with the card, which is not leased by another.
async fn with_card<T: Send + 'static>(
    store: &Store,
    operation: impl FnOnce(&mut SimulatedContact) -> T + Send + 'static,
) -> T {
    run_card_session(store, &card_id(), RemovalFault::None, operation).await.unwrap().expect("the card is free")
}

fn verify_pin(contact: &mut SimulatedContact, digits: &str) -> host::PinVerification {
    Jpki::select(contact).unwrap().verify_pin(&pin(digits)).unwrap()
}

async fn tries_left(store: &Store) -> u8 {
    store.list_cards().await.unwrap()[0].tries_left
}

fn new_session(browser: Digest, ticket: &str) -> NewSession {
    let ticket = Token::new(&Randomness::repeatable(ticket));
    let claim = Claim { ticket, device: Device::Android, open_method: OpenMethod::Link };
    NewSession { browser, claim, reception: "https://reception.example".parse().unwrap() }
}

fn browser(name: &str) -> Digest {
    base::digest(&[name.as_bytes()])
}

fn request() -> AuthenticationRequest {
    AuthenticationRequest {
        purpose: Purpose::Review,
        nonce: [7; 32],
        browser: "Chrome".into(),
        started_at: timestamp(0),
        expires_at: timestamp(300),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_try_is_durable_before_the_miss_is_answered() {
    for Trial { store, clock, location, .. } in trials().await {
        let second = new_store(Database::open(&location, "portal", MIGRATIONS).unwrap(), &clock);
        let runtime = Handle::current();
        let outcome = with_card(&store, move |contact| {
            let verdict = verify_pin(contact, "9999");
            // Within the session another store on the same database reads the spent try already.
            (verdict, runtime.block_on(tries_left(&second)))
        });
        assert_eq!(outcome.await, (host::PinVerification::Wrong { tries_left: 2 }, 2));
        assert_eq!(with_card(&store, |contact| verify_pin(contact, "1234")).await, host::PinVerification::Right);
        assert_eq!(tries_left(&store).await, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_in_one_hand_at_a_time_and_for_thirty_seconds_at_most() {
    for Trial { store, clock, .. } in trials().await {
        let first = store.lease_card(card_id()).await.unwrap().expect("the card is free");
        assert!(store.lease_card(card_id()).await.unwrap().is_none());
        assert!(run_card_session(&store, &card_id(), RemovalFault::None, |_| ()).await.unwrap().is_none());
        clock.set(timestamp(31));
        let second = store.lease_card(card_id()).await.unwrap().expect("the first lease has ended");
        let late = store.update_counters(first.lease.clone(), second.data.counters()).await;
        assert!(matches!(late, Err(Refusal::CardInUse)));
        store.release_card(first.lease).await.unwrap();
        assert!(store.lease_card(card_id()).await.unwrap().is_none(), "it is still leased by the second");
        store.release_card(second.lease).await.unwrap();
        assert!(store.lease_card(card_id()).await.unwrap().is_some());
        let missing = store.lease_card("nobody".parse().unwrap()).await;
        assert!(matches!(missing, Err(Refusal::NoSuchCard)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_stays_in_the_hand_of_whoever_holds_on_to_it() {
    for Trial { store, clock, .. } in trials().await {
        let first = store.lease_card(card_id()).await.unwrap().expect("the card is free");
        for seconds in [20, 40, 60] {
            clock.set(timestamp(seconds));
            store.renew_lease(first.lease.clone()).await.unwrap();
            assert!(store.lease_card(card_id()).await.unwrap().is_none());
        }
        clock.set(timestamp(91));
        let second = store.lease_card(card_id()).await.unwrap().expect("the first lease has ended");
        assert!(matches!(store.renew_lease(first.lease).await, Err(Refusal::CardInUse)));
        store.release_card(second.lease).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_that_the_card_itself_changes_is_kept() {
    for Trial { store, .. } in trials().await {
        let response = with_card(&store, |contact| {
            assert_eq!(verify_pin(contact, "9999"), host::PinVerification::Wrong { tries_left: 2 });
            assert_eq!(verify_pin(contact, "1234"), host::PinVerification::Right);
            contact.transmit(b"\x00\x24\x01\x98\x045678")
        });
        assert_eq!(response.await, Ok(vec![0x90, 0x00]));
        assert_eq!(
            with_card(&store, |contact| verify_pin(contact, "1234")).await,
            host::PinVerification::Wrong { tries_left: 2 }
        );
        assert_eq!(
            store.read_card(card_id()).await.unwrap().counters().tries_left(PinReference::AUTHENTICATION),
            Some(2)
        );
        assert_eq!(with_card(&store, |contact| verify_pin(contact, "5678")).await, host::PinVerification::Right);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lost_the_card_learns_nothing_of_its_pin() {
    for Trial { store, clock, .. } in trials().await {
        let session_clock = clock.clone();
        let error = with_card(&store, move |contact| {
            let mut jpki = Jpki::select(contact).unwrap();
            session_clock.set(timestamp(60));
            jpki.verify_pin(&pin("1234")).unwrap_err()
        })
        .await;
        assert!(matches!(error, host::CardError::Refused { status: StatusWord::MEMORY_FAILURE, .. }), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_laid_in_again_keeps_what_it_remembers() {
    for Trial { store, .. } in trials().await {
        with_card(&store, |contact| verify_pin(contact, "9999")).await;
        store.add_card(new_card("花子さん")).await.unwrap();
        let cards = store.list_cards().await.unwrap();
        assert_eq!((cards.len(), cards[0].tries_left), (1, 2));
        assert_eq!(cards[0].label.in_language(text::Language::Japanese), "花子さん");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_unlocks_and_sets_pins() {
    for Trial { store, .. } in trials().await {
        for _ in 0..3 {
            with_card(&store, |contact| verify_pin(contact, "9999")).await;
        }
        assert_eq!(tries_left(&store).await, 0);
        let reference = PinReference::AUTHENTICATION;
        run_office_operation(&store, &card_id(), OfficeOperation::Unlock(reference)).await.unwrap();
        assert_eq!(tries_left(&store).await, 3);
        run_office_operation(&store, &card_id(), OfficeOperation::SetPin(reference, "4321".parse().unwrap()))
            .await
            .unwrap();
        assert_eq!(with_card(&store, |contact| verify_pin(contact, "4321")).await, host::PinVerification::Right);
        let letters =
            run_office_operation(&store, &card_id(), OfficeOperation::SetPin(reference, "LETTERS".parse().unwrap()))
                .await;
        assert!(matches!(letters, Err(Refusal::Office(_))));
        assert!(store.lease_card(card_id()).await.unwrap().is_some(), "the office releases the card");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_begins_one_visit_of_a_browser_however_often_it_is_sent() {
    for Trial { store, .. } in trials().await {
        let attempts = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                store.begin_session(new_session(browser("one"), "ticket"), timestamp(0)).await.unwrap()
            })
        });
        let mut started = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            started += usize::from(matches!(attempt.await.unwrap(), BeginOutcome::Started(_)));
        }
        assert_eq!(started, 1);
        // After 20 seconds without an outcome it is begun again.
        let outcome = store.begin_session(new_session(browser("one"), "ticket"), timestamp(20)).await.unwrap();
        assert!(matches!(outcome, BeginOutcome::Started(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_browser_sees_nothing() {
    for Trial { store, .. } in trials().await {
        let BeginOutcome::Started(session) =
            store.begin_session(new_session(browser("one"), "ticket"), timestamp(0)).await.unwrap()
        else {
            panic!("it has just begun");
        };
        assert!(store.find_session(session.id, browser("one"), timestamp(1)).await.is_ok());
        let result = store.find_session(session.id, browser("two"), timestamp(1)).await;
        assert!(matches!(result, Err(Refusal::NoSuchSession)));
        let outcome = store.begin_session(new_session(browser("two"), "ticket"), timestamp(1)).await.unwrap();
        assert!(matches!(outcome, BeginOutcome::Started(second) if second.id != session.id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_moves_from_one_stage_one_is_made() {
    for Trial { store, .. } in trials().await {
        let BeginOutcome::Started(session) =
            store.begin_session(new_session(browser("one"), "ticket"), timestamp(0)).await.unwrap()
        else {
            panic!("it has just begun");
        };
        let stage = session.stage.clone().mark_claimed(request()).unwrap();
        let updated = store.update_stage((*session).clone(), stage).await.unwrap();
        assert_eq!(updated.version, 2);
        let late = store.update_stage((*session).clone(), SessionStage::Opening { trying_since: None }).await;
        assert!(matches!(late, Err(Refusal::Step(_))));
        let current = store.find_session(session.id, browser("one"), timestamp(1)).await.unwrap();
        assert!(matches!(current.stage, SessionStage::Requested { .. }));
        assert!(matches!(
            store.find_session(session.id, browser("one"), timestamp(300)).await.unwrap().stage,
            SessionStage::Ended(_)
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_forgotten() {
    for Trial { store, .. } in trials().await {
        let BeginOutcome::Started(session) =
            store.begin_session(new_session(browser("one"), "ticket"), timestamp(0)).await.unwrap()
        else {
            panic!("it has just begun");
        };
        store.delete_expired(timestamp(0).plus(Span::from_mins(64))).await.unwrap();
        assert!(store.find_session(session.id, browser("one"), timestamp(1)).await.is_ok());
        store.delete_expired(timestamp(0).plus(Span::from_mins(65))).await.unwrap();
        assert!(store.find_session(session.id, browser("one"), timestamp(1)).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_key_nor_ticket_lies_on_the_disk_in_clear() {
    for Trial { store, location, .. } in trials().await {
        let new = new_session(browser("one"), "ticket");
        let ticket = new.claim.ticket.reveal();
        let BeginOutcome::Started(session) = store.begin_session(new, timestamp(0)).await.unwrap() else {
            panic!("it has just begun")
        };
        let stage = session.stage.clone().mark_claimed(request()).unwrap();
        store.update_stage(*session, stage).await.unwrap();
        let Location::Sqlite(path) = location else { continue };
        let folder = path.parent().unwrap();
        for file in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            for secret in [ticket.as_str(), "pkcs8", "four_digits", "PASSW0RD", "nonce"] {
                assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
            }
        }
    }
}
