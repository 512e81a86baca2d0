package io.holdfast.churn;

/**
 * The straight line on the log-odds scale that fits outcomes best: for Platt's calibration and for
 * the calibration slope.
 *
 * @param intercept log-odds at 0
 * @param slope change of the log-odds by unit
 */
record LogisticFit(double intercept, double slope) {

  private static final int STEPS = 100;
  private static final double ENOUGH = 1e-10;

  /** Keeps the line finite where a value separates the outcomes perfectly. */
  private static final double RIDGE = 1e-9;

  /**
   * Fits by Newton's method, halving steps that make the fit worse.
   *
   * @param x values
   * @param y outcomes in 0..1, as many
   */
  static LogisticFit of(double[] x, double[] y) {
    LogisticFit fit = new LogisticFit(0, 0);
    double loss = fit.loss(x, y);
    for (int step = 0; step < STEPS; step++) {
      LogisticFit direction = fit.direction(x, y);
      double length = 1;
      LogisticFit next = fit.moved(direction, length);
      double nextLoss = next.loss(x, y);
      while (nextLoss > loss && length > ENOUGH) {
        length /= 2;
        next = fit.moved(direction, length);
        nextLoss = next.loss(x, y);
      }
      if (!(loss - nextLoss > ENOUGH)) {
        return nextLoss < loss ? next : fit;
      }
      fit = next;
      loss = nextLoss;
    }
    return fit;
  }

  /** The probability at a value. */
  double at(double x) {
    return logistic(intercept + slope * x);
  }

  static double logistic(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
  }

  private LogisticFit moved(LogisticFit direction, double length) {
    return new LogisticFit(
        intercept + length * direction.intercept, slope + length * direction.slope);
  }

  private LogisticFit direction(double[] x, double[] y) {
    double g0 = RIDGE * intercept;
    double g1 = RIDGE * slope;
    double h00 = RIDGE;
    double h01 = 0;
    double h11 = RIDGE;
    for (int i = 0; i < x.length; i++) {
      double p = at(x[i]);
      double weight = p * (1 - p);
      g0 += p - y[i];
      g1 += (p - y[i]) * x[i];
      h00 += weight;
      h01 += weight * x[i];
      h11 += weight * x[i] * x[i];
    }
    double determinant = h00 * h11 - h01 * h01;
    if (!(determinant > 0)) {
      return new LogisticFit(-g0 / h00, 0);
    }
    return new LogisticFit(
        -(h11 * g0 - h01 * g1) / determinant, -(h00 * g1 - h01 * g0) / determinant);
  }

  private double loss(double[] x, double[] y) {
    double loss = RIDGE / 2 * (intercept * intercept + slope * slope);
    for (int i = 0; i < x.length; i++) {
      double z = intercept + slope * x[i];
      loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y[i] * z;
    }
    return loss;
  }
}
