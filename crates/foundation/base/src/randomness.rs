use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::{digest, rand};

/// The source of random bytes: the system's generator, or a repeatable stream for samples and tests.
#[derive(Clone, Default)]
pub struct Randomness(Option<Arc<Mutex<Stream>>>);

struct Stream {
    seed: [u8; 32],
    blocks: u64,
}

impl Randomness {
    /// The generator of AWS-LC, seeded by the operating system.
    pub fn system() -> Self {
        Self(None)
    }

    /// A stream that is the same for the same seed. Not for secrets.
    pub fn repeatable(seed: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, seed.as_bytes()).as_ref());
        Self(Some(Arc::new(Mutex::new(Stream { seed: bytes, blocks: 0 }))))
    }

    /// Fills `buffer` with random bytes.
    #[expect(clippy::disallowed_methods, reason = "the one place that draws")]
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.0 {
            // AWS-LC's generator fails only where the system has none; no safe fallback exists.
            None => rand::fill(buffer).expect("the system's random generator works"),
            Some(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).fill(buffer),
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A number below `bound`, uniformly distributed. `bound` must not be zero.
    pub fn number_below(&self, bound: u64) -> u64 {
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let number = u64::from_be_bytes(self.bytes());
            if number < limit {
                return number % bound;
            }
        }
    }

    /// A text of `count` letters, each drawn uniformly from these ASCII letters. There must be at least one.
    pub fn text(&self, letters: &[u8], count: usize) -> String {
        let letter = |_| {
            let index = usize::try_from(self.number_below(letters.len() as u64)).unwrap_or(0);
            char::from(letters[index])
        };
        (0..count).map(letter).collect()
    }
}

impl Stream {
    fn fill(&mut self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let mut input = self.seed.to_vec();
            input.extend(self.blocks.to_be_bytes());
            self.blocks += 1;
            let block = digest::digest(&digest::SHA256, &input);
            chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself_and_the_system_does_not() {
        let draw = |seed| Randomness::repeatable(seed).bytes::<40>();
        assert_eq!(draw("a"), draw("a"));
        assert_ne!(draw("a"), draw("b"));
        assert_ne!(Randomness::system().bytes::<16>(), Randomness::system().bytes::<16>());
    }

    #[test]
    fn a_number_stays_below_its_bound() {
        let randomness = Randomness::repeatable("below");
        assert!((0..1000).all(|_| randomness.number_below(7) < 7));
    }
}
