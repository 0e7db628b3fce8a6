//! Adds up what the test runners counted.

/// Tests that ran.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    /// Reads a closing line of cargo test, vitest or Playwright; any other line counts nothing.
    pub(crate) fn read(&mut self, line: &str) {
        let plain = without_colours(line);
        let words: Vec<&str> = plain.split_whitespace().collect();
        match words.as_slice() {
            ["test", "result:", _, passed, "passed;", failed, "failed;", ..] => {
                self.passed += passed.parse::<u64>().unwrap_or(0);
                self.failed += failed.parse::<u64>().unwrap_or(0);
            }
            ["Tests", rest @ ..] => {
                for pair in rest.windows(2) {
                    self.add(pair);
                }
            }
            [number, word] | [number, word, _] if matches!(*word, "passed" | "failed" | "flaky") => {
                self.add(&[number, word]);
            }
            _ => {}
        }
    }

    fn add(&mut self, pair: &[&str]) {
        if let [number, word] = pair
            && let Ok(number) = number.parse::<u64>()
        {
            match *word {
                "passed" => self.passed += number,
                // A flaky test failed at least once: that is a failure here.
                "failed" | "flaky" => self.failed += number,
                _ => {}
            }
        }
    }
}

fn without_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            for escape in letters.by_ref() {
                if escape.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn counts(line: &str) -> (u64, u64) {
        let mut counts = Counts::default();
        counts.read(line);
        (counts.passed, counts.failed)
    }

    #[test]
    fn closing_lines_of_each_runner_are_counted() {
        assert_eq!(
            counts(
                "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s"
            ),
            (12, 0)
        );
        assert_eq!(counts("test result: FAILED. 3 passed; 2 failed; 0 ignored"), (3, 2));
        assert_eq!(
            counts(
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m7 passed\u{1b}[39m (8)"
            ),
            (7, 1)
        );
        assert_eq!(counts("  9 passed (12.3s)"), (9, 0));
        assert_eq!(counts("  1 failed"), (0, 1));
        assert_eq!(counts("  1 flaky"), (0, 1));
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(counts("test fold::tests::it_works ... ok"), (0, 0));
        assert_eq!(counts("Test Files  3 passed (3)"), (0, 0));
        assert_eq!(counts(""), (0, 0));
    }
}
