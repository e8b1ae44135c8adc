//! What this process uses of its machine, sampled.

use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::membership::Resources;

/// Asks the operating system about this process only. CPU is measured between two samples, so the
/// first one has none.
#[derive(Debug)]
pub(crate) struct Sampler {
    /// None where the operating system is not supported: then nothing is known.
    system: Option<System>,
    has_sampled: bool,
}

impl Sampler {
    pub(crate) fn new() -> Self {
        Self { system: System::new().ok(), has_sampled: false }
    }

    pub(crate) fn sample(&mut self) -> Resources {
        let Some(system) = &mut self.system else { return Resources::default() };
        let pid = Pid::from_u32(std::process::id());
        let what = ProcessRefreshKind::nothing().with_cpu().with_memory();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
        let had_sampled = std::mem::replace(&mut self.has_sampled, true);
        let process = system.process(pid);
        Resources {
            cpu_percent: process.filter(|_| had_sampled).map(Process::cpu_usage),
            memory_bytes: process.map(Process::memory),
            load_one_minute: System::load_average().ok().map(|load| load.one),
        }
    }
}
