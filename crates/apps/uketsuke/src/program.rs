//! Runs the command that the command line names.

use std::{error::Error, process::ExitCode};

use base::Causes;
use clap::Parser;

use crate::{
    arguments::{Arguments, AuditCommand, Command},
    commands, logging, process,
};

/// Runs the program by its command line.
pub fn run() -> ExitCode {
    match run_command(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("uketsuke: {}", Causes(&*error));
            ExitCode::FAILURE
        }
    }
}

fn run_command(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    if !matches!(command, Command::PictureWorker) {
        process::prepare_process();
    }
    match command {
        #[cfg(feature = "demo")]
        Command::Demo(arguments) => run_with_log(|| commands::demo::run(&arguments)),
        Command::Serve(arguments) => run_with_log(|| commands::serve::run(&arguments)),
        Command::Desk(command) => run_with_log(|| commands::serve::run_desk_command(&command)),
        #[cfg(feature = "demo")]
        Command::Nation(arguments) => run_with_log(|| commands::nation::run(&arguments)),
        Command::Portal(arguments) => run_with_log(|| commands::portal::run(&arguments)),
        Command::Terminal(arguments) => run_with_log(|| commands::terminal::run(&arguments)),
        #[cfg(feature = "demo")]
        Command::Gallery { folder, language } => Ok(commands::gallery::write_gallery(&folder, language)?),
        Command::Card(command) => run_with_log(|| commands::card::run(command)),
        Command::Backup(arguments) => Ok(commands::backup::run(&arguments)?),
        Command::Audit { command: AuditCommand::Verify(arguments) } => Ok(commands::audit::verify_audit(&arguments)?),
        Command::Ca(arguments) => run_with_log(|| commands::ca::run(&arguments)),
        Command::PictureWorker => return Ok(consult::run_image_worker()),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn run_with_log<E: Error + 'static>(command: impl FnOnce() -> Result<(), E>) -> Result<(), Box<dyn Error>> {
    logging::init_logging();
    Ok(command()?)
}
