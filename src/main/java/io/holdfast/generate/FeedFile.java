package io.holdfast.generate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** One open file, in whatever format its feed has. */
interface FeedFile extends Closeable {

  /** Adds whole lines. */
  void write(String lines) throws IOException;

  /** Creates the file of a feed, header and all. */
  static FeedFile of(Feed feed, Path path, Configuration hadoop) throws IOException {
    if (feed.isParquet()) {
      return new ParquetFile(feed, path, hadoop);
    }
    OutputStream plain = FeedFiles.create(path, hadoop);
    FeedFile file =
        text(
            feed.isCompressed()
                ? new GZIPOutputStream(plain, 1 << 16)
                : new BufferedOutputStream(plain, 1 << 16));
    if (!feed.header().isEmpty()) {
      file.write(feed.header() + "\n");
    }
    return feed == Feed.FIGURES ? new FiguresFile(file) : file;
  }

  static FeedFile text(OutputStream out) {
    return new FeedFile() {
      @Override
      public void write(String lines) throws IOException {
        out.write(lines.getBytes(UTF_8));
      }

      @Override
      public void close() throws IOException {
        out.close();
      }
    };
  }
}
