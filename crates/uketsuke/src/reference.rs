//! The reference pages, written from what the program itself says: its codes, its command line and its metrics.

use std::fmt::Write;

use base::Entry;
use clap::CommandFactory;

use crate::{
    cli::Arguments,
    metrics::{Kind, METRICS},
};

/// Every page with its file name.
pub fn pages() -> [(&'static str, String); 3] {
    [("codes.md", codes()), ("command-line.md", command_line()), ("metrics.md", metrics())]
}

fn metrics() -> String {
    let mut page =
        "# Metrics\n\n`/metrics` on the port of `listen_health` tells these in the text format of Prometheus. \
                    They count from the start of the process. No label holds an address, a name or an id of anybody: \
                    `route` is the pattern of a path, such as `/appointments/{id}`.\n\n\
                    | metric | kind | labels | meaning |\n|---|---|---|---|\n"
            .to_owned();
    for (name, kind, labels, meaning) in METRICS {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let _ = writeln!(page, "| `{name}` | {kind} | {labels} | {} |", cell(meaning));
    }
    page
}

fn codes() -> String {
    let lists: [(&str, &[Entry]); 7] = [
        ("Every site", shell::CATALOGUE),
        ("オンライン診療 (`consult`)", consult::CATALOGUE),
        ("マイナ在宅受付Web (`reception`)", reception::CATALOGUE),
        ("Certificates, revocation, signatures (`jpki`)", jpki::Refusal::CATALOGUE),
        ("オンライン資格確認等システム (`eligibility`)", eligibility::CATALOGUE),
        ("マイナポータルアプリ (`portal`)", portal::CATALOGUE),
        ("資格確認端末 (`terminal`)", terminal::CATALOGUE),
    ];
    let mut page =
        "# Codes\n\nWhat is refused carries a code: on the page, in the log, in what programs are answered. \
                    The hand-over's own errors are those of OAuth, with what to do in their `error_description`; the \
                    codes in the files of the eligibility system stand in [their own list](eligibility-codes.md).\n"
            .to_owned();
    for (room, entries) in lists {
        // Writing to a text cannot fail.
        let _ = write!(page, "\n## {room}\n\n| code | meaning | what to do |\n|---|---|---|\n");
        for Entry { code, meaning, remedy } in entries {
            let _ = writeln!(page, "| `{code}` | {} | {} |", cell(meaning), cell(remedy));
        }
    }
    page
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn command_line() -> String {
    let mut page = "# Command line\n\nData goes to the standard output, talk to the standard error. \
                    `UKETSUKE_LOG` chooses what is logged, `UKETSUKE_LOG_FORMAT=json` how.\n"
        .to_owned();
    // Not of a width or an environment that depends on whose terminal it is.
    let mut program = plain(Arguments::command().term_width(110));
    program.build();
    describe(&mut page, &program, 2);
    page
}

fn plain(command: clap::Command) -> clap::Command {
    command.mut_args(|argument| argument.hide_env_values(true)).mut_subcommands(plain)
}

fn describe(page: &mut String, command: &clap::Command, level: usize) {
    if command.is_hide_set() || command.get_name() == "help" {
        return;
    }
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let help = command.clone().render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n{} `{name}`\n\n```text\n{}\n```\n", "#".repeat(level), lines.join("\n").trim_end());
    for below in command.get_subcommands() {
        describe(page, below, level + 1);
    }
}
