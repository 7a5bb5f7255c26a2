use base::Span;
use card::{CardData, CardHolder, CardKey, Personalisation, PrivateKey, TokenLabel};
use eligibility::{InsuranceCard, NewPerson, Person};
use jpki::{Algorithm, Challenge, Gender, Municipality, Purpose, Signatory, SigningKey, Subject};
use portal::{CardId, NewCard};
use text::Text;

use crate::World;

/// The PIN of every card that a test adds to the app.
pub const PIN: &str = "8061";

/// The card of a new person, whose key the test holds.
pub struct Card {
    pub key: SigningKey,
    /// 利用者証明用電子証明書, DER.
    pub certificate: Vec<u8>,
    /// Issuer and serial number of the certificate.
    pub issuer_and_serial: (jpki::KeyIdentifier, jpki::Serial),
    holder: Person,
}

impl Card {
    /// Issues a card, valid since yesterday, to a person who has registered it as insurance card.
    pub async fn issue(world: &World) -> Self {
        let person = Person {
            name: oqs::FullName::new("試験　太郎").expect("a name"),
            kana: oqs::KanaName::new("シケン　タロウ").expect("a reading"),
            other_name: None,
            other_kana: None,
            sex: oqs::Sex::Male,
            birth: base::parse_date("1980-12-24").expect("a day"),
            postcode: "204-0000".to_owned(),
            address: "東京都清瀬市架空1-1".to_owned(),
            card: InsuranceCard::Registered,
        };
        let new_person = NewPerson {
            person,
            coverages: Vec::new(),
            limits: Vec::new(),
            specific_diseases: Vec::new(),
            records: Vec::new(),
        };
        Self::issue_to(world, new_person).await
    }

    /// Issues a card to this person, valid since yesterday.
    pub async fn issue_to(world: &World, person: NewPerson) -> Self {
        let key = SigningKey::generate(Algorithm::RsaSha256).expect("a key");
        let subject = Subject::new("TESTKIT0000001", municipality(), 3).expect("a subject");
        let valid_from = world.now().minus(Span::from_hours(24));
        let authority = &world.services().authority;
        let holder = person.person.clone();
        let issued = authority.issue_authentication(subject, holder.birth, key.public_key().clone(), valid_from).await;
        let issued = issued.expect("a certificate");
        let id = world.services().eligibility.add_person(person).await.expect("a person");
        let linked = world.services().eligibility.link_certificate(id, issued.issuer.clone(), issued.serial.clone());
        linked.await.expect("a link");
        Self { key, certificate: issued.certificate, issuer_and_serial: (issued.issuer, issued.serial), holder }
    }

    /// The signature over a challenge.
    pub fn sign(&self, challenge: &Challenge) -> Vec<u8> {
        self.key.sign(&challenge.to_be_signed()).expect("a signature")
    }

    /// Adds the card to the app under a name.
    pub async fn add_to_app(&self, world: &World, name: &str) {
        let holder_name = self.holder.name.as_str().to_owned();
        let id: CardId = name.parse().expect("a card's name");
        let data = self.build_card_data(world).await;
        let card = NewCard {
            id,
            label: Text::from_strings(holder_name.clone(), holder_name),
            note: Text::from_static("", ""),
            data,
        };
        world.services().portal.add_card(card).await.expect("the app takes the card");
    }

    /// The data of the card: name, address, date of birth and sex of the holder, and a signature certificate with the same.
    pub async fn build_card_data(&self, world: &World) -> CardData {
        let signature_key = SigningKey::generate(Algorithm::RsaSha256).expect("a key");
        let holder_name: String = self.holder.name.as_str().to_owned();
        let valid_from = world.now().minus(Span::from_hours(24));
        let signatory = Signatory {
            applied_at: valid_from,
            municipality: municipality(),
            number: 1,
            counter: 3,
            name_substitutes: vec![false; holder_name.chars().count()],
            name: holder_name.clone(),
            gender: Gender::Female,
            birth: self.holder.birth,
            address: self.holder.address.clone(),
            address_substitutes: vec![false; self.holder.address.chars().count()],
        };
        let authority = &world.services().authority;
        let issued_signature =
            authority.issue_signature(signatory, signature_key.public_key().clone(), valid_from).await;
        let card_key = |key: &SigningKey, certificate: &[u8], purpose: Purpose| CardKey {
            key: PrivateKey::from_pkcs8(&key.to_pkcs8().expect("a key")).expect("a key that fits"),
            certificate: certificate.to_vec(),
            ca_certificate: authority.certificates(purpose).swap_remove(0),
        };
        CardData::new(Personalisation {
            label: TokenLabel::Plastic,
            authentication: card_key(&self.key, &self.certificate, Purpose::Authentication),
            signature: Some(card_key(
                &signature_key,
                &issued_signature.expect("a certificate").certificate,
                Purpose::Signature,
            )),
            pin: PIN.parse().expect("four digits"),
            signature_password: "TESTKIT8061".parse().expect("a password"),
            holder: CardHolder {
                name: holder_name.clone(),
                address: self.holder.address.clone(),
                birth_date: self.holder.birth,
                sex: card::Sex::Female,
            },
            serial: "400000080610001".parse().expect("a card's number"),
            municipality: "13221".parse().expect("an office"),
            expiry: base::parse_date("2035-12-24").expect("a day"),
            security_code: "1234".parse().expect("four digits"),
        })
    }
}

fn municipality() -> Municipality {
    Municipality::new("13221", "Tokyo-to", "Kiyose-shi").expect("a municipality")
}
