use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use crate::{Pcscd, World, program_path};

/// `uketsuke portal` on a patient's computer: a process of its own beside the daemon whose readers it finds. It ends with
/// this value.
pub struct PortalProcess {
    process: Child,
    address: String,
}

impl PortalProcess {
    /// Starts it for the world's reception, with the readers of this daemon.
    pub fn start(world: &World, pcscd: &Pcscd) -> Self {
        let mut portal = pcscd.client_command(program_path("testkit-uketsuke"));
        portal.args(["portal", "--json", "--port", "0", "--reception", world.addresses().reception.as_str()]);
        let mut process = portal.stdout(Stdio::piped()).spawn().expect("the program runs");
        let out = process.stdout.take().expect("it was asked for");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("the program says when it is ready");
        let ready: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
        let address = ready["address"].as_str().expect("it says where it is").to_owned();
        Self { process, address }
    }

    /// Where its window is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends it as a crash or a power cut would.
    pub fn kill(mut self) {
        self.terminate();
    }

    fn terminate(&mut self) {
        // It may have gone by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for PortalProcess {
    fn drop(&mut self) {
        self.terminate();
    }
}
