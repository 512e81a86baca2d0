package io.holdfast.cli;

/** A command that schedulers start: its last line is a JSON object, also when it fails. */
public interface EndsWithResult {}
