//! The whole verdict on a card's answer, beside the bare verifications that it cannot avoid.
//!
//! Everything is on one core and by the processor's time of one thread, from keys and bytes in memory: no wire, no
//! database. The card, the authority and its responder have RSA-2048 keys, as in life, so that both sides of the
//! comparison are the same operation of the same library.
//!
//! A verdict is `verify_certificate` (encoding, path, profile, validity), `verify_ocsp_response` (the responder's answer, read
//! and verified) and `verify_signature` (the card's over the challenge). The signature of the authority on the certificate is
//! verified once per certificate: [`CertificateCache`] keeps what was found right by the SHA-256 of the certificate and of the anchors that it
//! was judged under, in memory, for so many certificates as the caller says; validity and revocation are looked at each
//! time. The same holds for the responder's own certificate. What is kept of a responder's word, [`RevocationCache`] holds.

use std::time::{Duration, Instant};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base::{Randomness, Span, Timestamp};
use jpki::{
    Algorithm, Anchors, CertificateCache, Challenge, Generation, Grace, Municipality, Policies, Practice, Purpose,
    RevocationCache, Serial, SigningKey, Subject, UnverifiedCardResponse,
    ocsp::{CertificateStatus, Nonce},
};
use serde::Serialize;

use crate::{Failure, baseline::thread_cpu_time};

/// How long each thing is done in one round; the rounds take turns, so that a busy machine weighs on all alike.
const ROUND_TIME: Duration = Duration::from_millis(250);
const ROUNDS: usize = 8;

/// What is printed.
#[derive(Serialize)]
pub(crate) struct VerificationReport {
    per_second_and_core: VerificationRates,
    microseconds: VerificationRates,
    ratios: VerificationRatios,
    #[serde(rename = "aims")]
    targets: Vec<VerificationTarget>,
}

/// The same five things, in two units.
#[derive(Serialize, Clone, Copy, Default)]
struct VerificationRates {
    /// One RSA-2048 verification over bytes as long as a certificate's body.
    bare_rsa_2048_verification: f64,
    /// The whole verdict: certificate remembered, the responder's answer read and verified.
    whole_verdict: f64,
    /// The same with the responder's word kept from a moment before.
    #[serde(rename = "with_kept_word")]
    with_remembered_status: f64,
    /// The same on a certificate never seen before: the authority's signature is verified too.
    #[serde(rename = "first_sight")]
    first_verification: f64,
}

/// Of the bare verifications that a verdict cannot avoid to the verdict: 1 were a verdict that is nothing else.
#[derive(Serialize)]
struct VerificationRatios {
    /// Two: the responder's answer and the card's.
    whole_verdict: f64,
    /// One: the card's.
    #[serde(rename = "with_kept_word")]
    with_remembered_status: f64,
    /// Three, and a fourth on the responder's own certificate.
    #[serde(rename = "first_sight")]
    first_verification: f64,
}

#[derive(Serialize)]
struct VerificationTarget {
    #[serde(rename = "what")]
    description: &'static str,
    #[serde(rename = "wanted")]
    limit: f64,
    measured: f64,
    reached: bool,
}

/// A card's answer and the responder's, right in everything.
struct VerificationInput {
    anchors: Anchors,
    certificate: Vec<u8>,
    signature: Vec<u8>,
    challenge: Challenge,
    nonce: Nonce,
    ocsp_response: Vec<u8>,
    now: Timestamp,
}

impl VerificationInput {
    fn new() -> Result<Self, Failure> {
        let randomness = Randomness::system();
        let now: Timestamp = "2026-11-24T09:00:00+09:00".parse()?;
        let (year, key) = (Span::from_hours(8766), || SigningKey::generate(Algorithm::RsaSha256));
        let purpose = Purpose::Authentication;
        let practice = Practice::simulated(purpose, "http://authority.localhost/ocsp", "http://authority.localhost/ca");
        let (from, to) = (now.minus(year), now.plus(year));
        let issuer = Generation::create(purpose, practice, key()?, Serial::try_from(1)?, from, to)?;
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
        let anchors = Anchors::new([issuer.certificate()], Policies::simulated())?;
        let nonce = Nonce::new(&randomness);
        let unverified = UnverifiedCardResponse { certificate: certificate.clone(), signature: signature.clone() };
        let trusted =
            unverified.verify_certificate(&anchors, &CertificateCache::with_capacity(0), Grace::Granted, now)?;
        let answer = issuer.delegated_responder(delegate, own).respond(
            &trusted.ocsp_request(nonce.clone()),
            now,
            Some(now.plus(Span::from_hours(1))),
            |_| CertificateStatus::Good,
        )?;
        Ok(Self { anchors, certificate, signature, challenge, nonce, ocsp_response: answer, now })
    }

