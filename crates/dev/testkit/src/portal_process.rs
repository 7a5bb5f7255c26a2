use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use crate::{Pcscd, World, program_path};

/// `uketsuke portal` on a patient's computer, as a separate process that uses the readers of a daemon. It is killed when
/// this value is dropped.
pub struct PortalProcess {
    process: Child,
    address: String,
}

impl PortalProcess {
    /// Starts the process for the world's reception, with the readers of this daemon.
    pub fn start(world: &World, pcscd: &Pcscd) -> Self {
        let mut portal = pcscd.client_command(program_path("testkit-uketsuke"));
        portal.args(["portal", "--json", "--port", "0", "--reception", world.addresses().reception.as_str()]);
        let mut process = portal.stdout(Stdio::piped()).spawn().expect("the program runs");
        let out = process.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("the program says when it is ready");
        let ready: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
        let address = ready["address"].as_str().expect("the line has an address").to_owned();
        Self { process, address }
    }

    /// The address of its pages.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Kills the process, as a crash or a power cut would.
    pub fn kill(mut self) {
        self.terminate();
    }

    fn terminate(&mut self) {
        // The process may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for PortalProcess {
    fn drop(&mut self) {
        self.terminate();
    }
}
