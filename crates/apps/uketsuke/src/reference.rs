//! Generates the reference pages from the program's codes, command line and metrics.

use std::fmt::Write;

use base::CatalogueEntry;
use clap::CommandFactory;

use crate::{
    arguments::Arguments,
    metrics::{METRICS, MetricKind},
};

/// Every page with its file name.
pub fn render_pages() -> [(&'static str, String); 3] {
    [("codes.md", render_codes()), ("command-line.md", render_command_line()), ("metrics.md", render_metrics())]
}

fn render_metrics() -> String {
    let mut page =
        "# Metrics\n\n`/metrics` on the port of `listen_health` tells these in the text format of Prometheus. \
                    They count from the start of the process. No label holds an address, a name or an id of anybody: \
                    `route` is the pattern of a path, such as `/appointments/{id}`.\n\n\
                    | metric | kind | labels | meaning |\n|---|---|---|---|\n"
            .to_owned();
    for (name, kind, labels, meaning) in METRICS {
        let kind = match kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        };
        let _ = writeln!(page, "| `{name}` | {kind} | {labels} | {} |", escape_cell(meaning));
    }
    page
}

fn render_codes() -> String {
    let lists: [(&str, &[CatalogueEntry]); 7] = [
        ("Every site", web::CATALOGUE),
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
    for (service, entries) in lists {
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {service}\n\n| code | meaning | what to do |\n|---|---|---|\n");
        for CatalogueEntry { code, meaning, remedy } in entries {
            let _ = writeln!(page, "| `{code}` | {} | {} |", escape_cell(meaning), escape_cell(remedy));
        }
    }
    page
}

fn escape_cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn render_command_line() -> String {
    let mut page = "# Command line\n\nData goes to the standard output, talk to the standard error. \
                    `UKETSUKE_LOG` chooses what is logged, `UKETSUKE_LOG_FORMAT=json` how.\n"
        .to_owned();
    // Independent of the width of the terminal and of the environment.
    let mut program = hide_environment_values(Arguments::command().term_width(110));
    program.build();
    render_command(&mut page, &program, 2);
    page
}

fn hide_environment_values(command: clap::Command) -> clap::Command {
    command.mut_args(|argument| argument.hide_env_values(true)).mut_subcommands(hide_environment_values)
}

fn render_command(page: &mut String, command: &clap::Command, level: usize) {
    if command.is_hide_set() || command.get_name() == "help" {
        return;
    }
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let help = command.clone().render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n{} `{name}`\n\n```text\n{}\n```\n", "#".repeat(level), lines.join("\n").trim_end());
    for subcommand in command.get_subcommands() {
        render_command(page, subcommand, level + 1);
    }
}
