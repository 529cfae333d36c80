"""The Markdown around the YAML: sections, fences, bullets, tables, front matter."""

from __future__ import annotations

import pytest

from intertie.spec.markdown import read_document
from intertie.spec.sections import section_name
from intertie.spec.source import Findings, Source
from support.spec_text import FRONT_MATTER, names, only, read, section, sliced, spec_of


def document(text: str):
    findings = Findings()
    return read_document(Source("x.md", text), findings), findings


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Rate Limits", "rate limits"), ("RATE LIMITS", "rate limits"), ("3. Rate Limits", "rate limits"),
        ("3.2 Rate limits", "rate limits"), ("🚦 Rate Limits", "rate limits"), ("**Rate Limits**", "rate limits"),
        ("Rate-Limiting & Throttling", "rate limits"), ("Monitoring and Observability", "monitoring and observability"),
        ("Monitoring & Observability", "monitoring and observability"), ("SLA", "sla requirements"),
        ("IV) Retry Policy:", "retry policy"), ("Open questions", "uncertainties"), ("Versioning", "migration and versioning"),
        ("Ratenbegrenzung", None), ("", None), ("🚦", None),
    ],
)  # fmt: skip
def test_headings_match_whatever_their_dress(heading: str, name: str | None):
    """Case, numbers, emoji, punctuation and common other names do not matter."""
    assert section_name(heading) == name


def test_a_section_of_another_language_is_read_by_its_block():
    """A known block is read under whatever heading."""
    loaded = read(section("Wiederholungen", "retry:\n  max_attempts: 3"))
    assert loaded.spec.retry.max_attempts.value == 3
    assert names(loaded) == []


def test_sections_of_the_author_s_own_are_kept_with_an_info():
    """An extra section stays in the document, and is told of once."""
    loaded = read("## History\nWhat happened.\n\n```yaml\nanything: 1\n```\n")
    assert sliced(loaded, only(loaded, "unknown-section")) == "History"
    assert loaded.spec.document.sections[0].paragraphs[0].text == "What happened."


def test_a_section_given_twice_is_read_as_one():
    """Two sections of one name are both read, and told of."""
    loaded = read(section("Retry Policy", "retry:\n  max_attempts: 3") + section("Retries", "retry:\n  max_delay: 100"))
    assert only(loaded, "repeated-section").related[0].span.line == 10
    assert (loaded.spec.retry.max_attempts.value, loaded.spec.retry.max_delay.value) == (3, 0.1)


def test_blocks_of_one_section_merge():
    """Several YAML blocks in a section are one, and a key in both is an error with both places."""
    loaded = read(
        section("Retry Policy", "retry:\n  max_attempts: 3")
        + "```yml\nretry:\n  max_delay: 1\n  max_attempts: 4\n```\n"
    )
    found = only(loaded, "block-conflict")
    assert (sliced(loaded, found), found.related[0].span.line) == ("max_attempts", 13)
    assert loaded.spec.retry.max_attempts.value == 3
    assert loaded.spec.retry.max_delay.value == 0.001


def test_monitoring_merges_over_sections():
    """The breaker's switches and the monitoring section are one block."""
    loaded = read(
        section("Circuit Breaker", "monitoring:\n    alert_on_open: true")
        + section("Monitoring & Observability", "monitoring:\n  metrics: [error_rate]")
    )
    assert names(loaded) == []
    assert loaded.spec.monitoring.alert_on_open.value is True
    assert loaded.spec.monitoring.metrics[0].value == "error_rate"


@pytest.mark.parametrize("fence", ["```yaml", "```yml", "```YAML", "~~~yaml", "````yaml title=x", "``` yaml"])
def test_yaml_fences_in_every_spelling(fence: str):
    """A YAML fence is one whatever its marks and case."""
    close = fence[: len(fence) - len(fence.lstrip("`~"))]
    assert spec_of(f"## Retry Policy\n{fence}\nretry:\n  max_attempts: 3\n{close}\n").retry.max_attempts.value == 3


def test_a_fence_without_a_language_is_read_where_it_holds_a_known_block():
    """A forgotten `yaml` costs an info; other unlabelled text is left alone."""
    loaded = read("## Retry Policy\n```\nretry:\n  max_attempts: 3\n```\n\n```\n$ curl https://a.b\n```\n")
    assert only(loaded, "unlabelled-fence").span.line == 11
    assert loaded.spec.retry.max_attempts.value == 3


