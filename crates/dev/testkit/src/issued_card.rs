//! A card with valid certificates of an authority that is generated for the tests.

use std::sync::LazyLock;

use base::{Span, Timestamp, parse_date};
use card::{CardData, CardHolder, CardKey, Personalisation, PrivateKey, Sex, TokenLabel};
use jpki::{Algorithm, Gender, Generation, Municipality, Practice, Purpose, Serial, Signatory, SigningKey, Subject};

/// A card with the PIN 1234 and the password PASSW0RD, and its certificates.
pub struct IssuedCard {
    pub data: CardData,
    /// 利用者証明用電子証明書, DER.
    pub authentication: Vec<u8>,
    /// 署名用電子証明書, DER.
    pub signature: Vec<u8>,
    /// The certificates of the CA that issued them, DER: for authentication, for signature.
    pub authorities: [Vec<u8>; 2],
}

const NAME: &str = "試験　花子";
const ADDRESS: &str = "東京都清瀬市架空1-1";

/// The card; its keys are generated once per test program.
pub fn issued_card() -> &'static IssuedCard {
    static ISSUED: LazyLock<IssuedCard> = LazyLock::new(issue_card);
    &ISSUED
}

fn issue_card() -> IssuedCard {
    let issued_at = Timestamp::from_seconds(1_780_000_000);
    let birth_date = parse_date("1980-02-17").expect("a day");
    let municipality = || Municipality::new("13221", "Tokyo-to", "Kiyose-shi").expect("a municipality");
    let new_key = || SigningKey::generate(Algorithm::RsaSha256).expect("a key");
    let serial = |number: u8| Serial::from_bytes(&[0x3A, 0x10, number]).expect("a number");
    let create_authority = |purpose, number| {
        let practice = Practice::simulated(purpose, "http://ocsp.test", "http://cps.test");
        let validity = (issued_at.minus(Span::from_hours(24)), issued_at.plus(Span::from_hours(24 * 3650)));
        Generation::create(purpose, practice, new_key(), serial(number), validity.0, validity.1).expect("an authority")
    };
    let (authentication_ca, signature_ca) =
        (create_authority(Purpose::Authentication, 1), create_authority(Purpose::Signature, 2));
    let (authentication_key, signature_key) = (new_key(), new_key());
    let subject = Subject::new("TESTKIT0000002", municipality(), 3).expect("a subject");
    let authentication = authentication_ca.issue_authentication(
        &subject,
        birth_date,
        authentication_key.public_key(),
        serial(3),
        issued_at,
    );
    let signatory = Signatory {
        applied_at: issued_at,
        number: 1,
        municipality: municipality(),
        counter: 3,
        name: NAME.to_owned(),
        name_substitutes: vec![false; NAME.chars().count()],
        gender: Gender::Female,
        birth: birth_date,
        address: ADDRESS.to_owned(),
        address_substitutes: vec![false; ADDRESS.chars().count()],
    };
    let signature = signature_ca
        .issue_signature(&signatory, signature_key.public_key(), serial(4), issued_at)
        .expect("a certificate");
    let authentication = authentication.expect("a certificate");
    let card_key = |key: &SigningKey, certificate: &[u8], issuer: &Generation| CardKey {
        key: PrivateKey::from_pkcs8(&key.to_pkcs8().expect("a key")).expect("a key that fits"),
        certificate: certificate.to_vec(),
        ca_certificate: issuer.certificate().to_vec(),
    };
    let data = CardData::new(Personalisation {
        label: TokenLabel::Plastic,
        authentication: card_key(&authentication_key, &authentication, &authentication_ca),
        signature: Some(card_key(&signature_key, &signature, &signature_ca)),
        pin: "1234".parse().expect("four digits"),
        signature_password: "PASSW0RD".parse().expect("a password"),
        holder: CardHolder { name: NAME.to_owned(), address: ADDRESS.to_owned(), birth_date, sex: Sex::Female },
        serial: "400000080610002".parse().expect("a card's number"),
        municipality: "13221".parse().expect("an office"),
        expiry: parse_date("2035-02-17").expect("a day"),
        security_code: "2285".parse().expect("four digits"),
    });
    let authorities = [authentication_ca.certificate().to_vec(), signature_ca.certificate().to_vec()];
    IssuedCard { data, authentication, signature, authorities }
}
