use aws_lc_rs::{
    digest,
    signature::{
        ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
        RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
    },
};
use card::{
    Algorithm, CardData, Jpki, PrivateKey, Scheme, TokenLabel, WrongInput,
    host::{Hash, PinVerification},
};
use rsa::{RsaPrivateKey, pkcs8::DecodePrivateKey, traits::PublicKeyParts};

use crate::sample::{AUTHENTICATION_KEY, NEXT_KEY, SIGNATURE_KEY, bytes, key_on_card, personalisation, power_on_card};

const MESSAGE: &[u8] = b"a message";

fn check(key: &PrivateKey, scheme: Scheme, data: &[u8], algorithm: &'static dyn VerificationAlgorithm) {
    let signature = key.sign(scheme, data).expect("a signature");
    let public = UnparsedPublicKey::new(algorithm, key.public_key().expect("a public key"));
    assert!(public.verify(MESSAGE, &signature).is_ok(), "{scheme:?}");
    assert!(public.verify(b"another message", &signature).is_err(), "{scheme:?}");
}

fn digest_info(prefix: &str, algorithm: &'static digest::Algorithm) -> Vec<u8> {
    [&bytes(prefix), digest::digest(algorithm, MESSAGE).as_ref()].concat()
}

#[test]
fn every_scheme_is_verified_by_another_library() {
    let key = PrivateKey::from_pkcs8(&AUTHENTICATION_KEY).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Rsa2048);
    let hash = digest::digest(&digest::SHA256, MESSAGE);
    let info = |prefix, algorithm| digest_info(prefix, algorithm);
    let (sha256, sha384, sha512) = (
        info("3031300d060960864801650304020105000420", &digest::SHA256),
        info("3041300d060960864801650304020205000430", &digest::SHA384),
        info("3051300d060960864801650304020305000440", &digest::SHA512),
    );
    check(&key, Scheme::Verbatim, &sha256, &RSA_PKCS1_2048_8192_SHA256);
    check(&key, Scheme::Verbatim, &sha384, &RSA_PKCS1_2048_8192_SHA384);
    check(&key, Scheme::Verbatim, &sha512, &RSA_PKCS1_2048_8192_SHA512);
    check(&key, Scheme::Hash, hash.as_ref(), &RSA_PKCS1_2048_8192_SHA256);
    check(&key, Scheme::Hashed, MESSAGE, &RSA_PKCS1_2048_8192_SHA256);
    check(&key, Scheme::PssHash, hash.as_ref(), &RSA_PSS_2048_8192_SHA256);
    check(&key, Scheme::PssHashed, MESSAGE, &RSA_PSS_2048_8192_SHA256);
}

/// The content of the signed block, recovered by the public key alone.
fn recover_signed_block(signature: &[u8]) -> Vec<u8> {
    let key = RsaPrivateKey::from_pkcs8_der(&AUTHENTICATION_KEY).expect("an RSA key");
    let number = rsa::BigUint::from_bytes_be(signature).modpow(key.e(), key.n());
    let block = number.to_bytes_be();
    // RFC 8017 §9.2: 00 01 FF… 00 data; the leading zero is not part of the number.
    let end = block.iter().skip(1).position(|byte| *byte == 0).expect("a padded block") + 1;
    assert!(block[0] == 1 && block[1..end].iter().all(|byte| *byte == 0xFF) && end >= 9);
    assert_eq!(block.len(), 255);
    block[end + 1..].to_vec()
}

