/** Who is likely to leave: point-in-time features, labels, models, and scores with reasons. */
package io.holdfast.churn;
