//! The whole verdict on a card's answer, beside the bare verifications that it cannot avoid.
//!
//! Everything is on one core and by the processor's time of one thread, from keys and bytes in memory: no wire, no
//! database. The card, the authority and its responder have RSA-2048 keys, as in life, so that both sides of the
//! comparison are the same operation of the same library.
//!
//! A verdict is `trust` (encoding, path, profile, validity), `unrevoked` (the responder's answer, read and verified) and
//! `holder` (the card's signature over the challenge). The signature of the authority on the certificate is verified once
//! per certificate: [`Remembered`] keeps what was found right by the SHA-256 of the certificate and of the anchors that it
//! was judged under, in memory, for so many certificates as the caller says; validity and revocation are looked at each
//! time. The same holds for the responder's own certificate. What is kept of a responder's word, [`Standings`] holds.

use std::time::{Duration, Instant};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base::{Randomness, Span, Timestamp};
use jpki::{
    Algorithm, Anchors, Challenge, Generation, Grace, Municipality, Policies, Practice, Purpose, Remembered, Serial,
    SigningKey, Standings, Subject, UnverifiedAnswer,
    ocsp::{Nonce, Status},
};
use serde::Serialize;

use crate::{Failure, floor::time_of_thread};

/// How long each thing is done in one round; the rounds take turns, so that a busy machine weighs on all alike.
const WHILE: Duration = Duration::from_millis(250);
const ROUNDS: usize = 8;

/// What is printed.
#[derive(Serialize)]
pub(crate) struct Report {
    per_second_and_core: Rates,
    microseconds: Rates,
    ratios: Ratios,
    aims: Vec<Aim>,
}

/// The same five things, in two units.
#[derive(Serialize, Clone, Copy, Default)]
struct Rates {
    /// One RSA-2048 verification over bytes as long as a certificate's body.
    bare_rsa_2048_verification: f64,
    /// The whole verdict: certificate remembered, the responder's answer read and verified.
    whole_verdict: f64,
    /// The same with the responder's word kept from a moment before.
    with_kept_word: f64,
    /// The same on a certificate never seen before: the authority's signature is verified too.
    first_sight: f64,
}

/// Of the bare verifications that a verdict cannot avoid to the verdict: 1 were a verdict that is nothing else.
#[derive(Serialize)]
struct Ratios {
    /// Two: the responder's answer and the card's.
    whole_verdict: f64,
    /// One: the card's.
    with_kept_word: f64,
    /// Three, and a fourth on the responder's own certificate.
    first_sight: f64,
}

#[derive(Serialize)]
struct Aim {
    what: &'static str,
    wanted: f64,
    measured: f64,
    reached: bool,
}

/// A card's answer and the responder's, right in everything.
struct Scene {
    anchors: Anchors,
    certificate: Vec<u8>,
    signature: Vec<u8>,
    challenge: Challenge,
    nonce: Nonce,
    answer: Vec<u8>,
    now: Timestamp,
}

impl Scene {
    fn new() -> Result<Self, Failure> {
        let randomness = Randomness::system();
        let now: Timestamp = "2026-11-24T09:00:00+09:00".parse()?;
        let (year, key) = (Span::from_hours(8766), || SigningKey::generate(Algorithm::RsaSha256));
        let purpose = Purpose::Authentication;
        let practice = Practice::simulated(purpose, "http://authority.localhost/ocsp", "http://authority.localhost/ca");
        let (from, to) = (now.minus(year), now.plus(year));
        let issuer = Generation::found(purpose, practice, key()?, Serial::try_from(1)?, from, to)?;
        let (card, delegate) = (key()?, key()?);
        let town = Municipality::new("13221", "Tokyo-to", "Kiyose-shi")?;
        let subject = Subject::new("997794E9AGCIEG", town, 3)?;
        let birth = base::parse_date("1980-06-15")?;
        let certificate =
            issuer.issue_authentication(&subject, birth, card.public_key(), Serial::try_from(0x0012_3456)?, from)?;
        let own = issuer.issue_ocsp_responder(delegate.public_key(), Serial::try_from(2)?, from, to)?;
        let challenge = Challenge {
            origin: "https://reception.example".to_owned(),
            nonce: randomness.bytes(),
            ticket: base::digest(&[b"ticket"]),
        };
        let signature = card.sign(&challenge.to_be_signed())?;
        let anchors = Anchors::of([issuer.certificate()], Policies::simulated())?;
        let nonce = Nonce::new(&randomness);
        let unverified = UnverifiedAnswer { certificate: certificate.clone(), signature: signature.clone() };
        let trusted = unverified.trust(&anchors, &Remembered::up_to(0), Grace::Granted, now)?;
        let answer = issuer.delegate(delegate, own).answer(
            &trusted.ocsp_request(nonce.clone()),
            now,
            Some(now.plus(Span::from_hours(1))),
            |_| Status::Good,
        )?;
        Ok(Self { anchors, certificate, signature, challenge, nonce, answer, now })
    }

