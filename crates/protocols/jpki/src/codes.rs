use base::CatalogueEntry;

use crate::Refusal;

const CARD: &str = "Read the authentication certificate (利用者証明用) from the card again, and send its file as it is, without filler.";
const ISSUE: &str = "The certificate was not issued to the profile: have it issued by the authority that is configured, and compare with docs/guide/certificates.md.";
const ANCHORS: &str =
    "Configure the authority's certificates of every generation as anchors; a card keeps the one it was issued under.";
const RESPONDER: &str = "Look at the responder: `openssl ocsp` shows what it answers. Nothing is registered meanwhile; the person may try again.";
const RESPONDER_CERTIFICATE: &str = "Have the authority issue the responder a certificate for OCSP signing, valid now, under the generation it answers for.";
const CLOCKS: &str = "Compare the clocks of the responder and of this machine; let the responder sign anew.";
const LIST: &str = "Fetch the list again from the authority's own address; `openssl crl` shows what it says.";
const SIGN: &str =
    "Let the card sign the challenge made of this origin, this ticket and the nonce of the request, once each.";
const RENEW: &str = "The holder has the certificates renewed at the municipal office; a picture of the insurance document serves meanwhile.";

const fn entry(code: &'static str, meaning: &'static str, remedy: &'static str) -> CatalogueEntry {
    CatalogueEntry { code, meaning, remedy }
}

