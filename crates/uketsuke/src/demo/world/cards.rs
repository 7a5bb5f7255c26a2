//! How one of the demo's people gets a card: keys, certificates of the authority, and the card's files.

use std::collections::HashMap;

use authority::{Authority, Issued};
use base::{Randomness, Span, Timestamp, start_of_day};
use card::{CardData, Holder, KeyOnCard, Personalisation, PinReference, PrivateKey, TokenLabel};
use der::{Decode, Encode};
use jpki::{Algorithm, Gender, KeyIdentifier, Municipality, PublicKey, Purpose, Signatory, SigningKey, Subject};
use x509_cert::Certificate;

use super::{
    SeedFailure,
    personas::{Persona, SignaturePassword},
};

/// The private keys of a card.
pub(super) struct Keys {
    authentication: SigningKey,
    signature: Option<SigningKey>,
}

/// A card and the number of its authentication certificate.
pub(super) struct Made {
    pub(super) data: CardData,
    pub(super) authentication: Issued,
}

/// At what time of its day a card is handed out.
const OFFICE_HOUR: Span = Span::from_hours(10);

/// New keys. Takes a good part of a second.
pub(super) fn keys(password: SignaturePassword) -> Result<Keys, jpki::Unissuable> {
    let key = || SigningKey::generate(Algorithm::RsaSha256);
    let signature = match password {
        SignaturePassword::Set(_) => Some(key()?),
        SignaturePassword::None => None,
    };
    Ok(Keys { authentication: key()?, signature })
}

/// The certificates of all generations of the authority, by what tells them apart.
pub(super) struct Issuers(HashMap<KeyIdentifier, Vec<u8>>);

impl Issuers {
    pub(super) fn of(authority: &Authority) -> Self {
        let certificates = [Purpose::Authentication, Purpose::Signature].map(|purpose| authority.certificates(purpose));
        let known = certificates.into_iter().flatten().filter_map(|der| Some((key_of(&der)?, der)));
        Self(known.collect())
    }

    fn certificate(&self, issuer: &KeyIdentifier) -> Result<Vec<u8>, SeedFailure> {
        self.0.get(issuer).cloned().ok_or_else(|| SeedFailure::NoIssuer(issuer.clone()))
    }
}

fn key_of(certificate: &[u8]) -> Option<KeyIdentifier> {
    let read = Certificate::from_der(certificate).ok()?;
    let spki = read.tbs_certificate().subject_public_key_info().to_der().ok()?;
    Some(PublicKey::from_spki(&spki).ok()?.identifier().clone())
}

/// Has the certificates issued and fills the card.
pub(super) async fn make(
    authority: &Authority,
    issuers: &Issuers,
    persona: &Persona,
    keys: &Keys,
    randomness: &Randomness,
) -> Result<Made, SeedFailure> {
    let issued_at = start_of_day(persona.card.issued).plus(OFFICE_HOUR);
    let office = persona.card.office;
    // The list's offices have five digits and Latin names, and drawn letters are letters; the tests make every card.
    let municipality = Municipality::new(office.code, office.prefecture, office.name).expect("an office has a code");
    let subject = Subject::new(&drawn(14, randomness), municipality.clone(), 3).expect("a pseudonym has 14 letters");
    let public = keys.authentication.public_key().clone();
    let authentication = authority.issue_authentication(subject, persona.birth_date, public, issued_at).await?;
    let signature = match &keys.signature {
        None => None,
        Some(key) => {
            let signatory = signatory(persona, municipality, issued_at);
            let issued = authority.issue_signature(signatory, key.public_key().clone(), issued_at).await?;
            Some(on_card(key, issued.certificate.clone(), issuers.certificate(&issued.issuer)?)?)
        }
    };
    let own = authentication.certificate.clone();
    let personalisation = Personalisation {
        label: TokenLabel::Plastic,
        authentication: on_card(&keys.authentication, own, issuers.certificate(&authentication.issuer)?)?,
        signature,
        pin: persona.pin.parse().expect("a PIN of the list has four digits"),
        signature_password: match persona.signature_password {
            SignaturePassword::Set(password) => password.parse(),
            // Nobody is told of it: it opens nothing.
            SignaturePassword::None => drawn(16, randomness).parse(),
        }
        .expect("a password of the list has 6 to 16 capitals and digits"),
        holder: Holder {
            name: persona.name.to_owned(),
            address: persona.address.to_owned(),
            birth_date: persona.birth_date,
            sex: match persona.sex {
                oqs::Sex::Male => card::Sex::Male,
                oqs::Sex::Female => card::Sex::Female,
                oqs::Sex::NotSet => card::Sex::Unknown,
            },
        },
        serial: drawn(15, randomness).parse().expect("a card's number has 15 letters or digits"),
        municipality: office.code.parse().expect("an office has five digits"),
        expiry: persona.card.ends,
        security_code: format!("{:04}", randomness.below(10_000)).parse().expect("four digits were drawn"),
    };
    let data = CardData::new(personalisation);
    let counters = data.counters().with(PinReference::AUTHENTICATION, persona.card.tries_left);
    Ok(Made { data: data.with_counters(counters), authentication })
}

fn on_card(key: &SigningKey, certificate: Vec<u8>, ca_certificate: Vec<u8>) -> Result<KeyOnCard, SeedFailure> {
    Ok(KeyOnCard { key: PrivateKey::from_pkcs8(&key.to_pkcs8()?)?, certificate, ca_certificate })
}

fn signatory(persona: &Persona, municipality: Municipality, applied: Timestamp) -> Signatory {
    let certified: Vec<(char, bool)> = persona.name.chars().map(certified).collect();
    Signatory {
        applied,
        municipality,
        number: 1,
        counter: 3,
        name: certified.iter().map(|(character, _)| character).collect(),
        name_substitutes: certified.iter().map(|(_, replaced)| *replaced).collect(),
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

/// A character of a name as certificates write it (代替文字), and whether it stands for another.
fn certified(character: char) -> (char, bool) {
    match character {
        '𣘺' => ('橋', true),
        plain => (plain, false),
    }
}

/// So many capital letters and digits.
fn drawn(count: usize, randomness: &Randomness) -> String {
    const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = |_| {
        let place = usize::try_from(randomness.below(LETTERS.len() as u64)).unwrap_or(0);
        char::from(LETTERS[place])
    };
    (0..count).map(letter).collect()
}
