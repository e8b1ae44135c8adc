//! The cluster as its user meets it: real processes, real ports, real signals.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod closing;
#[cfg(test)]
mod dev;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod events;
#[cfg(test)]
mod freeze;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod leave;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod own_errors;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod partition;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod resolve;
#[cfg(test)]
mod sandboxes;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod topology;
#[cfg(test)]
mod tracing;
