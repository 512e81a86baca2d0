package io.holdfast.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collections;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetFileTest {

  /** The footer lists a column's encodings as a set, whose order another process would change. */
  @Test
  void hasOneEncodingAColumnSoThatItsBytesAreTheSame(@TempDir java.nio.file.Path folder)
      throws IOException {
    Configuration hadoop = new Configuration();
    Path path = new Path(folder.toUri().toString(), "messages.parquet");
    String[] names = Feed.MESSAGES.header().split(",", -1);
    String[] cells = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      cells[i] = names[i].endsWith("_at") ? "2026-01-0%dT10:00:00Z" : "same";
    }
    String line = String.join("\t", cells) + "\n";

    try (FeedFile file = FeedFile.of(Feed.MESSAGES, path, hadoop)) {
      file.write(line.replace("%d", "1") + line.replace("%d", "2"));
      file.write(String.join("\t", Collections.nCopies(names.length, "")) + "\n");
    }

    try (var reader = ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop))) {
      assertThat(reader.getRecordCount()).isEqualTo(3);
      for (BlockMetaData block : reader.getFooter().getBlocks()) {
        assertThat(block.getColumns())
            .hasSize(names.length)
            .allSatisfy(column -> assertThat(column.getEncodings()).hasSize(1));
      }
    }
  }
}
