//! PEM (RFC 7468): DER for programs that read text.

use der::pem::{LineEnding, encode_string};

/// The label of a certificate (RFC 7468 §5).
pub const CERTIFICATE: &str = "CERTIFICATE";
/// The label of a private key in PKCS#8 (RFC 7468 §10).
pub const PRIVATE_KEY: &str = "PRIVATE KEY";
/// The label of a revocation list (RFC 7468 §6).
pub const REVOCATION_LIST: &str = "X509 CRL";

/// DER as text (RFC 7468), for programs that read nothing else.
pub fn encode(label: &'static str, der: &[u8]) -> String {
    // It fails for labels with forbidden letters only, and ours have none; or beyond four gigabytes.
    encode_string(label, LineEnding::LF, der).expect("a known label and a short document")
}

/// The DER in a text with one block of this label.
pub fn decode(label: &str, text: &str) -> Option<Vec<u8>> {
    der::pem::decode_vec(text.as_bytes()).ok().filter(|(found, _)| *found == label).map(|(_, der)| der)
}
