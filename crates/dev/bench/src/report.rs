//! The report: the measurement compared with the machine's baseline and with the targets.

use std::time::Duration;

use serde::Serialize;

use crate::{
    baseline::{CommitRates, CryptographyRates},
    process::Memory,
};

/// The journeys that were counted.
pub(crate) struct CompletedJourneys {
    /// Sorted, the shortest first.
    pub(crate) latencies: Vec<Duration>,
    /// From the start of the first to the end of the last.
    pub(crate) total_time: Duration,
}

pub(crate) struct JourneyMeasurement {
    pub(crate) workers: usize,
    pub(crate) compressed: bool,
    pub(crate) cores: usize,
    pub(crate) journeys: CompletedJourneys,
    /// Processor time of the driver over the counted journeys.
    pub(crate) driver_time: Duration,
    /// Processor time of the server over the counted journeys.
    pub(crate) server_time: Duration,
    pub(crate) idle_memory: Memory,
    pub(crate) used_memory: Memory,
    pub(crate) start_times: Vec<Duration>,
    /// Processor time of the server for one PAR with its authorization request.
    pub(crate) authorization_time: Duration,
    /// Processor time of the server for one token.
    pub(crate) token_time: Duration,
    pub(crate) cryptography: CryptographyRates,
    pub(crate) commits: CommitRates,
    pub(crate) data_kibibytes: u64,
}

/// The object that is printed.
#[derive(Serialize)]
pub(crate) struct JourneyReport {
    journeys: JourneyRates,
    server: ServerUsage,
    oauth_cpu_milliseconds: OauthTimes,
    #[serde(rename = "floor")]
    baseline: Baseline,
    unavoidable: UnavoidableCryptography,
    ratio: CpuRatios,
    #[serde(rename = "aims")]
    targets: Vec<Target>,
}