impl Refusal {
    /// Every code of [`Refusal::code`], with its meaning and remedy, in the order of the verification steps.
    pub const CATALOGUE: &[CatalogueEntry] = &[
        entry("jpki.certificate.unreadable", "The bytes are no X.509 certificate.", CARD),
        entry(
            "jpki.certificate.trailing_bytes",
            "Bytes stand behind the certificate, such as the filler of the card's file.",
            CARD,
        ),
        entry("jpki.certificate.encoding", "The certificate is not in canonical DER.", CARD),
        entry(
            "jpki.certificate.for_signature",
            "It is the certificate for signing documents (署名用), not the one for authentication.",
            CARD,
        ),
        entry("jpki.path.no_authority_key", "The certificate does not name its issuer's key.", ISSUE),
        entry(
            "jpki.path.unknown_issuer",
            "Neither the issuer's name nor its key is one of the known authority's.",
            ANCHORS,
        ),
        entry(
            "jpki.path.unknown_generation",
            "The issuer's name is known, but none of its generations has this key.",
            ANCHORS,
        ),
        entry("jpki.path.issuer_name", "The issuer's key is known, but under another name.", ANCHORS),
        entry(
            "jpki.path.issuer_certificate",
            "The certificate names another certificate of its issuer than the known one.",
            ANCHORS,
        ),
        entry(
            "jpki.path.two_algorithms",
            "The certificate names one signature algorithm inside and another outside.",
            ISSUE,
        ),
        entry("jpki.path.algorithm", "The certificate is not signed with the algorithm of its issuer's key.", ISSUE),
        entry("jpki.path.signature", "The issuer's key did not make the signature on the certificate.", ISSUE),
        entry("jpki.path.issuer_not_yet_valid", "The issuer's own certificate is not valid yet.", ANCHORS),
        entry("jpki.path.issuer_expired", "The issuer's own certificate has expired.", ANCHORS),
        entry("jpki.profile.version", "The certificate is not of version 3.", ISSUE),
        entry("jpki.profile.serial", "The serial number is not positive, or too long.", ISSUE),
        entry(
            "jpki.profile.unique_identifier",
            "The certificate has unique identifiers, which the profile has not.",
            ISSUE,
        ),
        entry("jpki.profile.subject", "The subject has not exactly one common name.", ISSUE),
        entry("jpki.profile.key", "The key is none that a card has (RSA of 2048 bits, or P-384).", ISSUE),
        entry("jpki.profile.duplicate_extension", "An extension stands twice.", ISSUE),
        entry("jpki.profile.unreadable_extension", "An extension that must be understood cannot be read.", ISSUE),
        entry("jpki.profile.critical_extension", "There is a critical extension that is not known.", ISSUE),
        entry("jpki.profile.not_critical", "An extension that must be critical is not.", ISSUE),
        entry("jpki.profile.is_authority", "It is an authority's certificate.", ISSUE),
        entry("jpki.profile.key_usage", "The key usage is not exactly digitalSignature.", ISSUE),
        entry("jpki.profile.extended_key_usage", "The extended key usage has no clientAuth.", ISSUE),
        entry("jpki.profile.policy", "The certificate stands under none of the accepted policies.", ISSUE),
        entry("jpki.validity.empty", "The validity ends before it begins.", ISSUE),
        entry(
            "jpki.validity.not_yet_valid",
            "The certificate is not valid yet.",
            "Compare the clocks; else wait until it is.",
        ),
        entry(
            "jpki.validity.in_grace",
            "The certificate expired less than three months ago, and what was asked for is not open to such a card.",
            RENEW,
        ),
        entry("jpki.validity.expired", "The certificate has expired.", RENEW),
        entry("jpki.revocation.revoked", "The authority revoked the certificate.", RENEW),
        entry(
            "jpki.revocation.unknown",
            "The responder does not know the certificate.",
            "Ask the responder that the certificate itself names; else it was never issued.",
        ),
        entry("jpki.ocsp.unreadable", "The answer is no OCSP response, or no basic one.", RESPONDER),
        entry("jpki.ocsp.malformed_request", "The responder found the request malformed.", RESPONDER),
        entry("jpki.ocsp.internal_error", "The responder had a fault of its own.", RESPONDER),
        entry("jpki.ocsp.try_later", "The responder asks to be asked later.", RESPONDER),
        entry("jpki.ocsp.signature_required", "The responder wants a signed request.", RESPONDER),
        entry("jpki.ocsp.unauthorized", "The responder does not answer for this certificate, or not to us.", RESPONDER),
        entry("jpki.ocsp.stranger", "The answer is signed by nobody whom the issuer named.", RESPONDER_CERTIFICATE),
        entry("jpki.ocsp.responder_certificate", "The responder's certificate cannot be read.", RESPONDER_CERTIFICATE),
        entry(
            "jpki.ocsp.responder_issuer",
            "The responder's certificate is not of the generation that issued the asked one.",
            RESPONDER_CERTIFICATE,
        ),
        entry(
            "jpki.ocsp.responder_certificate_signature",
            "The issuer did not sign the responder's certificate.",
            RESPONDER_CERTIFICATE,
        ),
        entry(
            "jpki.ocsp.responder_purpose",
            "The responder's certificate is not for OCSP signing.",
            RESPONDER_CERTIFICATE,
        ),
        entry(
            "jpki.ocsp.responder_checkable",
            "The responder's certificate would itself have to be asked about (no id-pkix-ocsp-nocheck).",
            RESPONDER_CERTIFICATE,
        ),
        entry(
            "jpki.ocsp.responder_not_yet_valid",
            "The responder's certificate is not valid yet.",
            RESPONDER_CERTIFICATE,
        ),
        entry("jpki.ocsp.responder_expired", "The responder's certificate has expired.", RESPONDER_CERTIFICATE),
        entry(
            "jpki.ocsp.algorithm",
            "The answer is signed with an algorithm that is not accepted.",
            RESPONDER_CERTIFICATE,
        ),
        entry("jpki.ocsp.signature", "The signature on the answer is wrong.", RESPONDER),
        entry("jpki.ocsp.other_question", "The answer is to a question about another issuer.", RESPONDER),
        entry("jpki.ocsp.no_nonce_asked", "The answer has a nonce though none was asked for.", RESPONDER),
        entry("jpki.ocsp.no_nonce", "The answer has no nonce: it may be an old one sent again.", RESPONDER),
        entry(
            "jpki.ocsp.wrong_nonce",
            "The answer has another nonce: it is to somebody else's question, or an old one sent again.",
            RESPONDER,
        ),
        entry(
            "jpki.ocsp.other_certificate",
            "The answer says nothing of the certificate that was asked about.",
            RESPONDER,
        ),
        entry("jpki.ocsp.ambiguous", "The answer speaks of the certificate twice.", RESPONDER),
        entry("jpki.ocsp.times", "The answer's times contradict each other.", CLOCKS),
        entry("jpki.ocsp.from_the_future", "The answer was made in the future.", CLOCKS),
        entry("jpki.ocsp.too_old", "The answer was made too long ago.", CLOCKS),
        entry("jpki.ocsp.overdue", "The time for a newer answer is past.", CLOCKS),
        entry("jpki.crl.unreadable", "The bytes are no revocation list of version 2.", LIST),
        entry("jpki.crl.issuer", "The list is another authority's, or another generation's.", LIST),
        entry("jpki.crl.signature", "The issuer did not sign the list.", LIST),
        entry("jpki.crl.key_usage", "The issuer's key is not for signing lists.", LIST),
        entry(
            "jpki.crl.scope",
            "The list does not speak of certificates like this one (issuing distribution point).",
            LIST,
        ),
        entry("jpki.crl.older", "The list is older than one that was seen before.", LIST),
        entry("jpki.crl.endless", "The list does not say when the next one comes.", LIST),
        entry("jpki.crl.times", "The list's times contradict each other.", LIST),
        entry("jpki.crl.from_the_future", "The list was made in the future.", CLOCKS),
        entry("jpki.crl.overdue", "The next list should have come.", LIST),
        entry("jpki.crl.silent", "Neither the responder nor the list could be reached.", RESPONDER),
        entry("jpki.signature.length", "The signature has not the length that the certificate's key makes.", SIGN),
        entry(
            "jpki.signature.wrong",
            "The signature is not the card's over this challenge: another origin, nonce, ticket or key.",
            SIGN,
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RefusalKind;

    #[test]
    fn the_catalogue_has_every_code_once() {
        let codes = RefusalKind::ALL.map(RefusalKind::as_str);
        assert_eq!(codes.as_slice(), Refusal::CATALOGUE.iter().map(|entry| entry.code).collect::<Vec<_>>());
    }
}
