"""Case files: test, scenario and precondition cases, as far as their text alone says what they are."""
