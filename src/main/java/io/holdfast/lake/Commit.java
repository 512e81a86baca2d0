package io.holdfast.lake;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.failure.PlatformFailure;
import io.holdfast.table.Days;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a commit of a table says of itself. It stands in the Delta log and is the truth from which
 * the {@code ops} tables are derived.
 *
 * @param runId the run that made it
 * @param asOf the run's last local day that counts, ISO
 * @param arrivedBy the run's last arrival date that counts, ISO
 * @param inputs the version of each table that was read
 * @param settings hash of the configuration that the job read
 * @param code hash of the program
 * @param days the days that were replaced or added to, as {@link Days} writes them; empty where the
 *     table has none
 * @param parts the parts that the table holds, where it has any; NULL in commits of older programs
 * @param deliveredUntil the latest delivery that the table ever took in, ISO; empty where none was
 *     dated
 * @param rows rows written
 * @param content hash of their content, whatever their order
 * @param changed rows that now differ from what stood for the same night; 0 for a first night
 * @param warnings how many rows each warning counted
 * @param notes what a reader of the table should know
 */
public record Commit(
    @JsonProperty("run_id") String runId,
    @JsonProperty("as_of") String asOf,
    @JsonProperty("arrived_by") String arrivedBy,
    @JsonProperty("inputs") Map<String, Long> inputs,
    @JsonProperty("settings") String settings,
    @JsonProperty("code") String code,
    @JsonProperty("days") String days,
    @JsonProperty("parts") List<String> parts,
    @JsonProperty("delivered_until") String deliveredUntil,
    @JsonProperty("rows") long rows,
    @JsonProperty("content") String content,
    @JsonProperty("changed") long changed,
    @JsonProperty("warnings") Map<String, Long> warnings,
    @JsonProperty("notes") List<String> notes) {

  private static final ObjectMapper JSON =
      new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

  /**
   * A commit where it stands in a table's log.
   *
   * @param version the table's version that it made
   * @param at when it was made
   * @param commit what it says; NULL if another program made it, or if it is one of maintenance
   * @param isMaintenance whether it changed the files or the table's properties, but not the rows
   */
  public record Logged(long version, Instant at, Commit commit, boolean isMaintenance) {}

  /** The days that it replaced. */
  @JsonIgnore
  public Days replaced() {
    return Days.parse(days);
  }

  /** The parts that the table holds. */
  @JsonIgnore
  public Set<String> partsHeld() {
    return parts == null ? Set.of() : new TreeSet<>(parts);
  }

  /** As text for the Delta log. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** From the text of the Delta log. */
  static Commit fromJson(String json, String where) {
    try {
      return JSON.readValue(json, Commit.class);
    } catch (JsonProcessingException e) {
      throw new PlatformFailure(
          "Cannot read the commit %s: its metadata is no commit of this program (%s). Restore it,"
                  .formatted(where, json)
              + " or delete the table to have it rebuilt.",
          e);
    }
  }
}
