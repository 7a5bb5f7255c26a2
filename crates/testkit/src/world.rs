use std::{
    fs,
    path::Path,
    sync::{OnceLock, mpsc},
    thread,
};

use base::{Clock, Timestamp};
use handover::ClientKey;
use tempfile::TempDir;
use uketsuke::{
    Rooms, cli,
    demo::{Addresses, Demo},
};

use crate::Service;

/// The demo, running in a thread of its own for as long as the test program does.
pub struct World {
    addresses: Addresses,
    clock: Clock,
    rooms: Rooms,
    keys: Vec<(&'static str, ClientKey)>,
    http: reqwest::Client,
    folder: TempDir,
}

/// The services of tests, registered at the reception. Two, so that one can try what is the other's.
const SERVICES: [&str; 2] = ["test-service", "other-service"];

/// When the world begins: a Tuesday morning in Japan.
const BEGINNING: &str = "2026-11-24T08:00:00+09:00";

impl World {
    /// The world of this test program. It is made once; tests keep out of each other's way by using other people,
    /// institutions and browsers.
    pub fn shared() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::start)
    }

    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let keys: Vec<_> = SERVICES.map(|id| (id, ClientKey::generate())).into();
        let files = keys.iter().map(|(id, key)| registered(folder.path(), id, key)).collect();
        let wanted = cli::Demo {
            data: folder.path().join("data"),
            port: 0,
            listen: [127, 0, 0, 1].into(),
            clock: Some(BEGINNING.parse().expect("a time")),
            database: None,
            service: files,
            json: true,
        };
        let (told, hear) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let demo = Demo::open(&wanted).await.expect("the demo opens");
                told.send((demo.addresses().clone(), demo.clock().clone(), demo.rooms().clone()))
                    .expect("somebody waits");
                demo.serve(std::future::pending()).await.expect("the demo serves");
            });
        });
        let (addresses, clock, rooms) = hear.recv().expect("the demo begins");
        Self { addresses, clock, rooms, keys, http: uketsuke::http::client().expect("a client"), folder }
    }

    /// Where everything is.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The time in the world now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The rooms, for what an operator does: issuing a card, admitting an institution.
    pub fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    /// A client that knows where `*.localhost` is.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The folder of the world's data.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// The test's own service.
    pub fn service(&self) -> Service<'_> {
        self.named("test-service")
    }

    /// Another service.
    pub fn other_service(&self) -> Service<'_> {
        self.named("other-service")
    }

    fn named(&self, id: &str) -> Service<'_> {
        let (id, key) = self.keys.iter().find(|(known, _)| *known == id).expect("a registered service");
        Service::new(self, id, key)
    }
}

/// Where browsers come back to a service of tests. Nobody answers there; tests read the address.
pub(crate) fn redirect_uri(id: &str) -> String {
    format!("http://{id}.localhost:1/return")
}

fn registered(folder: &Path, id: &str, key: &ClientKey) -> std::path::PathBuf {
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
