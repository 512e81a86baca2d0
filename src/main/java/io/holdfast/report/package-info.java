/** The page that people open: every table's figures, written in words, charts and tables. */
package io.holdfast.report;
