//! What was measured, held against the floor and against what we want.

use std::time::Duration;

use serde::Serialize;

use crate::{
    floor::{Commits, Cryptography},
    load::Walked,
    process::Memory,
};

/// Everything that was measured.
pub(crate) struct Measured {
    pub(crate) workers: usize,
    pub(crate) compressed: bool,
    pub(crate) cores: usize,
    pub(crate) walked: Walked,
    /// Processor time of the driver over the counted journeys.
    pub(crate) driver: Duration,
    /// Processor time of the server over the counted journeys.
    pub(crate) served: Duration,
    pub(crate) idle: Memory,
    pub(crate) used: Memory,
    pub(crate) starts: Vec<Duration>,
    /// Processor time of the server for one PAR with its authorization request.
    pub(crate) arrivals: Duration,
    /// Processor time of the server for one token.
    pub(crate) tokens: Duration,
    pub(crate) cryptography: Cryptography,
    pub(crate) commits: Commits,
    pub(crate) data_kibibytes: u64,
}

/// The object that is printed.
#[derive(Serialize)]
pub(crate) struct Report {
    journeys: Journeys,
    server: ServerUse,
    oauth_cpu_milliseconds: Oauth,
    floor: Floor,
    unavoidable: Unavoidable,
    ratio: Ratio,
    aims: Vec<Aim>,
}

#[derive(Serialize)]
struct Journeys {
    cores: usize,
    workers: usize,
    pages_compressed: bool,
    counted: usize,
    seconds: f64,
    per_second: f64,
    p50_milliseconds: f64,
    p99_milliseconds: f64,
    driver_cpu_milliseconds_per_journey: f64,
}

#[derive(Serialize)]
struct ServerUse {
    cpu_milliseconds_per_journey: f64,
    idle_memory_mebibytes: f64,
    memory_afterwards_mebibytes: f64,
    peak_memory_mebibytes: f64,
    start_milliseconds: Vec<f64>,
    data_mebibytes: f64,
}

#[derive(Serialize)]
struct Oauth {
    push_and_authorize: f64,
    token: f64,
    sum: f64,
}

#[derive(Serialize)]
struct Floor {
    per_second_and_core: Cryptography,
    durable_commits_per_second: Commits,
}

#[derive(Serialize)]
struct Unavoidable {
    verifications: Vec<Part>,
    verifications_milliseconds: f64,
    by_the_authority: Vec<Part>,
    by_the_authority_milliseconds: f64,
}

/// Cryptography that a journey needs.
#[derive(Serialize)]
struct Part {
    what: &'static str,
    operation: &'static str,
    times: u32,
    milliseconds: f64,
}

#[derive(Serialize)]
struct Ratio {
    server_cpu_to_verifications: f64,
    server_cpu_to_all_cryptography: f64,
}

/// What we want of a number.
#[derive(Serialize)]
pub(crate) struct Aim {
    what: &'static str,
    wanted: f64,
    measured: f64,
    reached: bool,
}

pub(crate) fn of(measured: &Measured) -> Report {
    let counted = measured.walked.latencies.len();
    let by_journey = |time: Duration| milliseconds(time) / whole(counted.max(1));
    let per_second = whole(counted) / measured.walked.within.as_secs_f64();
    let cpu = by_journey(measured.served);
    let unavoidable = unavoidable(&measured.cryptography);
    let oauth = milliseconds(measured.arrivals + measured.tokens);
    let verifications = unavoidable.verifications_milliseconds;
    let all = verifications + unavoidable.by_the_authority_milliseconds;
    let slowest = measured.starts.iter().max().copied().unwrap_or_default();
    let aims = vec![
        at_most("CPU of the OAuth part, in milliseconds", 0.3, oauth),
        at_least("journeys per second", 500.0, per_second),
        at_most("server CPU to all cryptography", 5.0, cpu / all),
        at_most("memory at rest, in MiB", 64.0, mebibytes(measured.idle.resident)),
        at_most("start on existing data, the slowest, in milliseconds", 300.0, milliseconds(slowest)),
    ];
    Report {
        journeys: Journeys {
            cores: measured.cores,
            workers: measured.workers,
            pages_compressed: measured.compressed,
            counted,
            seconds: rounded(measured.walked.within.as_secs_f64()),
            per_second: rounded(per_second),
            p50_milliseconds: rounded(milliseconds(percentile(&measured.walked.latencies, 50))),
            p99_milliseconds: rounded(milliseconds(percentile(&measured.walked.latencies, 99))),
            driver_cpu_milliseconds_per_journey: rounded(by_journey(measured.driver)),
        },
        server: ServerUse {
            cpu_milliseconds_per_journey: rounded(cpu),
            idle_memory_mebibytes: rounded(mebibytes(measured.idle.resident)),
            memory_afterwards_mebibytes: rounded(mebibytes(measured.used.resident)),
            peak_memory_mebibytes: rounded(mebibytes(measured.used.peak)),
            start_milliseconds: measured.starts.iter().map(|start| rounded(milliseconds(*start))).collect(),
            data_mebibytes: rounded(mebibytes(measured.data_kibibytes * 1024)),
        },
        oauth_cpu_milliseconds: Oauth {
            push_and_authorize: rounded(milliseconds(measured.arrivals)),
            token: rounded(milliseconds(measured.tokens)),
            sum: rounded(oauth),
        },
        floor: Floor {
            per_second_and_core: measured.cryptography.rounded(),
            durable_commits_per_second: measured.commits.rounded(),
        },
        unavoidable,
        ratio: Ratio {
            server_cpu_to_verifications: rounded(cpu / verifications),
            server_cpu_to_all_cryptography: rounded(cpu / all),
        },
        aims,
    }
}

