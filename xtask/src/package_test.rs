//! Installs the Debian package and lets systemd run its service, on this container's files but not on this container: in namespaces,
//! under a layer that is gone afterwards (`packaging/test-machine.sh`). Needs root, and no container that runs systemd itself.

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{StepError, dist, setup::user_is_root, workspace_root};

/// Where the package lies in the container.
const PACKAGE: &str = "/uketsuke.deb";

/// How long anything is waited for.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What `systemd-analyze security` may find at most, in tenths: "OK" ends at 5.0.
const EXPOSURE: &str = "20";

/// Everything that an operator does with the package, in order.
pub(crate) fn run(package: &Path) -> Result<(), StepError> {
    if !user_is_root() {
        return Err("the package is tested as root, who may make namespaces".to_owned());
    }
    let container = Container::boot()?;
    let tested = run_steps(&container, package);
    if tested.is_err() {
        let log = container
            .read_output("journalctl --no-pager --lines=100 --unit=uketsuke.service; systemctl --no-pager --failed");
        eprintln!("{}", log.unwrap_or_else(|failed| failed));
    }
    tested
}

fn run_steps(container: &Container, package: &Path) -> Result<(), StepError> {
    container.copy(package, PACKAGE)?;
    container.check("it installs", &format!("dpkg --install {PACKAGE}"))?;
    container.check("what it installed is whole", "test -z \"$(dpkg --verify uketsuke)\"")?;
    let version = container.read_output("uketsuke --version")?;
    let commit = dist::read_release()?.commit;
    print_check("the program tells its commit", version.contains(&commit), &version)?;
    container.check(
        "nothing runs before the operator says so",
        "! systemctl is-enabled uketsuke && ! systemctl is-active uketsuke",
    )?;
    container.check("its settings are right", "uketsuke serve --check --config /etc/uketsuke/service.toml")?;
    container.check("systemd understands the unit", "test -z \"$(systemd-analyze verify uketsuke.service 2>&1)\"")?;
    container.check(
        "the unit leaves little open",
        &format!("systemd-analyze security --no-pager --threshold={EXPOSURE} uketsuke.service"),
    )?;

    container.check("it starts", "systemctl enable --now uketsuke.service")?;
    container.wait_for("it is ready: database, pictures, folder", READY)?;
    container.check(
        "a page is shown",
        "curl --fail --silent --header 'Host: clinics.localhost:8420' http://127.0.0.1:8420/ | grep -q 見本",
    )?;
    container.check("it is its own account's process", "test \"$(stat --format=%U /proc/$(pid))\" = uketsuke")?;
    for confined in ["NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000"] {
        container
            .check(&format!("it is confined ({confined})"), &format!("grep -qx '{confined}' /proc/$(pid)/status"))?;
    }
    container.check(
        "its folder is for nobody else",
        "test \"$(stat --format='%a %U' /var/lib/uketsuke)\" = '700 uketsuke'",
    )?;
    container.check(
        "a desk is added beside it",
        "echo 'a password of many characters' | runuser -u uketsuke -- uketsuke desk add desk@clinics.example.jp \
         --config /etc/uketsuke/service.toml --institution 1319900013 --name 受付",
    )?;

    let first = container.read_output("pid")?;
    container.check("an upgrade installs over it", &format!("dpkg --install {PACKAGE}"))?;
    container.wait_for("it is ready after the upgrade", READY)?;
    let second = container.read_output("pid")?;
    print_check("it was started anew by the upgrade", first != second, &second)?;
    container.check("it is killed", "kill -9 $(pid)")?;
    container.wait_for("it is started again by itself", &format!("test \"$(pid)\" != {} && {READY}", second.trim()))?;

    container.check("it stops", "systemctl stop uketsuke.service")?;
    container
        .check("it ended well", "test \"$(systemctl show --property=Result --value uketsuke.service)\" = success")?;
    container.check(
        "it ended with 0",
        "test \"$(systemctl show --property=ExecMainStatus --value uketsuke.service)\" = 0",
    )?;
    container.check("it starts once more", "systemctl start uketsuke.service")?;
    container.wait_for("it is ready once more", READY)?;

    // What the unit must not forbid is noticed: a picture's process limits itself.
    container.check("the unit forbids too much", FORBID_TOO_MUCH)?;
    container.wait_for(
        "it is not ready then",
        "test \"$(curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:8420/readyz)\" = 503",
    )?;
    container.check("it is removed, and stops", "dpkg --remove uketsuke && ! systemctl is-active uketsuke")?;
    container.check("settings stay until it is purged", "test -e /etc/uketsuke/service.toml")?;
    container.check("it is purged", "dpkg --purge uketsuke && ! test -e /etc/uketsuke")?;
    container.check("what patients entrusted to it is left", "test -e /var/lib/uketsuke/service/master.key")
}