    fn verify_signature(
        &self,
        remembered: &CertificateCache,
        standings: Option<&RevocationCache>,
    ) -> Result<(), Failure> {
        let unverified =
            UnverifiedCardResponse { certificate: self.certificate.clone(), signature: self.signature.clone() };
        let trusted = unverified.verify_certificate(&self.anchors, remembered, Grace::Granted, self.now)?;
        let kept = standings.and_then(|standings| standings.get(&trusted, self.now));
        let unrevoked = if let Some(unrevoked) = kept {
            unrevoked
        } else {
            let request = trusted.ocsp_request(self.nonce.clone());
            let unrevoked = trusted.verify_ocsp_response(&self.ocsp_response, &request, remembered, self.now)?;
            if let Some(standings) = standings {
                standings.insert(&unrevoked);
            }
            unrevoked
        };
        unrevoked.verify_signature(&self.challenge)?;
        Ok(())
    }
}

pub(crate) fn measure_verification() -> Result<VerificationReport, Failure> {
    let scene = VerificationInput::new()?;
    let bare = BareVerification::new()?;
    let (remembered, forgetful) = (CertificateCache::with_capacity(1000), CertificateCache::with_capacity(0));
    let standings = RevocationCache::with_capacity(1000);
    let mut spent = [(0_u32, Duration::ZERO); 4];
    for _ in 0..ROUNDS {
        run_round(&mut spent[0], || bare.verify())?;
        run_round(&mut spent[1], || scene.verify_signature(&remembered, None))?;
        run_round(&mut spent[2], || scene.verify_signature(&remembered, Some(&standings)))?;
        run_round(&mut spent[3], || scene.verify_signature(&forgetful, None))?;
    }
    Ok(build_report(spent.map(|(done, time)| time.as_secs_f64() / f64::from(done.max(1)))))
}

fn run_round(spent: &mut (u32, Duration), mut work: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
    let (begun, used) = (Instant::now(), thread_cpu_time());
    while begun.elapsed() < ROUND_TIME {
        work()?;
        spent.0 += 1;
    }
    spent.1 += thread_cpu_time().saturating_sub(used);
    Ok(())
}

/// The very operation that the crate uses, and nothing around it.
struct BareVerification {
    key: ParsedPublicKey,
    signature: Vec<u8>,
}

/// As long as a certificate's body.
const MESSAGE: [u8; 1300] = [0x5A; 1300];

impl BareVerification {
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

fn build_report([bare, whole, kept, first]: [f64; 4]) -> VerificationReport {
    let rates = |unit: fn(f64) -> f64| VerificationRates {
        bare_rsa_2048_verification: unit(bare),
        whole_verdict: unit(whole),
        with_remembered_status: unit(kept),
        first_verification: unit(first),
    };
    let ratios = VerificationRatios {
        whole_verdict: round_to_thousandth(2.0 * bare / whole),
        with_remembered_status: round_to_thousandth(bare / kept),
        first_verification: round_to_thousandth(4.0 * bare / first),
    };
    let measured = ratios.whole_verdict;
    let what = "bare two verifications to the whole verdict";
    VerificationReport {
        per_second_and_core: rates(|seconds| (1.0 / seconds).round()),
        microseconds: rates(|seconds| round_to_thousandth(seconds * 1e6)),
        ratios,
        targets: vec![VerificationTarget { description: what, limit: 0.5, measured, reached: measured >= 0.5 }],
    }
}

fn round_to_thousandth(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_that_is_two_verifications_and_as_much_again_has_half() {
        let report = build_report([25e-6, 100e-6, 50e-6, 200e-6]);
        assert!((report.ratios.whole_verdict - 0.5).abs() < 1e-9 && report.targets[0].reached);
        assert!((report.microseconds.bare_rsa_2048_verification - 25.0).abs() < 1e-9);
        assert!((report.per_second_and_core.whole_verdict - 10_000.0).abs() < 1e-9);
        assert!(!super::build_report([25e-6, 101e-6, 50e-6, 200e-6]).targets[0].reached);
    }

    #[test]
    fn what_is_measured_is_a_verdict_that_holds() {
        let scene = VerificationInput::new().unwrap();
        let remembered = CertificateCache::with_capacity(10);
        let standings = RevocationCache::with_capacity(10);
        for _ in 0..2 {
            scene.verify_signature(&remembered, None).unwrap();
            scene.verify_signature(&remembered, Some(&standings)).unwrap();
        }
        let mut forged = scene;
        forged.signature[0] ^= 1;
        assert!(forged.verify_signature(&remembered, Some(&standings)).is_err());
    }
}
