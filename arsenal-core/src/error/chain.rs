//! An error with what caused it, for the log.

use std::{error::Error, fmt};

/// Shows an error, then its private source and what caused that in turn, with `: ` between.
pub(crate) struct ErrorChain<'a>(pub(crate) &'a dyn Error);

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let sources = std::iter::successors(self.0.source(), |source| (*source).source());
        for source in sources {
            write!(formatter, ": {source}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::OperationError;

    #[test]
    fn every_cause_is_shown() {
        let disk = OperationError::conflict("the disk").because("is full");
        let error = OperationError::not_found("the file").because(disk);
        assert_eq!(
            ErrorChain(&error).to_string(),
            "not_found: the file: conflict: the disk: is full"
        );
    }
}
