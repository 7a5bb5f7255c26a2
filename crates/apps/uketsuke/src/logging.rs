//! The log.

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Logs to the standard error: `UKETSUKE_LOG` is the filter, `UKETSUKE_LOG_FORMAT=json` selects JSON.
pub(crate) fn init_logging() {
    let filter = EnvFilter::try_from_env("UKETSUKE_LOG").unwrap_or_else(|_| EnvFilter::new("warn,uketsuke=info"));
    let registry = tracing_subscriber::registry().with(filter);
    if std::env::var("UKETSUKE_LOG_FORMAT").is_ok_and(|format| format == "json") {
        registry.with(fmt::layer().json().with_writer(std::io::stderr)).init();
    } else {
        registry.with(fmt::layer().with_writer(std::io::stderr)).init();
    }
}
