"""Artefacts made from a spec, one package a target."""
