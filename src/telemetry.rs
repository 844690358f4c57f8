//! What a running server tells of itself: log lines and numbers.
//!
//! A log line is one JSON object, or one line for people at a terminal. Only our own code is heard below warnings: what other
//! libraries say when they are asked for more may hold anything, a password in a header too. Numbers are counted by the names
//! below, which are promised to whoever watches them (`docs/reference/metrics.md`).
//!
//! ```
//! use dockspace::telemetry::{self, Level, Style};
//!
//! let subscriber = telemetry::subscriber(Level::Info, Style::Json, std::io::sink);
//! tracing::subscriber::with_default(subscriber, || tracing::info!(revision = "2f1c", "in force"));
//! ```

use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use tracing::Subscriber;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

/// The target of events that must stand in the log however little else is heard.
const AUDIT: &str = "dockspace::audit";

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// What went wrong.
    Error,
    /// What may be about to.
    Warn,
    /// What happened.
    Info,
    /// How.
    Debug,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// One JSON object.
    Json,
    /// For people.
    Text,
}

impl Level {
    /// Reads the word in the host file.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "error" => Self::Error,
            "warn" => Self::Warn,
            "info" => Self::Info,
            "debug" => Self::Debug,
            _ => return None,
        })
    }

    const fn of_ours(self) -> tracing::Level {
        match self {
            Self::Error => tracing::Level::ERROR,
            Self::Warn => tracing::Level::WARN,
            Self::Info => tracing::Level::INFO,
            Self::Debug => tracing::Level::DEBUG,
        }
    }
}

/// What writes log lines to `writer`.
pub fn subscriber<W>(level: Level, style: Style, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let others = level.of_ours().min(tracing::Level::WARN);
    let heard = Targets::new()
        .with_default(others)
        .with_target("dockspace", level.of_ours())
        .with_target(AUDIT, tracing::Level::INFO);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match style {
        Style::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        Style::Text => lines.compact().with_target(false).boxed(),
    };
    Registry::default().with(lines.with_filter(heard))
}

/// A number that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it moves.
    pub kind: MetricKind,
    /// What tells its values apart.
    pub labels: &'static [&'static str],
    /// What it counts.
    pub help: &'static str,
}

/// How a number moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// Many values, by size.
    Histogram,
}

/// Requests answered.
pub const REQUESTS: &str = "dockspace_http_requests_total";
/// How long answers took.
pub const REQUEST_SECONDS: &str = "dockspace_http_request_duration_seconds";
/// Events, as the log names them.
pub const EVENTS: &str = "dockspace_events_total";
/// When the revision in force was committed.
pub const IN_FORCE: &str = "dockspace_revision_in_force_timestamp_seconds";
/// When the head of the branch was committed.
pub const HEAD: &str = "dockspace_revision_head_timestamp_seconds";
/// Whether following is in trouble.
pub const TROUBLE: &str = "dockspace_follow_trouble";
/// Whether something in force takes a restart.
pub const RESTART: &str = "dockspace_restart_needed";
/// The program.
pub const BUILD: &str = "dockspace_build_info";

/// All of them.
pub const METRICS: &[Metric] = &[
    Metric {
        name: REQUESTS,
        kind: MetricKind::Counter,
        labels: &["method", "route", "status"],
        help: "Requests answered.",
    },
    Metric {
        name: REQUEST_SECONDS,
        kind: MetricKind::Histogram,
        labels: &["method", "route"],
        help: "How long an answer took, in seconds.",
    },
    Metric {
        name: EVENTS,
        kind: MetricKind::Counter,
        labels: &["event"],
        help: "What happened, by the name that the log gives it.",
    },
    Metric {
        name: IN_FORCE,
        kind: MetricKind::Gauge,
        labels: &[],
        help: "When the revision in force was committed, in seconds since 1970.",
    },
    Metric {
        name: HEAD,
        kind: MetricKind::Gauge,
        labels: &[],
        help: "When the head of the branch was committed, in seconds since 1970.",
    },
    Metric {
        name: TROUBLE,
        kind: MetricKind::Gauge,
        labels: &["code"],
        help: "1 while the head of the branch is not in force for the reason `code`, else 0.",
    },
    Metric {
        name: RESTART,
        kind: MetricKind::Gauge,
        labels: &["code"],
        help: "1 while the revision in force changes what is fixed until a restart: `issuer`; else 0.",
    },
    Metric {
        name: BUILD,
        kind: MetricKind::Gauge,
        labels: &["version"],
        help: "Always 1; the label is the version of the program.",
    },
];

