//! The stories of contracts that people edit: comments, mistakes, and what is written back.

use super::*;
use crate::interface::{Line, TableKind, Verb};

const SAMPLE: &str = r#"# cogate contract: written by 'cogate snapshot driver', read in review.
cogate = 1
version = "3.1"
unknown = ["base oslo_service.Service: outside the tree"]

[names]
RequestContext = "nova.context.RequestContext"

[class."nova.virt.driver.ComputeDriver"]
is = "class ComputeDriver"
provides = [
  "@abstractmethod def spawn(self, context: RequestContext, instance, image_meta)",
  "capabilities",
  'def destroy(self, context, name="x")',
]

[class."nova.virt.driver.ComputeDriver".requires]
destroy = ["call (_, _, _, _, _)", "call (_, _, _, block_device_info=)"]
get_available_resource = [
  "call (_)",
  "overwrites ['stats']?",
  "reads ['memory_mb']",
  "reads ['stats']?",
  "tolerates NotImplementedError",
]

[class."nova.virt.driver.ComputeDriver".effects]
update_usage = ["raises ComputeHostNotFound", "writes instance['host']"]

[trait."hypervisor::driver::ComputeDriver"]
is = "pub trait ComputeDriver: Send"
provides = [
  "fn list_instances(&self) -> Vec<InstanceName> { .. }",
]

[[amendment]]
version = "3.0"
reason = "destroy() loses migrate_data: no driver has read it since 2.4"
findings = [
  "parameter-removed nova.virt.driver.ComputeDriver.destroy migrate_data => def destroy(self, context, instance)",
]
"#;

fn read_sample(text: &str) -> Contract {
    parse(text, "contracts/driver.toml").unwrap_or_else(|error| panic!("{error}"))
}

fn message(text: &str) -> String {
    parse(text, "contracts/driver.toml")
        .unwrap_err()
        .to_string()
}

#[test]
fn the_format_is_read_with_its_places_and_written_back_as_it_was() {
    let contract = read_sample(SAMPLE);
    assert_eq!(contract.name, "driver");
    assert_eq!(contract.version.to_string(), "3.1");
    assert_eq!(
        contract.names.resolve("RequestContext"),
        Some("nova.context.RequestContext")
    );
    let class = &contract.tables[0];
    assert_eq!(class.kind, TableKind::Class);
    assert_eq!(class.provides[1].text, "capabilities");
    let place = class.provides[1].place.clone().unwrap();
    assert_eq!(
        (place.line, place.column, place.end_line, place.end_column),
        (13, 4, 13, 16)
    );
    let facts = &class.requires["get_available_resource"];
    assert!(facts[1].fact.may && facts[1].fact.verb == Verb::Overwrites);
    assert_eq!(
        (facts[1].places[0].line, facts[1].places[0].column),
        (21, 4)
    );
    assert!(contract.tables[1].is_rust());
    assert_eq!(write(Some(SAMPLE), &contract).unwrap(), SAMPLE);
    assert_eq!(write(None, &contract).unwrap(), SAMPLE);
}

#[test]
fn another_form_of_the_same_is_read_alike() {
    let contract = read_sample(
        "cogate = 0x1\nversion = '1.0'\nclass.\"m.C\" = { is = '''class C''', provides = [\"b\", \"a\"], requires = { a = [] }, effects.a = ['writes x', 'call (_)', 'writes x'] }\n",
    );
    assert_eq!(contract.tables[0].provides[0].text, "a");
    assert!(contract.tables[0].requires.is_empty());
    let facts = &contract.tables[0].effects["a"];
    let facts: Vec<String> = facts.iter().map(|placed| placed.fact.to_string()).collect();
    assert_eq!(facts, ["call (_)", "writes x"]);
    assert_eq!(contract.tables[0].is.text, "class C");
}

#[test]
fn comments_stay_beside_what_they_speak_of() {
    let commented = SAMPLE
        .replace(
            "cogate = 1\n",
            "\n# licence\n\n# second\ncogate = 1 # the format\n",
        )
        .replace("[names]", "# about names\n[names] # short")
        .replace(
            "[class.\"nova.virt.driver.ComputeDriver\"]\n",
            "# the driver\n\n# more\n[class.\"nova.virt.driver.ComputeDriver\"]   # header\n",
        )
        .replace(
            "provides = [\n  \"@abs",
            "provides = [ # members\n  # spawn is hot\n  \"@abs",
        )
        .replace("\"capabilities\",", "\"capabilities\",    # aligned")
        .replace(
            "name=\"x\")',\n]",
            "name=\"x\")', # last\n  # the end\n]   # closed",
        )
        .replace(
            "  \"reads ['memory_mb']\",",
            "  # in MiB\n  \"reads ['memory_mb']\", # always",
        )
        .replace("reason = ", "# agreed with ironic\nreason = ")
        + "\n# the end of the file\n";
    assert_eq!(commented.matches('#').count(), 19);
    let contract = read_sample(&commented);
    assert_eq!(write(Some(&commented), &contract).unwrap(), commented);
}