const FORBID_TOO_MUCH: &str = "mkdir /etc/systemd/system/uketsuke.service.d && \
     printf '[Service]\\nSystemCallFilter=~setrlimit prlimit64\\n' > /etc/systemd/system/uketsuke.service.d/forbid.conf && \
     systemctl daemon-reload && systemctl restart uketsuke.service";

const READY: &str = "curl --fail --silent --show-error --max-time 5 http://127.0.0.1:8420/readyz";

fn print_check(what: &str, holds: bool, output: &str) -> Result<(), StepError> {
    eprintln!("xtask: {} {what}", if holds { "ok  " } else { "FAIL" });
    if holds { Ok(()) } else { Err(format!("not so: {what}: {output}")) }
}

/// systemd with all that runs under it.
struct Container {
    /// `unshare`, with which process 1 and so everything ends.
    unshare: Child,
    /// Process 1, as it is called from outside.
    first: u32,
    folder: PathBuf,
}

impl Container {
    fn boot() -> Result<Self, StepError> {
        let folder = env::temp_dir().join(format!("uketsuke-package-{}", process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--cgroup", "sh"]);
        unshare.arg(workspace_root().join("packaging/test-machine.sh")).arg(&folder);
        unshare.stdin(Stdio::null()).stdout(Stdio::null());
        let unshare = unshare.spawn().map_err(|error| format!("unshare: {error}"))?;
        let mut container = Self { first: 0, folder, unshare };
        let id = container.unshare.id();
        wait_until("process 1 starts", || {
            let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
            container.first = children.ok().and_then(|children| children.trim().parse().ok()).unwrap_or(0);
            Ok(container.first > 0)
        })?;
        container.wait_for("systemd runs", "systemctl is-active basic.target")?;
        Ok(container)
    }

    /// A shell on this container, in which `pid` tells the service's process.
    fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.first.to_string(), "--mount", "--net", "--pid", "--uts", "--ipc", "--cgroup"]);
        command.args(["--wdns=/", "--", "sh", "-c"]);
        command.arg(format!("pid() {{ systemctl show --property=MainPID --value uketsuke.service; }}; {script}"));
        // Of the one who runs this, only what a program needs.
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", "/root").env("LANG", "C.UTF-8");
        command
    }

    /// What a script prints, which must succeed.
    fn read_output(&self, script: &str) -> Result<String, StepError> {
        let output = self.shell(script).stdin(Stdio::null()).output().map_err(|error| format!("nsenter: {error}"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stdout) + &text(&output.stderr))
        }
    }

    /// Does something once, which must succeed.
    fn check(&self, what: &str, script: &str) -> Result<(), StepError> {
        let output = self.read_output(script);
        print_check(what, output.is_ok(), output.as_ref().err().map_or("", String::as_str))
    }

    /// Tries until it succeeds.
    fn wait_for(&self, what: &str, script: &str) -> Result<(), StepError> {
        let mut output = Ok(String::new());
        let became = wait_until(what, || {
            output = self.read_output(script);
            Ok(output.is_ok())
        });
        print_check(what, became.is_ok(), output.as_ref().err().map_or("", String::as_str))
    }

    fn copy(&self, from: &Path, to: &str) -> Result<(), StepError> {
        let file = File::open(from).map_err(|error| format!("{}: {error}", from.display()))?;
        let status = self.shell(&format!("cat > {to}")).stdin(file).status().map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("{} cannot be copied to the container", from.display())) }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // With `unshare` process 1 is killed, with it all that runs in the namespaces, and with them their mounts.
        let ended = self.unshare.kill().and_then(|()| self.unshare.wait());
        let removed = fs::remove_dir(&self.folder);
        if ended.is_err() || removed.is_err() {
            eprintln!("xtask: {} was left behind", self.folder.display());
        }
    }
}

/// Looks again until it is so.
#[expect(clippy::disallowed_methods, reason = "waits for another process, which tells nothing")]
fn wait_until(what: &str, mut is_so: impl FnMut() -> io::Result<bool>) -> Result<(), StepError> {
    let began = Instant::now();
    while began.elapsed() < TIMEOUT {
        if is_so().map_err(|error| format!("{what}: {error}"))? {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(format!("not within {} s: {what}", TIMEOUT.as_secs()))
}