/// What nobody can leave out who keeps the profile: each assertion is signed anew (RFC 7523 §3), no certificate was
/// seen before, no answer on revocation is used twice, each challenge is fresh. The responder's own certificate is
/// remembered, and digests and tokens cost too little to count.
fn unavoidable(floor: &Cryptography) -> Unavoidable {
    let part = |what, operation, times: u32, per_second: f64| {
        let milliseconds = f64::from(times) * 1000.0 / per_second;
        Part { what, operation, times, milliseconds: rounded(milliseconds) }
    };
    let ecdsa = "ECDSA P-256, verify";
    let rsa = "RSA-2048, verify";
    let verifications = vec![
        part("client assertions of the pushed request and of the token", ecdsa, 2, floor.ecdsa_p256_verifications),
        part("the authority's signature on the card's certificate", rsa, 1, floor.rsa_2048_verifications),
        part("the responder's signature on its OCSP answer", ecdsa, 1, floor.ecdsa_p256_verifications),
        part("the card's signature over the challenge", rsa, 1, floor.rsa_2048_verifications),
    ];
    let signing = vec![part("the OCSP answer", "ECDSA P-256, sign", 1, floor.ecdsa_p256_signatures)];
    let sum = |parts: &[Part]| rounded(parts.iter().map(|part| part.milliseconds).sum());
    Unavoidable {
        verifications_milliseconds: sum(&verifications),
        verifications,
        by_the_authority_milliseconds: sum(&signing),
        by_the_authority: signing,
    }
}

pub(crate) fn at_most(what: &'static str, wanted: f64, measured: f64) -> Aim {
    Aim { what, wanted, measured: rounded(measured), reached: measured <= wanted }
}

pub(crate) fn at_least(what: &'static str, wanted: f64, measured: f64) -> Aim {
    Aim { what, wanted, measured: rounded(measured), reached: measured >= wanted }
}

/// The smallest latency that so many of a hundred do not exceed (nearest rank).
pub(crate) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

impl Cryptography {
    fn rounded(self) -> Self {
        Self {
            rsa_2048_verifications: self.rsa_2048_verifications.round(),
            rsa_2048_signatures: self.rsa_2048_signatures.round(),
            ecdsa_p256_verifications: self.ecdsa_p256_verifications.round(),
            ecdsa_p256_signatures: self.ecdsa_p256_signatures.round(),
        }
    }
}

impl Commits {
    fn rounded(self) -> Self {
        Self { one_at_a_time: self.one_at_a_time.round(), sixty_four_at_a_time: self.sixty_four_at_a_time.round() }
    }
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52 bytes")]
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) fn whole(count: usize) -> f64 {
    count as f64
}

/// To a thousandth: more is noise.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(percent: usize, expected: u64) {
        let sorted: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&sorted, percent), Duration::from_millis(expected));
    }

    #[test]
    fn percentiles_are_latencies_that_were_measured() {
        check(50, 100);
        check(99, 198);
        check(100, 200);
        assert_eq!(percentile(&[], 50), Duration::ZERO);
        assert_eq!(percentile(&[Duration::from_millis(7)], 99), Duration::from_millis(7));
    }

    #[test]
    fn the_unavoidable_is_the_sum_of_its_parts() {
        let floor = Cryptography {
            rsa_2048_verifications: 10_000.0,
            rsa_2048_signatures: 1000.0,
            ecdsa_p256_verifications: 5000.0,
            ecdsa_p256_signatures: 20_000.0,
        };
        let unavoidable = unavoidable(&floor);
        assert!((unavoidable.verifications_milliseconds - 0.8).abs() < 1e-9);
        assert!((unavoidable.by_the_authority_milliseconds - 0.05).abs() < 1e-9);
    }

    #[test]
    fn an_aim_says_whether_it_was_reached() {
        assert!(at_most("memory", 64.0, 64.0).reached && !at_most("memory", 64.0, 65.0).reached);
        assert!(at_least("journeys", 500.0, 500.0).reached && !at_least("journeys", 500.0, 499.0).reached);
    }
}
