//! Applies a unified diff, as `diff -u` writes it.

/// The text after the hunks of a diff, or why they do not fit.
pub(crate) fn apply(diff: &str, before: &str) -> Result<String, String> {
    let mut rest = before.lines();
    let (mut after, mut taken) = (Vec::new(), 0);
    for line in diff.lines().filter(|line| !line.starts_with("---") && !line.starts_with("+++")) {
        if let Some(hunk) = line.strip_prefix("@@ -") {
            let number = hunk.split([',', ' ']).next().and_then(|text| text.parse().ok());
            let first: usize = number.ok_or_else(|| format!("no line number: {line}"))?;
            while taken + 1 < first {
                after.push(rest.next().ok_or("a hunk is behind the end")?);
                taken += 1;
            }
            continue;
        }
        let (sign, text) = line.split_at_checked(1).unwrap_or((" ", ""));
        if sign != "+" {
            let found = rest.next();
            taken += 1;
            if found != Some(text) {
                return Err(format!("line {taken} is {found:?}, and not {text:?}"));
            }
        }
        if sign != "-" {
            after.push(text);
        }
    }
    after.extend(rest);
    Ok(after.iter().flat_map(|line| [line, "\n"]).collect())
}

mod tests {
    use super::apply;

    #[test]
    fn lines_are_taken_away_and_added_where_the_diff_says() {
        let diff = "--- x\n+++ y\n@@ -2,2 +2,3 @@\n b\n-c\n+C\n+D\n@@ -5 +6 @@\n-e\n+E\n";
        assert_eq!(apply(diff, "a\nb\nc\nd\ne\nf\n").unwrap(), "a\nb\nC\nD\nd\nE\nf\n");
        assert!(apply(diff, "a\nb\nX\nd\ne\nf\n").is_err());
    }
}