    fn verdict(&self, remembered: &Remembered, standings: Option<&Standings>) -> Result<(), Failure> {
        let unverified = UnverifiedAnswer { certificate: self.certificate.clone(), signature: self.signature.clone() };
        let trusted = unverified.trust(&self.anchors, remembered, Grace::Granted, self.now)?;
        let kept = standings.and_then(|standings| standings.recall(&trusted, self.now));
        let unrevoked = if let Some(unrevoked) = kept {
            unrevoked
        } else {
            let request = trusted.ocsp_request(self.nonce.clone());
            let unrevoked = trusted.unrevoked(&self.answer, &request, remembered, self.now)?;
            if let Some(standings) = standings {
                standings.keep(&unrevoked);
            }
            unrevoked
        };
        unrevoked.holder(&self.challenge)?;
        Ok(())
    }
}

pub(crate) fn measure() -> Result<Report, Failure> {
    let scene = Scene::new()?;
    let bare = Bare::new()?;
    let (remembered, forgetful) = (Remembered::up_to(1000), Remembered::up_to(0));
    let standings = Standings::up_to(1000);
    let mut spent = [(0_u32, Duration::ZERO); 4];
    for _ in 0..ROUNDS {
        round(&mut spent[0], || bare.verify())?;
        round(&mut spent[1], || scene.verdict(&remembered, None))?;
        round(&mut spent[2], || scene.verdict(&remembered, Some(&standings)))?;
        round(&mut spent[3], || scene.verdict(&forgetful, None))?;
    }
    Ok(report(spent.map(|(done, time)| time.as_secs_f64() / f64::from(done.max(1)))))
}

fn round(spent: &mut (u32, Duration), mut work: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
    let (begun, used) = (Instant::now(), time_of_thread());
    while begun.elapsed() < WHILE {
        work()?;
        spent.0 += 1;
    }
    spent.1 += time_of_thread().saturating_sub(used);
    Ok(())
}

/// The very operation that the crate uses, and nothing around it.
struct Bare {
    key: ParsedPublicKey,
    signature: Vec<u8>,
}

/// As long as a certificate's body.
const MESSAGE: [u8; 1300] = [0x5A; 1300];

impl Bare {
    fn new() -> Result<Self, Failure> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, &mut signature)?;
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref())?;
        Ok(Self { key, signature })
    }

    fn verify(&self) -> Result<(), Failure> {
        Ok(self.key.verify_sig(&MESSAGE, &self.signature)?)
    }
}

fn report([bare, whole, kept, first]: [f64; 4]) -> Report {
    let rates = |unit: fn(f64) -> f64| Rates {
        bare_rsa_2048_verification: unit(bare),
        whole_verdict: unit(whole),
        with_kept_word: unit(kept),
        first_sight: unit(first),
    };
    let ratios = Ratios {
        whole_verdict: rounded(2.0 * bare / whole),
        with_kept_word: rounded(bare / kept),
        first_sight: rounded(4.0 * bare / first),
    };
    let measured = ratios.whole_verdict;
    let what = "bare two verifications to the whole verdict";
    Report {
        per_second_and_core: rates(|seconds| (1.0 / seconds).round()),
        microseconds: rates(|seconds| rounded(seconds * 1e6)),
        ratios,
        aims: vec![Aim { what, wanted: 0.5, measured, reached: measured >= 0.5 }],
    }
}

fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_that_is_two_verifications_and_as_much_again_has_half() {
        let report = report([25e-6, 100e-6, 50e-6, 200e-6]);
        assert!((report.ratios.whole_verdict - 0.5).abs() < 1e-9 && report.aims[0].reached);
        assert!((report.microseconds.bare_rsa_2048_verification - 25.0).abs() < 1e-9);
        assert!((report.per_second_and_core.whole_verdict - 10_000.0).abs() < 1e-9);
        assert!(!super::report([25e-6, 101e-6, 50e-6, 200e-6]).aims[0].reached);
    }

    #[test]
    fn what_is_measured_is_a_verdict_that_holds() {
        let scene = Scene::new().unwrap();
        let remembered = Remembered::up_to(10);
        let standings = Standings::up_to(10);
        for _ in 0..2 {
            scene.verdict(&remembered, None).unwrap();
            scene.verdict(&remembered, Some(&standings)).unwrap();
        }
        let mut forged = scene;
        forged.signature[0] ^= 1;
        assert!(forged.verdict(&remembered, Some(&standings)).is_err());
    }
}