def test_a_fence_in_a_list_has_the_places_of_the_file():
    """The margin of a list item belongs to the file, not to the YAML."""
    loaded = read("## Retry Policy\n- Here:\n\n  ```yaml\n  retry:\n    max_attempts: x\n  ```\n")
    found = only(loaded, "wrong-type")
    assert (found.span.line, found.span.column, sliced(loaded, found)) == (15, 19, "x")


def test_an_unclosed_fence_does_not_swallow_the_rest():
    """A block that is not closed ends where the next heading begins."""
    loaded = read(
        "## Retry Policy\n```yaml\nretry:\n  max_attempts: 3\n\n" + section("Rate Limits", "rate_limits:\n  rps: 5")
    )
    assert "unclosed-fence" in names(loaded)
    assert loaded.spec.retry.max_attempts.value == 3
    assert loaded.spec.rate_limits.requests_per_second.value == 5


def test_an_unclosed_last_fence_is_read():
    """A block that runs to the end of the file is read, and told of."""
    loaded = read("## Retry Policy\n```yaml\nretry:\n  max_attempts: 3")
    only(loaded, "unclosed-fence")
    assert loaded.spec.retry.max_attempts.value == 3


def test_a_quoted_block_is_prose():
    """YAML in a block quote is an example, not the spec."""
    assert spec_of("## Retry Policy\n> ```yaml\n> retry:\n>   max_attempts: 3\n> ```\n").retry is None


def test_bullets_have_key_and_value_in_every_common_form():
    """Bold, plain and dashed keys, links and nested lists are read."""
    text = (
        "## Documentation\n- **API Docs**: https://a.b/c\n* Client Library: [ours](https://git.example/x)\n"
        "+ **Support Contact:** <https://s.example>\n\n## Dependencies\n- **Libraries**:\n  - one\n  - two\n"
        "- **Infrastructure** - Redis\n"
    )
    loaded = read(text)
    spec = loaded.spec
    assert names(loaded) == []
    assert spec.documentation.api_docs.value == "https://a.b/c"
    assert spec.documentation.client_library.value == "https://git.example/x"
    assert spec.documentation.support_contact.value == "https://s.example"
    assert spec.dependencies.libraries.value == "one, two"
    assert spec.dependencies.infrastructure.value == "Redis"


def test_an_extra_bullet_is_an_info_and_a_misspelt_one_a_warning():
    """Prose lines of the author's own are kept; what looks like a field is told of."""
    loaded = read("## SLA Requirements\n- **Availabilty**: 99%\n- **Region**: EU\n")
    assert [(found.name, str(found.severity)) for found in loaded.diagnostics] == [
        ("unknown-key", "warning"), ("unknown-key", "info"),
    ]  # fmt: skip
    assert "availability" in loaded.diagnostics[0].help


def test_tables_stand_for_bullets():
    """A table of two columns says what bullets would."""
    loaded = read(
        "## Integration Type\n| Property | Value |\n|---|---|\n| Protocol | `GraphQL` |\n| Data Format | JSON (UTF-8) |\n"
    )
    assert names(loaded) == []
    assert loaded.spec.integration_type.protocol.value == "GraphQL"
    assert loaded.spec.integration_type.data_format.value == "JSON"


def test_table_cells_keep_escaped_pipes_and_their_places():
    """A cell is its own text, whatever stands around it."""
    doc, _ = document("## X\n\n| a | b |\n|---|:-:|\n| x \\| y |  `z`  |\n| only |\n")
    (table,) = doc.sections[0].tables
    assert [[cell.text for cell in row] for row in table.rows] == [["x \\| y", "`z`"], ["only", ""]]
    assert (table.rows[0][1].span.column, table.rows[0][1].span.end_column) == (13, 16)


def test_front_matter_may_follow_a_comment_and_blank_lines():
    """A licence comment before the front matter is no trouble."""
    loaded = read("", front_matter="<!-- ours\n all of it -->\n\n" + FRONT_MATTER)
    assert names(loaded) == []
    assert loaded.spec.id == "INT-001"
    assert loaded.spec.front_matter.id.span.line == 5


