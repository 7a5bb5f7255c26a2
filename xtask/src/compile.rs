//! Building the workspace, its tests included, and linting it in the same pass.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use serde_json::Value;

use crate::{StepError, cargo_command, describe};

/// What tests and releases turn on.
pub(crate) const FEATURES: &str = "uketsuke/postgres,testkit/pcsc";

/// What chooses the program alone, with its default features.
pub(crate) const PROGRAM_ALONE: [&str; 2] = ["--package", "uketsuke"];

/// What chooses the program of an operator, in which nothing is made up.
pub(crate) const WITHOUT_DEMO: [&str; 5] = ["--package", "uketsuke", "--no-default-features", "--features", "postgres"];

/// What a build made that is run later.
pub(crate) struct BuildOutput {
    /// The program `uketsuke`.
    pub(crate) program: PathBuf,
    /// The test programs.
    pub(crate) tests: Vec<TestProgram>,
}

/// A program of tests: a crate's unit tests, or a file of its `tests` folder.
pub(crate) struct TestProgram {
    /// The crate, and the file of `tests` if it is one: `testkit`, `testkit/attacks`.
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    /// The crate's folder, in which its tests run.
    pub(crate) folder: PathBuf,
}

/// Whether the compiler's run is also clippy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lint {
    /// A plain build.
    Off,
    /// Each crate of ours is compiled by clippy's driver, which is rustc with lints, and a warning fails. What is linked is an
    /// ordinary program. `cargo clippy` alone would check all 444 packages a second time, since what it leaves cannot be linked.
    Deny,
}

/// Builds every target of every crate, with the features that tests need.
pub(crate) fn build(lint: Lint) -> Result<BuildOutput, StepError> {
    let mut build = cargo_command();
    build.args(["build", "--workspace", "--all-targets", "--features", FEATURES]);
    lint.apply(&mut build)?;
    let artifacts = build_artifacts(&mut build)?;
    let program = find_program(&artifacts)?;
    let tests: Vec<TestProgram> =
        artifacts.into_iter().filter(|artifact| artifact.is_test).map(Artifact::into_test_program).collect();
    if tests.is_empty() {
        return Err("the build made no tests".to_owned());
    }
    Ok(BuildOutput { program, tests })
}

/// Builds the program with `cargo build` and these arguments.
pub(crate) fn build_program<A: AsRef<OsStr>>(arguments: &[A]) -> Result<PathBuf, StepError> {
    find_program(&build_artifacts(cargo_command().arg("build").args(arguments))?)
}

fn find_program(artifacts: &[Artifact]) -> Result<PathBuf, StepError> {
    let program = artifacts.iter().find(|artifact| !artifact.is_test && artifact.target == "uketsuke");
    program.map(|program| program.executable.clone()).ok_or_else(|| "the build made no program uketsuke".to_owned())
}

/// An executable that cargo tells of.
#[derive(Debug, PartialEq, Eq)]
struct Artifact {
    crate_folder: PathBuf,
    target: String,
    kind: String,
    is_test: bool,
    executable: PathBuf,
}

impl Artifact {
    /// From a line of cargo's JSON, if it is one.
    fn parse(line: &str) -> Option<Self> {
        let message: Value = serde_json::from_str(line).ok()?;
        if message["reason"] != "compiler-artifact" {
            return None;
        }
        let target = &message["target"];
        let is_test = message["profile"]["test"].as_bool()?;
        // `cargo test` leaves out what says `test = false`, and so do we.
        if is_test && !target["test"].as_bool()? {
            return None;
        }
        Some(Self {
            crate_folder: Path::new(message["manifest_path"].as_str()?).parent()?.to_owned(),
            target: target["name"].as_str()?.to_owned(),
            kind: target["kind"][0].as_str()?.to_owned(),
            is_test,
            executable: message["executable"].as_str()?.into(),
        })
    }

    fn into_test_program(self) -> TestProgram {
        let name = self.crate_folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = match self.kind.as_str() {
            "test" => format!("{name}/{}", self.target),
            "bin" => format!("{name}/bin-{}", self.target),
            _ => name,
        };
        TestProgram { name, program: self.executable, folder: self.crate_folder }
    }
}

