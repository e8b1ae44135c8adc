//! How virtual time follows the wall clock. Pure: both times come with each call.

use std::time::Duration;

use tokio::time::Instant;

use super::super::TURN;

/// The slowest that virtual time passes, in virtual seconds per second.
pub const SPEED_MIN: f64 = 0.1;

/// The fastest that virtual time is asked to pass; how fast it gets depends on the machine.
pub const SPEED_MAX: f64 = 100.0;

/// How far virtual time may be behind, in seconds of the wall clock. What is beyond is given up: a
/// world that was held up goes on at its speed instead of bursting.
const LAG_MAX: Duration = Duration::from_millis(100);

/// For how long it is told that time was given up.
const BEHIND_TOLD: Duration = Duration::from_secs(2);

/// Over how long the speed is measured that is reached.
const MEASURED_OVER: Duration = Duration::from_secs(1);

/// The clock of a world that people watch.
#[derive(Debug)]
pub(super) struct Pace {
    speed: f64,
    /// Both clocks when counting began; none while the clock stands.
    since: Option<Mark>,
    given_up: Duration,
    given_up_at: Option<Instant>,
    measuring: Option<Mark>,
    reached: Option<f64>,
}

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug)]
struct Mark {
    wall: Instant,
    world: Duration,
}

impl Pace {
    /// A clock that runs as fast as the wall clock.
    pub(super) fn new(wall: Instant, world: Duration) -> Self {
        let mut pace = Self {
            speed: 1.0,
            since: None,
            given_up: Duration::ZERO,
            given_up_at: None,
            measuring: None,
            reached: None,
        };
        pace.resume(wall, world);
        pace
    }

    /// How much virtual time is due.
    pub(super) fn owed(&mut self, wall: Instant, world: Duration) -> Duration {
        let Some(since) = self.since else { return Duration::ZERO };
        self.measure(wall, world);
        let passed = wall.saturating_duration_since(since.wall).mul_f64(self.speed);
        let owed = (since.world + passed).saturating_sub(world);
        if owed <= LAG_MAX.mul_f64(self.speed) {
            return owed;
        }
        self.given_up += owed;
        self.given_up_at = Some(wall);
        self.since = Some(Mark { wall, world });
        Duration::ZERO
    }

    /// How long to wait until a turn is due, where this much is owed.
    pub(super) fn until_turn(&self, owed: Duration) -> Duration {
        TURN.saturating_sub(owed).div_f64(self.speed)
    }

    pub(super) fn pause(&mut self) {
        self.since = None;
        self.forget_measured();
    }

    /// Goes on from here. Nothing is owed for the time in between.
    pub(super) fn resume(&mut self, wall: Instant, world: Duration) {
        if self.since.is_none() {
            self.since = Some(Mark { wall, world });
            self.forget_measured();
        }
    }

    pub(super) fn set_speed(&mut self, speed: f64, wall: Instant, world: Duration) {
        self.speed = speed.clamp(SPEED_MIN, SPEED_MAX);
        self.since = self.since.map(|_| Mark { wall, world });
        self.given_up_at = None;
        self.forget_measured();
    }

    pub(super) const fn is_paused(&self) -> bool {
        self.since.is_none()
    }

    pub(super) const fn speed(&self) -> f64 {
        self.speed
    }

    /// The speed of the last second, to a hundredth; none where it was not measured yet.
    pub(super) const fn reached(&self) -> Option<f64> {
        self.reached
    }

    /// All virtual time that was due and did not pass.
    pub(super) const fn given_up(&self) -> Duration {
        self.given_up
    }

    /// Whether time was given up a moment ago: the machine cannot follow.
    pub(super) fn is_behind(&self, wall: Instant) -> bool {
        let is_recent = |at| wall.saturating_duration_since(at) < BEHIND_TOLD;
        !self.is_paused() && self.given_up_at.is_some_and(is_recent)
    }

    fn measure(&mut self, wall: Instant, world: Duration) {
        let begun = *self.measuring.get_or_insert(Mark { wall, world });
        let lasted = wall.saturating_duration_since(begun.wall);
        if lasted >= MEASURED_OVER {
            let passed = world.saturating_sub(begun.world);
            let reached = passed.as_secs_f64() / lasted.as_secs_f64();
            self.reached = Some((reached * 100.0).round() / 100.0);
            self.measuring = Some(Mark { wall, world });
        }
    }

    fn forget_measured(&mut self) {
        (self.measuring, self.reached) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn virtual_time_is_owed_at_the_speed_that_was_set() {
        let start = Instant::now();
        let mut pace = Pace::new(start, SECOND);
        assert_eq!(pace.owed(start + ms(30), SECOND), ms(30));
        assert_eq!(pace.owed(start + ms(30), SECOND + ms(30)), ms(0));
        pace.set_speed(10.0, start + ms(30), SECOND + ms(30));
        assert_eq!(pace.owed(start + ms(40), SECOND + ms(30)), ms(100));
        assert_eq!(pace.until_turn(ms(0)), TURN / 10);
        pace.set_speed(1e9, start, SECOND);
        assert!((pace.speed() - SPEED_MAX).abs() < f64::EPSILON);
    }

    #[test]
    fn nothing_is_owed_for_a_pause() {
        let start = Instant::now();
        let mut pace = Pace::new(start, Duration::ZERO);
        pace.pause();
        assert!(pace.is_paused());
        assert_eq!(pace.owed(start + SECOND, ms(0)), ms(0));
        pace.resume(start + SECOND, ms(0));
        assert_eq!(pace.owed(start + SECOND + ms(5), ms(0)), ms(5));
        assert_eq!(pace.given_up(), ms(0));
    }

    #[test]
    fn what_the_machine_cannot_follow_is_given_up_and_told() {
        let start = Instant::now();
        let mut pace = Pace::new(start, Duration::ZERO);
        assert!(!pace.is_behind(start));
        let held_up = start + 60 * SECOND;
        assert_eq!(pace.owed(held_up, ms(0)), ms(0), "no burst");
        assert!(pace.is_behind(held_up) && !pace.is_behind(held_up + 3 * SECOND));
        assert_eq!(pace.given_up(), 60 * SECOND);
        assert_eq!(pace.owed(held_up + ms(7), ms(0)), ms(7), "it goes on at its speed");
    }

    #[test]
    fn the_speed_that_is_reached_is_measured() {
        let start = Instant::now();
        let mut pace = Pace::new(start, Duration::ZERO);
        pace.owed(start, ms(0));
        assert_eq!(pace.reached(), None);
        pace.owed(start + SECOND, ms(500));
        assert!((pace.reached().unwrap() - 0.5).abs() < 1e-9);
        pace.pause();
        assert_eq!(pace.reached(), None);
    }
}
