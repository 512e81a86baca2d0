package io.holdfast.job;

import io.holdfast.config.Setting;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run writes that is not a table: export files, a report. It follows the tables that it
 * reads, and is left alone when what it would write stands already.
 *
 * @param name what people call it
 * @param reads the tables it may read
 * @param settings the parts of the configuration that it may read
 * @param outputs the folders that this night should have, each with a function that fills it
 */
public record Publication(
    String name, List<Table> reads, List<Setting<?>> settings, Outputs outputs) {

  /** Says which folders a night should have. */
  public interface Outputs {
    /** The folders of this night. */
    List<Output> of(Inputs in);
  }

  /**
   * One folder. It is published whole: files under a temporary name first, {@code _SUCCESS} last.
   *
   * @param path relative to the export folder, deterministic: it changes whenever the content would
   * @param fill writes the files
   */
  public record Output(String path, Fill fill) {}

  /** Fills a folder. */
  public interface Fill {
    /** Writes the files of a folder. */
    void into(Folder folder);
  }

  /** Starts the description of a publication. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Collects a publication's description. */
  public static final class Builder {
    private final String name;
    private final List<Table> reads = new ArrayList<>();
    private final List<Setting<?>> settings = new ArrayList<>();

    private Builder(String name) {
      this.name = name;
    }

    /** Declares what it may read. */
    public Builder reads(Table... tables) {
      reads.addAll(List.of(tables));
      return this;
    }

    /** Declares a part of the configuration that it may read. */
    public Builder settings(Setting<?> setting) {
      settings.add(setting);
      return this;
    }

    /** The finished publication. */
    public Publication as(Outputs outputs) {
      return new Publication(name, List.copyOf(reads), List.copyOf(settings), outputs);
    }
  }
}
