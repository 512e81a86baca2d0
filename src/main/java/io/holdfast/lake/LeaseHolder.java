package io.holdfast.lake;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Who holds a lake, as it stands in the lease's file.
 *
 * @param runId the run
 * @param person user@host, for messages
 * @param machine what tells machines, restarts of one, and containers apart
 * @param pid the process, within the machine
 * @param startedAt when that process started: numbers of processes are used again
 * @param since when the lake was taken
 * @param expiresAt from when on it is free, unless renewed
 */
record LeaseHolder(
    @JsonProperty("run_id") String runId,
    @JsonProperty("holder") String person,
    @JsonProperty("host") String machine,
    @JsonProperty("pid") long pid,
    @JsonProperty("started_at") String startedAt,
    @JsonProperty("since") String since,
    @JsonProperty("expires_at") String expiresAt) {

  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** This process. */
  static LeaseHolder self(String runId, Instant since, Instant expiresAt) {
    ProcessHandle process = ProcessHandle.current();
    return new LeaseHolder(
        runId,
        System.getProperty("user.name") + "@" + hostName(),
        thisMachine(),
        process.pid(),
        startOf(process),
        since.toString(),
        expiresAt.toString());
  }

  /** What a file holds, or nothing where it is half-written. */
  static Optional<LeaseHolder> parse(byte[] json) {
    try {
      LeaseHolder holder = JSON.readValue(json, LeaseHolder.class);
      if (holder == null || holder.machine() == null || holder.expiresAt() == null) {
        return Optional.empty();
      }
      Instant.parse(holder.expiresAt());
      return Optional.of(holder);
    } catch (IOException | DateTimeParseException e) {
      return Optional.empty();
    }
  }

  byte[] json() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A record of texts is always JSON.", e);
    }
  }

  LeaseHolder until(Instant expiry) {
    return new LeaseHolder(runId, person, machine, pid, startedAt, since, expiry.toString());
  }

  /** Whether it ran on this machine and does no more. */
  boolean isDeadHere() {
    return machine.equals(thisMachine())
        && ProcessHandle.of(pid)
            .filter(process -> process.isAlive() && startOf(process).equals(startedAt))
            .isEmpty();
  }

  private static String startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  /** The host's name is not enough: containers share one, and process numbers begin anew. */
  private static String thisMachine() {
    try {
      return "%s/%s/%s"
          .formatted(
              hostName(),
              Files.readString(
                      Path.of("/proc/sys/kernel/random/boot_id"), StandardCharsets.US_ASCII)
                  .strip(),
              Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
    } catch (IOException | UnsupportedOperationException e) {
      return hostName();
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
