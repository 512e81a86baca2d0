package io.holdfast.job;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import org.apache.spark.sql.execution.datasources.jdbc.JDBCOptions;
import org.apache.spark.sql.jdbc.JdbcConnectionProvider;
import scala.collection.immutable.Map;

/**
 * Connects to databases for Spark, on the driver and on the executors, and logs nothing: Spark's
 * own provider writes the password where debugging is on. It serves whoever asks for it by name.
 */
public final class QuietConnections extends JdbcConnectionProvider {

  static final String OPTION = "connectionProvider";
  static final String NAME = "holdfast";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean canHandle(Driver driver, Map<String, String> options) {
    return new JDBCOptions(options).connectionProviderName().contains(NAME);
  }

  @Override
  public Connection getConnection(Driver driver, Map<String, String> options) {
    JDBCOptions all = new JDBCOptions(options);
    try {
      return driver.connect(all.url(), all.asConnectionProperties());
    } catch (SQLException e) {
      throw new Refused(e);
    }
  }

  @Override
  public boolean modifiesSecurityContext(Driver driver, Map<String, String> options) {
    return false;
  }

  /** That the database refused, through an interface that declares nothing. */
  private static final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Refused(SQLException cause) {
      super(cause);
    }
  }
}
