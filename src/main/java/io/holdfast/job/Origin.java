package io.holdfast.job;

import java.util.Optional;

/**
 * A place outside the lake from which a job takes rows in.
 *
 * @param location a path of files, or the JDBC URL of a database
 * @param table of a database: the table, or what a query is called
 */
public record Origin(String location, Optional<String> table) {}
