//! Fixtures for tests of the stores: a store on each engine, sample institutions, a patient who has signed in.

use base::{Digest, InstitutionCode, Key, Randomness, ReceptionNumber, Span, Timestamp, Token, end_of_day};
use database::{Database, test_database};
use handover::{AccessToken, RegisteredReception};
use text::Language;
use web::Peer;

use crate::{
    appointments::rules::AppointmentId,
    booking::{
        rules::{AcceptedVisits, Booker, BookingObstacle},
        store::hold::SlotHolder,
    },
    clinic::{
        rules::staff_role::StaffRole,
        store::staff::{Manager, NewStaffMember, StaffMember},
    },
    directory::{
        self,
        rules::institution::OfferedMenu,
        store::institutions::{InstitutionOffer, NewInstitution, NewMenu, NewPractitioner},
    },
    limits::Limits,
    mail::letter::Letterhead,
    people::{
        rules::account::{AccountId, ClinicInMail, LetterChoices, ReminderChoice},
        store::{CodeRequester, NewAccount, PatientSignIn},
    },
    practitioners::rules::practitioner::Practitioner,
    proof::{
        rules::ledgers::InsuranceProof,
        store::departure::{DepartureId, DepartureStage, NewDeparture},
    },
    refusal::Refusal,
    sample_data,
    schedule::rules::slot::BookingRequest,
    seal::Seal,
    store::{Store, schema::MIGRATIONS},
};

impl Store {
    /// A store over a test database, with a random sealing key.
    pub(crate) fn for_tests(database: Database) -> Self {
        Self {
            database,
            seal: Seal::new(Key::new(&Randomness::system())),
            randomness: Randomness::system(),
            origin: "https://consult.example.jp".parse().expect("an origin"),
            limits: Limits::default(),
            letterhead: Letterhead::for_tests(),
        }
    }
}

pub(crate) fn new_institution(offer: InstitutionOffer) -> NewInstitution {
    let number = |id| offer.practitioner(id).map(|practitioner| practitioner.number);
    let new_menu = |offered: &OfferedMenu| NewMenu {
        menu: offered.menu.clone(),
        rules: offered.rules,
        practitioners: offered.practitioners.iter().copied().filter_map(number).collect(),
    };
    let new_practitioner = |practitioner: &Practitioner| NewPractitioner {
        number: practitioner.number,
        details: practitioner.details.clone(),
        hours: None,
    };
    NewInstitution {
        practitioners: offer.practitioners.iter().map(new_practitioner).collect(),
        menus: offer.menus.iter().map(new_menu).collect(),
        institution: offer.institution,
        opening: offer.opening,
        notice: directory::samples::clinic_notice(),
    }
}

pub(crate) async fn add_institution(store: &Store, offer: InstitutionOffer) -> InstitutionCode {
    let code = offer.institution.code;
    store.add_institution(new_institution(offer), sample_data::now()).await.expect("an institution is added");
    code
}

/// A manager of an institution.
pub(crate) async fn add_manager(store: &Store, institution: InstitutionCode) -> Manager {
    let mail = format!("manager@{institution}.example.jp");
    let new = NewStaffMember { institution, mail: &mail, name: "管理者 見本", role: StaffRole::Manager };
    let id = store.add_staff(new, "a long password", now()).await.expect("an account");
    let staff = StaffMember {
        id,
        institution,
        institution_name: "見本".to_owned(),
        name: "管理者 見本".to_owned(),
        role: StaffRole::Manager,
    };
    Manager::from_staff(staff).expect("the role is a manager's")
}

/// A new account, with the browser that is signed in to it.
pub(crate) async fn sign_up(store: &Store, mail: &str, now: Timestamp) -> (AccountId, Digest) {
    let (browser, next) = (Token::new(&store.randomness), Token::new(&store.randomness));
    let (language, code) = (Language::Japanese, "123456".to_owned());
    let address = mail.parse().expect("an address");
    let result = store
        .send_code(browser.clone(), address, code.clone(), "/".into(), language, now, CodeRequester::default())
        .await;
    result.expect("a code is sent");
    let outcome =
        store.try_code(browser, next.clone(), code, new_account(language), now).await.expect("a code is tried");
    assert!(matches!(outcome, PatientSignIn::Done { .. }), "{outcome:?}");
    let account = store
        .find_signed_in_account(next.digest(), now)
        .await
        .expect("the session is read")
        .expect("somebody is signed in");
    (account.id, next.digest())
}

/// The choices of a patient who wants reminders.
pub(crate) fn letter_choices(clinic: ClinicInMail) -> LetterChoices {
    LetterChoices { clinic, reminders: ReminderChoice::On }
}

/// A patient who can book: signed up, with the profile of the samples.
pub(crate) async fn add_patient(store: &Store, mail: &str, now: Timestamp) -> AccountId {
    let (account, _) = sign_up(store, mail, now).await;
    let profile = sample_data::profile();
    store.save_profile(account, profile, letter_choices(ClinicInMail::Named), now).await.expect("a profile is kept");
    account
}

pub(crate) fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

pub(crate) fn now() -> Timestamp {
    parse_timestamp("2026-11-24T08:00:00+09:00")
}

