//! A file that changes while the node runs.

use std::{fs, path::Path};

use arsenal_cluster::discovery::{DiscoveryKind, KEPT_FOR, SEED_FILE_BYTES_MAX, SeedFile};
use tokio::time::{Instant, sleep_until};

use crate::bench::{Bench, addresses, own};

#[tokio::test(start_paused = true)]
async fn the_node_follows_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seeds");
    let bench = Bench::start(SeedFile::new(&file)).await;
    let missing = bench.until(|file| file.failures >= 1).await;
    assert_eq!(missing.kind, DiscoveryKind::File);
    assert_eq!(missing.watches, file.display().to_string());
    assert!(missing.last_error.unwrap().message.contains("cannot read"));
    assert!(missing.next_try_at.is_some() && missing.answered_at.is_none());

    fs::write(&file, format!("10.0.0.2:7000\n{} # itself\n", own())).unwrap();
    bench.wants(&["10.0.0.2:7000"]).await;
    assert_eq!(bench.discovery().failures, 0);
    fs::write(&file, "10.0.0.2:7000\n10.0.0.3:7000").unwrap();
    bench.wants(&["10.0.0.2:7000", "10.0.0.3:7000"]).await;
    replace(&file, "10.0.0.3:7000");
    bench.wants(&["10.0.0.3:7000"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_broken_file_changes_nothing_for_a_bounded_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seeds");
    fs::write(&file, "10.0.0.2:7000").unwrap();
    let bench = Bench::start(SeedFile::new(&file)).await;
    bench.wants(&["10.0.0.2:7000"]).await;
    let begun = Instant::now();

    let too_long = " ".repeat(usize::try_from(SEED_FILE_BYTES_MAX).unwrap() + 1);
    for (text, why) in
        [("# all gone", "names no address"), ("node-b", "line 1: `node-b`"), (&too_long, "longer")]
    {
        replace(&file, text);
        let failing = |message: &str| message.contains(why);
        let broken = bench
            .until(|file| file.last_error.as_ref().is_some_and(|error| failing(&error.message)));
        assert_eq!(broken.await.addresses, addresses(&["10.0.0.2:7000"]));
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let why = |why: &str| why.contains("it is no file");
    bench.until(|file| file.last_error.as_ref().is_some_and(|error| why(&error.message))).await;

    sleep_until(begun + KEPT_FOR.mul_f64(0.96)).await;
    bench.wants(&["10.0.0.2:7000"]).await;
    bench.wants(&[]).await;
    assert_eq!(bench.discovery().addresses, []);
}

#[tokio::test(start_paused = true)]
async fn what_can_be_read_beside_a_mistake_counts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seeds");
    fs::write(&file, "10.0.0.2:7000\n10.0.0.3").unwrap();
    let bench = Bench::start(SeedFile::new(&file)).await;
    bench.wants(&["10.0.0.2:7000"]).await;
    let standing = bench.discovery();
    let message = standing.last_error.unwrap().message;
    assert!(message.ends_with("as 10.0.0.7:7000") && message.contains("line 2"), "{message}");
    assert_eq!(standing.failures, 0, "it is of use");
}

/// As an editor does, and Kubernetes: another file takes the place.
fn replace(file: &Path, text: &str) {
    let new = file.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(&new, file).unwrap();
}
