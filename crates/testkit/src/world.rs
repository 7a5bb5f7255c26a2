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
    Services, cli,
    demo::{Demo, DemoAddresses},
    service::ServiceResources,
};

use crate::{RecordingProxy, TestService};

/// The demo, running in a thread of its own for as long as the test program does.
pub struct World {
    addresses: DemoAddresses,
    clock: Clock,
    services: Services,
    client_keys: Vec<(&'static str, ClientKey)>,
    http: reqwest::Client,
    proxies: RecordingProxies,
    folder: TempDir,
}

/// The two ways on which anything reaches the service.
#[derive(Clone)]
pub struct RecordingProxies {
    /// Between browsers and the service.
    pub browsers: RecordingProxy,
    /// Between the service and the reception, which the service calls.
    pub reception: RecordingProxy,
}

/// The services of tests, registered at the reception. Two, so that one can try what is the other's.
const TEST_SERVICE_IDS: [&str; 2] = ["test-service", "other-service"];

/// When the world begins: a Tuesday morning in Japan.
const START_TIME: &str = "2026-11-24T08:00:00+09:00";

/// Hosts of the demo to which bytes are written down.
const CONSULT_HOST: &str = "consult.localhost";
const RECEPTION_HOST: &str = "reception.localhost";

/// Runs a future to its end on the runtime that all tests of this test program share: clients keep connections that belong
/// to a runtime.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime"));
    RUNTIME.block_on(future)
}

impl World {
    /// The world of this test program. It is made once; tests keep out of each other's way by using other people,
    /// institutions and browsers.
    pub fn shared() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::start)
    }

    /// A world of its own, for a test that changes what all share: a fault, the clock.
    pub fn start() -> Self {
        Self::with_services(Vec::new())
    }

    /// The same, with further services registered at the reception by these files.
    pub fn with_services(registrations: Vec<PathBuf>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let keys: Vec<_> = TEST_SERVICE_IDS.map(|id| (id, ClientKey::generate())).into();
        let own = keys.iter().map(|(id, key)| write_registration(folder.path(), id, key));
        let service = registrations.into_iter().chain(own).collect();
        let wanted = cli::DemoArguments {
            clock: Some(START_TIME.parse().expect("a time")),
            services: service,
            ..cli::DemoArguments::with_free_ports(folder.path().join("data"))
        };
        let (told, hear) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let ((browsers, from_browsers), (reception, from_service)) =
                    (RecordingProxy::bind().await, RecordingProxy::bind().await);
                let http = uketsuke::http::client_builder()
                    .proxy(reception.proxy_for(RECEPTION_HOST))
                    .build()
                    .expect("a client");
                let demo =
                    Demo::open_with(&wanted, ServiceResources { http, picture_worker: build_picture_worker() }).await;
                let demo = demo.expect("the demo opens");
                let port = demo.addresses().home.as_str().rsplit(':').next().and_then(|port| port.parse().ok());
                for (wire, listener) in [(&browsers, from_browsers), (&reception, from_service)] {
                    wire.set_target(port.expect("the demo's sites have a port"));
                    tokio::spawn(wire.clone().serve(listener));
                }
                let wires = RecordingProxies { browsers, reception };
                told.send((demo.addresses().clone(), demo.clock().clone(), demo.services().clone(), wires))
                    .expect("somebody waits");
                Box::pin(demo.serve(std::future::pending())).await.expect("the demo serves");
            });
        });
        let (addresses, clock, rooms, wires) = hear.recv().expect("the demo begins");
        let http =
            uketsuke::http::client_builder().proxy(wires.browsers.proxy_for(CONSULT_HOST)).build().expect("a client");
        Self { addresses, clock, services: rooms, client_keys: keys, http, proxies: wires, folder }
    }

    /// Where everything is.
    pub fn addresses(&self) -> &DemoAddresses {
        &self.addresses
    }

    /// The time in the world now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass for everybody. For a world of the test's own.
    pub fn advance_clock(&self, span: Span) {
        self.clock.set(self.now().plus(span));
    }

    /// The rooms, for what an operator does: issuing a card, admitting an institution.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// A client that knows where `*.localhost` is.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Everything that has passed between the service and anybody else.
    pub fn proxies(&self) -> &RecordingProxies {
        &self.proxies
    }

    /// Has the OCSP responder fail, or answer again.
    pub fn set_ocsp_fault(&self, fault: OcspFault) {
        self.services.authority.set_ocsp_fault(fault);
    }

    /// The letters that the service sent to an address, the newest first, as the demo's outbox shows them.
    pub async fn list_letters(&self, to: &str) -> Vec<Letter> {
        let outbox = self.http.get(self.addresses.home.url("/control/outbox")).send().await.expect("the outbox");
        let all: Vec<Letter> = outbox.json().await.expect("letters");
        all.into_iter().filter(|letter| letter.to == to).collect()
    }

    /// The folder of the world's data.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The test's own service.
    pub fn service(&self) -> TestService<'_> {
        self.find_service("test-service")
    }

    /// Another service.
    pub fn other_service(&self) -> TestService<'_> {
        self.find_service("other-service")
    }

    fn find_service(&self, id: &str) -> TestService<'_> {
        let (id, key) = self.client_keys.iter().find(|(known, _)| *known == id).expect("a registered service");
        TestService::new(self, id, key)
    }
}

/// A letter of the service.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Letter {
    /// To whom.
    pub to: String,
    /// About what.
    pub subject: String,
    /// What it says.
    pub body: String,
}

/// The program that turns pictures: tests are not it.
fn build_picture_worker() -> ImageWorker {
    ImageWorker::new(crate::program_path("testkit-uketsuke"), vec!["picture-worker".to_owned()])
}

/// Where browsers come back to a service of tests. Nobody answers there; tests read the address.
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
