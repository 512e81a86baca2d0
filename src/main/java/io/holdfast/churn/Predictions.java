package io.holdfast.churn;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** How likely each paying customer is to leave, and why. */
public final class Predictions {

  public static final Table TABLE =
      Table.in("churn", "predictions")
          .grain("one row per paying customer")
          .column("customer_id", StringType, "the customer")
          .column("probability", DoubleType, "calibrated probability of churn")
          .column("percentile", DoubleType, "rank among the night's scores, 0..100")
          .column("risk_decile", IntegerType, "1: the riskiest tenth")
          .column("risk_band", StringType, "high, medium or low; NULL without a champion")
          .column("mrr", DataTypes.createDecimalType(18, 4), "monthly recurring revenue")
          .column("mrr_at_risk", DataTypes.createDecimalType(18, 4), "probability times MRR")
          .column("reason_1", StringType, "what raises the risk most")
          .column("reason_2", StringType, "what raises the risk second")
          .column("reason_3", StringType, "what raises the risk third")
          .column("model_id", StringType, "the model that scored")
          .key("customer_id")
          .published()
          .historyDependent()
          .build();

  private Predictions() {}
}