pub(crate) fn minutes_later(minutes: i64) -> Timestamp {
    now().plus(Span::from_mins(minutes))
}

pub(crate) fn stores() -> Vec<(&'static str, Store, test_database::TestDatabase)> {
    test_database::open_on_each_engine("consult", MIGRATIONS)
        .into_iter()
        .map(|trial| {
            let store = Store::for_tests(trial.database.clone());
            (trial.engine, store, trial)
        })
        .collect()
}

pub(crate) fn new_account(language: Language) -> NewAccount {
    NewAccount {
        language,
        accepted_notice: sample_data::notices().privacy_version(),
        device: base::digest(&[b"device of tests"]),
    }
}

pub(crate) async fn fill_directory(store: &Store) -> Vec<InstitutionCode> {
    let mut codes = Vec::new();
    for offer in directory::samples::offers() {
        codes.push(add_institution(store, offer).await);
    }
    codes
}

/// The code in the newest letter of the outbox.
pub(crate) async fn read_mailed_code(store: &Store) -> String {
    let letters = store.list_outbox().await.expect("the outbox can be read");
    let text = format!("{:?}", serde_json::to_string(&letters[0].letter).expect("a letter is JSON"));
    let digits: Vec<_> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6).collect();
    digits[0].to_owned()
}

pub(crate) async fn new_patient(store: &Store, mail: &str) -> AccountId {
    add_patient(store, mail, now()).await
}

pub(crate) fn booking_request(institution: InstitutionCode, menu: u32, start: &str) -> BookingRequest {
    BookingRequest { institution, menu, practitioner: None, start: parse_timestamp(start) }
}

pub(crate) const START: &str = "2026-11-25T10:00:00+09:00";

pub(crate) async fn book_visit(store: &Store, account: AccountId, institution: InstitutionCode) -> AppointmentId {
    let request = booking_request(institution, 1, START);
    let result = match store.book_appointment(account, request, now()).await {
        // These tests book at several institutions at once.
        Err(Refusal::Booking(BookingObstacle::Overlaps(overlapped))) => {
            store
                .book_appointment(
                    Booker {
                        accepted_visits: AcceptedVisits { overlap: Some(overlapped), same_day: None },
                        ..account.into()
                    },
                    request,
                    now(),
                )
                .await
        }
        result => result,
    };
    result.expect("a time is booked").id()
}

pub(crate) async fn load_proof(store: &Store, account: AccountId, id: AppointmentId) -> InsuranceProof {
    store
        .find_appointment_details(account, id)
        .await
        .expect("the case is there")
        .proof
        .expect("an insured visit has ledgers")
}

pub(crate) struct TestDeparture {
    pub(crate) new: NewDeparture,
}

pub(crate) fn new_departure(
    store: &Store,
    account: AccountId,
    appointment: AppointmentId,
    browser: &Token,
) -> TestDeparture {
    let secret = Token::new(&store.randomness);
    TestDeparture {
        new: NewDeparture {
            id: DepartureId::new(now(), &store.randomness),
            state: base::digest(&[secret.derive("state").as_bytes()]),
            appointment,
            account,
            browser: browser.digest(),
            issuer: "https://reception.example".parse().expect("an issuer"),
            visit_date: parse_timestamp(START).japan_date(),
            secret,
        },
    }
}

pub(crate) async fn register_consent(store: &Store, account: AccountId, id: AppointmentId) -> ReceptionNumber {
    let departure = new_departure(store, account, id, &Token::new(&store.randomness));
    store.insert_departure(departure.new.clone(), now()).await.expect("the departure is recorded");
    assert!(store.claim_return(departure.new.id).await.expect("a claim"));
    let stored =
        store.find_departure_by_state(departure.new.state).await.expect("read").expect("the departure is there");
    let number = ReceptionNumber::new(&store.randomness);
    let reception = RegisteredReception {
        request: handover::ReceptionRequest {
            institution: stored.institution,
            visit_date: stored.visit_date,
            reference: stored.appointment.to_string().parse().expect("a reference"),
        },
        reception_number: number,
        valid_until: end_of_day(stored.visit_date),
    };
    let token = AccessToken::from_token(&Token::new(&store.randomness));
    store
        .record_registered_return(&stored, reception, token, minutes_later(1))
        .await
        .expect("the registration is recorded");
    let stage = store.find_departure_stage(account, id, stored.id).await.expect("a stage");
    assert_eq!(stage, DepartureStage::Registered);
    number
}

pub(crate) fn browser(store: &Store) -> Digest {
    Token::new(&store.randomness).digest()
}

/// A visitor with a new browser at the network address 192.0.2.`last_octet`, not signed in.
pub(crate) fn anonymous_holder(store: &Store, last_octet: u8) -> SlotHolder {
    let peer = Peer([192, 0, 2, last_octet].into());
    SlotHolder { browser: browser(store), account: None, peer: Some(peer) }
}

/// Slots of 25 November on the grid of the first menu, a quarter of an hour each.
pub(crate) fn quarter_hour(number: i64) -> Timestamp {
    parse_timestamp("2026-11-25T09:00:00+09:00").plus(Span::from_mins(15 * number))
}
