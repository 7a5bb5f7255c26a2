use crate::Refusal;

impl Refusal {
    /// Every code that [`Refusal::code`] can answer with, in the order in which the steps come.
    pub const CODES: &[&str] = &[
        "jpki.certificate.unreadable",
        "jpki.certificate.trailing_bytes",
        "jpki.certificate.encoding",
        "jpki.certificate.for_signature",
        "jpki.path.no_authority_key",
        "jpki.path.unknown_issuer",
        "jpki.path.unknown_generation",
        "jpki.path.issuer_name",
        "jpki.path.issuer_certificate",
        "jpki.path.two_algorithms",
        "jpki.path.algorithm",
        "jpki.path.signature",
        "jpki.path.issuer_not_yet_valid",
        "jpki.path.issuer_expired",
        "jpki.profile.version",
        "jpki.profile.serial",
        "jpki.profile.unique_identifier",
        "jpki.profile.subject",
        "jpki.profile.key",
        "jpki.profile.duplicate_extension",
        "jpki.profile.unreadable_extension",
        "jpki.profile.critical_extension",
        "jpki.profile.not_critical",
        "jpki.profile.is_authority",
        "jpki.profile.key_usage",
        "jpki.profile.extended_key_usage",
        "jpki.profile.policy",
        "jpki.validity.empty",
        "jpki.validity.not_yet_valid",
        "jpki.validity.in_grace",
        "jpki.validity.expired",
        "jpki.revocation.revoked",
        "jpki.revocation.unknown",
        "jpki.ocsp.unreadable",
        "jpki.ocsp.malformed_request",
        "jpki.ocsp.internal_error",
        "jpki.ocsp.try_later",
        "jpki.ocsp.signature_required",
        "jpki.ocsp.unauthorized",
        "jpki.ocsp.stranger",
        "jpki.ocsp.responder_certificate",
        "jpki.ocsp.responder_issuer",
        "jpki.ocsp.responder_certificate_signature",
        "jpki.ocsp.responder_purpose",
        "jpki.ocsp.responder_checkable",
        "jpki.ocsp.responder_not_yet_valid",
        "jpki.ocsp.responder_expired",
        "jpki.ocsp.algorithm",
        "jpki.ocsp.signature",
        "jpki.ocsp.other_question",
        "jpki.ocsp.no_nonce_asked",
        "jpki.ocsp.no_nonce",
        "jpki.ocsp.wrong_nonce",
        "jpki.ocsp.other_certificate",
        "jpki.ocsp.ambiguous",
        "jpki.ocsp.times",
        "jpki.ocsp.from_the_future",
        "jpki.ocsp.too_old",
        "jpki.ocsp.overdue",
        "jpki.crl.unreadable",
        "jpki.crl.issuer",
        "jpki.crl.signature",
        "jpki.crl.key_usage",
        "jpki.crl.scope",
        "jpki.crl.older",
        "jpki.crl.endless",
        "jpki.crl.times",
        "jpki.crl.from_the_future",
        "jpki.crl.overdue",
        "jpki.crl.silent",
        "jpki.signature.length",
        "jpki.signature.wrong",
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_every_code_once() {
        let source = include_str!("refusal.rs");
        let written: Vec<_> = source.split('"').filter(|text| text.starts_with("jpki.")).collect();
        assert_eq!(written, Refusal::CODES);
    }
}
