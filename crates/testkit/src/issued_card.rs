//! A card with real certificates of an authority that exists in this test alone.

use std::sync::LazyLock;

use base::{Span, Timestamp, parse_date};
use card::{CardData, CardHolder, CardKey, Personalisation, PrivateKey, Sex, TokenLabel};
use jpki::{Algorithm, Gender, Generation, Municipality, Practice, Purpose, Serial, Signatory, SigningKey, Subject};

/// A card with the PIN 1234 and the password PASSW0RD, and what stands on it.
pub struct IssuedCard {
    /// The card.
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

/// The card. Its keys are made once for a test program.
pub fn issued_card() -> &'static IssuedCard {
    static ISSUED: LazyLock<IssuedCard> = LazyLock::new(issue_card);
    &ISSUED
}

fn issue_card() -> IssuedCard {
    let began = Timestamp::from_seconds(1_780_000_000);
    let birth = parse_date("1980-02-17").expect("a day");
    let town = || Municipality::new("13221", "Tokyo-to", "Kiyose-shi").expect("a municipality");
    let key = || SigningKey::generate(Algorithm::RsaSha256).expect("a key");
    let serial = |number: u8| Serial::from_bytes(&[0x3A, 0x10, number]).expect("a number");
    let found = |purpose, number| {
        let practice = Practice::simulated(purpose, "http://ocsp.test", "http://cps.test");
        let term = (began.minus(Span::from_hours(24)), began.plus(Span::from_hours(24 * 3650)));
        Generation::create(purpose, practice, key(), serial(number), term.0, term.1).expect("an authority")
    };
    let (authenticates, signs) = (found(Purpose::Authentication, 1), found(Purpose::Signature, 2));
    let (first, second) = (key(), key());
    let subject = Subject::new("TESTKIT0000002", town(), 3).expect("a subject");
    let authentication = authenticates.issue_authentication(&subject, birth, first.public_key(), serial(3), began);
    let signatory = Signatory {
        applied_at: began,
        number: 1,
        municipality: town(),
        counter: 3,
        name: NAME.to_owned(),
        name_substitutes: vec![false; NAME.chars().count()],
        gender: Gender::Female,
        birth,
        address: ADDRESS.to_owned(),
        address_substitutes: vec![false; ADDRESS.chars().count()],
    };
    let signature = signs.issue_signature(&signatory, second.public_key(), serial(4), began).expect("a certificate");
    let authentication = authentication.expect("a certificate");
    let on_card = |key: &SigningKey, certificate: &[u8], issuer: &Generation| CardKey {
        key: PrivateKey::from_pkcs8(&key.to_pkcs8().expect("a key")).expect("a key that fits"),
        certificate: certificate.to_vec(),
        ca_certificate: issuer.certificate().to_vec(),
    };
    let data = CardData::new(Personalisation {
        label: TokenLabel::Plastic,
        authentication: on_card(&first, &authentication, &authenticates),
        signature: Some(on_card(&second, &signature, &signs)),
        pin: "1234".parse().expect("four digits"),
        signature_password: "PASSW0RD".parse().expect("a password"),
        holder: CardHolder { name: NAME.to_owned(), address: ADDRESS.to_owned(), birth_date: birth, sex: Sex::Female },
        serial: "400000080610002".parse().expect("a card's number"),
        municipality: "13221".parse().expect("an office"),
        expiry: parse_date("2035-02-17").expect("a day"),
        security_code: "2285".parse().expect("four digits"),
    });
    let authorities = [authenticates.certificate().to_vec(), signs.certificate().to_vec()];
    IssuedCard { data, authentication, signature, authorities }
}
