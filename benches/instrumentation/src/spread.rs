//! What a column of numbers says.

/// Numbers, sorted.
pub struct Spread(Vec<f64>);

impl Spread {
    /// Of these numbers, of which there is at least one.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut numbers: Vec<f64> = numbers.into_iter().collect();
        numbers.sort_by(f64::total_cmp);
        Self(numbers)
    }

    /// The smallest.
    pub fn min(&self) -> f64 {
        self.at(0.0)
    }

    /// The largest.
    pub fn max(&self) -> f64 {
        self.at(1.0)
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// That below which this part of them is, 0 to 1.
    pub fn at(&self, part: f64) -> f64 {
        let index = (self.0.len() - 1) as f64 * part;
        self.0[index.round() as usize]
    }
}
