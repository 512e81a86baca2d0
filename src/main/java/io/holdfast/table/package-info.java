/**
 * What a table is: its grain, columns, key, rules, and how it is replaced. Knows no domain word.
 */
package io.holdfast.table;
