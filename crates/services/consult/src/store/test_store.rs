//! Fixtures for tests of the store: a store, sample institutions, a patient who has signed in.

use base::{Digest, InstitutionCode, Key, Randomness, Timestamp, Token};
use database::Database;
use text::Language;

use super::{
    Store,
    account::{CodeRequester, NewAccount, PatientSignIn},
    directory::{InstitutionOffer, NewInstitution},
};
use crate::{
    Limits,
    mail::Letterhead,
    pages::sample_data,
    rules::patient::{ClinicInMail, PatientId},
    seal::Seal,
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
    NewInstitution {
        institution: offer.institution,
        opening: offer.opening,
        menus: offer.menus,
        notice: sample_data::clinic_notice(),
    }
}

pub(crate) async fn add_institution(store: &Store, offer: InstitutionOffer) -> InstitutionCode {
    let code = offer.institution.code;
    store.add_institution(new_institution(offer)).await.expect("an institution is added");
    code
}

/// A new account, with the browser that is signed in to it.
pub(crate) async fn sign_up(store: &Store, mail: &str, now: Timestamp) -> (PatientId, Digest) {
    let (browser, next) = (Token::new(&store.randomness), Token::new(&store.randomness));
    let (language, code) = (Language::Japanese, "123456".to_owned());
    let address = mail.parse().expect("an address");
    let result = store
        .send_code(browser.clone(), address, code.clone(), "/".into(), language, now, CodeRequester::default())
        .await;
    result.expect("a code is sent");
    let new = NewAccount { language, accepted_notice: sample_data::notices().privacy_version() };
    let outcome = store.try_code(browser, next.clone(), Some(code), new, now).await.expect("a code is tried");
    assert!(matches!(outcome, PatientSignIn::Done { .. }), "{outcome:?}");
    let patient = store
        .find_signed_in_patient(next.digest(), now)
        .await
        .expect("the session is read")
        .expect("somebody is signed in");
    (patient.id, next.digest())
}

/// A patient who can book: signed up, with the profile of the samples.
pub(crate) async fn add_patient(store: &Store, mail: &str, now: Timestamp) -> PatientId {
    let (patient, _) = sign_up(store, mail, now).await;
    let profile = sample_data::person().profile.expect("a profile");
    store.save_profile(patient, profile, ClinicInMail::Named, now).await.expect("a profile is kept");
    patient
}
