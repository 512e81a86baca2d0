package io.holdfast.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.failure.BadInput;
import io.holdfast.failure.Failure;
import io.holdfast.failure.PlatformFailure;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

class FailuresTest {

  private static final String LAKE = "s3a://bucket/lake";

  /** Named as those of HTTP clients. */
  private static final class ConnectionClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    ConnectionClosedException() {
      super("Premature end of Content-Length delimited message body");
    }
  }

  private static Failure whileReading(String file, Exception why) {
    return Failures.of(
        new IllegalStateException(
            "[FAILED_READ_FILE.NO_HINT] Encountered error while reading file %s. SQLSTATE: KD001"
                .formatted(file),
            why),
        "build metrics.mrr",
        LAKE);
  }

  @Test
  void aReadThatIsCutOffIsToBeTriedAgainAndNothingIsToBeDeleted() {
    for (Exception way :
        new Exception[] {
          new IOException("read", new ConnectionClosedException()),
          new SocketTimeoutException("slow")
        }) {
      Failure failure = whileReading(LAKE + "/metrics/mrr/part-0.parquet", way);

      assertThat(failure).isInstanceOf(PlatformFailure.class);
      assertThat(failure)
          .hasMessageContaining("part-0.parquet could not be read")
          .hasMessageContaining("run again")
          .hasMessageNotContaining("delete");
    }
  }

  @Test
  void aDamagedFileOfTheLakeIsToBeRestored() {
    Failure failure = whileReading(LAKE + "/metrics/mrr/part-0.parquet", new EOFException("short"));

    assertThat(failure).isInstanceOf(PlatformFailure.class);
    assertThat(failure).hasMessageContaining("is unreadable").hasMessageContaining("Restore it");
  }

  @Test
  void aDamagedFileOfAFeedIsBadInput() {
    assertThat(whileReading("s3a://exports/events/part-0.parquet", new EOFException("short")))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("Deliver it again whole");
  }
}
