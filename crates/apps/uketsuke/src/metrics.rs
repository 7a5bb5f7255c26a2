//! The metrics of the program, in the text format of Prometheus.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use ::metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{Method, StatusCode};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// The type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// Increases only.
    Counter,
    /// Increases and decreases.
    Gauge,
    /// Counts in buckets, with sum and count.
    Histogram,
}

/// Every metric of the program: name, kind, labels, meaning.
pub const METRICS: &[(&str, MetricKind, &str, &str)] = &[
    ("uketsuke_requests_total", MetricKind::Counter, "site, route, method, status", "Requests that were answered."),
    (
        "uketsuke_request_seconds",
        MetricKind::Histogram,
        "site, route",
        "Time from a request's head to its answer's head.",
    ),
    (
        "uketsuke_refusals_total",
        MetricKind::Counter,
        "code",
        "Requests that were refused, by the code that the page shows.",
    ),
    ("uketsuke_connections_total", MetricKind::Counter, "listener", "Connections that were taken."),
    ("uketsuke_connections_open", MetricKind::Gauge, "listener", "Connections that are open."),
    (
        "uketsuke_connections_waited_total",
        MetricKind::Counter,
        "listener",
        "Times that a connection waited because `connections.most` were open.",
    ),
    (
        "uketsuke_connections_refused_total",
        MetricKind::Counter,
        "listener, limit",
        "Connections that were closed at once because their address holds `connections.most_per_peer`.",
    ),
    (
        "uketsuke_connections_timed_out_total",
        MetricKind::Counter,
        "listener, waiting_for",
        "Connections that were closed because nothing came: a request's head, a next request, a reader of the answer.",
    ),
    ("uketsuke_slow_bodies_total", MetricKind::Counter, "", "Request bodies that made no progress and were given up."),
    (
        "uketsuke_accept_failures_total",
        MetricKind::Counter,
        "listener",
        "Connections that the system refused to accept, as when open files run out.",
    ),
    ("uketsuke_ready", MetricKind::Gauge, "", "1 while `/readyz` answers 200, else 0."),
    ("uketsuke_data_free_bytes", MetricKind::Gauge, "", "Free space on the disk of the data folder."),
    (
        "uketsuke_job_rounds_total",
        MetricKind::Counter,
        "job, outcome",
        "Rounds of the work that is repeated: cleaning up, gathering letters, asking receptions; done or failed.",
    ),
    ("uketsuke_password_hashes_total", MetricKind::Counter, "", "Passwords that were hashed or verified."),
    (
        "uketsuke_password_hashes_refused_total",
        MetricKind::Counter,
        "",
        "Sign-ins that were answered 503 because too many passwords waited to be hashed.",
    ),
    (
        "uketsuke_sign_ins_limited_total",
        MetricKind::Counter,
        "limit",
        "Sign-ins that were not tried because an account, a browser that is known or a network address had too many misses.",
    ),
    (
        "uketsuke_staff_invitations_limited_total",
        MetricKind::Counter,
        "",
        "Invitations of staff members that were not sent because their clinic had sent too many on that day.",
    ),
    (
        "uketsuke_relatives_limited_total",
        MetricKind::Counter,
        "",
        "Patients that were not added because the account acts for as many as limits.patients_per_account allows.",
    ),
    (
        "uketsuke_family_invitations_limited_total",
        MetricKind::Counter,
        "",
        "Invitations to act for a patient that were not sent because too many were sent about the patient on that day.",
    ),
    (
        "uketsuke_codes_limited_total",
        MetricKind::Counter,
        "limit",
        "Sign-in codes that were not sent: too many for one mailbox, browser, network address, or in all.",
    ),
    (
        "uketsuke_document_misses_total",
        MetricKind::Counter,
        "",
        "Questions by an insurance document that matched nobody, at the institutions' interface.",
    ),
    (
        "uketsuke_bookings_refused_total",
        MetricKind::Counter,
        "code",
        "Bookings, moves and cancellations that a limit or another visit refused.",
    ),
    (
        "uketsuke_chosen_times_lost_total",
        MetricKind::Counter,
        "",
        "Times that were chosen and had been taken meanwhile.",
    ),
    (
        "uketsuke_slot_holds_total",
        MetricKind::Counter,
        "outcome",
        "Times that were chosen: held for the browser, or not.",
    ),
    ("uketsuke_database_connections", MetricKind::Gauge, "room", "Connections to the PostgreSQL server that are open."),
    (
        "uketsuke_database_refused_connections_total",
        MetricKind::Counter,
        "room",
        "Connections that the PostgreSQL server did not give.",
    ),
    ("uketsuke_mail_sent_total", MetricKind::Counter, "", "Letters that the relay took."),
    (
        "uketsuke_mail_setbacks_total",
        MetricKind::Counter,
        "stage, failure",
        "Attempts to hand over a letter that failed, by the stage of the conversation.",
    ),
    ("uketsuke_mail_abandoned_total", MetricKind::Counter, "reason", "Letters that are tried no more."),
    ("uketsuke_mail_relay_down", MetricKind::Gauge, "", "1 while the relay takes no letter."),
    (
        "uketsuke_reminders_total",
        MetricKind::Counter,
        "rung, letter",
        "Reminders of visits by their time before it: sent, or not, and why.",
    ),
    (
        "uketsuke_picture_workers_lost_total",
        MetricKind::Counter,
        "",
        "Processes that ended while they turned a picture.",
    ),
    ("uketsuke_uploads_turned_away_total", MetricKind::Counter, "why", "Uploads that found no room or did not arrive."),
];

