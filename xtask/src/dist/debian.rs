//! The Debian package: the program, its service under systemd, and settings to begin with.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Programs, commit_time, install_file, recreate_folder, write_file};
use crate::{StepError, read_output, run_command, sbom::Release, target_folder, workspace_root};

/// Where the program lies. `/usr/bin/uketsuke` leads here, since it looks for its driver in its own folder.
const PROGRAMS: &str = "usr/lib/uketsuke";

/// Where a lasting service keeps what the example keeps beside its settings: line by line, the example's and the package's.
const SETTINGS: [(&str, &str); 3] = [
    (
        "# The settings of オンライン診療, as they stand beside a demo on the same machine.",
        "# The settings of オンライン診療. Write your own values: these are of an invented service beside a demo on the same machine.",
    ),
    ("data = \"service-data\"", "data = \"/var/lib/uketsuke/service\""),
    ("folder = \"letters\"", "folder = \"/var/lib/uketsuke/letters\""),
];

/// Packs it, and gives its file.
pub(crate) fn build_package(
    folder: &Path,
    release: &Release,
    platform: &str,
    programs: &Programs,
    notices: &str,
) -> Result<PathBuf, StepError> {
    let architecture = architecture(platform)?;
    let staged = target_folder().join("dist-debian");
    recreate_folder(&staged)?;
    stage_files(&staged, programs, notices)?;
    write_control_file(&staged, release, architecture)?;
    let package = folder.join(format!("uketsuke_{}_{architecture}.deb", release.version));
    let mut build = Command::new("dpkg-deb");
    build.args(["--root-owner-group", "-Zxz", "--build"]).arg(&staged).arg(&package);
    run_command(build.env("SOURCE_DATE_EPOCH", commit_time()?))?;
    Ok(package)
}

fn architecture(platform: &str) -> Result<&'static str, StepError> {
    match platform {
        "x86_64-unknown-linux-gnu" => Ok("amd64"),
        "aarch64-unknown-linux-gnu" => Ok("arm64"),
        _ => Err(format!("Debian has no name for {platform} here")),
    }
}

/// The files as they are on the machine.
fn stage_files(staged: &Path, programs: &Programs, notices: &str) -> Result<(), StepError> {
    let own = staged.join(PROGRAMS);
    install_file(&programs.program, &own.join("uketsuke"), "755")?;
    install_file(&programs.driver, &own.join("libuketsuke_ifd.so"), "644")?;
    let link = staged.join("usr/bin/uketsuke");
    recreate_folder(&staged.join("usr/bin"))?;
    std::os::unix::fs::symlink("../lib/uketsuke/uketsuke", &link)
        .map_err(|error| format!("{}: {error}", link.display()))?;
    let packaging = workspace_root().join("packaging");
    install_file(&packaging.join("uketsuke.service"), &staged.join("usr/lib/systemd/system/uketsuke.service"), "644")?;
    install_file(&packaging.join("uketsuke.sysusers"), &staged.join("usr/lib/sysusers.d/uketsuke.conf"), "644")?;
    let documents = staged.join("usr/share/doc/uketsuke");
    super::copy_documents(&documents, notices)?;
    write_file(&documents.join("copyright"), &copyright_text()?)?;
    let settings = staged.join("etc/uketsuke");
    super::copy_folder(&workspace_root().join("docs/guide/operate"), &settings)?;
    let example = settings.join("service.toml");
    let text = fs::read_to_string(&example).map_err(|error| format!("{}: {error}", example.display()))?;
    write_file(&example, &package_settings(&text)?)
}

/// The example's settings, with what lasts in the service's own folder.
fn package_settings(example: &str) -> Result<String, StepError> {
    let mut settings = example.to_owned();
    for (theirs, ours) in SETTINGS {
        if settings.lines().filter(|line| *line == theirs).count() != 1 {
            return Err(format!(
                "docs/guide/operate/service.toml has no line '{theirs}': change xtask/src/debian.rs with it"
            ));
        }
        settings = settings.replace(&format!("{theirs}\n"), &format!("{ours}\n"));
    }
    Ok(settings)
}

