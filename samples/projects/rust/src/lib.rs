#[cfg(feature = "borrow")]
mod borrow;
#[cfg(feature = "broken")]
mod broken;

/// Keeps the last `limit` events of a replay.
pub struct Replay {
    limit: usize,
    events: Vec<u32>,
}

impl Replay {
    pub fn new(limit: usize) -> Self {
        return Replay { limit: limit, events: Vec::new() };
    }

    pub fn push(&mut self, event: u32) {
        if self.events.len() > self.limit { self.events.remove(0); }
        self.events.push(event);
    }

    pub fn len(&self) -> usize { self.events.len() }
}

pub fn header(line: &str) -> u32 {
    line.split(':').nth(1).unwrap().trim().parse().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_events() {
        let mut replay = Replay::new(4);
        replay.push(7);
        assert_eq!(replay.len(), 1);
    }

    #[test]
    fn drops_oldest() {
        let mut replay = Replay::new(2);
        (1..=5).for_each(|event| replay.push(event));
        assert_eq!(replay.len(), 2, "a replay of 2 must hold 2 events");
    }

    #[test]
    fn reads_header() {
        assert_eq!(header("version: 12"), 12);
        assert_eq!(header("version: twelve"), 12);
    }
}
