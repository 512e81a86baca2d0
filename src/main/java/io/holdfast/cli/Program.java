package io.holdfast.cli;

import io.holdfast.job.Job;
import io.holdfast.job.Publication;
import java.util.List;

/**
 * What the commands work on.
 *
 * @param jobs every job, each after those that it reads
 * @param publications every publication
 * @param views how people read some of the tables
 * @param code hash of the program
 */
public record Program(
    List<Job> jobs, List<Publication> publications, List<View> views, String code) {}