/// Runs a build to its end and gives the executables that it made or found made.
fn build_artifacts(build: &mut Command) -> Result<Vec<Artifact>, StepError> {
    build.arg("--message-format=json-render-diagnostics").stdout(Stdio::piped());
    let said = describe(build);
    eprintln!("xtask: {said}");
    let child = build.spawn().map_err(|error| format!("{said}: {error}"))?;
    let output = child.wait_with_output().map_err(|error| format!("{said}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{said}: {}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(Artifact::parse).collect())
}

impl Lint {
    /// Has a cargo command compile so. What is built later with what was built before takes the same, or all is built again.
    pub(crate) fn apply(self, command: &mut Command) -> Result<(), StepError> {
        match self {
            Self::Off => Ok(()),
            Self::Deny => lint_with_clippy(command),
        }
    }
}

/// Has a cargo command compile each crate of ours with clippy's driver. `cargo clippy` passes its arguments by the same variables.
fn lint_with_clippy(command: &mut Command) -> Result<(), StepError> {
    command.env("RUSTC_WORKSPACE_WRAPPER", sysroot()?.join("bin/clippy-driver"));
    command.env("CLIPPY_ARGS", "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    Ok(())
}

/// Where the compiler's own libraries are.
fn sysroot() -> Result<&'static Path, StepError> {
    static SYSROOT: LazyLock<Result<PathBuf, StepError>> = LazyLock::new(read_sysroot);
    SYSROOT.as_deref().map_err(Clone::clone)
}

fn read_sysroot() -> Result<PathBuf, StepError> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let answer =
        Command::new(rustc).args(["--print", "sysroot"]).output().map_err(|error| format!("rustc: {error}"))?;
    let path = str::from_utf8(&answer.stdout).map_err(|error| error.to_string())?.trim();
    if path.is_empty() { Err("rustc does not say where it is".to_owned()) } else { Ok(path.into()) }
}

/// Where programs that cargo runs find shared libraries (of the compiler, for tests of derives).
pub(crate) fn library_path(program: &Path) -> Result<OsString, StepError> {
    let own = program.parent().map(Path::to_owned);
    let before = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let all = own.into_iter().chain([sysroot()?.join("lib")]).chain(env::split_paths(&before));
    env::join_paths(all.filter(|path| !path.as_os_str().is_empty())).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_executable_is_read_from_what_cargo_says() {
        let line = |test: bool, asked: bool, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/w/crates/dev/testkit/Cargo.toml",
                    "target":{{"kind":["test"],"name":"attacks","test":{asked}}},"profile":{{"test":{test}}},"executable":{executable}}}"#
            )
        };
        let made =
            Artifact::parse(&line(true, true, r#""/w/target/debug/deps/attacks-1""#)).unwrap().into_test_program();
        assert_eq!(
            (made.name.as_str(), made.folder.as_path()),
            ("testkit/attacks", Path::new("/w/crates/dev/testkit"))
        );
        assert_eq!(made.program, Path::new("/w/target/debug/deps/attacks-1"));
        for nothing in [
            line(true, true, "null"),
            line(true, false, r#""/x""#),
            r#"{"reason":"build-finished"}"#.to_owned(),
            "x".to_owned(),
        ] {
            assert_eq!(Artifact::parse(&nothing), None, "{nothing}");
        }
    }

    /// A build that lints nothing would pass for ever without a word.
    #[test]
    fn a_lint_fails_the_build_and_without_it_a_program_is_made() {
        let folder = env::temp_dir().join(format!("uketsuke-lint-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("Cargo.toml"), "[package]\nname = \"linted\"\nedition = \"2024\"\n[workspace]\n")
            .unwrap();
        for (source, passes) in
            [("fn main() { return println!(\"linted\"); }", false), ("fn main() { println!(\"linted\") }", true)]
        {
            fs::write(folder.join("src/main.rs"), source).unwrap();
            let mut build = cargo_command();
            build.current_dir(&folder).args(["build", "--quiet"]).env("CARGO_TARGET_DIR", folder.join("target"));
            lint_with_clippy(&mut build).unwrap();
            let made = build_artifacts(build.stderr(Stdio::null()));
            assert_eq!(made.is_ok(), passes, "{source}: {made:?}");
            if let Ok([program]) = made.as_deref() {
                let said = Command::new(&program.executable).output().unwrap();
                assert_eq!(said.stdout, b"linted\n");
            }
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
