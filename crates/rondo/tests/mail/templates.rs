//! What customers write is filled in, says all that is missing at once, and is bounded.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rondo::mail::template::{Fields, Form, OUTPUT_BYTES_MAX, Problem, SOURCE_BYTES_MAX, Template};
use rondo_core::detail::{Attribute, LeadFields};

fn render(source: &str, fields: &Fields) -> (String, Vec<String>) {
    let rendered = Template::parse(Form::Text, source)
        .and_then(|template| template.render(fields))
        .unwrap_or_else(|error| panic!("{source}: {error}"));
    (rendered.text, rendered.missing)
}

fn problem(source: &str) -> (Option<usize>, Problem) {
    let error = Template::parse(Form::Text, source).expect_err(source);
    (error.line, error.problem)
}

fn ann() -> Fields {
    let attributes = [
        ("city", Attribute::Text("Bonn".to_owned())),
        ("seats", Attribute::Integer(50)),
        ("vip", Attribute::Bool(false)),
        ("empty", Attribute::Text(" ".to_owned())),
        ("company", Attribute::Text("not this".to_owned())),
    ];
    let mut fields = Fields::example();
    fields.lead.attributes =
        BTreeMap::from(attributes.map(|(name, value)| (name.to_owned(), value)));
    fields.rep = None;
    fields
}

/// A lead of whom only the address is known.
fn unknown() -> Fields {
    Fields { email: "x@lead.example".to_owned(), ..Fields::default() }
}

#[test]
fn all_that_is_known_can_be_named() {
    let source = "{{ lead.email }}|{{ lead.name }}|{{ lead.first_name }}|{{ lead.company }}|{{ lead.external_id }}|\
        {{ lead.attributes.city }}|{{ lead.city }}|{{ lead.seats + 1 }}|{{ lead.attributes.company }}|\
        {{ campaign.name }}|{{ assistant.name }}|{{ assistant.address }}";
    let expected =
        "ann@lead.example|Ann Lee|Ann|Lee Ltd|7|Bonn|Bonn|51|not this|Spring|Kim|kim@team.example";
    assert_eq!(render(source, &ann()), (expected.to_owned(), vec![]));
    let source = "{{ rep.name }}, {{ rep.first_name }}, {{ rep.email }}, {{ rep.phone }}, {{ rep.calendar_link }}";
    let expected = "Bo Berg, Bo, bo@team.example, 555-0100, https://team.example/bo";
    assert_eq!(render(source, &Fields::example()), (expected.to_owned(), vec![]));
}

#[test]
fn all_that_is_missing_is_told_at_once_as_it_was_written() {
    let source = "{{ lead.company }} {{ lead.attributes.size }} {{ lead.size }} {{ lead.company }} {{ rep.name }} {{ nobody }} \
        {{ a.b.c }} {{ lead['town'] }}";
    let (text, missing) = render(source, &unknown());
    let expected = [
        "lead.company",
        "lead.attributes.size",
        "lead.size",
        "rep.name",
        "nobody",
        "a.b.c",
        "lead.town",
    ];
    assert_eq!(missing, expected);
    assert_eq!(text.trim(), "");
}

#[test]
fn what_is_empty_is_missing() {
    assert_eq!(render("{{ lead.empty }}", &ann()), (String::new(), vec!["lead.empty".to_owned()]));
    let mut fields = ann();
    fields.lead.company = Some(" ".to_owned());
    fields.lead.attributes.clear();
    assert_eq!(render("{{ lead.company }}", &fields).1, ["lead.company"]);
}

#[test]
fn what_is_asked_for_or_has_a_default_is_not_missing() {
    for (source, expected) in [
        ("{% if lead.company %}at {{ lead.company }}{% endif %}", ""),
        ("{% if not lead.company %}there{% else %}{{ lead.company }}{% endif %}", "there"),
        ("{{ lead.company|default('there') }}", "there"),
        ("{{ lead.company|d('there') }}", "there"),
        ("{{ lead.company|upper|default('there') }}", "there"),
        ("{{ lead.first_name|trim|title|default('there') }}", "there"),
        ("{{ lead.company or 'there' }}", "there"),
        ("{{ lead.company if lead.company else 'there' }}", "there"),
        ("{{ 'at ' ~ lead.company if lead.company }}", ""),
        ("{% if lead.seats and lead.seats > 10 %}many{% else %}few{% endif %}", "few"),
        ("{% if lead.company == 'Lee Ltd' %}you{% else %}all{% endif %}", "all"),
        ("{% if lead.company is defined %}a{% else %}b{% endif %}", "b"),
        ("{% if lead.company is none or rep is undefined %}b{% endif %}", "b"),
        ("{% if rep %}{{ rep.name }}{% endif %}", ""),
        ("{% for x in lead.things %}{{ x }}{% endfor %}", ""),
        ("{% for n in range(3) %}{{ loop.index }}{% endfor %}", "123"),
    ] {
        assert_eq!(render(source, &unknown()), (expected.to_owned(), vec![]), "{source}");
    }
}

