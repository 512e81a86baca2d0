package io.holdfast.generate;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;

/** Writes lines as Parquet rows: columns named {@code _at} hold instants, all others text. */
final class ParquetFile implements FeedFile {
  private static final long BLOCK_BYTES = 8L << 20;

  private final String[] names;
  private final MessageType schema;
  private final ParquetWriter<Group> writer;

  ParquetFile(Feed feed, Path path, Configuration hadoop) throws IOException {
    this.names = feed.header().split(",", -1);
    Types.MessageTypeBuilder columns = Types.buildMessage();
    for (String name : names) {
      if (name.endsWith("_at")) {
        columns.optional(INT64).as(timestampType(true, TimeUnit.MICROS)).named(name);
      } else {
        columns.optional(BINARY).as(stringType()).named(name);
      }
    }
    this.schema = columns.named("row");
    this.writer =
        ExampleParquetWriter.builder(new Raw(path, hadoop))
            .withConf(hadoop)
            .withType(schema)
            .withRowGroupSize(BLOCK_BYTES)
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            // One encoding a column: of several, the footer names the set in no certain order, and
            // the same company would be other bytes.
            .withWriterVersion(WriterVersion.PARQUET_2_0)
            .withDictionaryEncoding(false)
            .build();
  }

  @Override
  public void write(String lines) throws IOException {
    Iterator<String> each = lines.lines().iterator();
    while (each.hasNext()) {
      writer.write(row(each.next()));
    }
  }

  private Group row(String line) {
    var row = new SimpleGroup(schema);
    String[] cells = line.split("\t", -1);
    for (int index = 0; index < names.length; index++) {
      if (cells[index].isEmpty()) {
        continue;
      }
      if (names[index].endsWith("_at")) {
        row.add(index, Instant.parse(cells[index]).getEpochSecond() * 1_000_000);
      } else {
        row.add(index, cells[index]);
      }
    }
    return row;
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private record Raw(Path path, Configuration hadoop) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSize) throws IOException {
      return HadoopStreams.wrap(FeedFiles.create(path, hadoop));
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSize) throws IOException {
      return create(blockSize);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return BLOCK_BYTES;
    }
  }
}
