use std::{
    fs,
    path::{Path, PathBuf},
    sync::{LazyLock, OnceLock, mpsc},
    thread,
};

use authority::OcspFault;
use base::{Clock, Span, Timestamp};
use consult::ImageWorker;
use handover::ClientKey;
use tempfile::TempDir;
use uketsuke::{
    arguments::demo::DemoArguments,
    commands::demo::{Demo, DemoAddresses, Services},
    compose::ServiceResources,
};

use crate::{RecordingProxy, TestService};

/// The demo, running in a separate thread until the test program ends.
pub struct World {
    addresses: DemoAddresses,
    clock: Clock,
    services: Services,
    client_keys: Vec<(&'static str, ClientKey)>,
    http: reqwest::Client,
    proxies: RecordingProxies,
    folder: TempDir,
}

/// The recording proxies on the connections of the service.
#[derive(Clone)]
pub struct RecordingProxies {
    /// Between browsers and the service.
    pub browsers: RecordingProxy,
    /// Between the service and the reception, which the service calls.
    pub reception: RecordingProxy,
}

/// The services of tests, registered at the reception. Two, so that one can try to use what belongs to the other.
const TEST_SERVICE_IDS: [&str; 2] = ["test-service", "other-service"];

/// The time at which the world starts: a Tuesday morning in Japan.
const START_TIME: &str = "2026-11-24T08:00:00+09:00";

/// Hosts of the demo whose traffic is recorded.
const CONSULT_HOST: &str = "consult.localhost";
const RECEPTION_HOST: &str = "reception.localhost";

/// Runs a future on the runtime that all tests of this test program share: the connections of a client belong to one
/// runtime.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime"));
    RUNTIME.block_on(future)
}

impl World {
    /// The world of this test program. It is created once; tests are kept apart by using different people, institutions and
    /// browsers.
    pub fn shared() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::start)
    }

    /// A separate world, for a test that changes what all tests share: a fault, the clock.
    pub fn start() -> Self {
        Self::with_services(Vec::new())
    }

    /// A separate world with additional services registered at the reception by these files.
    pub fn with_services(registrations: Vec<PathBuf>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let keys: Vec<_> = TEST_SERVICE_IDS.map(|id| (id, ClientKey::generate())).into();
        let test_registrations = keys.iter().map(|(id, key)| write_registration(folder.path(), id, key));
        let service_files = registrations.into_iter().chain(test_registrations).collect();
        let arguments = DemoArguments {
            clock: Some(START_TIME.parse().expect("a time")),
            services: service_files,
            ..DemoArguments::with_free_ports(folder.path().join("data"))
        };
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let ((browsers, browser_listener), (reception, reception_listener)) =
                    (RecordingProxy::bind().await, RecordingProxy::bind().await);
                let http = http_client::builder().proxy(reception.proxy_for(RECEPTION_HOST)).build().expect("a client");
                let demo =
                    Demo::open_with(&arguments, ServiceResources { http, picture_worker: build_picture_worker() })
                        .await;
                let demo = demo.expect("the demo opens");
                let port = demo.addresses().home.as_str().rsplit(':').next().and_then(|port| port.parse().ok());
                for (proxy, listener) in [(&browsers, browser_listener), (&reception, reception_listener)] {
                    proxy.set_target(port.expect("the demo's sites have a port"));
                    tokio::spawn(proxy.clone().serve(listener));
                }
                let proxies = RecordingProxies { browsers, reception };
                sender
                    .send((demo.addresses().clone(), demo.clock().clone(), demo.services().clone(), proxies))
                    .expect("the receiver waits");
                Box::pin(demo.serve(std::future::pending())).await.expect("the demo serves");
            });
        });
        let (addresses, clock, services, proxies) = receiver.recv().expect("the demo starts");
        let http = http_client::builder().proxy(proxies.browsers.proxy_for(CONSULT_HOST)).build().expect("a client");
        Self { addresses, clock, services, client_keys: keys, http, proxies, folder }
    }

    /// Where each service listens.
    pub fn addresses(&self) -> &DemoAddresses {
        &self.addresses
    }

    /// The current time of the world.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Advances the clock of the world. Only for a separate world.
    pub fn advance_clock(&self, span: Span) {
        self.clock.set(self.now().plus(span));
    }

    /// The services, for what an operator does: issuing a card, admitting an institution.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// A client that resolves `*.localhost`.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The recorded traffic of the service.
    pub fn proxies(&self) -> &RecordingProxies {
        &self.proxies
    }

    /// Sets or clears the simulated fault of the OCSP responder.
    pub fn set_ocsp_fault(&self, fault: OcspFault) {
        self.services.authority.set_ocsp_fault(fault);
    }

    /// The letters that the service sent to an address, the newest first, from the demo's outbox.
    pub async fn list_letters(&self, recipient: &str) -> Vec<Letter> {
        let outbox = self.http.get(self.addresses.home.url("/control/outbox")).send().await.expect("the outbox");
        let letters: Vec<Letter> = outbox.json().await.expect("letters");
        letters.into_iter().filter(|letter| letter.to == recipient).collect()
    }

    /// The folder of the world's data.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The test service.
    pub fn service(&self) -> TestService<'_> {
        self.find_service("test-service")
    }

    /// The second test service.
    pub fn other_service(&self) -> TestService<'_> {
        self.find_service("other-service")
    }

    fn find_service(&self, id: &str) -> TestService<'_> {
        let (id, key) = self.client_keys.iter().find(|(client_id, _)| *client_id == id).expect("a registered service");
        TestService::new(self, id, key)
    }
}

/// A letter of the service.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Letter {
    /// The recipient's mail address.
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// The picture worker as a program: a test program is not one.
fn build_picture_worker() -> ImageWorker {
    ImageWorker::new(crate::program_path("testkit-uketsuke"), vec!["picture-worker".to_owned()])
}

/// The redirect URI of a test service. No server listens there; tests read the address of the redirect.
pub(crate) fn redirect_uri(id: &str) -> String {
    format!("http://{id}.localhost:1/return")
}

fn write_registration(folder: &Path, id: &str, key: &ClientKey) -> PathBuf {
    let path = folder.join(format!("{id}.json"));
    let jwks: serde_json::Value = serde_json::from_str(&key.public_jwks()).expect("a key set is JSON");
    let file = serde_json::json!({
        "client_id": id,
        "name": "試験用サービス",
        "home": format!("http://{id}.localhost:1"),
        "redirect_uris": [redirect_uri(id)],
        "jwks": jwks,
    });
    fs::write(&path, file.to_string()).expect("a file");
    path
}