#[test]
fn however_it_is_printed_what_is_missing_is_told() {
    for source in [
        "{{ lead.company|upper }}",
        "{{ lead.company|replace('a', 'b') }}",
        "{{ 'at ' ~ lead.company }}",
        "{{ [lead.company] }}",
        "{{ [lead.company, 'b']|join(',') }}",
        "{{ lead.company|default('') ~ lead.company }}",
        "{% for it in [lead.company] %}{{ it }}{% endfor %}",
        "{% filter upper %}{{ lead.company }}{% endfilter %}",
        "{{ lead.company|string }}",
        "{{ lead.company|indent }}",
    ] {
        let (text, missing) = render(source, &unknown());
        assert_eq!(missing, ["lead.company"], "{source}");
        assert!(!text.contains("ndefined") && !text.contains("one"), "{source}: {text}");
    }
}

#[test]
fn no_word_of_the_machine_is_ever_printed() {
    for (source, expected) in [("{{ none }}", ""), ("{{ lead.name if false }}", "")] {
        assert_eq!(render(source, &ann()).0, expected, "{source}");
    }
    let (text, missing) = render("{{ lead }}", &ann());
    assert_eq!((text.as_str(), missing), ("", vec!["lead".to_owned()]));
}

#[test]
fn a_first_name_of_an_import_stands_in_for_a_name() {
    let mut fields = unknown();
    let first_name = ("first_name".to_owned(), Attribute::Text("Ann".to_owned()));
    fields.lead.attributes = BTreeMap::from([first_name]);
    assert_eq!(render("{{ lead.first_name }}", &fields), ("Ann".to_owned(), vec![]));
}

#[test]
fn a_mistake_is_told_with_its_line() {
    let (line, wrong) = problem("Hi\n{{ lead.name");
    assert_eq!(line, Some(2));
    assert!(matches!(wrong, Problem::Syntax(_)));
    assert!(matches!(problem("\n\n{{ lead.name|shout }}"), (Some(3), Problem::Unknown(_))));
    for source in [
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% macro x() %}{% endmacro %}",
        "{% set x = 1 %}",
        "{%- with x = 1 %}{% endwith %}",
        "{%+do lead %}",
        "{{ debug() }}",
        "{{ lead.name|safe }}",
        "{{ lead.name|pprint }}",
        "{{ lead.name.__class__() }}",
        "{{ '\\u{110000}' }}",
    ] {
        assert!(Template::parse(Form::Text, source).is_err(), "{source}");
    }
}

#[test]
fn an_error_is_a_sentence_that_names_no_person() {
    let template = Template::parse(Form::Text, "\n{{ lead.city|int }}").expect("it is a template");
    let error = template.render(&ann()).expect_err("a city is no number");
    assert_eq!(
        error.to_string(),
        "line 2: a value is missing here or of another kind than this needs; put an `if` around it"
    );
    let shown = format!("{:?} {:?} {:?}", ann(), error, template.render(&unknown()));
    assert!(!shown.contains("Bonn") && !shown.contains("Ann") && !shown.contains("example"));
}

#[test]
fn work_and_length_are_bounded() {
    let line = "x".repeat(SOURCE_BYTES_MAX + 1);
    assert_eq!(problem(&line).1, Problem::TooLong);
    for source in [
        "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
        &format!(
            "{{% for a in ['xxxxxxxx'] %}}{}{}",
            "{% for a in [a ~ a ~ a ~ a ~ a ~ a] %}".repeat(19),
            "{% endfor %}".repeat(20)
        ),
        "{{ 'x' * 1000000000 }}",
        "{{ 'x'|indent(1000000000) }}",
        &format!("{{{{ 'aa'{} }}}}", "|replace('a', 'aaaaaaaaaa')".repeat(30)),
    ] {
        assert_eq!(problem(source).1, Problem::TooMuchWork, "{source}");
    }
    let long = format!("{{% for a in range(5) %}}{}{{% endfor %}}", "x".repeat(60_000));
    assert_eq!(problem(&long).1, Problem::OutputTooLong);
    const { assert!(5 * 60_000 > OUTPUT_BYTES_MAX) };
    assert!(matches!(problem(&"{% if a %}".repeat(1_000)).1, Problem::Syntax(_)));
    assert_eq!(problem(&format!("{{{{ {}", "(".repeat(50))).1, Problem::TagTooLong);
}

