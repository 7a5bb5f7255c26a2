//! A PostgreSQL server of the tests' own, gone when they are.

use std::{
    env, fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
};

use crate::{StepError, run_command, setup::user_is_root};

pub(crate) struct PostgresServer {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
}

impl PostgresServer {
    /// Makes a cluster in a temporary folder and starts it on a free port of this machine.
    pub(crate) fn start() -> Result<Self, StepError> {
        let programs = find_programs()?;
        let folder = env::temp_dir().join(format!("uketsuke-postgres-{}", process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).map_err(|error| error.to_string())?;
        if user_is_root() {
            // PostgreSQL refuses to run as root.
            run_command(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|error| error.to_string())?.port();
        let server = Self { folder, programs, port };
        let data = server.folder.join("data");
        let mut make = server.command("initdb");
        make.arg("--pgdata").arg(&data);
        make.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        run_command(make.stdout(Stdio::null()))?;
        write_certificate(&data)?;
        // The tests' data need not outlive them, so nothing waits for the disk.
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c ssl=on -c port={port} -c unix_socket_directories={} -c fsync=off -c max_connections=400",
            server.folder.display()
        );
        let mut start = server.command("pg_ctl");
        start.arg("--pgdata").arg(&data).arg("--log").arg(server.folder.join("log"));
        start.arg("--options").arg(options).args(["--wait", "--silent", "start"]);
        run_command(&mut start)?;
        Ok(server)
    }

    /// Where it answers, without the name of a database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    /// The certificate that the server shows, which is its own authority.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("data/server.crt")
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        if !user_is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    }
}

/// A certificate of the server's own, for `localhost`.
fn write_certificate(data: &Path) -> Result<(), StepError> {
    let mut make = if user_is_root() { Command::new("runuser") } else { Command::new("openssl") };
    if user_is_root() {
        make.args(["-u", "postgres", "--", "openssl"]);
    }
    make.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    make.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
    // A server's certificate, which whoever trusts it alone takes for its authority's too.
    make.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    make.arg("-keyout").arg(data.join("server.key")).arg("-out").arg(data.join("server.crt"));
    run_command(make.stderr(Stdio::null()))
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.arg("--pgdata").arg(self.folder.join("data")).args(["--mode=immediate", "--silent", "stop"]);
        let stopped = run_command(&mut stop);
        let removed = fs::remove_dir_all(&self.folder);
        if stopped.is_err() || removed.is_err() {
            eprintln!("xtask: {} was left behind", self.folder.display());
        }
    }
}

/// The newest of Debian's PostgreSQL versions.
fn find_programs() -> Result<PathBuf, StepError> {
    let versions =
        fs::read_dir("/usr/lib/postgresql").map_err(|error| format!("PostgreSQL is not installed: {error}"))?;
    let number = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions.filter_map(|entry| entry.ok().map(|entry| entry.path())).max_by_key(|path| number(path));
    newest.map(|path| path.join("bin")).ok_or_else(|| "PostgreSQL is not installed".to_owned())
}
