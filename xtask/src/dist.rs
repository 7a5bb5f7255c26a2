//! What is released: an archive with the program, a Debian package with its service, the list of what is in them, checksums.
//!
//! All of it comes from the commit alone: the same commit, compiler and C library give the same bytes.

mod debian;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    StepError, cargo_command, linked, notices, read_output, run_command,
    sbom::{self, Release},
    setup, target_folder, workspace_root,
};

/// What a release turns on.
const FEATURES: &str = "uketsuke/postgres,uketsuke/pcsc";

/// What is in it: the program, and the driver of its card reader.
const PACKAGES: [&str; 2] = ["uketsuke", "ifd"];

/// What was built for a release.
pub(crate) struct Programs {
    pub(crate) program: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Builds a release and packs it into `target/dist`. Gives the Debian package.
pub(crate) fn run() -> Result<PathBuf, StepError> {
    setup::install_build_packages()?;
    setup::install_packing_tools()?;
    let platform = host_platform()?;
    let release = read_release()?;
    let programs = build(&release, &platform)?;
    let folder = target_folder().join("dist");
    recreate_folder(&folder)?;
    let linked = linked::list_packages(&PACKAGES, FEATURES, &platform)?;
    let notices = notices::collect_notices(&linked)?;
    let sbom = format!("{:#}\n", sbom::build_cyclonedx(&release, "uketsuke", &linked));
    let name = format!("uketsuke-{}", release.version);
    write_file(&folder.join(format!("{name}.cdx.json")), &sbom)?;
    write_archive(&folder, &format!("{name}-{platform}"), &programs, &notices)?;
    let package = debian::build_package(&folder, &release, &platform, &programs, &notices)?;
    write_checksums(&folder)?;
    run_command(Command::new("ls").args(["-l", "--human-readable"]).arg(&folder))?;
    Ok(package)
}

fn build(release: &Release, platform: &str) -> Result<Programs, StepError> {
    let mut build = cargo_command();
    // With the platform named, what runs in the compiler is built without these flags and in a folder of its own.
    build.args(["build", "--locked", "--profile", "dist", "--target", platform, "--features", FEATURES]);
    for package in PACKAGES {
        build.args(["--package", package]);
    }
    build.env("CARGO_ENCODED_RUSTFLAGS", path_remappings()?.join("\u{1f}")).env("UKETSUKE_COMMIT", &release.commit);
    // `target/dist` is where cargo would keep what runs in the compiler under the profile of that name.
    let folder = target_folder().join("dist-build");
    run_command(build.arg("--target-dir").arg(&folder))?;
    let made = folder.join(platform).join("dist");
    Ok(Programs { program: made.join("uketsuke"), driver: made.join("libuketsuke_ifd.so") })
}

/// Panics tell the file in which they happen: without the folders of whoever built it.
fn path_remappings() -> Result<Vec<String>, StepError> {
    let home = env::var("CARGO_HOME").or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo")));
    let home = home.map_err(|error| format!("HOME: {error}"))?;
    let registry = Path::new(&home).join("registry/src");
    let registries = fs::read_dir(&registry).map_err(|error| format!("{}: {error}", registry.display()))?;
    let registries =
        registries.filter_map(|entry| Some((entry.ok()?.path().to_string_lossy().into_owned(), "/crates")));
    let own = (workspace_root().to_string_lossy().into_owned(), "/uketsuke");
    Ok(registries.chain([own]).map(|(from, to)| format!("--remap-path-prefix={from}={to}")).collect())
}

/// The program, its driver, and what goes along with them.
fn write_archive(folder: &Path, name: &str, programs: &Programs, notices: &str) -> Result<(), StepError> {
    let staged = target_folder().join("dist-archive");
    recreate_folder(&staged)?;
    let content = staged.join(name);
    install_file(&programs.program, &content.join("uketsuke"), "755")?;
    install_file(&programs.driver, &content.join("libuketsuke_ifd.so"), "644")?;
    install_file(&workspace_root().join("packaging/uketsuke.service"), &content.join("uketsuke.service"), "644")?;
    copy_documents(&content, notices)?;
    let mut pack = Command::new("tar");
    pack.args(["--create", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mode=u+rw,go+r,go-w"]);
    pack.arg(format!("--mtime=@{}", commit_time()?)).args(["--use-compress-program", "gzip --no-name --best"]);
    pack.arg("--file").arg(folder.join(format!("{name}.tar.gz"))).arg("--directory").arg(&staged).arg(name);
    run_command(&mut pack)
}

/// Licences, what changed, and the guides.
pub(crate) fn copy_documents(folder: &Path, notices: &str) -> Result<(), StepError> {
    for file in ["README.md", "README.ja.md", "CHANGELOG.md", "ARCHITECTURE.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        install_file(&workspace_root().join(file), &folder.join(file), "644")?;
    }
    write_file(&folder.join("LICENSES-OF-PACKAGES"), notices)?;
    copy_folder(&workspace_root().join("docs"), &folder.join("docs"))
}

fn write_checksums(folder: &Path) -> Result<(), StepError> {
    let files = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<_> = files.filter_map(|file| Some(file.ok()?.file_name())).collect();
    names.sort();
    let sums = read_output(Command::new("sha256sum").args(names).current_dir(folder))?;
    write_file(&folder.join("SHA256SUMS"), &sums)
}

/// The platform that is built on and for.
fn host_platform() -> Result<String, StepError> {
    let output = read_output(Command::new("rustc").arg("--version").arg("--verbose"))?;
    let host = output.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say for what it builds".to_owned())
}

/// What is checked out.
pub(crate) fn read_release() -> Result<Release, StepError> {
    let package = read_output(cargo_command().args(["pkgid", "--package", "uketsuke"]))?;
    let version = package.trim().rsplit(['#', '@']).next().unwrap_or_default().to_owned();
    let commit = read_output(&mut git(&["rev-parse", "--short=10", "HEAD"]))?.trim().to_owned();
    let changed = read_output(&mut git(&["status", "--porcelain"]))?;
    let commit = if changed.is_empty() { commit } else { format!("{commit}-modified") };
    let mut time = git(&["show", "--no-patch", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%cd", "HEAD"]);
    let time = read_output(time.env("TZ", "UTC"))?.trim().to_owned();
    Ok(Release { version, commit, time })
}

/// When the commit was made, in seconds since 1970.
pub(crate) fn commit_time() -> Result<String, StepError> {
    Ok(read_output(&mut git(&["show", "--no-patch", "--format=%ct", "HEAD"]))?.trim().to_owned())
}

fn git(arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.current_dir(workspace_root()).args(arguments);
    git
}

/// An empty folder in the place of whatever was there.
pub(crate) fn recreate_folder(folder: &Path) -> Result<(), StepError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// Copies a file, with the folders above it.
pub(crate) fn install_file(from: &Path, to: &Path, mode: &str) -> Result<(), StepError> {
    let mut install = Command::new("install");
    read_output(install.arg("-D").arg(format!("--mode={mode}")).arg(from).arg(to)).map(drop)
}

pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), StepError> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<(), StepError> {
    let entries = fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in entries {
        let entry = entry.map_err(|error| error.to_string())?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy_folder(&path, &to)? } else { install_file(&path, &to, "644")? }
    }
    Ok(())
}
