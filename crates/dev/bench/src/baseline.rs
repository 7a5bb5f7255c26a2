//! The baseline of this machine: signatures per second on one core, and durable transactions per second.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey,
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use database::{Database, Error, Location, Migration};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::Failure;

/// How long each operation is repeated.
const MEASUREMENT_TIME: Duration = Duration::from_secs(1);

/// As long as a certificate's body, the longest thing that is signed in a journey.
const MESSAGE: [u8; 1400] = [0x5A; 1400];

/// Operations per second and core.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct CryptographyRates {
    pub(crate) rsa_2048_verifications: f64,
    pub(crate) rsa_2048_signatures: f64,
    pub(crate) ecdsa_p256_verifications: f64,
    pub(crate) ecdsa_p256_signatures: f64,
}

/// Durable transactions of one row per second.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct CommitRates {
    pub(crate) one_at_a_time: f64,
    pub(crate) sixty_four_at_a_time: f64,
}

/// With keys that are parsed beforehand, as a server holds the keys of authorities and clients.
pub(crate) fn measure_cryptography() -> Result<CryptographyRates, Failure> {
    let random = SystemRandom::new();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048)?;
    let mut signature = vec![0; rsa.public_modulus_len()];
    let rsa_signatures = measure_rate(|| Ok(rsa.sign(&RSA_PKCS1_SHA256, &random, &MESSAGE, &mut signature)?))?;
    let public_key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, rsa.public_key().as_ref())?;
    let rsa_verifications = measure_rate(|| Ok(public_key.verify_sig(&MESSAGE, &signature)?))?;
    let ecdsa = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
    let ecdsa_signatures = measure_rate(|| Ok(ecdsa.sign(&random, &MESSAGE).map(|_| ())?))?;
    let signature = ecdsa.sign(&random, &MESSAGE)?;
    let public_key = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, ecdsa.public_key().as_ref())?;
    let ecdsa_verifications = measure_rate(|| Ok(public_key.verify_sig(&MESSAGE, signature.as_ref())?))?;
    Ok(CryptographyRates {
        rsa_2048_verifications: rsa_verifications,
        rsa_2048_signatures: rsa_signatures,
        ecdsa_p256_verifications: ecdsa_verifications,
        ecdsa_p256_signatures: ecdsa_signatures,
    })
}

/// Repetitions of `work` per second of processor time, so that other processes on the machine do not count.
fn measure_rate(mut work: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let (start, cpu_time_before, mut count) = (Instant::now(), thread_cpu_time(), 0_u32);
    while start.elapsed() < MEASUREMENT_TIME {
        work()?;
        count += 1;
    }
    Ok(f64::from(count) / thread_cpu_time().saturating_sub(cpu_time_before).as_secs_f64())
}

/// The processor time of this thread. The clock starts with the thread, so it is never negative.
pub(crate) fn thread_cpu_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

const MIGRATIONS: &[Migration] = &[Migration {
    name: "floor",
    sql: "CREATE TABLE floor (
    place BIGINT NOT NULL PRIMARY KEY,
    word TEXT NOT NULL
);",
}];

/// Measures in a new database in `folder`.
pub(crate) async fn measure_commits(folder: &Path) -> Result<CommitRates, Failure> {
    let database = Database::open(&Location::Sqlite(folder.join("floor.db")), "floor", MIGRATIONS)?;
    let one_at_a_time = measure_commit_rate(&database, 1).await?;
    let sixty_four_at_a_time = measure_commit_rate(&database, 64).await?;
    Ok(CommitRates { one_at_a_time, sixty_four_at_a_time })
}

async fn measure_commit_rate(database: &Database, writers: u16) -> Result<f64, Failure> {
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for writer in 0..writers {
        let database = database.clone();
        tasks.spawn(async move {
            let mut count = 0_u32;
            while start.elapsed() < MEASUREMENT_TIME {
                // No two writers of any round use the same key.
                let key = (i64::from(writers) << 48) | (i64::from(writer) << 32) | i64::from(count);
                let insert = move |transaction: &mut database::Transaction<'_>| -> Result<u64, Error> {
                    transaction.execute("INSERT INTO floor (place, word) VALUES ($1, $2)", &[&key, &"durable"])
                };
                database.write(insert).await?;
                count += 1;
            }
            Ok::<_, Error>(count)
        });
    }
    let mut count = 0;
    while let Some(result) = tasks.join_next().await {
        count += result??;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}