/// The bounds of the histograms, in seconds: from an answer out of memory to a password check on a busy machine.
const BOUNDS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// How often what histograms gathered is put together, so that it doesn't grow when nobody asks.
pub const UPKEEP: Duration = Duration::from_secs(30);

/// The numbers of a running program.
#[derive(Clone, Debug)]
pub struct Metrics(PrometheusHandle);

/// The numbers can't be counted.
#[derive(Debug, thiserror::Error)]
#[error("the numbers of the server cannot be counted: {0}")]
pub struct MetricsError(String);

impl Metrics {
    /// Counts from now on, for the whole program.
    ///
    /// # Errors
    /// [`MetricsError`] when something counts already.
    pub fn install() -> Result<Self, MetricsError> {
        let (recorder, metrics) = Self::recorder()?;
        metrics::set_global_recorder(recorder).map_err(|error| MetricsError(error.to_string()))?;
        describe();
        Ok(metrics)
    }

    fn recorder() -> Result<(PrometheusRecorder, Self), MetricsError> {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.to_owned()), BOUNDS)
            .map_err(|error| MetricsError(error.to_string()))?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        Ok((recorder, Self(handle)))
    }

    /// All numbers in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Puts together what was gathered; to be called every [`UPKEEP`].
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

/// Says what each number means, and shows those that are there from the start.
fn describe() {
    for metric in METRICS {
        match metric.kind {
            MetricKind::Counter => metrics::describe_counter!(metric.name, metric.help),
            MetricKind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
            MetricKind::Histogram => metrics::describe_histogram!(metric.name, metric.help),
        }
    }
    metrics::gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: Level, style: Style, speak: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        tracing::subscriber::with_default(subscriber(level, style, move || writer.clone()), speak);
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_line_is_one_json_object() {
        let text = logged(Level::Info, Style::Json, || {
            tracing::info!(user = "al\nice", "signed in");
            tracing::debug!("not heard");
        });
        let line: serde_json::Value = serde_json::from_str(text.strip_suffix('\n').unwrap()).unwrap();
        assert_eq!(
            (&line["level"], &line["message"], &line["user"]),
            (&"INFO".into(), &"signed in".into(), &"al\nice".into())
        );
        assert!(line["timestamp"].is_string());
    }

    #[test]
    fn other_libraries_are_heard_when_they_warn() {
        let text = logged(Level::Debug, Style::Text, || {
            tracing::debug!("ours");
            tracing::info!(target: "hyper", "theirs");
            tracing::warn!(target: "hyper", "warned");
        });
        assert!(logged(Level::Error, Style::Text, || tracing::info!(target: AUDIT, "done")).contains("done"));
        assert!(
            text.contains("ours") && text.contains("warned") && !text.contains("theirs"),
            "{text}"
        );
        assert_eq!(
            logged(Level::Error, Style::Text, || tracing::warn!(target: "hyper", "warned")),
            ""
        );
    }

    #[test]
    fn every_number_is_described_where_it_is_shown() {
        let (recorder, shown) = Metrics::recorder().unwrap();
        metrics::with_local_recorder(&recorder, || {
            describe();
            for metric in METRICS.iter().filter(|metric| metric.name != BUILD) {
                match metric.kind {
                    MetricKind::Counter => metrics::counter!(metric.name).increment(1),
                    MetricKind::Gauge => metrics::gauge!(metric.name).set(1.0),
                    MetricKind::Histogram => metrics::histogram!(metric.name).record(0.003),
                }
            }
        });
        let text = shown.render();
        for metric in METRICS {
            assert!(
                text.contains(&format!("# HELP {} {}\n", metric.name, metric.help)),
                "{text}"
            );
            assert!(
                metric.name.ends_with("_total") == (metric.kind == MetricKind::Counter),
                "{}",
                metric.name
            );
        }
        assert!(text.contains("_seconds_bucket{le=\"0.005\"} 1\n"), "{text}");
    }
}
