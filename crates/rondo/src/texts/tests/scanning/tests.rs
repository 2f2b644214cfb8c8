//! A sample with a fault for each scanner, and one without.

use super::*;

fn texts() -> BTreeMap<String, Takes> {
    let all = [
        ("a-fixed", "Fixed"),
        (
            "a-count",
            "{ $count ->\n    [one] { $who } has one\n   *[other] { $who } has { $count }\n}",
        ),
        (
            "a-word",
            "{ $status ->\n    [draft] Draft { $count ->\n        [0] none\n       *[other] some\n    }\n   *[running] Running\n}",
        ),
        ("a-marked", "A <strong>{ $name }</strong>"),
        ("a-name", "To { $name }"),
    ];
    all.into_iter().map(|(name, pattern)| (name.to_owned(), Takes::of(pattern))).collect()
}

#[track_caller]
fn wrong_in_code(code: &str, said: &str) {
    let wrong = asked_otherwise(code, false, &texts());
    assert!(matches!(&wrong[..], [one] if one.contains(said)), "{wrong:?}");
}

#[test]
fn a_text_says_what_it_counts() {
    let names = |names: &[&str]| names.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<_>>();
    let texts = texts();
    assert_eq!(texts["a-count"].arguments, names(&["count", "who"]));
    assert_eq!(texts["a-count"].counts, names(&["count"]));
    assert_eq!(texts["a-word"].counts, names(&["count"]));
    assert!(texts["a-marked"].has_markup && !texts["a-name"].has_markup);
}

#[test]
fn what_is_given_is_read_to_the_end() {
    let (given, after) =
        given(").arg(\"a\", f(\")\", (1))).n(\n\"b\", 2)\n.links(\"c\", x).plain();");
    let expected = [("a", ".arg("), ("b", ".n("), ("c", ".links(")];
    assert_eq!(given, expected.map(|(name, method)| (name.to_owned(), method)).into());
    assert_eq!(after, ".plain();");
}

#[test]
fn what_is_asked_for_rightly_is_not_found_wrong() {
    let code = "t(\"a-fixed\"); say(\"a-count\").arg(\"who\", w).n(\"count\", 1).plain();\n\
         say(\"a-marked\").arg(\"name\", n)\n}\nfn other() { x.plain() }";
    assert_eq!(asked_otherwise(code, false, &texts()), Vec::<String>::new());
    let template = "<a title=\"{{ crate::say(\"a-name\").arg(\"name\", n) }}\" \
         {% if x %}b=\"\"{% endif %}>{{ crate::say(\"a-marked\").arg(\"name\", n) }}</a>";
    assert_eq!(asked_otherwise(template, true, &texts()), Vec::<String>::new());
}

#[test]
fn what_is_asked_for_otherwise_is_found() {
    wrong_in_code("t(\"a-none\")", "no such text");
    wrong_in_code("t(\"a-name\")", "no such text");
    wrong_in_code("t(\"a-marked\")", "no such text");
    wrong_in_code("say(\"a-none\")", "no such text");
    wrong_in_code("say(\"a-name\")", "is given []");
    wrong_in_code("say(\"a-name\").arg(\"nam\", 1)", "is given [\"nam\"]");
    wrong_in_code("say(\"a-count\").arg(\"who\", w).arg(\"count\", 1)", "`count` is counted");
    wrong_in_code("say(\"a-marked\").arg(\"name\", 1).plain()", "is said without");
    wrong_in_code(
        "let said = match x {\n    _ => say(\"a-marked\").arg(\"name\", 1),\n};\nsaid.plain()",
        "is said without",
    );
}

#[test]
fn markup_in_an_attribute_is_found() {
    for said in ["say(\"a-marked\").arg(\"name\", \">\")", "say(\"a-name\").link(\"name\", p, w)"] {
        let template =
            format!("<p>{{{{ x }}}}</p><a\n  title=\"{{% if x %}}{{{{ crate::{said} }}}}\">");
        let wrong = asked_otherwise(&template, true, &texts());
        assert!(matches!(&wrong[..], [one] if one.contains("in an attribute")), "{wrong:?}");
    }
}

#[test]
fn words_of_a_template_are_found() {
    let found = words_of(
        "{# Comment #}<p class=\"x\">Plain {{ crate::t(\"a\") }}\nwords</p>{% if \"b\" %}<kbd>n</kbd> Rondo\n\
         <input\ntype=\"submit\" value=\"Send\"><input type=\"text\" value=\"kept\"><button value=\"save\"></button>\
         <option label=\"Any\" aria-description=\"Of all\"><i aria-label=\"{{ x }}\" title=\"Tip\"></i>",
    );
    assert_eq!(found, ["Plain \u{1} words", "Send", "Of all", "Any", "Tip"]);
}

#[test]
fn words_in_expressions_are_found() {
    let template = "{% call m::field(form, \"full_name\", \"Full name\", \"card narrow\") %}{{ x|default(\"Nobody\") }}\
         {{ crate::t(\"a-fixed\") }}{% raw %}{{ \"Job title\" }}{% endraw %}{{ m(\"two words\", \"Text/plain\", \"a\") }}";
    let classes = BTreeSet::from(["card", "narrow"]);
    let mut found = words_in_expressions(template, &classes);
    found.sort();
    assert_eq!(found, ["Full name", "Nobody", "two words"]);
}

#[test]
fn classes_are_whole() {
    let classes = classes(".card, p.is-open:hover { margin: 0.5rem .25em } .out .today{}");
    assert_eq!(classes, BTreeSet::from(["card", "is-open", "out", "today"]));
    assert!(are_classes("card is-open", &classes));
    assert!(!are_classes("car is", &classes));
}

#[test]
fn strings_are_read_to_their_ends() {
    let code = "let a = '\"'; f::<'a>(\"one \\\" two\",\n \"three\"); // \"not\"\nr#\"four \"4\"\"#; '\\''; b\"five\\n\\\nsix\"";
    let found: Vec<_> = strings(code).into_iter().map(|(string, _)| string).collect();
    assert_eq!(found, ["one \\\" two", "three", "four \"4\"", "five\\n\\\nsix"]);
    assert_eq!(strings(code)[1].1, " \"three\"); // \"not\"");
}

#[test]
fn words_in_code_are_found() {
    let code = "t(\"a-fixed\"); x(\"Overview\");\nformat!(\"Sent {when}\");\nformat!(\"out of {n}\");\n\
         y(\"card narrow\");\nz.expect(\"it is there\");\ntracing::error!(\"Broken.\");\n\
         (\"M{x} {y}\", \"Path={path}\", \"GET\", \"HttpOnly\", \"out\", \"car narrow\")";
    let found = words_in_code(code, &BTreeSet::from(["card", "narrow"]));
    assert_eq!(found, ["Overview", "Sent {when}", "out of {n}", "car narrow"]);
}

#[test]
fn words_in_a_script_are_found() {
    let script = "say(texts.updated);\nif (a.textContent === \"x\") say(b ? texts.a : \"Off\");\n\
         button.textContent = `Copied`;\nwindow.confirm('Sure?');\nb.textContent = texts.b; c(\"d\");";
    assert_eq!(
        words_in_script(script),
        [
            "if (a.textContent === \"x\") say(b ? texts.a : \"Off\");",
            "button.textContent = `Copied`;",
            "window.confirm('Sure?');",
        ]
    );
}