#[test]
fn the_filters_of_the_page_are_there_and_no_others() {
    let page = include_str!("../../../../docs/templates.md");
    let (_, rest) = page.split_once("\nFilters: ").expect("the page lists the filters");
    let (list, _) = rest.split_once("\n\n").expect("the list ends");
    let listed: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    let all = "abs attr batch bool capitalize chain count d default dictsort e escape first float format groupby indent int \
        items join last length lines list lower map max min pprint reject rejectattr replace reverse round safe select \
        selectattr slice sort split string sum title tojson trim unique upper urlencode zip";
    let is_there = |name: &&str| {
        let source = format!("{{{{ lead.name|{name} }}}}");
        let parsed = Template::parse(Form::Text, &source);
        !matches!(parsed, Err(error) if matches!(error.problem, Problem::Unknown(_)))
    };
    let there: Vec<&str> = all.split_whitespace().filter(is_there).collect();
    assert_eq!(there, listed);
}

#[test]
fn no_filter_gets_round_the_bounds() {
    for expression in [
        "'%1000000000d'|format(1)",
        "'%.1000000000f'|format(1.5)",
        "range(1000000000)|list",
        "range(1000000000)|last",
        "range(1000000000)|sum",
        "range(1000000000)|reverse|first",
        "range(1000000000)|length",
        "range(1000000000)|join",
        "range(1000000000)|sort|length",
        "range(1000000000)|unique",
        "range(1000000000)|map('string')|list",
        "[1]*1000000000",
        "([1]*100000)*100000",
        "'a'.join('b')",
        "2**1000000000",
        "'x'|indent(1000000000, true)",
        "'x'|indent(width=1000000000)",
        "lead|items|list|dictsort",
        "lead.attributes|dictsort|join",
    ] {
        let source = format!("{{{{ {expression} }}}}");
        if let Ok(rendered) = Template::parse(Form::Text, &source).and_then(|it| it.render(&ann()))
        {
            assert!(rendered.text.len() < 1000, "{source}: {} bytes", rendered.text.len());
        }
    }
}

#[test]
fn a_template_as_deep_as_it_is_long_is_rendered_or_refused() {
    for room in [SOURCE_BYTES_MAX - 20, 780] {
        for source in deep(room) {
            for form in [Form::Text, Form::Html] {
                if let Ok(template) = Template::parse(form, &source) {
                    let _ = template.render(&ann());
                }
            }
        }
    }
}

/// Templates of one thing within the other.
fn deep(room: usize) -> Vec<String> {
    let repeated = |before: &str, piece: &str, after: &str| {
        format!("{{{{ {before}{}{after} }}}}", piece.repeat(room / piece.len()))
    };
    let mut sources = vec![
        repeated("a", ".b", ""),
        repeated("a", "|d", ""),
        repeated("a", "+a", ""),
        repeated("a", "~a", ""),
        repeated("a", "**a", ""),
        repeated("a", " or a", ""),
        repeated("a", " and a", ""),
        repeated("a", "<a", ""),
        repeated("a", " is none", ""),
        repeated("a", " in a", ""),
        repeated("a", " if a else a", ""),
        repeated("a", "[0]", ""),
        repeated("a", "()", ""),
        repeated("", "not ", "a"),
        repeated("", "-", "1"),
        repeated("", "[", ""),
        repeated("", "{1:", ""),
        repeated("", "a(", ""),
        repeated("", "a[", ""),
        repeated("", "a|d(", ""),
    ];
    for block in [
        "{% if a %}",
        "{% for a in b %}",
        "{% set a %}",
        "{% filter upper %}",
        "{% with %}",
        "{# ",
        "{% raw %}",
        "{{ a }}",
        "{% autoescape true %}",
    ] {
        sources.push(block.repeat(room / block.len()));
    }
    let elif = "{% elif a %}";
    sources.push(format!("{{% if a %}}{}{{% endif %}}", elif.repeat((room - 40) / elif.len())));
    sources.push(format!("{{% if a %}}{}{{% endif %}}", elif.repeat(100)));
    let blocks = "{% if a %}".repeat(140);
    for piece in ["a[", "a(", "(", "{1:", "a|d(", "-", "not "] {
        sources.push(format!("{blocks}{{{{ {}", piece.repeat(20)));
    }
    let chain = ".b".repeat(room / 2);
    for piece in
        ["*1", "+a", "|list", "|items", "|sort", "|reverse", "|map('list')", "|unique", "[:]"]
    {
        let start = "{% for a in a".len() + " %}".len();
        let binding = format!("{{% for a in [a{}] %}}", piece.repeat((118 - start) / piece.len()));
        let ends = "{% endfor %}".repeat(20);
        for printed in
            ["{{ a }}", "{{ a == a }}", "{{ a|sort }}", "{{ [a]|unique }}", "{{ a|length }}", ""]
        {
            sources.push(format!("{{% for a in [[1]] %}}{}{printed}{ends}", binding.repeat(19)));
        }
    }
    sources.push("{% for a in [[1]] recursive %}{{ loop(a) }}{% endfor %}".to_owned());
    sources.push("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}".to_owned());
    sources.push(format!("{{# {{{{ ' #}}{{{{ a' }}}}....' {chain} }}}}"));
    sources.push(format!("{{% raw %}}{{#{{% endraw %}}{{{{ a{chain} }}}}"));
    sources.push(format!("{{{{ {{1: {{2: 3}}}}{chain} }}}}"));
    sources
}

