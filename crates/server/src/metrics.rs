//! What the server counts, for Prometheus. Routes by their template, never an address with ids in it.

use std::sync::atomic::AtomicI64;

use axum::Router;
use axum::extract::State as Of;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use serde::{Deserialize, Serialize};

use crate::state::State;

/// Where Prometheus asks: a door of its own, which nobody else is let in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsAddress {
    /// Address and port; the network must keep others from it.
    pub listen: std::net::SocketAddr,
}

/// Of requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

/// Of the time that requests take.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

/// Of batches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BatchLabels {
    outcome: Ended,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(crate) enum Ended {
    /// It has a receipt.
    Taken,
    /// It cannot be opened, or not from this laptop.
    Refused,
    /// The storage could not.
    Failed,
}

/// What the server counts.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    batches: Family<BatchLabels, Counter>,
    edits: Counter,
    under_way: Gauge<i64, AtomicI64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let (requests, batches, edits, under_way) =
            (Family::default(), Family::default(), Counter::default(), Gauge::default());
        let seconds = Family::<RouteLabels, Histogram>::new_with_constructor(|| {
            Histogram::new([0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0])
        });
        let mut registry = Registry::with_prefix("rasoat");
        registry.register("requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "request_duration",
            "Time taken by requests",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("batches", "Batches that came in", batches.clone());
        registry.register("edits", "Edits in batches that were taken", edits.clone());
        registry.register("requests_under_way", "Requests being answered", under_way.clone());
        Self { registry, requests, seconds, batches, edits, under_way }
    }
}

impl Metrics {
    /// Counts a request that is being answered.
    pub(crate) fn request_began(&self) {
        self.under_way.inc();
    }

    /// Counts a request. Methods that nothing here answers are one: whoever asks could make up any number of them.
    pub(crate) fn request_ended(&self, method: &Method, route: String, status: u16, seconds: f64) {
        let method = match method.as_str() {
            "GET" => "GET",
            "POST" => "POST",
            "PUT" => "PUT",
            "DELETE" => "DELETE",
            _ => "other",
        };
        self.under_way.dec();
        self.seconds.get_or_create(&RouteLabels { route: route.clone() }).observe(seconds);
        self.requests.get_or_create(&RequestLabels { method, route, status }).inc();
    }

    /// Counts a batch of an exchange.
    pub(crate) fn batch_ended(&self, outcome: Ended) {
        self.batches.get_or_create(&BatchLabels { outcome }).inc();
    }

    /// Counts edits that were stored.
    pub(crate) fn edits_stored(&self, edits: u64) {
        self.edits.inc_by(edits);
    }
}

/// The one page of the door for Prometheus.
pub fn metrics_router(state: State) -> Router {
    Router::new().route("/metrics", get(show)).with_state(state)
}

async fn show(Of(state): Of<State>) -> Response {
    let mut text = String::new();
    match encode(&mut text, &state.metrics.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(_) => crate::problem::Refusal::Busy.into_response(),
    }
}
