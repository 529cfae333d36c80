"""The reference page of the transforms, written from the library itself."""

from __future__ import annotations

from intertie.runtime.mapping.transforms import SUBJECTS, TransformSpec

_INTRODUCTION = """\
# Transforms

A mapping row may have a `transform`: what happens to a value between the field it is read from and the field it is
written to. `-` means none.

```yaml
inbound:
  - external_field: amount
    internal_field: amount
    transform: minor_units_to_decimal(currency)
  - external_field: tags
    internal_field: tags
    transform: split(",") | trim | unique
```

## How they are written

- `name` or `name(arguments)`; several in a chain with `|`, from left to right.
- **Arguments** are literals (`"text"`, `2`, `true`, `null`, `{a: b}`, `[a, b]`) or, as bare words, paths into the
  source object: inbound the service's answer, outbound the call's input. They may be named:
  `round(2, mode="half_even")`.
  A currency in capitals (`EUR`), a time zone (`Europe/Berlin`) and the name of a member stand for themselves.
- **Absent and null**: where the field is absent, the row's `default` fills it before the transform; without one the row
  is left out, but for transforms that make something of nothing (*takes null* below). Null stays null.
- **Lists**: under a `[]` path (`items[].price`) a transform works on each element, and an argument that is a `[]` path
  goes along with it element by element; a transform that takes a list takes the whole innermost one.
- **Numbers** are computed exactly. A float gives a float, an integer an integer where the result is one by nature,
  a decimal and a text that is a number give a decimal. A boolean is never a number.
- **Errors** are `MappingError`s that name path, transform, kind and rule, never the value.
- **Expressions** in CEL are written `cel: …`; text with operators that is no call, such as `value * 100`, is read as
  one. They see `value` and `source`, have no decimals (use the named transforms for money), and need the extra
  `intertie[expressions]`. One that says `null` is asked for null and absent values too.
- **Functions of the application** are registered in Python before the spec is opened, and named in the spec:
  `intertie.register_transform("loyalty_tier", function)`. A spec never brings code.

## Paths

| path | reads | writes |
|---|---|---|
| `customer.email` | the member of the member | objects on the way |
| `items[].sku` | the list of all `sku` | one object per element, aligned with the others of the list |
| `items[0]`, `data[-1].id` | the element, from the end where negative | the list up to it |
| `"odd.key".x`, `["odd.key"]` | a member whose name has other characters | the same |
| `$.items[?@.price > 10].sku` | JSONPath (RFC 9535) without regular expressions | not written |

A member that is absent is not the same as one that is null. In the examples below a transform is written as a function
whose first argument is the value.

"""


def transforms_markdown() -> str:
    """Return the page: how transforms are written, then every one by subject with its kinds and an example."""
    parts = [_INTRODUCTION]
    for subject, specs in SUBJECTS:
        parts.append(
            f"## {subject}\n\n| transform | takes | gives | what it does | undone by |\n|---|---|---|---|---|\n"
        )
        parts.extend(_row(spec) for spec in specs)
        parts.append("\n```pycon\n" + "".join(_example(spec) for spec in specs) + "```\n\n")
    return "".join(parts).rstrip() + "\n"


def _row(spec: TransformSpec) -> str:
    takes = f"{spec.takes}, null" if spec.takes_null else spec.takes
    undone = f"`{spec.inverse}`" if spec.inverse else ""
    usage, summary = (text.replace("|", "\\|") for text in (spec.usage, spec.summary))
    return f"| `{usage}` | {takes} | {spec.gives} | {summary} | {undone} |\n"


def _example(spec: TransformSpec) -> str:
    """Return the docstring's example, under the name that a spec uses."""
    lines = (spec.function.__doc__ or "").replace(f"{spec.function.__name__}(", f"{spec.name}(").splitlines()
    start = next(index for index, line in enumerate(lines) if line.lstrip().startswith(">>>"))
    return "".join(f"{line.strip()}\n" for line in lines[start:] if line.strip())
