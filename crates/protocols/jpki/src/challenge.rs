use aws_lc_rs::digest;
use base::Digest;

/// Separates these signatures from everything else that a card signs.
const DOMAIN: &[u8] = b"uketsuke-jpki-auth-v1\0";

/// DER of `DigestInfo` up to the digest, for SHA-256 (RFC 8017 §9.2, note 1).
const SHA256_DIGEST_INFO: &[u8; 19] = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// The content that the card signs: its holder authenticates to `origin`, now (`nonce`), for this transaction (`ticket`).
///
/// A signature for one origin, nonce or ticket is invalid for another. The portal and the verifier build the same bytes from
/// the same three values; a ready-made digest is never signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The origin of the relying party, such as `https://reception.example`.
    pub origin: String,
    /// Fresh for every authentication.
    pub nonce: [u8; 32],
    /// The digest of the ticket that the portal was started with, so that a verifier need not know the ticket.
    pub ticket: Digest,
}

impl Challenge {
    /// The bytes to sign: the domain, then the SHA-256 of each part, so that the parts have fixed lengths.
    pub fn to_be_signed(&self) -> Vec<u8> {
        let mut bytes = DOMAIN.to_vec();
        bytes.extend(base::digest(&[self.origin.as_bytes()]).as_bytes());
        bytes.extend(base::digest(&[&self.nonce]).as_bytes());
        bytes.extend(self.ticket.as_bytes());
        bytes
    }

    /// SHA-256 over [`Challenge::to_be_signed`].
    pub fn digest(&self) -> [u8; 32] {
        *base::digest(&[&self.to_be_signed()]).as_bytes()
    }

    /// The input of a current card (`80 2A 00 80`): the `DigestInfo` of the digest.
    pub fn digest_info(&self) -> [u8; 51] {
        let mut bytes = [0; 51];
        bytes[..19].copy_from_slice(SHA256_DIGEST_INFO);
        bytes[19..].copy_from_slice(&self.digest());
        bytes
    }

    /// SHA-384 over [`Challenge::to_be_signed`], for the next card.
    pub fn digest_sha384(&self) -> [u8; 48] {
        let mut bytes = [0; 48];
        bytes.copy_from_slice(digest::digest(&digest::SHA384, &self.to_be_signed()).as_ref());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Challenge {
        Challenge { origin: "https://reception.example".into(), nonce: [7; 32], ticket: base::digest(&[b"ticket"]) }
    }

    #[test]
    fn the_signed_bytes_are_a_domain_and_three_hashes() {
        let bytes = sample().to_be_signed();
        assert_eq!(bytes.len(), 22 + 3 * 32);
        assert!(bytes.starts_with(b"uketsuke-jpki-auth-v1\0"));
        assert_eq!(bytes[22..54], *base::digest(&[b"https://reception.example"]).as_bytes());
        assert_eq!(bytes[54..86], *base::digest(&[&[7; 32]]).as_bytes());
        assert_eq!(bytes[86..], *base::digest(&[b"ticket"]).as_bytes());
        assert_eq!(sample().digest_info()[19..], sample().digest());
    }

    #[test]
    fn another_origin_nonce_or_ticket_is_another_challenge() {
        let digest = sample().digest();
        assert_ne!(Challenge { origin: "https://reception.example.org".into(), ..sample() }.digest(), digest);
        assert_ne!(Challenge { nonce: [8; 32], ..sample() }.digest(), digest);
        assert_ne!(Challenge { ticket: base::digest(&[b"other"]), ..sample() }.digest(), digest);
    }
}
