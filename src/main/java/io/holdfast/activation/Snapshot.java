package io.holdfast.activation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One night's full export to one destination: what it is called and what it says of itself. */
record Snapshot(String name, Destination destination, double splitAt, Exports.Night night) {

  private static final int RUN_LENGTH = 16;

  private static final JsonMapper JSON = new JsonMapper();

  /** A written file as the manifest lists it. */
  record Part(String name, long rows, long bytes, String sha256) {}

  /** The folder below the export path: another one whenever its content would be other. */
  String path() {
    return "destination=%s/date=%s/run=%s".formatted(name, night.asOf(), run());
  }

  String partName(int number) {
    return "part-%05d.%s".formatted(number, Values.lower(destination.format()));
  }

  long bytesPerFile() {
    return (long) (destination.maxFileBytes() * splitAt);
  }

  /** The manifest's bytes: nothing in them says when or where it was written. */
  byte[] manifest(List<Part> parts, Map<String, Long> skipped) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("destination", name);
    manifest.put("date", night.asOf().toString());
    manifest.put("run", run());
    manifest.put("kind", "full snapshot");
    manifest.put("base_batch", NullNode.getInstance());
    manifest.put("audience_version", night.audienceVersion());
    manifest.put("mapping_hash", sha256(json(mapping())));
    manifest.put("format", Values.lower(destination.format()));
    manifest.put("unit", Values.lower(destination.unit()));
    manifest.put("id", destination.id());
    manifest.put("columns", columns());
    manifest.put("rows", parts.stream().mapToLong(Part::rows).sum());
    manifest.put("skipped", skipped);
    manifest.put("files", parts);
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
    try {
      return (JSON.writer(printer).writeValueAsString(manifest) + "\n").getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Maps of texts and numbers are always JSON.", e);
    }
  }

  private String run() {
    String inputs =
        json(List.of(night.audienceVersion(), night.asOf().toString(), splitAt, destination));
    return sha256(inputs).substring(0, RUN_LENGTH);
  }

  private List<Map<String, String>> columns() {
    return destination.columns().stream()
        .map(
            each -> {
              Map<String, String> column = new LinkedHashMap<>();
              column.put("column", each.column());
              column.put("field", each.field());
              column.put("type", Values.lower(each.type()));
              return column;
            })
        .toList();
  }

  /** What decides how a row is written, and so which rows have changed since another batch. */
  private List<Object> mapping() {
    return List.of(
        destination.unit(),
        destination.format(),
        destination.id(),
        destination.columns(),
        destination.envelope(),
        destination.nulls(),
        destination.nullText(),
        destination.guardFormulas());
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Records of texts and numbers are always JSON.", e);
    }
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
