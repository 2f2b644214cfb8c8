//! Holds the tests against the list of rules.

/// How many rules each letter has.
const RULES: [(char, u32); 4] = [('R', 11), ('O', 7), ('G', 5), ('C', 7)];

/// The rules that the comment line over each test of a file cites.
fn cited(source: &str) -> Vec<&str> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let over_tests = lines.windows(2).filter(|pair| pair[1] == "#[test]").map(|pair| pair[0]);
    over_tests.filter_map(|line| line.strip_prefix("// ")).flat_map(str::split_whitespace).collect()
}

#[test]
fn every_rule_has_a_story() {
    let cited = cited(include_str!("stories.rs"));
    let all =
        RULES.iter().flat_map(|(letter, count)| (1..=*count).map(move |n| format!("{letter}{n}")));
    let missing: Vec<String> = all.filter(|rule| !cited.contains(&rule.as_str())).collect();
    assert!(missing.is_empty(), "no story cites {}", missing.join(", "));
}

#[test]
fn every_story_and_property_cites_a_rule() {
    let sources =
        [include_str!("stories.rs"), include_str!("properties.rs"), include_str!("found.rs")];
    for source in sources {
        let lines: Vec<&str> = source.lines().map(str::trim).collect();
        for pair in lines.windows(3).filter(|lines| lines[1] == "#[test]") {
            assert!(pair[0].starts_with("// "), "`{}` cites no rule", pair[2]);
        }
    }
}
