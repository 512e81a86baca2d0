/** What people read: figures of retention and adoption, each traced to its definition. */
package io.holdfast.metrics;