#[derive(Serialize)]
struct JourneyRates {
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
struct ServerUsage {
    cpu_milliseconds_per_journey: f64,
    idle_memory_mebibytes: f64,
    memory_afterwards_mebibytes: f64,
    peak_memory_mebibytes: f64,
    start_milliseconds: Vec<f64>,
    data_mebibytes: f64,
}

#[derive(Serialize)]
struct OauthTimes {
    push_and_authorize: f64,
    token: f64,
    sum: f64,
}

#[derive(Serialize)]
struct Baseline {
    per_second_and_core: CryptographyRates,
    durable_commits_per_second: CommitRates,
}

#[derive(Serialize)]
struct UnavoidableCryptography {
    verifications: Vec<CryptographyCost>,
    verifications_milliseconds: f64,
    #[serde(rename = "by_the_authority")]
    authority_signatures: Vec<CryptographyCost>,
    #[serde(rename = "by_the_authority_milliseconds")]
    authority_signatures_milliseconds: f64,
}

/// Cryptography that a journey needs.
#[derive(Serialize)]
struct CryptographyCost {
    #[serde(rename = "what")]
    description: &'static str,
    operation: &'static str,
    times: u32,
    milliseconds: f64,
}

#[derive(Serialize)]
struct CpuRatios {
    server_cpu_to_verifications: f64,
    server_cpu_to_all_cryptography: f64,
}

/// A limit for one number, and whether it was reached.
#[derive(Serialize)]
pub(crate) struct Target {
    #[serde(rename = "what")]
    description: &'static str,
    #[serde(rename = "wanted")]
    limit: f64,
    measured: f64,
    reached: bool,
}

pub(crate) fn build_report(measurement: &JourneyMeasurement) -> JourneyReport {
    let counted = measurement.journeys.latencies.len();
    let per_journey = |time: Duration| to_milliseconds(time) / count_to_f64(counted.max(1));
    let per_second = count_to_f64(counted) / measurement.journeys.total_time.as_secs_f64();
    let cpu_per_journey = per_journey(measurement.server_time);
    let unavoidable = unavoidable_cryptography(&measurement.cryptography);
    let oauth_time = to_milliseconds(measurement.authorization_time + measurement.token_time);
    let verifications = unavoidable.verifications_milliseconds;
    let all_cryptography = verifications + unavoidable.authority_signatures_milliseconds;
    let slowest_start = measurement.start_times.iter().max().copied().unwrap_or_default();
    let targets = vec![
        at_most("CPU of the OAuth part, in milliseconds", 0.3, oauth_time),
        at_least("journeys per second", 500.0, per_second),
        at_most("server CPU to all cryptography", 5.0, cpu_per_journey / all_cryptography),
        at_most("memory at rest, in MiB", 64.0, to_mebibytes(measurement.idle_memory.resident)),
        at_most("start on existing data, the slowest, in milliseconds", 300.0, to_milliseconds(slowest_start)),
    ];
    JourneyReport {
        journeys: JourneyRates {
            cores: measurement.cores,
            workers: measurement.workers,
            pages_compressed: measurement.compressed,
            counted,
            seconds: round_to_thousandth(measurement.journeys.total_time.as_secs_f64()),
            per_second: round_to_thousandth(per_second),
            p50_milliseconds: round_to_thousandth(to_milliseconds(percentile(&measurement.journeys.latencies, 50))),
            p99_milliseconds: round_to_thousandth(to_milliseconds(percentile(&measurement.journeys.latencies, 99))),
            driver_cpu_milliseconds_per_journey: round_to_thousandth(per_journey(measurement.driver_time)),
        },
        server: ServerUsage {
            cpu_milliseconds_per_journey: round_to_thousandth(cpu_per_journey),
            idle_memory_mebibytes: round_to_thousandth(to_mebibytes(measurement.idle_memory.resident)),
            memory_afterwards_mebibytes: round_to_thousandth(to_mebibytes(measurement.used_memory.resident)),
            peak_memory_mebibytes: round_to_thousandth(to_mebibytes(measurement.used_memory.peak)),
            start_milliseconds: measurement
                .start_times
                .iter()
                .map(|start| round_to_thousandth(to_milliseconds(*start)))
                .collect(),
            data_mebibytes: round_to_thousandth(to_mebibytes(measurement.data_kibibytes * 1024)),
        },
        oauth_cpu_milliseconds: OauthTimes {
            push_and_authorize: round_to_thousandth(to_milliseconds(measurement.authorization_time)),
            token: round_to_thousandth(to_milliseconds(measurement.token_time)),
            sum: round_to_thousandth(oauth_time),
        },
        baseline: Baseline {
            per_second_and_core: measurement.cryptography.round_rates(),
            durable_commits_per_second: measurement.commits.round_rates(),
        },
        unavoidable,
        ratio: CpuRatios {
            server_cpu_to_verifications: round_to_thousandth(cpu_per_journey / verifications),
            server_cpu_to_all_cryptography: round_to_thousandth(cpu_per_journey / all_cryptography),
        },
        targets,
    }
}

/// The cryptography that the profile requires for one journey: each assertion is signed anew (RFC 7523 §3), no certificate
/// is cached, no OCSP response is used twice, each challenge is fresh. The responder's certificate is cached, and digests
/// and tokens cost too little to count.
fn unavoidable_cryptography(rates: &CryptographyRates) -> UnavoidableCryptography {
    let cost = |description, operation, times: u32, per_second: f64| {
        let milliseconds = f64::from(times) * 1000.0 / per_second;
        CryptographyCost { description, operation, times, milliseconds: round_to_thousandth(milliseconds) }
    };
    let ecdsa = "ECDSA P-256, verify";
    let rsa = "RSA-2048, verify";
    let verifications = vec![
        cost("client assertions of the pushed request and of the token", ecdsa, 2, rates.ecdsa_p256_verifications),
        cost("the authority's signature on the card's certificate", rsa, 1, rates.rsa_2048_verifications),
        cost("the responder's signature on its OCSP answer", ecdsa, 1, rates.ecdsa_p256_verifications),
        cost("the card's signature over the challenge", rsa, 1, rates.rsa_2048_verifications),
    ];
    let signing = vec![cost("the OCSP answer", "ECDSA P-256, sign", 1, rates.ecdsa_p256_signatures)];
    let sum = |parts: &[CryptographyCost]| round_to_thousandth(parts.iter().map(|part| part.milliseconds).sum());
    UnavoidableCryptography {
        verifications_milliseconds: sum(&verifications),
        verifications,
        authority_signatures_milliseconds: sum(&signing),
        authority_signatures: signing,
    }
}

pub(crate) fn at_most(description: &'static str, limit: f64, measured: f64) -> Target {
    Target { description, limit, measured: round_to_thousandth(measured), reached: measured <= limit }
}

pub(crate) fn at_least(description: &'static str, limit: f64, measured: f64) -> Target {
    Target { description, limit, measured: round_to_thousandth(measured), reached: measured >= limit }
}

/// The smallest latency that `percent` of a hundred do not exceed (nearest rank).
pub(crate) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

impl CryptographyRates {
    fn round_rates(self) -> Self {
        Self {
            rsa_2048_verifications: self.rsa_2048_verifications.round(),
            rsa_2048_signatures: self.rsa_2048_signatures.round(),
            ecdsa_p256_verifications: self.ecdsa_p256_verifications.round(),
            ecdsa_p256_signatures: self.ecdsa_p256_signatures.round(),
        }
    }
}

impl CommitRates {
    fn round_rates(self) -> Self {
        Self { one_at_a_time: self.one_at_a_time.round(), sixty_four_at_a_time: self.sixty_four_at_a_time.round() }
    }
}

pub(crate) fn to_milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52 bytes")]
pub(crate) fn to_mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) fn count_to_f64(count: usize) -> f64 {
    count as f64
}

/// Rounds to a thousandth: further digits are noise.
pub(crate) fn round_to_thousandth(number: f64) -> f64 {
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
        let floor = CryptographyRates {
            rsa_2048_verifications: 10_000.0,
            rsa_2048_signatures: 1000.0,
            ecdsa_p256_verifications: 5000.0,
            ecdsa_p256_signatures: 20_000.0,
        };
        let unavoidable = unavoidable_cryptography(&floor);
        assert!((unavoidable.verifications_milliseconds - 0.8).abs() < 1e-9);
        assert!((unavoidable.authority_signatures_milliseconds - 0.05).abs() < 1e-9);
    }

    #[test]
    fn an_aim_says_whether_it_was_reached() {
        assert!(at_most("memory", 64.0, 64.0).reached && !at_most("memory", 64.0, 65.0).reached);
        assert!(at_least("journeys", 500.0, 500.0).reached && !at_least("journeys", 500.0, 499.0).reached);
    }
}
