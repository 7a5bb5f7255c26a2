//! What `openssl ocsp` says of a responder's answer.

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use jpki::{ocsp::Request, pem};

use crate::{
    openssl::Desk,
    world::{Attempt, now, world},
};

/// What OpenSSL says, and where it is otherwise minded, why.
pub struct Theirs(pub &'static str, pub Option<&'static str>);

impl From<&'static str> for Theirs {
    fn from(word: &'static str) -> Self {
        Self(word, None)
    }
}

impl From<(&'static str, &'static str)> for Theirs {
    fn from((word, why): (&'static str, &'static str)) -> Self {
        Self(word, Some(why))
    }
}

/// Its clock is the machine's, so any age is allowed here; of ages another test speaks.
pub fn openssls_word(request: &Request, response: &[u8]) -> String {
    static DESK: LazyLock<Desk> = LazyLock::new(|| {
        let desk = Desk::new();
        desk.anchors();
        desk.put("issuer.pem", pem::encode(pem::CERTIFICATE, world().issuer.certificate()));
        desk.put("holder.pem", pem::encode(pem::CERTIFICATE, &Attempt::right().certificate));
        desk
    });
    // Tests run beside each other.
    static NAMES: AtomicUsize = AtomicUsize::new(0);
    let name = NAMES.fetch_add(1, Ordering::Relaxed);
    let desk = &*DESK;
    desk.put(&format!("{name}.req"), request.encode().unwrap());
    desk.put(&format!("{name}.resp"), response);
    let (_, said) = desk.run(&format!(
        "ocsp -reqin {name}.req -respin {name}.resp -issuer issuer.pem -sha256 -cert holder.pem -CAfile anchors.pem \
         -attime {} -validity_period 999999999 -no_nonce",
        now().seconds()
    ));
    verdict_of(&said)
}

/// The first thing that it has against an answer, else what the answer says.
pub fn verdict_of(said: &str) -> String {
    let against = ["Responder Error", "Error", "error:", "WARNING", "Nonce Verify error"];
    let line = said.lines().find(|line| against.iter().any(|word| line.contains(word)));
    // `ID:error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:MORE`
    let reason = |line: &str| {
        let parts: Vec<_> = line.split(':').collect();
        let more = parts.last().map_or("", |more| more.trim());
        if more.is_empty() { (*parts.get(5).unwrap_or(&line)).to_owned() } else { more.to_owned() }
    };
    match line {
        Some(line) if said.contains("Response Verify Failure") => format!("Response Verify Failure: {}", reason(line)),
        Some(line) if line.contains("error:") => reason(line),
        Some(line) => line.to_owned(),
        None => {
            said.lines().find_map(|line| line.strip_prefix("holder.pem: ")).unwrap_or("says nothing of it").to_owned()
        }
    }
}
