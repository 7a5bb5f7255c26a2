//! The whole verification of a card's response, compared with the bare signature verifications that it includes.
//!
//! Everything runs on one core and is measured in the processor time of one thread, from keys and bytes in memory: no
//! network, no database. The card, the authority and its responder have RSA-2048 keys, as in operation, so that both sides
//! of the comparison are the same operation of the same library.
//!
//! The verification is `verify_certificate` (encoding, path, profile, validity), `verify_ocsp_response` (the responder's
//! response) and `verify_signature` (the card's signature over the challenge). The signature of the authority on the
//! certificate is verified once per certificate: [`CertificateCache`] holds the SHA-256 of verified certificates and of the
//! anchors under which they were verified, in memory, up to its capacity; validity and revocation are checked each time.
//! The same holds for the responder's own certificate. [`RevocationCache`] holds OCSP results.

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

/// How long each variant is repeated in one round; the variants alternate, so that other load affects all alike.
const ROUND_TIME: Duration = Duration::from_millis(250);
const ROUNDS: usize = 8;

/// The object that is printed.
#[derive(Serialize)]
pub(crate) struct VerificationReport {
    per_second_and_core: VerificationRates,
    microseconds: VerificationRates,
    ratios: VerificationRatios,
    #[serde(rename = "aims")]
    targets: Vec<VerificationTarget>,
}

/// The cost of each variant, in one unit.
#[derive(Serialize, Clone, Copy, Default)]
struct VerificationRates {
    /// One RSA-2048 verification over bytes as long as a certificate's body.
    bare_rsa_2048_verification: f64,
    /// The whole verification with the certificate cached: the OCSP response is parsed and verified.
    whole_verdict: f64,
    /// The same with a cached revocation status.
    #[serde(rename = "with_kept_word")]
    with_remembered_status: f64,
    /// The whole verification with nothing cached: the authority's signature is verified too.
    #[serde(rename = "first_sight")]
    first_verification: f64,
}

/// The time of the bare signature verifications divided by that of the whole verification; 1 would be no overhead.
#[derive(Serialize)]
struct VerificationRatios {
    /// Two signatures: the responder's and the card's.
    whole_verdict: f64,
    /// One signature: the card's.
    #[serde(rename = "with_kept_word")]
    with_remembered_status: f64,
    /// Four signatures: those two, and the authority's on the certificate and on the responder's certificate.
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

/// A valid card response with a valid OCSP response.
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
        let (year, new_key) = (Span::from_hours(8766), || SigningKey::generate(Algorithm::RsaSha256));
        let purpose = Purpose::Authentication;
        let practice = Practice::simulated(purpose, "http://authority.localhost/ocsp", "http://authority.localhost/ca");
        let (not_before, not_after) = (now.minus(year), now.plus(year));
        let issuer = Generation::create(purpose, practice, new_key()?, Serial::try_from(1)?, not_before, not_after)?;
        let (card_key, responder_key) = (new_key()?, new_key()?);
        let municipality = Municipality::new("13221", "Tokyo-to", "Kiyose-shi")?;
        let subject = Subject::new("997794E9AGCIEG", municipality, 3)?;
        let birth_date = base::parse_date("1980-06-15")?;
        let certificate = issuer.issue_authentication(
            &subject,
            birth_date,
            card_key.public_key(),
            Serial::try_from(0x0012_3456)?,
            not_before,
        )?;
        let responder_certificate =
            issuer.issue_ocsp_responder(responder_key.public_key(), Serial::try_from(2)?, not_before, not_after)?;
        let challenge = Challenge {
            origin: "https://reception.example".to_owned(),
            nonce: randomness.bytes(),
            ticket: base::digest(&[b"ticket"]),
        };
        let signature = card_key.sign(&challenge.to_be_signed())?;
        let anchors = Anchors::new([issuer.certificate()], Policies::simulated())?;
        let nonce = Nonce::new(&randomness);
        let unverified = UnverifiedCardResponse { certificate: certificate.clone(), signature: signature.clone() };
        let trusted =
            unverified.verify_certificate(&anchors, &CertificateCache::with_capacity(0), Grace::Granted, now)?;
        let ocsp_response = issuer.delegated_responder(responder_key, responder_certificate).respond(
            &trusted.ocsp_request(nonce.clone()),
            now,
            Some(now.plus(Span::from_hours(1))),
            |_| CertificateStatus::Good,
        )?;
        Ok(Self { anchors, certificate, signature, challenge, nonce, ocsp_response, now })
    }

    fn verify_card_response(
        &self,
        certificate_cache: &CertificateCache,
        revocation_cache: Option<&RevocationCache>,
    ) -> Result<(), Failure> {
        let unverified =
            UnverifiedCardResponse { certificate: self.certificate.clone(), signature: self.signature.clone() };
        let trusted = unverified.verify_certificate(&self.anchors, certificate_cache, Grace::Granted, self.now)?;
        let cached = revocation_cache.and_then(|revocation_cache| revocation_cache.get(&trusted, self.now));
        let unrevoked = if let Some(unrevoked) = cached {
            unrevoked
        } else {
            let request = trusted.ocsp_request(self.nonce.clone());
            let unrevoked = trusted.verify_ocsp_response(&self.ocsp_response, &request, certificate_cache, self.now)?;
            if let Some(revocation_cache) = revocation_cache {
                revocation_cache.insert(&unrevoked);
            }
            unrevoked
        };
        unrevoked.verify_signature(&self.challenge)?;
        Ok(())
    }
}