#[test]
fn a_changed_line_keeps_its_comment_and_a_removed_one_leaves_it_behind() {
    let text = r#"cogate = 1
version = "1.0"

[class."m.C"]
is = "class C"
provides = [
  # about a
  "def a(self)", # end of a
  # about b
  "def b(self, one, two, three)",
  "def c(self)",
  "def d(self)", # end of d
]

# about gone
[class."m.Gone"]
is = "class Gone" # a header
"#;
    let mut contract = read_sample(text);
    contract.tables.truncate(1);
    contract.tables[0].provides = [
        "async def a(self, x)",
        "def bb(self, one, two, three)",
        "def e(self)",
    ]
    .map(Line::new)
    .to_vec();
    let written = write(Some(text), &contract).unwrap();
    assert_eq!(
        written,
        r#"cogate = 1
version = "1.0"

[class."m.C"]
is = "class C"
provides = [
  # about a
  "async def a(self, x)", # end of a
  # about b
  "def bb(self, one, two, three)",
  "def e(self)", # end of d
]

# about gone
# a header
"#
    );
    contract.tables[0].provides = vec![Line::new("wholly_other: dict[str, bytes]")];
    let written = write(Some(text), &contract).unwrap();
    assert!(
        written.contains(
            "  \"wholly_other: dict[str, bytes]\",\n  # about a\n  # end of a\n  # about b\n  # end of d\n]"
        ),
        "{written}"
    );
}

#[test]
fn an_amendment_that_is_gone_does_not_hand_its_comment_to_another() {
    let amendment = |number: u32| {
        format!(
            "# about {number}\n[[amendment]]\nversion = \"{number}.0\"\nreason = \"r\"\nfindings = [\"rule m.C\"]\n"
        )
    };
    let text = format!(
        "cogate = 1\nversion = \"4.0\"\n\n{}\n{}\n{}",
        amendment(2),
        amendment(3),
        amendment(4)
    );
    let mut contract = read_sample(&text);
    assert_eq!(write(Some(&text), &contract).unwrap(), text);
    contract.amendments.remove(1);
    let written = write(Some(&text), &contract).unwrap();
    let expected = format!(
        "cogate = 1\nversion = \"4.0\"\n\n{}\n# about 3\n{}",
        amendment(2),
        amendment(4)
    );
    assert_eq!(written, expected);
}

#[test]
fn a_comment_moves_to_what_follows_in_the_file_not_in_the_format() {
    let text = "cogate = 1\nversion = \"1.0\"\n\n[class.\"m.A\"]\nis = \"class A\"\n\n# gone\n[trait.\"k::T\"]\nis = \"trait T\"\n\n[class.\"m.B\"]\nis = \"class B\"\n";
    let mut contract = read_sample(text);
    contract
        .tables
        .retain(|table| table.kind == TableKind::Class);
    let written = write(Some(text), &contract).unwrap();
    assert!(written.contains("# gone\n[class.\"m.B\"]"), "{written}");
}

#[test]
fn comments_in_forms_that_we_do_not_write_survive() {
    let text = "# head\ncogate = 1\nversion = '1.0'\n# dotted\nnames.A = 'm.A' # name\n[class.\"m.C\"]\nis = 'class C'\nprovides = ['a' # odd\n  # odder\n  , 'b']\nrequires = { # inline\n  # deep\n  a = [ # list\n 'call (_)'], # x\n}\n";
    let contract = read_sample(text);
    let written = write(Some(text), &contract).unwrap();
    for comment in [
        "head", "dotted", "name", "odd", "odder", "inline", "deep", "list", "x",
    ] {
        assert_eq!(
            written.matches(&format!("# {comment}\n")).count(),
            1,
            "{comment} in\n{written}"
        );
    }
    assert_eq!(
        write(Some(&written), &read_sample(&written)).unwrap(),
        written
    );
}

