"""From a Markdown file to a model in which every value knows its place. Blind to the runtime."""