/// The upper bounds of the histogram's buckets, in seconds.
const BUCKET_SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs the recorder. Without it metrics are not recorded and cost nothing.
pub(crate) fn install_recorder() {
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder =
            builder.set_buckets_for_metric(Matcher::Full("uketsuke_request_seconds".to_owned()), &BUCKET_SECONDS);
        let recorder = builder.map(PrometheusBuilder::build_recorder).ok()?;
        let handle = recorder.handle();
        if ::metrics::set_global_recorder(recorder).is_err() {
            tracing::error!("another recorder of metrics is there already");
            return None;
        }
        for (name, kind, _, meaning) in METRICS {
            match kind {
                MetricKind::Counter => describe_counter!(*name, *meaning),
                MetricKind::Gauge => describe_gauge!(*name, *meaning),
                MetricKind::Histogram => describe_histogram!(*name, Unit::Seconds, *meaning),
            }
        }
        Some(handle)
    });
}

fn handle() -> Option<&'static PrometheusHandle> {
    RECORDER.get()?.as_ref()
}

/// Compacts the histograms; called at intervals in case metrics are never read.
pub(crate) fn run_upkeep() {
    if let Some(handle) = handle() {
        handle.run_upkeep();
    }
}

/// All metrics, in the text format of Prometheus.
pub(crate) fn render() -> String {
    handle().map(PrometheusHandle::render).unwrap_or_default()
}

/// Counts and times a request by the pattern of its route, never by its address: an address may contain an id, and clients
/// can invent any number of addresses.
pub(crate) async fn measure_request(site: String, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = method_label(request.method());
    let start = Instant::now();
    let response = next.run(request).await;
    record_response(site, route, method, response.status(), start.elapsed());
    response
}

fn record_response(site: String, route: String, method: &'static str, status: StatusCode, duration: Duration) {
    ::metrics::histogram!("uketsuke_request_seconds", "site" => site.clone(), "route" => route.clone())
        .record(duration.as_secs_f64());
    let status = status.as_str().to_owned();
    ::metrics::counter!(
        "uketsuke_requests_total", "site" => site, "route" => route, "method" => method, "status" => status
    )
    .increment(1);
}

fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// The names of metrics in the sources of this folder.
    fn collect_metric_names(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect_metric_names(&path, names);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                for macro_name in ["counter!(", "gauge!(", "histogram!("] {
                    let calls = text.split(macro_name).skip(1).filter_map(|call| call.trim_start().strip_prefix('"'));
                    let names_of_calls = calls.filter_map(|call| call.split_once('"')).map(|(name, _)| name);
                    names.extend(names_of_calls.filter(|name| name.starts_with("uketsuke_")).map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_metric_is_listed_and_what_is_listed_is_measured() {
        // The folder of all crates, two above this one's own.
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let mut used = BTreeSet::new();
        for storey in fs::read_dir(crates).unwrap() {
            for package in fs::read_dir(storey.unwrap().path()).unwrap() {
                let source = package.unwrap().path().join("src");
                if source.is_dir() {
                    collect_metric_names(&source, &mut used);
                }
            }
        }
        let listed: BTreeSet<String> = METRICS.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(used, listed);
    }
}