#[test]
fn a_tag_that_is_too_long_is_told_with_its_line() {
    let chain = ".b".repeat(600);
    for source in [
        format!("\n{{{{ a{chain} }}}}"),
        format!("\n{{{{ {{1: {{2: 3}}}}{chain} }}}}"),
        format!("\n{{# {{{{ ' #}}{{{{ a' }}}}....' {chain} }}}}"),
    ] {
        assert_eq!(problem(&source), (Some(2), Problem::TagTooLong), "{source}");
    }
    assert_eq!(problem(&"{{ lead.email }}".repeat(2001)).1, Problem::TooManyTags);
    let text = "x".repeat(5000);
    let source = format!("{{{{ lead.none|default('{text}') }}}}");
    assert_eq!(render(&source, &ann()), (text, vec![]));
}

#[test]
fn html_is_escaped_whatever_the_template_says() {
    let mut fields = ann();
    fields.lead.company = Some("<b>&\"Lee\"</b>".to_owned());
    for source in [
        "<p>{{ lead.company }}</p>",
        "<p>{% autoescape false %}{{ lead.company }}{% endautoescape %}</p>",
        "<p>{% for it in [lead.company] %}{{ it }}{% endfor %}</p>",
        "<p>{{ lead.company|e }}</p>",
        "<p>{{ '' ~ lead.company }}</p>",
        "<p>{{ [lead.company]|join }}</p>",
        "<p>{{ lead.company|default('x')|trim }}</p>",
    ] {
        let template = Template::parse(Form::Html, source).expect(source);
        let rendered = template.render(&fields).expect(source);
        let expected = "<p>&lt;b&gt;&amp;&quot;Lee&quot;&lt;&#x2f;b&gt;</p>";
        assert_eq!(rendered.text, expected, "{source}");
    }
    let template = Template::parse(Form::Html, "{{ lead.seats }}").expect("it is a template");
    assert_eq!(template.render(&fields).expect("it is filled in").text, "50");
}

#[test]
fn text_is_left_as_it_is() {
    let mut fields = ann();
    fields.lead.company = Some("Lee & Sons".to_owned());
    assert_eq!(render("{{ lead.company }}", &fields).0, "Lee & Sons");
}

#[test]
fn a_subject_is_one_line() {
    let mut fields = ann();
    fields.lead.company = Some("Lee\r\nBcc: x@y.example\u{7}".to_owned());
    let template =
        Template::parse(Form::Subject, "Hello\n{{ lead.company }}\n").expect("it is one");
    let rendered = template.render(&fields).expect("it is filled in");
    assert_eq!(rendered.text, "Hello Lee Bcc: x@y.example");
    let template = Template::parse(Form::Subject, &"é".repeat(500)).expect("it is one");
    assert_eq!(template.render(&fields).expect("it is filled in").text.chars().count(), 400);
}

proptest! {
    #[test]
    fn any_text_is_a_template_or_refused(source in "([{}%#|.a-z\"' \n()\\[\\]~*+é0-9-]|\\{\\{ lead\\.|\\{% if |\\{% for x in |%\\}|\\}\\}){0,40}") {
        for form in [Form::Text, Form::Html, Form::Subject] {
            if let Ok(template) = Template::parse(form, &source) {
                let _ = template.render(&ann());
            }
        }
    }

    #[test]
    fn whatever_is_known_of_a_lead_is_printed_or_missing(name in any::<String>(), value in any::<String>(), number in any::<f64>()) {
        let lead = LeadFields {
            name: Some(name.clone()),
            attributes: BTreeMap::from([
                ("value".to_owned(), Attribute::Text(value)),
                ("number".to_owned(), Attribute::Number(number)),
                (name.clone(), Attribute::Bool(true)),
            ]),
            ..LeadFields::default()
        };
        let fields = Fields { lead, ..unknown() };
        let (text, missing) = render("{{ lead.name }}", &fields);
        prop_assert_eq!(missing.is_empty(), !name.trim().is_empty());
        prop_assert_eq!(text, if missing.is_empty() { name } else { String::new() });
        render("{{ lead.first_name }}{{ lead.value }}{{ lead.number }}{% for n in lead.attributes %}{{ n }}{% endfor %}", &fields);
    }
}