#[test]
fn mistakes_are_named_with_their_line_and_the_way_out() {
    let mut wrong = Vec::new();
    for (from, to, expected) in [
        (
            "cogate = 1",
            "cogate = 2",
            "contracts/driver.toml:2: format 2 of contracts is newer than this program, which reads format 1; update cogate",
        ),
        (
            "cogate = 1",
            "cogate = 'x'",
            "contracts/driver.toml:2: `cogate` is the format of this file, a number; write `cogate = 1`",
        ),
        (
            "cogate = 1\n",
            "",
            "contracts/driver.toml:1: `cogate` is missing, so this is no contract; put `cogate = 1` on the first line",
        ),
        (
            "\"3.1\"",
            "\"3\"",
            "contracts/driver.toml:3: `3` is no version of an interface; write it as \"MAJOR.MINOR\", such as \"3.1\"",
        ),
        (
            "\"3.1\"",
            "3.1",
            "contracts/driver.toml:3:11: invalid type: floating point `3.1`, expected a string; put it in quotes",
        ),
        (
            "\"3.1\"",
            "\"2.9\"",
            "contracts/driver.toml:37: version 3.0 was amended, but the contract has version 2.9; set `version` at the top to 3.0 or later",
        ),
        (
            "provides = [\n  \"@",
            "provide = [\n  \"@",
            "contracts/driver.toml:11: `provide` is no key that belongs here; did you mean `provides`?",
        ),
        (
            "[names]",
            "[name]",
            "contracts/driver.toml:6: `name` is no key that belongs here; did you mean `names`?",
        ),
        (
            "is = \"class ComputeDriver\"\n",
            "",
            "contracts/driver.toml:9: `is` is missing; add it",
        ),
        (
            "\"capabilities\"",
            "\"\"",
            "contracts/driver.toml:13: a line of `provides` is empty; fill it in, or remove the line",
        ),
        (
            "\"capabilities\"",
            "\"def spawn(self)\"",
            "contracts/driver.toml:13: `spawn` stands twice, first on line 12; keep the line that is meant, and remove the other",
        ),
        (
            "overwrites [",
            "overwrite [",
            "contracts/driver.toml:21: `overwrite` is no verb of a fact; did you mean `overwrites`?",
        ),
        (
            "\"raises ComputeHostNotFound\"",
            "\"raises\"",
            "contracts/driver.toml:28: `raises` does not say what it raises; a fact is a verb and a path; verbs are",
        ),
        (
            "reason = \"destroy() loses migrate_data: no driver has read it since 2.4\"",
            "reason = ' '",
            "contracts/driver.toml:38: an amendment without a reason accepts nothing; say why the break was accepted",
        ),
        (
            "[trait.\"hypervisor::driver::ComputeDriver\"]",
            "[trait.\"hypervisor.driver\"]",
            "contracts/driver.toml:30: `hypervisor.driver` is no path of a trait; a trait has `::` between the parts of its path",
        ),
        ("unknown = [", "unknown = ", "contracts/driver.toml:4:"),
        (
            "[names]",
            "<<<<<<< HEAD\n[names]",
            "contracts/driver.toml:6: a merge conflict is not resolved; resolve it, then run the same command again",
        ),
        (
            "\"capabilities\"",
            "\"cap\u{1b}[31m\"",
            "contracts/driver.toml:13:",
        ),
        (
            "[names]",
            "[\"na\\u001bmes\"]",
            "contracts/driver.toml:6: `na\\u{1b}mes` is no key that belongs here; did you mean `names`?",
        ),
    ] {
        let text = SAMPLE.replacen(from, to, 1);
        assert_ne!(text, SAMPLE, "{from}");
        let message = message(&text);
        if !message.starts_with(expected) {
            wrong.push(format!("{message}\nis not\n{expected}"));
        }
        assert!(!message.contains(|c: char| c.is_control()), "{message:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_cannot_be_read_back_is_not_written() {
    let mut contract = read_sample(SAMPLE);
    let twice = contract.tables[0].provides[0].clone();
    contract.tables[0].provides.push(twice);
    let error = write(None, &contract).unwrap_err().to_string();
    assert!(
        error.contains("was not written, since `spawn` stands twice"),
        "{error}"
    );
    assert!(write(Some("= broken"), &read_sample(SAMPLE)).is_err());
    // A path that ends like an optional one would become one.
    let mut contract = read_sample(SAMPLE);
    for facts in contract.tables[0].requires.values_mut() {
        facts[0].fact.path.push('?');
    }
    let error = write(None, &contract).unwrap_err().to_string();
    assert!(
        error.contains("it would read back as something else"),
        "{error}"
    );
}

#[test]
fn a_consumer_contract_is_read_and_written_back_as_it_was() {
    let text = r#"# cogate consumer contract: what ironic uses and implements; written by 'cogate snapshot', kept by the provider.
cogate = 1
unknown = ["import oslo_log: outside the provider"]

[names]
Context = "nova.context.RequestContext"

[implements."nova.virt.driver.ComputeDriver"]
provides = [
  "def _private_hook(self)",
  "def spawn(self, context: Context, instance)",
  "def spawn(self, context: Context, instance, more=None)", # of the second class
]

[implements."nova.virt.driver.ComputeDriver".effects]
spawn = ["raises InstanceDeployFailure", "reads instance.uuid"]

[uses]
"nova.virt.driver.block_device_info_get_mapping" = ["call (_)"]

[places]
"nova.virt.driver.ComputeDriver.spawn" = ["ironic/driver.py:7:5", "ironic/driver.py:31:5"]
"#;
    let path = "contracts/consumers/ironic.toml";
    let consumer = parse_consumer(text, path).unwrap();
    assert_eq!(consumer.name, "ironic");
    assert_eq!(consumer.implements.len(), 1);
    assert_eq!(consumer.places.values().next().unwrap()[1].line, 31);
    assert_eq!(write_consumer(Some(text), &consumer).unwrap(), text);
    let wrong = text.replace("driver.py:31:5", "driver.py");
    assert_eq!(
        parse_consumer(&wrong, path).unwrap_err().to_string(),
        "contracts/consumers/ironic.toml:22: `ironic/driver.py` is no place; write \"path:line:column\""
    );
    assert!(parse_consumer(&text.replace("[uses]", "[use]"), path).is_err());
}
