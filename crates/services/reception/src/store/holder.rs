//! The verified holder of a card, from the verification to the registration.

use base::Timestamp;
use database::Error;
use jpki::VerifiedHolder;
use serde::{Deserialize, Serialize};

use super::{from_json, to_json};
use crate::rules::authentication::{AuthenticationStage, CertificateValidity};

/// The holder of a card whose response was verified, as the store has it between the verification and the registration.
///
/// It is made from a [`VerifiedHolder`], which only a complete verification makes, or read back where the store had written
/// one. There is no other way, so whoever is registered has authenticated with the card:
///
/// ```
/// fn store(holder: &jpki::VerifiedHolder) -> reception::StoredHolder {
///     reception::StoredHolder::from(holder)
/// }
/// ```
///
/// ```compile_fail,E0451
/// use reception::{StoredHolder, rules::authentication::CertificateValidity};
///
/// let certificate = CertificateValidity::Valid;
/// let holder = StoredHolder { issuer: vec![1], serial: vec![2], certificate, ends: None };
/// ```
///
/// ```compile_fail,E0277
/// let text = r#"{"issuer":[1],"serial":[2],"certificate":"valid"}"#;
/// let holder: reception::StoredHolder = serde_json::from_str(text).expect("JSON");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredHolder {
    issuer: Vec<u8>,
    /// The certificate's serial number. It never leaves the national side.
    serial: Vec<u8>,
    /// Whether the certificate is in the three months after its end.
    certificate: CertificateValidity,
    /// The certificate's last second, if known.
    ends: Option<Timestamp>,
}

impl From<&VerifiedHolder> for StoredHolder {
    fn from(holder: &VerifiedHolder) -> Self {
        Self {
            issuer: holder.issuer().as_bytes().to_vec(),
            serial: holder.serial().as_bytes().to_vec(),
            certificate: match holder.validity() {
                jpki::Validity::Valid => CertificateValidity::Valid,
                jpki::Validity::Grace { .. } => CertificateValidity::Grace,
            },
            ends: Some(holder.not_after()),
        }
    }
}

impl StoredHolder {
    pub(super) fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    pub(super) fn serial(&self) -> &[u8] {
        &self.serial
    }

    pub(super) fn certificate(&self) -> CertificateValidity {
        self.certificate
    }

    pub(super) fn ends(&self) -> Option<Timestamp> {
        self.ends
    }
}

/// A holder within the column `authentication.stage`.
#[derive(Serialize, Deserialize)]
struct HolderJson {
    issuer: Vec<u8>,
    serial: Vec<u8>,
    certificate: CertificateValidity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends: Option<Timestamp>,
}

/// The column `authentication.stage` of a stage.
pub(super) fn stage_to_json(stage: &AuthenticationStage<StoredHolder>) -> Result<String, Error> {
    let to_column =
        |StoredHolder { issuer, serial, certificate, ends }| HolderJson { issuer, serial, certificate, ends };
    to_json(&stage.clone().map_holder(to_column))
}

/// Reads the column `authentication.stage`, which has a holder only where a verified one was written.
pub(super) fn stage_from_json(text: &str) -> Result<AuthenticationStage<StoredHolder>, Error> {
    let stage: AuthenticationStage<HolderJson> = from_json(text, "authentication.stage")?;
    Ok(stage.map_holder(|HolderJson { issuer, serial, certificate, ends }| StoredHolder {
        issuer,
        serial,
        certificate,
        ends,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The column is read and written back as it was.
    fn check_column(text: &str) {
        let stage = stage_from_json(text).unwrap();
        assert_eq!(stage_to_json(&stage).unwrap(), text);
    }

    #[test]
    fn what_was_stored_of_a_holder_is_read_as_it_was_written() {
        check_column(r#""open""#);
        check_column(r#"{"done":{"holder":{"issuer":[7],"serial":[2],"certificate":"grace"}}}"#);
        let ends = serde_json::to_string(&Timestamp::from_seconds(1_792_000_000)).unwrap();
        let digest = serde_json::to_string(&[3_u8; 32]).unwrap();
        check_column(&format!(
            r#"{{"answered":{{"holder":{{"issuer":[7],"serial":[2],"certificate":"valid","ends":{ends}}},"way":{{"number":{{"digest":{digest},"tries_left":2}}}}}}}}"#
        ));
        assert!(stage_from_json(r#"{"done":{}}"#).is_err(), "nobody is authenticated without a holder");
    }
}