/// Debian's form, which is read by programs: whose it is, and under which licence.
fn copyright_text() -> Result<String, StepError> {
    let path = workspace_root().join("LICENSE-MIT");
    let licence = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let owner = licence.lines().find(|line| line.starts_with("Copyright")).unwrap_or_default();
    let lines = licence.lines().skip_while(|line| !line.starts_with("Permission"));
    let indented: Vec<String> =
        lines.map(|line| format!(" {}", if line.trim().is_empty() { "." } else { line })).collect();
    Ok(format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\
         Upstream-Name: uketsuke\n\
         Comment: What is linked into the program stands in LICENSES-OF-PACKAGES.\n\n\
         Files: *\n\
         Copyright: {owner}\n\
         License: Expat or Apache-2.0\n\n\
         License: Apache-2.0\n The full text is in /usr/share/common-licenses/Apache-2.0.\n\n\
         License: Expat\n{}\n",
        indented.join("\n")
    ))
}

/// What dpkg reads: the description, which files are settings, sums, and what is done when it comes and goes.
fn write_control_file(staged: &Path, release: &Release, architecture: &str) -> Result<(), StepError> {
    let folder = staged.join("DEBIAN");
    let size =
        read_output(Command::new("du").args(["--summarize", "--apparent-size", "--block-size=1024"]).arg(staged))?;
    let size = size.split_whitespace().next().unwrap_or("0").to_owned();
    let files = read_output(Command::new("find").args([".", "-type", "f", "-printf", "%P\\n"]).current_dir(staged))?;
    let mut files: Vec<&str> = files.lines().collect();
    files.sort_unstable();
    recreate_folder(&folder)?;
    let Release { version, commit, .. } = release;
    let libraries = list_shared_libraries(staged)?;
    write_file(
        &folder.join("control"),
        &format!(
            "Package: uketsuke\n\
             Version: {version}\n\
             Architecture: {architecture}\n\
             Maintainer: uketsuke <uketsuke@example.jp>\n\
             Installed-Size: {size}\n\
             Depends: {libraries}, systemd | systemd-standalone-sysusers\n\
             Recommends: ca-certificates\n\
             Suggests: pcscd, postgresql\n\
             Section: web\n\
             Priority: optional\n\
             Description: front desk for online medical care in Japan\n \
             The consultation service that patients book with, as a service of systemd, and a runnable\n \
             simulation of the national side behind it ({commit}).\n"
        ),
    )?;
    let (settings, others): (Vec<&str>, Vec<&str>) = files.into_iter().partition(|file| file.starts_with("etc/"));
    write_file(&folder.join("conffiles"), &format!("/{}\n", settings.join("\n/")))?;
    let sums = read_output(Command::new("md5sum").args(others).current_dir(staged))?;
    write_file(&folder.join("md5sums"), &sums)?;
    for script in ["postinst", "prerm", "postrm"] {
        install_file(&workspace_root().join("packaging/debian").join(script), &folder.join(script), "755")?;
    }
    Ok(())
}

/// The packages of the libraries that the program loads, with the oldest versions that have what it calls.
fn list_shared_libraries(staged: &Path) -> Result<String, StepError> {
    // The tool wants to stand in a source package.
    let source = target_folder().join("dist-libraries");
    recreate_folder(&source.join("debian"))?;
    write_file(&source.join("debian/control"), "Source: uketsuke\n\nPackage: uketsuke\nArchitecture: any\n")?;
    let mut find = Command::new("dpkg-shlibdeps");
    find.arg("-O").current_dir(&source);
    for program in ["uketsuke", "libuketsuke_ifd.so"] {
        find.arg("-e").arg(staged.join(PROGRAMS).join(program));
    }
    let said = read_output(&mut find)?;
    let line = said.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    line.map(str::to_owned).ok_or_else(|| "dpkg-shlibdeps names no library".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_the_package_keep_their_data_in_the_services_folder() {
        let example = fs::read_to_string(workspace_root().join("docs/guide/operate/service.toml")).unwrap();
        let settings = package_settings(&example).unwrap();
        assert_eq!(settings.lines().count(), example.lines().count());
        for (_, ours) in SETTINGS {
            assert!(settings.lines().any(|line| line == ours), "{ours}");
        }
        assert!(package_settings("data = \"elsewhere\"\n").is_err());
    }
}