@pytest.mark.parametrize("text", ["", "# Title\n", "id: INT-001\n", "<!-- open"])
def test_a_file_without_front_matter_says_so(text: str):
    """What is no spec at all is one finding and an empty spec."""
    loaded = read("", front_matter=text)
    only(loaded, "no-front-matter")
    assert loaded.spec.front_matter is None


def test_front_matter_that_is_not_closed_is_read_to_its_last_key():
    """A missing `---` costs one finding, not the file."""
    loaded = read(
        "## Retry Policy\n```yaml\nretry:\n  max_attempts: 2\n```\n",
        front_matter="---\nid: INT-001\nname: T\n\n# T\n\n",
    )
    only(loaded, "no-front-matter")
    assert loaded.spec.id == "INT-001"
    assert loaded.spec.retry.max_attempts.value == 2


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_line_ends_and_byte_order_mark_move_nothing(change):
    """Windows line ends and a byte order mark leave every place and the content hash as they are."""
    body = section("Retry Policy", "retry:\n  max_attempts: many")
    plain_text, changed = read(body), read(change(FRONT_MATTER + body), front_matter="")
    assert changed.diagnostics == plain_text.diagnostics
    assert changed.spec.content_hash == plain_text.spec.content_hash


def test_prose_over_a_rule_is_no_heading():
    """Several lines above `---` stay prose."""
    doc, _ = document("## A\none\ntwo\n---\nthree\n")
    assert [section.heading.text for section in doc.sections] == ["A"]
    assert [line.text for line in doc.sections[0].paragraphs] == ["one\ntwo", "three"]


def test_a_block_in_a_comment_is_not_read():
    """What is commented out is not there."""
    loaded = read("## Retry Policy\n<!--\n```yaml\nretry:\n  max_attempts: 3\n```\n-->\n")
    assert (names(loaded), loaded.spec.retry) == ([], None)


def test_other_fences_are_shown_not_read():
    """JSON, shell and other text in fences is the author's own."""
    assert names(read('## Retry Policy\n```json\n{"retry": 1}\n```\n\n```bash\nretry: 1\n```\n')) == []


def test_a_mark_that_closes_nothing_is_told_of_and_left_out():
    """A stray end of a block does not turn the text after it inside out."""
    loaded = read("## Retry Policy\nretry: gone\n```\n" + section("Rate Limits", "rate_limits:\n  rps: 5"))
    assert "closes no block" in next(found.message for found in loaded.diagnostics if found.name == "unclosed-fence")
    assert loaded.spec.rate_limits.requests_per_second.value == 5


def test_a_block_that_runs_into_the_next_ends_before_it():
    """Of two blocks whose mark between them is missing, both are read."""
    loaded = read(
        "## Retry Policy\n```yaml\nretry:\n  max_attempts: 3\n\n```yaml\nthrottling:\n  retry_after: 2\n```\n"
    )
    assert names(loaded) == ["unclosed-fence"]
    assert loaded.spec.retry.max_attempts.value == 3
    assert loaded.spec.throttling.retry_after.value == 2.0


def test_a_digit_in_a_box_numbers_a_heading():
    """`2️⃣ Rate Limits` is the section of rate limits."""
    loaded = read("## 2️⃣ Rate Limits\n```yaml\nrate_limits: {requests_per_minute: 5}\n```\n")
    assert loaded.spec.document.sections[0].name == "rate limits"
    assert names(loaded) == []


def test_points_that_are_ticked_off_are_no_longer_open():
    """A checkbox with its mark, a struck line and a tick are done; an empty box is open."""
    loaded = read("## Uncertainties\n- [ ] Refunds?\n- [x] Which currency?\n- ~~Limits?~~\n- ✅ Names?\n")
    assert [each.value for each in loaded.spec.uncertainties] == ["[ ] Refunds?"]


def test_validation_of_answers_is_no_second_section_of_cases():
    """`## Validation` with the `validation` block stands beside `## Validation Cases`, which a list of cases would not."""
    answers = "## Validation\n```yaml\nvalidation:\n  responses: strict\n```\n\n"
    listed = "## Validation Cases\n### Test Cases\n- /test-cases/TC-001.yaml: one\n"
    loaded = read(answers + listed)
    assert loaded.spec.validation.responses.value == "strict"
    assert [case.path.value for case in loaded.spec.cases] == ["/test-cases/TC-001.yaml"]
    assert "repeated-section" not in {found.name for found in loaded.diagnostics}
