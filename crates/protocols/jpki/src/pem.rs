//! PEM (RFC 7468): DER as text.

use der::pem::{LineEnding, encode_string};

/// The label of a certificate (RFC 7468 §5).
pub const CERTIFICATE: &str = "CERTIFICATE";
/// The label of a private key in PKCS#8 (RFC 7468 §10).
pub const PRIVATE_KEY: &str = "PRIVATE KEY";
/// The label of a revocation list (RFC 7468 §6).
pub const REVOCATION_LIST: &str = "X509 CRL";

/// Encodes DER as PEM (RFC 7468).
pub fn encode(label: &'static str, der: &[u8]) -> String {
    // It fails only for labels with forbidden characters, and beyond four gigabytes.
    encode_string(label, LineEnding::LF, der).expect("a known label and a short document")
}

/// The DER of a text that is one PEM block with this label.
pub fn decode(label: &str, text: &str) -> Option<Vec<u8>> {
    der::pem::decode_vec(text.as_bytes()).ok().filter(|(block_label, _)| *block_label == label).map(|(_, der)| der)
}
