use std::{error::Error, fmt};

/// An error with all its causes on one line, the outermost first, separated by colons.
#[derive(Debug, Clone, Copy)]
pub struct Causes<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(formatter, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the door is shut")]
    struct OuterError(#[source] InnerError);

    #[derive(Debug, thiserror::Error)]
    #[error("it is locked")]
    struct InnerError(#[source] fmt::Error);

    #[test]
    fn every_cause_is_named_once() {
        let text = Causes(&OuterError(InnerError(fmt::Error))).to_string();
        assert_eq!(text, format!("the door is shut: it is locked: {}", fmt::Error));
        assert_eq!(Causes(&fmt::Error).to_string(), fmt::Error.to_string());
    }
}