#[test]
fn verbatim_signs_any_1_to_245_bytes_as_they_are() {
    let key = PrivateKey::from_pkcs8(&AUTHENTICATION_KEY).unwrap();
    // SHA-1 as sent by older programs, a DigestInfo with an extra byte, and bare bytes.
    let sha1 = hex::decode(format!("3021300906052b0e03021a05000414{}", "11".repeat(20))).unwrap();
    let longer = hex::decode(format!("3031300d060960864801650304020105000420{}", "22".repeat(33))).unwrap();
    for data in [&sha1[..], &longer, &[0], &[0, 0, 7], &[0x42; 245]] {
        assert_eq!(recover_signed_block(&key.sign(Scheme::Verbatim, data).unwrap()), data);
    }
    let sha256 = digest_info("3031300d060960864801650304020105000420", &digest::SHA256);
    assert_eq!(recover_signed_block(&key.sign(Scheme::Verbatim, &sha256).unwrap()), sha256);
    let bare = recover_signed_block(&key.sign(Scheme::HashedBare, MESSAGE).unwrap());
    assert_eq!(bare, digest::digest(&digest::SHA256, MESSAGE).as_ref());
    assert_eq!(key.sign(Scheme::Verbatim, &[]), Err(WrongInput::Length));
    assert_eq!(key.sign(Scheme::Verbatim, &[0; 246]), Err(WrongInput::Length));
    assert_eq!(key.sign(Scheme::Hash, &[0; 31]), Err(WrongInput::Length));
    assert_eq!(key.sign(Scheme::PssHash, &[0; 33]), Err(WrongInput::Length));
}

#[test]
fn the_next_card_signs_with_ecdsa_on_p384() {
    let key = PrivateKey::from_pkcs8(&NEXT_KEY).unwrap();
    assert_eq!(key.algorithm(), Algorithm::EcdsaP384);
    let info = digest_info("3041300d060960864801650304020205000430", &digest::SHA384);
    check(&key, Scheme::Verbatim, &info, &ECDSA_P384_SHA384_ASN1);
    check(&key, Scheme::Hash, digest::digest(&digest::SHA384, MESSAGE).as_ref(), &ECDSA_P384_SHA384_ASN1);
    check(&key, Scheme::Hashed, MESSAGE, &ECDSA_P384_SHA384_ASN1);
    assert_eq!(key.sign(Scheme::PssHashed, MESSAGE), Err(WrongInput::Scheme));
    assert_eq!(key.sign(Scheme::Verbatim, MESSAGE), Err(WrongInput::Length));

    let mut issue = personalisation(TokenLabel::Plastic);
    issue.authentication = key_on_card(&NEXT_KEY, 0xD0);
    let mut card = power_on_card(CardData::new(issue));
    let mut jpki = Jpki::select(&mut card).unwrap();
    assert_eq!(jpki.verify_pin(&"1234".parse().unwrap()), Ok(PinVerification::Right));
    let hash = digest::digest(&digest::SHA384, MESSAGE).as_ref().try_into().unwrap();
    let signature = jpki.sign_with_authentication_key(Hash::Sha384(hash)).unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, key.public_key().unwrap());
    assert!(public.verify(MESSAGE, &signature).is_ok());
}

#[test]
fn each_key_of_the_card_signs_for_itself() {
    let mut card = power_on_card(crate::sample::plastic());
    let mut jpki = Jpki::select(&mut card).unwrap();
    let hash: [u8; 32] = digest::digest(&digest::SHA256, MESSAGE).as_ref().try_into().unwrap();
    jpki.verify_pin(&"1234".parse().unwrap()).unwrap();
    jpki.verify_password(&"PASSW0RD".parse().unwrap()).unwrap();
    let authentication = jpki.sign_with_authentication_key(Hash::Sha256(hash)).unwrap();
    let signature = jpki.sign_with_signature_key(Hash::Sha256(hash)).unwrap();
    for (key, right, wrong) in
        [(&*AUTHENTICATION_KEY, &authentication, &signature), (&*SIGNATURE_KEY, &signature, &authentication)]
    {
        let public = PrivateKey::from_pkcs8(key).unwrap().public_key().unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
        assert!(public.verify(MESSAGE, right).is_ok());
        assert!(public.verify(MESSAGE, wrong).is_err());
    }
}

#[test]
fn what_is_no_key_of_this_card_is_refused() {
    let mut cut = AUTHENTICATION_KEY.clone();
    cut.pop();
    for wrong in [&[][..], &[0x30, 0], &cut] {
        assert!(PrivateKey::from_pkcs8(wrong).is_err());
    }
    let p256 = aws_lc_rs::signature::EcdsaKeyPair::generate(&aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1_SIGNING);
    assert!(PrivateKey::from_pkcs8(p256.unwrap().to_pkcs8v1().unwrap().as_ref()).is_err());
}