pub(crate) fn measure_verification() -> Result<VerificationReport, Failure> {
    let input = VerificationInput::new()?;
    let bare = BareVerification::new()?;
    let (certificate_cache, no_cache) = (CertificateCache::with_capacity(1000), CertificateCache::with_capacity(0));
    let revocation_cache = RevocationCache::with_capacity(1000);
    let mut measured = [(0_u32, Duration::ZERO); 4];
    for _ in 0..ROUNDS {
        run_round(&mut measured[0], || bare.verify())?;
        run_round(&mut measured[1], || input.verify_card_response(&certificate_cache, None))?;
        run_round(&mut measured[2], || input.verify_card_response(&certificate_cache, Some(&revocation_cache)))?;
        run_round(&mut measured[3], || input.verify_card_response(&no_cache, None))?;
    }
    Ok(build_report(measured.map(|(count, time)| time.as_secs_f64() / f64::from(count.max(1)))))
}

fn run_round(measured: &mut (u32, Duration), mut work: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
    let (start, cpu_time_before) = (Instant::now(), thread_cpu_time());
    while start.elapsed() < ROUND_TIME {
        work()?;
        measured.0 += 1;
    }
    measured.1 += thread_cpu_time().saturating_sub(cpu_time_before);
    Ok(())
}

/// The signature verification of the library that `jpki` uses, without anything else.
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

fn build_report([bare, whole, with_status, first]: [f64; 4]) -> VerificationReport {
    let rates = |unit: fn(f64) -> f64| VerificationRates {
        bare_rsa_2048_verification: unit(bare),
        whole_verdict: unit(whole),
        with_remembered_status: unit(with_status),
        first_verification: unit(first),
    };
    let ratios = VerificationRatios {
        whole_verdict: round_to_thousandth(2.0 * bare / whole),
        with_remembered_status: round_to_thousandth(bare / with_status),
        first_verification: round_to_thousandth(4.0 * bare / first),
    };
    let measured = ratios.whole_verdict;
    let description = "bare two verifications to the whole verdict";
    VerificationReport {
        per_second_and_core: rates(|seconds| (1.0 / seconds).round()),
        microseconds: rates(|seconds| round_to_thousandth(seconds * 1e6)),
        ratios,
        targets: vec![VerificationTarget { description, limit: 0.5, measured, reached: measured >= 0.5 }],
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
        assert!(!build_report([25e-6, 101e-6, 50e-6, 200e-6]).targets[0].reached);
    }

    #[test]
    fn what_is_measured_is_a_verdict_that_holds() {
        let input = VerificationInput::new().unwrap();
        let certificate_cache = CertificateCache::with_capacity(10);
        let revocation_cache = RevocationCache::with_capacity(10);
        for _ in 0..2 {
            input.verify_card_response(&certificate_cache, None).unwrap();
            input.verify_card_response(&certificate_cache, Some(&revocation_cache)).unwrap();
        }
        let mut forged = input;
        forged.signature[0] ^= 1;
        assert!(forged.verify_card_response(&certificate_cache, Some(&revocation_cache)).is_err());
    }
}
