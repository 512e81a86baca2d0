/** What ran, what was rejected, and how fresh the feeds are. */
package io.holdfast.ops;
