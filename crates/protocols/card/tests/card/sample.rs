//! A card to test with, and helpers for tests. Keys are generated once.

use std::sync::{Arc, LazyLock, Mutex};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair},
};
use base::parse_date;
use card::{
    CardData, CardHolder, CardKey, Counters, Memory, MemoryFailure, Personalisation, PinReference, PrivateKey,
    ReferenceData, Sex, TokenLabel, Transmit, VirtualCard, VolatileMemory,
};

pub static AUTHENTICATION_KEY: LazyLock<Vec<u8>> = LazyLock::new(rsa);
pub static SIGNATURE_KEY: LazyLock<Vec<u8>> = LazyLock::new(rsa);
pub static NEXT_KEY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).expect("a key is made");
    pair.to_pkcs8v1().expect("a key is written").as_ref().to_vec()
});

fn rsa() -> Vec<u8> {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key is made");
    AsDer::<Pkcs8V1Der>::as_der(&pair).expect("a key is written").as_ref().to_vec()
}

/// Bytes in the form of a certificate, which the card does not parse.
pub fn certificate(mark: u8, length: u16) -> Vec<u8> {
    let [high, low] = (length - 4).to_be_bytes();
    [&[0x30, 0x82, high, low][..], &vec![mark; usize::from(length) - 4]].concat()
}

pub fn key_on_card(pkcs8: &[u8], mark: u8) -> CardKey {
    CardKey {
        key: PrivateKey::from_pkcs8(pkcs8).expect("a key of this card"),
        certificate: certificate(mark, 1400),
        ca_certificate: certificate(mark + 1, 1000),
    }
}

pub fn personalisation(label: TokenLabel) -> Personalisation {
    Personalisation {
        label,
        authentication: key_on_card(&AUTHENTICATION_KEY, 0xA0),
        signature: Some(key_on_card(&SIGNATURE_KEY, 0xB0)),
        pin: "1234".parse().expect("a PIN"),
        signature_password: "PASSW0RD".parse().expect("a password"),
        holder: CardHolder {
            name: "受付\u{3000}花子".to_owned(),
            address: "東京都千代田区霞が関２丁目１番".to_owned(),
            birth_date: parse_date("1980-02-17").expect("a date"),
            sex: Sex::Female,
        },
        serial: "400000012345678".parse().expect("a number"),
        municipality: "13101".parse().expect("a municipality"),
        expiry: parse_date("2035-02-17").expect("a date"),
        security_code: "2285".parse().expect("four digits"),
    }
}

pub fn plastic() -> CardData {
    CardData::new(personalisation(TokenLabel::Plastic))
}

/// A card with power.
pub fn power_on_card(data: CardData) -> VirtualCard {
    let mut card = VirtualCard::new(data, Box::new(VolatileMemory));
    card.power_on();
    card
}

/// Sends a command in hexadecimal and returns the response in hexadecimal. Spaces are ignored.
pub fn exchange_hex(card: &mut dyn Transmit, command: &str) -> String {
    match card.transmit(&bytes(command)) {
        Ok(response) => hex::encode_upper(response),
        Err(lost) => lost.to_string(),
    }
}

pub fn bytes(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal.replace(' ', "")).expect("hexadecimal digits")
}

/// The stored state of a card, which outlives it.
#[derive(Clone, Default)]
pub struct Store(pub Arc<Mutex<StoredState>>);

#[derive(Default)]
pub struct StoredState {
    pub counters: Option<Counters>,
    pub changed: Vec<(PinReference, ReferenceData)>,
    /// The number of writes.
    pub writes: usize,
    /// The first write that fails.
    pub fails_from: Option<usize>,
}

impl Store {
    pub fn tries(&self, pin: PinReference) -> Option<u8> {
        self.0.lock().expect("no panic while locked").counters.as_ref()?.tries_left(pin)
    }

    fn write(&self, change: impl FnOnce(&mut StoredState)) -> Result<(), MemoryFailure> {
        let mut state = self.0.lock().expect("no panic while locked");
        state.writes += 1;
        if state.fails_from.is_some_and(|first| state.writes >= first) {
            return Err(MemoryFailure("broken".to_owned()));
        }
        change(&mut state);
        Ok(())
    }
}

impl Memory for Store {
    fn store_counters(&mut self, counters: &Counters) -> Result<(), MemoryFailure> {
        self.write(|state| state.counters = Some(counters.clone()))
    }

    fn store_reference_data(&mut self, pin: PinReference, data: &ReferenceData) -> Result<(), MemoryFailure> {
        self.write(|state| state.changed.push((pin, data.clone())))
    }
}
