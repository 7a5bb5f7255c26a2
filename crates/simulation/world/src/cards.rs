//! Issues the cards of the demo's people: keys, certificates of the authority, and the card's files.

use std::collections::HashMap;

use authority::{Authority, IssuedCertificate};
use base::{Randomness, Span, Timestamp, start_of_day};
use card::{CardData, CardHolder, CardKey, Personalisation, PinReference, PrivateKey, TokenLabel};
use der::{Decode, Encode};
use jpki::{Algorithm, Gender, KeyIdentifier, Municipality, PublicKey, Purpose, Signatory, SigningKey, Subject};
use x509_cert::Certificate;

use crate::{
    error::SeedError,
    personas::{Persona, SignaturePassword},
};

/// The private keys of a card.
pub(super) struct CardKeys {
    authentication: SigningKey,
    signature: Option<SigningKey>,
}

/// A card and its authentication certificate.
pub(super) struct IssuedCard {
    pub(super) data: CardData,
    pub(super) authentication: IssuedCertificate,
}

/// The time of day at which cards are issued.
const OFFICE_HOUR: Span = Span::from_hours(10);

/// Generates the keys, which takes up to a second.
pub(super) fn generate_keys(password: SignaturePassword) -> Result<CardKeys, jpki::Unissuable> {
    let new_key = || SigningKey::generate(Algorithm::RsaSha256);
    let signature = match password {
        SignaturePassword::Set(_) => Some(new_key()?),
        SignaturePassword::None => None,
    };
    Ok(CardKeys { authentication: new_key()?, signature })
}

/// The certificates of all generations of the authority, by key identifier.
pub(super) struct IssuerCertificates(HashMap<KeyIdentifier, Vec<u8>>);

impl IssuerCertificates {
    pub(super) fn from_authority(authority: &Authority) -> Self {
        let certificates = [Purpose::Authentication, Purpose::Signature].map(|purpose| authority.certificates(purpose));
        let by_identifier =
            certificates.into_iter().flatten().filter_map(|der| Some((read_key_identifier(&der)?, der)));
        Self(by_identifier.collect())
    }

    fn find_certificate(&self, issuer: &KeyIdentifier) -> Result<Vec<u8>, SeedError> {
        self.0.get(issuer).cloned().ok_or_else(|| SeedError::NoIssuer(issuer.clone()))
    }
}

fn read_key_identifier(certificate: &[u8]) -> Option<KeyIdentifier> {
    let parsed = Certificate::from_der(certificate).ok()?;
    let spki = parsed.tbs_certificate().subject_public_key_info().to_der().ok()?;
    Some(PublicKey::from_spki(&spki).ok()?.identifier().clone())
}

/// Issues the certificates and the card.
pub(super) async fn issue_card(
    authority: &Authority,
    issuers: &IssuerCertificates,
    persona: &Persona,
    keys: &CardKeys,
    randomness: &Randomness,
) -> Result<IssuedCard, SeedError> {
    let issued_at = start_of_day(persona.card.issued_on).plus(OFFICE_HOUR);
    let office = persona.card.office;
    // The list's offices have five digits and Latin names; the tests issue every card.
    let municipality = Municipality::new(office.code, office.prefecture, office.name).expect("an office has a code");
    let subject = Subject::new(&random_letters_and_digits(14, randomness), municipality.clone(), 3)
        .expect("a pseudonym has 14 letters");
    let public_key = keys.authentication.public_key().clone();
    let authentication = authority.issue_authentication(subject, persona.birth_date, public_key, issued_at).await?;
    let signature = match &keys.signature {
        None => None,
        Some(key) => {
            let signatory = signatory(persona, municipality, issued_at);
            let issued = authority.issue_signature(signatory, key.public_key().clone(), issued_at).await?;
            Some(key_on_card(key, issued.certificate.clone(), issuers.find_certificate(&issued.issuer)?)?)
        }
    };
    let certificate = authentication.certificate.clone();
    let personalisation = Personalisation {
        label: TokenLabel::Plastic,
        authentication: key_on_card(
            &keys.authentication,
            certificate,
            issuers.find_certificate(&authentication.issuer)?,
        )?,
        signature,
        pin: persona.pin.parse().expect("a PIN of the list has four digits"),
        signature_password: match persona.signature_password {
            SignaturePassword::Set(password) => password.parse(),
            // A random password, which is never used.
            SignaturePassword::None => random_letters_and_digits(16, randomness).parse(),
        }
        .expect("a password of the list has 6 to 16 capitals and digits"),
        holder: CardHolder {
            name: persona.name.to_owned(),
            address: persona.address.to_owned(),
            birth_date: persona.birth_date,
            sex: match persona.sex {
                oqs::Sex::Male => card::Sex::Male,
                oqs::Sex::Female => card::Sex::Female,
                oqs::Sex::NotSet => card::Sex::Unknown,
            },
        },
        serial: randomness.text(b"0123456789", 15).parse().expect("a card's number has 15 digits"),
        municipality: office.code.parse().expect("an office has five digits"),
        expiry: persona.card.expires_on,
        security_code: format!("{:04}", randomness.number_below(10_000)).parse().expect("four digits were drawn"),
    };
    let data = CardData::new(personalisation);
    let counters = data.counters().with_tries_left(PinReference::AUTHENTICATION, persona.card.tries_left);
    Ok(IssuedCard { data: data.with_counters(counters), authentication })
}

fn key_on_card(key: &SigningKey, certificate: Vec<u8>, ca_certificate: Vec<u8>) -> Result<CardKey, SeedError> {
    Ok(CardKey { key: PrivateKey::from_pkcs8(&key.to_pkcs8()?)?, certificate, ca_certificate })
}

fn signatory(persona: &Persona, municipality: Municipality, applied_at: Timestamp) -> Signatory {
    let name: Vec<(char, bool)> = persona.name.chars().map(substitute_character).collect();
    Signatory {
        applied_at,
        municipality,
        number: 1,
        counter: 3,
        name: name.iter().map(|(character, _)| character).collect(),
        name_substitutes: name.iter().map(|(_, is_substitute)| *is_substitute).collect(),
        gender: match persona.sex {
            oqs::Sex::Male => Gender::Male,
            oqs::Sex::Female => Gender::Female,
            oqs::Sex::NotSet => Gender::Unknown,
        },
        birth: persona.birth_date,
        address: persona.address.to_owned(),
        address_substitutes: vec![false; persona.address.chars().count()],
    }
}

/// A character of a name as in certificates (代替文字), and whether it is a substitute.
fn substitute_character(character: char) -> (char, bool) {
    match character {
        '𣘺' => ('橋', true),
        other => (other, false),
    }
}

/// Random capital letters and digits.
fn random_letters_and_digits(count: usize, randomness: &Randomness) -> String {
    randomness.text(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", count)
}
